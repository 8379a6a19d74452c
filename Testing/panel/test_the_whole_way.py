"""Open, segment, correct, save: the real panel in the host window, driven as a reader drives it."""

import json
import os
import signal
from importlib.util import find_spec
from pathlib import Path

import nibabel
import numpy as np
import pytest
import SimpleITK as sitk  # noqa: N813, the library's own abbreviation
from MosMedCOVIDLib.segmentation.segmenter import DRAWING, FINDING, LOADING, NETWORK
from mouse import click, show_slice

RADIUS_MM = 9.0
segments = pytest.mark.skipif(find_spec("onnxruntime") is None, reason="the network needs ONNX Runtime")


@pytest.fixture
def study_file(root, phantom_file):
    """P001, a real CT; the phantom where it is not there."""
    real = root.parent / "shared" / "data" / "covid-ct-md" / "P001"
    return real if real.is_dir() else phantom_file


def healthy_place(reading):
    """A voxel [slice, row, column] in lung without lesions, deep enough for the brush, in the slice with most room."""
    from scipy import ndimage

    study = reading.study
    masks = reading.masks
    best = None
    for k in range(0, len(study.hu), max(1, len(study.hu) // 12)):
        free = (masks.lungs[k] > 0) & (masks.lesions[k] == 0)
        depth = ndimage.distance_transform_edt(np.pad(free, 1), sampling=study.spacing_mm[1:])[1:-1, 1:-1]
        place = np.unravel_index(depth.argmax(), depth.shape)
        if best is None or depth[place] > best[0]:
            best = depth[place], (k, *map(int, place))
    assert best[0] > RADIUS_MM + 2, "no lung is wide enough for the brush"
    return best[1]


def disc(study, centre_ras, k):
    """Voxels of slice k whose centres lie within the brush's radius of a place."""
    rows, columns = np.indices(study.hu.shape[1:])
    voxels = np.stack([columns, rows, np.full_like(rows, k), np.ones_like(rows)], axis=-1)
    apart = (voxels @ study.affine.T)[..., :3] - centre_ras
    return np.linalg.norm(apart[..., :2], axis=-1) <= RADIUS_MM


def take_brush(ui, name="Paint"):
    ui.correctSection.collapsed = False
    ui.segmentEditor.setActiveEffectByName(name)
    effect = ui.segmentEditor.activeEffect()
    effect.setCommonParameter("BrushDiameterIsRelative", 0)
    effect.setCommonParameter("BrushAbsoluteDiameter", 2 * RADIUS_MM)
    effect.setCommonParameter("BrushSphere", 0)


@segments
def test_open_segment_correct_undo_save(reader, study_file, tmp_path):
    reader.open(study_file)
    reading, ui = reader.reading, reader.ui
    assert ui.volumeSelector.currentNode().GetName() == reading.study.name
    assert " × ".join(map(str, reading.study.hu.shape[::-1])) in ui.studyLabel.text
    assert not ui.saveButton.enabled
    reader.segment()
    assert ui.gradeLabel.text == reading.grade.grade
    before = reading.grade.lungs["both"]

    k, j, i = healthy_place(reading)
    study = reading.study
    ras = (study.affine @ [i, j, k, 1])[:3]
    show_slice("Red", ras)
    reader.settle()
    take_brush(ui)
    hit = click("Red", ras)
    reader.settle()
    painted = disc(study, hit, k)
    after = reading.grade.lungs["both"]
    assert after.lesion - before.lesion == np.count_nonzero(painted)
    assert after.lung == before.lung, "the lung must not be eaten"
    assert ui.involvementTable.item(1, 2).text() == f"{after.lesion_ml:.1f}"
    assert reading.unsaved

    ui.segmentEditor.undo()
    reader.settle()
    assert reading.grade.lungs["both"] == before
    ui.segmentEditor.redo()
    reader.settle()
    assert reading.grade.lungs["both"] == after

    ui.folderButton.directory = str(tmp_path)
    ui.saveButton.click()
    reader.settle()
    assert not reading.unsaved
    saved = tmp_path / f"{study.name}_mask.nii.gz"
    expected = reading.masks.lesions
    assert expected[k][painted].all()
    image = nibabel.load(saved)
    np.testing.assert_array_equal(np.asanyarray(image.dataobj).T, expected)
    np.testing.assert_allclose(image.affine, study.affine, atol=1e-4)
    other = sitk.ReadImage(str(saved))
    np.testing.assert_array_equal(sitk.GetArrayFromImage(other), expected)
    lps = np.diag([-1, -1, 1]) @ study.affine[:3, :3]
    directions = np.reshape(other.GetDirection(), (3, 3)) * other.GetSpacing()
    np.testing.assert_allclose(directions, lps, atol=1e-4)
    np.testing.assert_allclose(other.GetOrigin(), np.diag([-1, -1, 1]) @ study.affine[:3, 3], atol=1e-3)
    result = json.loads((tmp_path / f"{study.name}_grade.json").read_text())
    assert result["corrected"] is True
    assert result["grade"] == reading.grade.grade
    assert result["lungs"]["both"]["lesion_ml"] == pytest.approx(after.lesion_ml, abs=1e-3)

    reader.wait(lambda: ui.saveButton.enabled, 10)
    ui.saveButton.click()
    reader.settle()
    assert (tmp_path / f"{study.name}_mask_v02.nii.gz").exists()
    assert reader.told == []


def test_erasing_takes_lesion_away_and_leaves_the_lung(phantom_read):
    reader, reading = phantom_read, phantom_read.reading
    before = reading.grade.lungs["both"]
    reader.panel.correct_section.next_lesion()
    lesion = reader.panel.correct_section.lesion
    take_brush(reader.ui, "Erase")
    reader.settle()
    click("Red", lesion.centre_ras)
    reader.settle()
    after = reading.grade.lungs["both"]
    assert after.lesion < before.lesion
    assert after.lung == before.lung


def test_a_double_click_saves_one_version(phantom_read, tmp_path):
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    reader = phantom_read
    reader.ui.folderButton.directory = str(tmp_path)
    QTest.mouseClick(reader.ui.saveButton, Qt.MouseButton.LeftButton)
    QTest.mouseDClick(reader.ui.saveButton, Qt.MouseButton.LeftButton)
    reader.wait(lambda: reader.ui.saveButton.enabled, 10)
    assert [path.name for path in tmp_path.glob("*_mask*")] == ["phantom_ct_mask.nii.gz"]


def test_lesion_outside_the_lungs_is_told(phantom_read):
    reader, reading = phantom_read, phantom_read.reading
    assert not reader.ui.outsideLabel.isVisibleTo(reader.ui.correctSection)
    reader.ui.keepToLungsCheck.setChecked(False)
    k = len(reading.study.hu) // 2
    lung = reading.masks.lungs[k] > 0
    rows, columns = np.nonzero(lung)
    ras = (reading.study.affine @ [columns.min() - 8, rows[columns.argmin()], k, 1])[:3]
    show_slice("Red", ras)
    reader.settle()
    take_brush(reader.ui)
    hit = click("Red", ras)
    reader.settle()
    painted = disc(reading.study, hit, k)
    outside_ml = np.count_nonzero(painted & ~lung) * reading.study.voxel_ml
    assert f"{outside_ml:.1f} ml" in reader.ui.outsideLabel.text
    assert reader.ui.outsideLabel.isVisibleTo(reader.ui.correctSection)
    assert reading.masks.lungs[k][painted].all(), "counted as lung too"
    reader.ui.segmentEditor.undo()
    reader.settle()
    assert not reader.ui.outsideLabel.isVisibleTo(reader.ui.correctSection)
    reader.ui.keepToLungsCheck.setChecked(True)


@segments
@pytest.mark.parametrize("stage", ["starting", LOADING, FINDING, NETWORK, DRAWING])
def test_cancel_ends_the_work_at_any_stage(reader, phantom_file, monkeypatch, stage):
    reader.open(phantom_file)
    reached, section = [], reader.panel.segment_section
    show = section.show_progress

    def show_and_cancel(progress):
        show(progress)
        if progress.stage == stage and not reached:
            reached.append(reader.panel.worker.process_id)
            if stage != "starting":  # the button is there as soon as the work has begun
                reader.ui.cancelButton.click()

    monkeypatch.setattr(section, "show_progress", show_and_cancel)
    reader.ui.segmentButton.click()
    if stage == "starting":
        reader.ui.cancelButton.click()
    reader.wait(lambda: not reader.panel.worker.busy)
    assert "cancelled" in reader.told[-1]
    assert not Path(f"/proc/{reached[0]}").exists()
    assert reader.ui.segmentButton.enabled
    assert reader.reading.segmentation is None


@segments
@pytest.mark.skipif(not Path("/proc").is_dir(), reason="processes as Linux tells of them")
def test_cancel_ends_a_worker_that_is_still_loading_its_libraries(reader, phantom_file, monkeypatch, tmp_path):
    slow = tmp_path / "onnxruntime"
    slow.mkdir()
    begun = tmp_path / "begun"
    (slow / "__init__.py").write_text(f"import time\nopen({str(begun)!r}, 'w').close()\ntime.sleep(3600)\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    reader.open(phantom_file)
    reader.panel.worker.stop()  # one that was warm before
    reader.ui.segmentButton.click()
    reader.wait(begun.exists)
    process = reader.panel.worker.process_id
    reader.ui.cancelButton.click()
    assert not reader.panel.worker.busy
    assert not Path(f"/proc/{process}").exists()
    assert "cancelled" in reader.told[-1]


@segments
def test_the_window_works_on_while_the_network_is_at_work(reader, phantom_file):
    import qt

    reader.open(phantom_file)
    seen, timer = [], qt.QTimer()
    timer.setInterval(5)
    timer.connect("timeout()", lambda: reader.panel.worker.busy and seen.append(reader.ui.stageLabel.text))
    timer.start()
    reader.segment()
    timer.stop()
    assert reader.reading.grade is not None
    stages = {text.partition("…")[0] for text in seen}
    assert len(stages) >= 2, "a timer of the window has seen the work go on from stage to stage"


@segments
def test_cancel_leaves_everything_as_it_was(reader, phantom_file):
    reader.open(phantom_file)
    reader.ui.segmentButton.click()
    assert reader.panel.worker.busy
    reader.settle()
    assert reader.ui.cancelButton.visible or not reader.window.isVisible()
    reader.ui.cancelButton.click()
    assert not reader.panel.worker.busy
    assert reader.reading.segmentation is None
    assert "cancelled" in reader.told[-1]
    reader.segment()  # and it works again
    assert reader.reading.grade.grade


@segments
@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_a_worker_that_is_killed_is_told_and_can_be_started_again(reader, phantom_file):
    reader.open(phantom_file)
    reader.ui.segmentButton.click()
    reader.wait(lambda: reader.panel.worker.process_id)
    os.kill(reader.panel.worker.process_id, signal.SIGKILL)
    reader.wait(lambda: not reader.panel.worker.busy)
    assert "ended from outside" in reader.told[-1]
    assert reader.reading.segmentation is None
    reader.segment()
    assert reader.reading.grade.grade


@segments
def test_masks_that_arrive_after_the_study_changed_are_dropped(reader, phantom_file, phantom):
    from MosMedCOVIDLib.segmentation.masks import Masks

    reader.open(phantom_file)
    arrived = []
    reader.panel.worker.segment = lambda study, device, progress, masks, error: arrived.append(masks)
    try:
        reader.panel.segment()
        reader.open(phantom_file)
        arrived[0](Masks(phantom.lungs, phantom.lesions))
    finally:
        del reader.panel.worker.segment
    assert reader.reading.segmentation is None


@segments
def test_segmenting_over_a_corrected_mask_asks_first(phantom_read):
    reader = phantom_read
    reader.reading.edited()
    reader.answer = "cancel"
    reader.panel.segment()
    assert "corrected" in reader.asked[-1]
    assert not reader.panel.worker.busy


def test_a_second_study_leaves_nothing_of_the_first(reader, phantom_file, phantom, tmp_path, host):
    from MosMedCOVIDLib.segmentation.masks import Masks
    from MosMedCOVIDLib.study.phantom import Phantom

    def nodes():
        scene = host.core.scene
        all_nodes = (scene.GetNthNode(n) for n in range(scene.GetNumberOfNodes()))
        return sorted(node.GetClassName() for node in all_nodes)

    assert isinstance(phantom, Phantom)
    reader.open(phantom_file)
    reader.settle()
    one = nodes()
    reader.reading.show(Masks(phantom.lungs.copy(), phantom.lesions.copy()))
    reader.panel.new_masks()
    reader.panel.view_section.show_lesions_in_3d()
    reader.settle()
    assert nodes() != one
    reader.panel.save_section.show_files({"lesions": str(tmp_path / "x_mask.nii.gz")})
    reader.open(phantom_file)
    assert nodes() == one
    assert reader.ui.gradeLabel.text == "–"
    assert reader.ui.savedLabel.text == "" or not reader.ui.showFolderButton.enabled
    assert reader.ui.segmentEditor.segmentationNode() is None


def test_unsaved_corrections_are_asked_about_before_another_study_opens(phantom_read, phantom_file, tmp_path):
    reader = phantom_read
    volume = reader.reading.volume
    reader.reading.edited()
    reader.answer = "cancel"
    reader.panel.open_path(phantom_file)
    assert reader.reading.volume is volume
    assert reader.reading.unsaved
    reader.answer = "save"
    reader.ui.folderButton.directory = str(tmp_path)
    reader.panel.open_path(phantom_file)
    assert len(reader.asked) == 2
    assert [path.name for path in tmp_path.glob("*_mask*")] == ["phantom_ct_mask.nii.gz"]
    assert not reader.reading.unsaved


def test_corrections_survive_a_study_that_cannot_be_opened(phantom_read, tmp_path):
    reader = phantom_read
    volume = reader.reading.volume
    reader.reading.edited()
    broken = tmp_path / "broken.nii.gz"
    broken.write_text("no CT")
    assert not reader.panel.open_path(broken)
    assert "broken.nii.gz" in reader.told[-1]
    assert reader.reading.volume is volume
    assert reader.reading.unsaved


def test_a_saved_mask_is_opened_again_to_go_on(phantom_read, tmp_path):
    reader, reading = phantom_read, phantom_read.reading
    expected = reading.grade
    files = reading.save(tmp_path)
    reading.parameters.segmentation = None
    reader.panel.new_masks()
    assert reader.panel.open_mask(Path(files["lesions"]))
    assert reading.grade.lungs == expected.lungs
    assert reading.corrected


def test_a_scene_comes_back_with_segments_and_parameters(phantom_read, tmp_path, host):
    import slicer

    reader, reading = phantom_read, phantom_read.reading
    expected, study = reading.grade, reading.study
    reading.parameters.slabThickness = 17.0
    reading.parameters.rule = "worse_lung"
    path = tmp_path / "reading.mrb"
    assert slicer.app.ioManager().saveScene(str(path), None, slicer.vtkMRMLMessageCollection())
    host.core.scene.Clear(False)
    reader.settle()
    assert reading.volume is None
    assert reader.ui.gradeLabel.text == "–"
    slicer.app.ioManager().open_path(path)
    reader.settle()
    assert reading.parameters.slabThickness == 17.0
    assert reading.parameters.rule == "worse_lung"
    assert reading.grade.lungs == expected.lungs
    assert reading.grade.rule == "worse_lung"
    np.testing.assert_array_equal(reading.study.affine, study.affine)
    np.testing.assert_array_equal(reading.study.hu, study.hu)
    assert reader.ui.thicknessSlider.value == 17.0


def coloured_pixels(view_name):
    """How many pixels of a slice view are not grey, as it is painted."""
    import slicer

    view = slicer.app.layoutManager().sliceWidget(view_name).sliceView()
    image = view.grab().toImage().convertToFormat(view.grab().toImage().Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    pixels = rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).astype(int)
    return int(np.count_nonzero(np.ptp(pixels, axis=2) > 25))


@pytest.mark.parametrize("view_name", ["Red", "Green"])  # the middle sagittal slice holds no lung
def test_masks_are_seen_in_each_view_as_soon_as_a_scene_is_there(phantom_read, tmp_path, view_name):
    reader = phantom_read
    reader.window.show()
    reader.panel.correct_section.next_lesion()
    reader.settle()
    before = coloured_pixels(view_name)
    assert before > 1000
    path = tmp_path / "reading.mrb"
    assert reader.window.save_scene_as(path)
    assert reader.window.open_path(path)
    reader.settle()
    assert coloured_pixels(view_name) > before / 3, "other slices are shown, but the masks are in them too"


def paint_on(widget, phantom, host):
    """The brush of a module's widget changes its mask."""
    from MosMedCOVIDLib.segmentation.masks import Masks

    reading = widget.logic.reading
    reading.show(Masks(phantom.lungs.copy(), phantom.lesions.copy()))
    widget.panel.new_masks()
    k, j, i = healthy_place(reading)
    ras = (reading.study.affine @ [i, j, k, 1])[:3]
    show_slice("Red", ras)
    take_brush(widget.panel.ui)
    host.application.processEvents()
    before = np.count_nonzero(reading.masks.lesions)
    click("Red", ras)
    assert np.count_nonzero(reading.masks.lesions) > before


@segments
def test_the_module_is_loaded_again_and_works_on_without_a_process_left(reader, phantom_file, phantom, host):
    import slicer

    reader.open(phantom_file)
    reader.wait(lambda: reader.panel.worker.process_id)
    process = reader.panel.worker.process_id
    slicer.util.reloadScriptedModule("MosMedCOVID")
    reader.wait(lambda: not Path(f"/proc/{process}").exists(), 10)
    again = slicer.modules.mosmedcovid.widgetRepresentation().self()
    assert again is not reader.widget
    assert again.openStudy(str(phantom_file))
    again.panel.worker.stop()
    paint_on(again, phantom, host)


@segments
def test_closing_the_scene_ends_the_work(reader, phantom_file, host):
    reader.open(phantom_file)
    reader.ui.segmentButton.click()
    host.core.scene.Clear(False)
    assert not reader.panel.worker.busy
    assert not reader.ui.segmentButton.enabled


def test_a_volume_of_the_scene_is_read_and_a_transform_is_hardened(reader, phantom):
    import slicer
    import vtk
    from MosMedCOVIDLib.scene.volume import show_study

    volume = show_study(phantom.study)
    moved = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLLinearTransformNode", "moved")
    matrix = vtk.vtkMatrix4x4()
    matrix.SetElement(2, 3, 25.0)
    moved.SetMatrixTransformToParent(matrix)
    volume.SetAndObserveTransformNodeID(moved.GetID())
    reader.ui.volumeSelector.setCurrentNode(volume)
    reader.settle()
    assert reader.reading.volume is volume
    assert "moved" in reader.told[-1]
    assert reader.reading.study.affine[2, 3] == pytest.approx(phantom.study.affine[2, 3] + 25)


def test_twenty_studies_in_turn_do_not_grow(reader, phantom_file, phantom):
    from MosMedCOVIDLib.segmentation.masks import Masks

    def megabytes():
        with Path("/proc/self/status").open() as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) / 1024

    if not Path("/proc/self/status").exists():
        pytest.skip("memory is read from /proc, which only Linux has")
    after = []
    for _ in range(20):
        reader.open(phantom_file)
        reader.reading.show(Masks(phantom.lungs.copy(), phantom.lesions.copy()))
        reader.panel.new_masks()
        reader.settle()
        after.append(megabytes())
    grown = after[-1] - after[4]
    one_study = 3 * phantom.study.hu.nbytes / 2**20
    print(f"\nmemory after 5 studies {after[4]:.0f} MB, after 20 {after[-1]:.0f} MB: {grown / 15:.2f} MB a study")
    assert grown < 15 * one_study / 2, "each study leaves something behind"


def painted_once(reader):
    """A stroke whose pause has not come yet."""
    k, j, i = healthy_place(reader.reading)
    ras = (reader.reading.study.affine @ [i, j, k, 1])[:3]
    show_slice("Red", ras)
    reader.settle()
    take_brush(reader.ui)
    click("Red", ras)


def test_a_stroke_made_a_moment_ago_is_saved_and_said_to_be_a_readers(phantom_read, tmp_path):
    reader = phantom_read
    painted_once(reader)
    reader.ui.folderButton.directory = str(tmp_path)
    assert reader.panel.save()
    result = json.loads((tmp_path / "phantom_ct_grade.json").read_text())
    assert result["corrected"] is True
    assert result["lungs"]["both"]["lesion_ml"] == pytest.approx(reader.reading.grade.lungs["both"].lesion_ml, abs=1e-3)
    assert not reader.reading.unsaved


def test_corrections_made_while_the_network_works_are_asked_about(phantom_read, phantom):
    from MosMedCOVIDLib.segmentation.masks import Masks

    reader, arrived = phantom_read, []
    reader.panel.worker.segment = lambda study, device, progress, masks, error: arrived.append(masks)
    try:
        reader.panel.segment()
        painted_once(reader)
        reader.settle()
        corrected = reader.reading.grade
        reader.answer = "cancel"
        arrived[0](Masks(phantom.lungs, phantom.lesions))
    finally:
        del reader.panel.worker.segment
    assert "while the network was at work" in reader.asked[-1]
    assert reader.reading.grade == corrected
    assert reader.reading.unsaved


def test_what_is_taken_out_of_the_scene_is_no_longer_shown(phantom_read, host):
    reader, scene = phantom_read, host.core.scene
    scene.RemoveNode(reader.reading.segmentation)
    assert reader.ui.gradeLabel.text == "–"
    assert not reader.ui.saveButton.enabled
    scene.RemoveNode(reader.reading.volume)
    assert not reader.ui.segmentButton.enabled
    assert reader.panel.may_leave()


def test_a_segment_that_is_removed_counts_at_once(phantom_read):
    phantom_read.reading.segmentation.GetSegmentation().RemoveSegment("lesions")
    phantom_read.settle()
    assert phantom_read.reading.grade.grade == "CT-0"
    assert phantom_read.reading.unsaved


def test_a_save_that_fails_leaves_the_corrections_unsaved(phantom_read, tmp_path, monkeypatch):
    from MosMedCOVIDLib.scene import reading

    def fail(*arguments):
        raise MemoryError

    monkeypatch.setattr(reading, "save_results", fail)
    phantom_read.reading.edited()
    assert not phantom_read.panel.save()
    assert "not enough memory" in phantom_read.told[-1]
    assert phantom_read.reading.unsaved


def test_when_the_scene_closes_and_saving_fails_another_place_is_found(phantom_read, tmp_path, host, monkeypatch):
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    blocked = tmp_path / "a_file"
    blocked.write_text("no folder")
    reader = phantom_read
    reader.reading.edited()
    reader.answer = "save"
    reader.ui.folderButton.directory = str(blocked)
    host.core.scene.Clear(False)
    assert "instead" in reader.told[-1]
    assert (tmp_path / "MosMedCOVID-results" / "phantom_ct_mask.nii.gz").exists()


def test_a_file_that_is_dropped_and_is_no_study_says_why(reader, tmp_path):
    import slicer

    path = tmp_path / "broken.nii.gz"
    path.write_text("no CT")
    with pytest.raises(Exception, match=r"broken\.nii\.gz is damaged"):
        slicer.app.ioManager().open_path(path)


def test_values_that_are_no_mask_are_refused(phantom_read, tmp_path):
    from MosMedCOVIDLib.saving.nifti import write_volume

    study = phantom_read.reading.study
    path = tmp_path / "other_mask.nii.gz"
    write_volume(path, phantom_read.reading.masks.lesions.astype(np.int16) * 256, study)
    assert not phantom_read.panel.open_mask(path)
    assert "256" in phantom_read.told[-1]
