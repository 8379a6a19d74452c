"""Open, segment, correct, save: the real panel in the host window, driven as a reader drives it."""

import json

import nibabel
import numpy as np
import pytest
import SimpleITK as sitk  # noqa: N813, the library's own abbreviation
from mouse import click, show_slice

from .brush import disc, healthy_place, take_brush
from .marks import segments


@pytest.fixture
def study_file(root, phantom_file):
    """P001, a real CT; the phantom where it is not there."""
    real = root.parent / "shared" / "data" / "covid-ct-md" / "P001"
    return real if real.is_dir() else phantom_file


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
