"""What is opened takes the place of what was there, a scene comes back whole, and what cannot be opened says why."""

from pathlib import Path

import numpy as np
import pytest
from MosMedCOVIDLib.segmentation.masks import Masks
from mouse import click, show_slice

from .brush import healthy_place, take_brush
from .marks import segments


def test_a_second_study_leaves_nothing_of_the_first(reader, phantom_file, phantom, tmp_path, host):
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


def test_twenty_studies_in_turn_do_not_grow(reader, phantom_file, phantom):
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


def test_a_saved_mask_is_opened_again_to_go_on(phantom_read, tmp_path):
    reader, reading = phantom_read, phantom_read.reading
    expected = reading.grade
    files = reading.save(tmp_path)
    reading.parameters.segmentation = None
    reader.panel.new_masks()
    assert reader.panel.open_mask(Path(files["lesions"]))
    assert reading.grade.lungs == expected.lungs
    assert reading.corrected


def test_values_that_are_no_mask_are_refused(phantom_read, tmp_path):
    from MosMedCOVIDLib.saving.nifti import write_volume

    study = phantom_read.reading.study
    path = tmp_path / "other_mask.nii.gz"
    write_volume(path, phantom_read.reading.masks.lesions.astype(np.int16) * 256, study)
    assert not phantom_read.panel.open_mask(path)
    assert "256" in phantom_read.told[-1]


def test_a_file_that_is_dropped_and_is_no_study_says_why(reader, tmp_path):
    import slicer

    path = tmp_path / "broken.nii.gz"
    path.write_text("no CT")
    with pytest.raises(Exception, match=r"broken\.nii\.gz is not a NIfTI file"):
        slicer.app.ioManager().open_path(path)


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


def test_what_is_taken_out_of_the_scene_is_no_longer_shown(phantom_read, host):
    reader, scene = phantom_read, host.core.scene
    scene.RemoveNode(reader.reading.segmentation)
    assert reader.ui.gradeLabel.text == "–"
    assert not reader.ui.saveButton.enabled
    scene.RemoveNode(reader.reading.volume)
    assert not reader.ui.segmentButton.enabled
    assert reader.panel.may_leave()


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
