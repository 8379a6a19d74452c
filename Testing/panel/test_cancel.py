"""Cancel, the end of the scene and the end of the worker: the panel goes on as if nothing had been begun."""

import os
import signal
from pathlib import Path

import pytest
from MosMedCOVIDLib.segmentation.segmenter import DRAWING, FINDING, LOADING, NETWORK

from .marks import segments


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
def test_closing_the_scene_ends_the_work(reader, phantom_file, host):
    reader.open(phantom_file)
    reader.ui.segmentButton.click()
    host.core.scene.Clear(False)
    assert not reader.panel.worker.busy
    assert not reader.ui.segmentButton.enabled


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
