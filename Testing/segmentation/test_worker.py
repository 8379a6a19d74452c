"""The worker process: warm between studies, killable at any time, and nothing left behind."""

import errno
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import weakref
from pathlib import Path

import numpy as np
import pytest
from MosMedCOVIDLib.errors import MosMedError, SaveError, SetupError, WorkerDied
from MosMedCOVIDLib.priority import NICENESS
from MosMedCOVIDLib.segmentation import worker as worker_file
from MosMedCOVIDLib.segmentation.bundle import DEFAULT_BUNDLE, ONNX
from MosMedCOVIDLib.segmentation.client import MODULE_FOLDER, SegmentationWorker
from MosMedCOVIDLib.segmentation.masks import Masks
from MosMedCOVIDLib.segmentation.protocol import WORKER_MODULE, write_job
from MosMedCOVIDLib.segmentation.segmenter import NETWORK

from .processes import at_stage, is_running

pytestmark = pytest.mark.usefixtures("own_temporary_folder")


def test_it_stays_warm_and_gives_the_same_masks_again(worker, phantom, own_temporary_folder):
    heard = []
    first = worker.segment(phantom.study, "cpu", heard.append)
    process = worker.process_id
    second = worker.segment(phantom.study, "cpu")
    assert worker.process_id == process
    assert np.array_equal(first.lungs, second.lungs)
    assert np.array_equal(first.lesions, second.lesions)
    assert first.model.device == "cpu"
    percents = [progress.percent for progress in heard]
    assert percents == sorted(percents)
    assert percents[-1] == 100
    assert any(progress.seconds_left is not None for progress in heard)
    assert len({progress.stage for progress in heard}) == 4
    worker.stop()
    assert not is_running(process)
    assert not list(own_temporary_folder.iterdir())


def test_an_error_in_the_callback_ends_the_work_too(worker, phantom, own_temporary_folder):
    def stop():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        worker.segment(phantom.study, "cpu", at_stage(NETWORK, stop))
    assert worker.process_id is None
    assert not list(own_temporary_folder.iterdir())


def test_killed_from_outside_is_a_clear_error_and_the_next_run_works(worker, phantom, own_temporary_folder):
    with pytest.raises(WorkerDied, match="SIGKILL") as died:
        worker.segment(phantom.study, "cpu", at_stage(NETWORK, lambda: os.kill(worker.process_id, signal.SIGKILL)))
    assert "nothing was saved" in str(died.value)
    assert not list(own_temporary_folder.iterdir())
    assert worker.segment(phantom.study, "cpu").lungs.any()


def test_killed_between_two_studies_it_is_started_again(worker, phantom):
    worker.segment(phantom.study, "cpu")
    os.kill(worker.process_id, signal.SIGKILL)
    time.sleep(0.2)
    assert worker.segment(phantom.study, "cpu").lungs.any()


def test_dead_before_it_hears_of_the_study_it_is_told_as_dead(worker, phantom, monkeypatch):
    """Windows calls it an invalid argument, not a broken pipe, to write to a process that is gone."""

    class Gone:
        def write(self, line):
            process.kill()
            raise OSError(errno.EINVAL, "Invalid argument")

        def close(self):
            pass

    process = worker._process
    monkeypatch.setattr(process, "stdin", Gone())
    with pytest.raises(WorkerDied):
        worker.segment(phantom.study, "cpu")


def test_wrong_weights_are_a_sentence(tmp_path, phantom):
    bundle = shutil.copytree(DEFAULT_BUNDLE, tmp_path / "bundle")
    (bundle / "models" / ONNX).write_bytes(b"something else")
    with (
        SegmentationWorker(bundle, trusted=True) as worker,
        pytest.raises(SetupError, match="damaged or belong to another model"),
    ):
        worker.segment(phantom.study, "cpu")


def test_a_temporary_folder_that_cannot_be_written_is_a_sentence(worker, phantom, monkeypatch):
    def full(*arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("MosMedCOVIDLib.segmentation.client.write_job", full)
    with pytest.raises(SaveError, match=r"temporary folder .*No space left on device.*TMPDIR"):
        worker.segment(phantom.study, "cpu")
    assert worker.process_id is None


def test_no_temporary_folder_is_a_sentence(monkeypatch):
    def full(**options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tempfile, "mkdtemp", full)
    with pytest.raises(SaveError, match=r"No space left on device.*TMPDIR"), SegmentationWorker():
        pass


def test_of_a_study_that_is_done_nothing_is_kept_in_memory(tmp_path, phantom, monkeypatch):
    """A chest of 400 slices and its masks take half a gigabyte."""
    alive, seen = [], []

    class OfTwoStudies:
        def __init__(self, *options):
            pass

        def network(self, device):
            pass

        def segment(self, study, *how):
            seen.append([kept() is not None for kept in alive])
            if len(seen) == 3:
                raise SystemExit
            masks = Masks(phantom.lungs.copy(), phantom.lesions.copy())
            alive.extend(map(weakref.ref, (study, masks)))
            if len(seen) == 2:
                raise MosMedError("no masks")
            return masks

    def three_jobs(jobs, scratch):
        for number in range(3):
            (tmp_path / str(number)).mkdir()
            jobs.put(write_job(tmp_path / str(number), number, phantom.study, "cpu"))

    monkeypatch.setattr(worker_file, "Segmenter", OfTwoStudies)
    monkeypatch.setattr(worker_file, "_take_standard_output", io.StringIO)
    monkeypatch.setattr(worker_file, "_watch_standard_input", three_jobs)
    monkeypatch.setattr(signal, "signal", lambda number, handler: None)
    with pytest.raises(SystemExit):
        worker_file.main([])
    assert seen == [[], [False] * 2, [False] * 4]


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="Linux alone tells what a process has mapped")
def test_when_the_masks_are_there_the_ct_may_be_removed(worker, phantom):
    """On Windows a file that is mapped into memory cannot be."""
    worker.segment(phantom.study, "cpu")
    assert "hu.npy" not in Path(f"/proc/{worker.process_id}/maps").read_text()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has classes of priority instead")
def test_in_the_background_it_gives_way_to_everything_else(tmp_path, phantom):
    folder = tmp_path / "scratch" / "job1"
    folder.mkdir(parents=True)
    command = [sys.executable, "-m", WORKER_MODULE, "--background", "--scratch", str(folder.parent)]
    with subprocess.Popen(
        command, cwd=MODULE_FOLDER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        process.stdin.write(write_job(folder, 1, phantom.study, "cpu") + "\n")
        process.stdin.flush()
        answer = next(line for line in map(json.loads, process.stdout) if "progress" not in line)
        niceness = os.getpriority(os.PRIO_PROCESS, process.pid)
        process.stdin.close()
    assert "result" in answer
    assert niceness == min(19, os.nice(0) + NICENESS)
