"""What a reader corrected is never lost unasked: not to another study, to the network, or to a save that fails."""

import json
from pathlib import Path

import pytest
from MosMedCOVIDLib.segmentation.masks import Masks, Model

from .brush import painted_once
from .marks import segments


@segments
def test_segmenting_over_a_corrected_mask_asks_first(phantom_read):
    reader = phantom_read
    reader.reading.edited()
    reader.answer = "cancel"
    reader.panel.segment()
    assert "corrected" in reader.asked[-1]
    assert not reader.panel.worker.busy


def test_corrections_made_while_the_network_works_are_asked_about(phantom_read, phantom):
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


def test_a_mask_that_is_opened_while_the_network_works_is_asked_about(phantom_read, phantom, tmp_path):
    reader, arrived = phantom_read, []
    saved = reader.reading.save(tmp_path)
    reader.panel.worker.segment = lambda study, device, progress, masks, error: arrived.append(masks)
    try:
        reader.panel.segment()
        assert reader.panel.open_mask(Path(saved["lesions"]))
        opened = reader.reading.segmentation
        reader.answer = "cancel"
        arrived[0](Masks(phantom.lungs, phantom.lesions))
    finally:
        del reader.panel.worker.segment
    assert "while the network was at work" in reader.asked[-1]
    assert reader.reading.segmentation is opened


@segments
def test_masks_that_arrive_after_the_study_changed_are_dropped(reader, phantom_file, phantom):
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


def test_a_stroke_made_a_moment_ago_is_saved_and_said_to_be_a_readers(phantom_read, tmp_path):
    reader = phantom_read
    painted_once(reader)
    reader.ui.folderButton.directory = str(tmp_path)
    assert reader.panel.save()
    result = json.loads((tmp_path / "phantom_ct_grade.json").read_text())
    assert result["corrected"] is True
    assert result["lungs"]["both"]["lesion_ml"] == pytest.approx(reader.reading.grade.lungs["both"].lesion_ml, abs=1e-3)
    assert not reader.reading.unsaved


def test_masks_that_arrive_while_it_saves_are_not_taken_for_what_is_saved(phantom_read, phantom, tmp_path):
    reading = phantom_read.reading
    reading.edited()
    other = Masks(phantom.lungs.copy(), phantom.lesions.copy(), Model("network", "1", "abc", "cpu", 1.0))
    files = reading.save(tmp_path, lambda progress: reading.show(other))
    said = json.loads(Path(files["grade"]).read_text(encoding="utf-8"))
    assert (said["corrected"], said["model"]) == (True, None)


def test_a_double_click_saves_one_version(phantom_read, tmp_path):
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    reader = phantom_read
    reader.ui.folderButton.directory = str(tmp_path)
    QTest.mouseClick(reader.ui.saveButton, Qt.MouseButton.LeftButton)
    QTest.mouseDClick(reader.ui.saveButton, Qt.MouseButton.LeftButton)
    reader.wait(lambda: reader.ui.saveButton.enabled, 10)
    assert [path.name for path in tmp_path.glob("*_mask*")] == ["phantom_ct_mask.nii.gz"]


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
