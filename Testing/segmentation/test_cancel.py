"""Cancel ends the worker's work whatever it is busy with, and leaves no process and no half result."""

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from MosMedCOVIDLib.errors import Cancelled
from MosMedCOVIDLib.segmentation import client
from MosMedCOVIDLib.segmentation.bundle import DEFAULT_BUNDLE, ONNX
from MosMedCOVIDLib.segmentation.client import MODULE_FOLDER, SegmentationWorker
from MosMedCOVIDLib.segmentation.protocol import MASK_FILES, WORKER_MODULE, write_job
from MosMedCOVIDLib.segmentation.segmenter import DRAWING, FINDING, LOADING, NETWORK

from .processes import at_stage, is_running

STAGES = (LOADING, FINDING, NETWORK, DRAWING)
PATIENCE = 300.0  # seconds, for what comes late where the machine is busy with other things
FOR_EVER = "import pathlib, time\npathlib.Path({mark!r}).touch()\ntime.sleep(3600)\n"
with_pipes = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no pipes among its files")


def wait_for(there):
    """Waits until something is true."""
    end = time.monotonic() + PATIENCE
    while not there():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)


def is_cancelled_when(there, worker, study):
    """Segments a study, and cancels from another thread as soon as something is true, by when it is far from done."""
    process = []

    def cancel():
        try:
            wait_for(there)
            process.append(worker.process_id)
        finally:
            worker.cancel()

    other = threading.Thread(target=cancel)
    other.start()
    with pytest.raises(Cancelled):
        worker.segment(study, "cpu")
    other.join()
    return bool(process) and not is_running(process[0]) and worker.process_id is None


@pytest.mark.parametrize("stage", STAGES)
def test_at_each_stage_that_is_reported(worker, phantom, own_temporary_folder, stage):
    process = []

    def cancel():
        process.append(worker.process_id)
        worker.cancel()

    with pytest.raises(Cancelled, match="nothing was saved"):
        worker.segment(phantom.study, "cpu", at_stage(stage, cancel))
    assert not is_running(process[0])
    assert worker.process_id is None
    assert not list(own_temporary_folder.iterdir())


def test_after_it_the_next_study_is_segmented(worker, phantom):
    with pytest.raises(Cancelled):
        worker.segment(phantom.study, "cpu", at_stage(NETWORK, worker.cancel))
    assert worker.segment(phantom.study, "cpu").lungs.any()


def test_from_another_thread_while_nothing_is_heard(worker, phantom, own_temporary_folder):
    assert is_cancelled_when(lambda: list(own_temporary_folder.glob("*/job1")), worker, phantom.study)
    assert not list(own_temporary_folder.iterdir())


@pytest.fixture
def foreign_bundle(tmp_path):
    """A bundle of our kind that torch and MONAI run, since it brings no ONNX."""
    folder = shutil.copytree(DEFAULT_BUNDLE, tmp_path / "theirs")
    (folder / "models" / ONNX).unlink()
    return folder


@pytest.fixture
def endless(tmp_path, monkeypatch):
    """Puts a module before those that are installed whose import never ends; the file that appears when it begins."""
    folder, mark = tmp_path / "endless", tmp_path / "begun"
    folder.mkdir()
    monkeypatch.setenv("PYTHONPATH", str(folder))

    def put(name):
        (folder / f"{name}.py").write_text(FOR_EVER.format(mark=str(mark)))
        return mark

    return put


@pytest.mark.parametrize("library", ["onnxruntime", "torch", "monai"])
def test_while_a_library_is_imported(endless, foreign_bundle, phantom, own_temporary_folder, library):
    mark = endless(library)
    if library == "monai":  # a torch that is quick to import
        (mark.parent / "endless" / "torch.py").write_text("def set_num_threads(count):\n    pass\n")
    bundle = DEFAULT_BUNDLE if library == "onnxruntime" else foreign_bundle
    assert is_cancelled_when(mark.exists, SegmentationWorker(bundle, trusted=True), phantom.study)
    assert not list(own_temporary_folder.iterdir())


def test_while_a_foreign_bundle_runs_code_of_its_own(endless, foreign_bundle, phantom, own_temporary_folder):
    pytest.importorskip("monai")
    config = foreign_bundle / "configs" / "inference.json"
    settings = json.loads(config.read_text(encoding="utf-8"))
    config.write_text(json.dumps({**settings, "imports": ["$import code_of_its_own"]}))
    begun = endless("code_of_its_own")
    assert is_cancelled_when(begun.exists, SegmentationWorker(foreign_bundle, trusted=True), phantom.study)
    assert not list(own_temporary_folder.iterdir())


@pytest.fixture
def pipe(monkeypatch):
    """Puts a pipe in the place of a file of the next job: the worker waits when it comes to that file."""

    def put(name):
        def write_job_with_pipe(folder, *job):
            line = write_job(folder, *job)
            (folder / name).unlink(missing_ok=True)
            os.mkfifo(folder / name)
            return line

        monkeypatch.setattr(client, "write_job", write_job_with_pipe)

    return put


@with_pipes
def test_while_it_reads_the_study(pipe, worker, phantom, own_temporary_folder):
    pipe("hu.npy")
    other_end = []

    def is_read():
        """A pipe can be opened so only when somebody reads from it."""
        for path in own_temporary_folder.glob("*/job1/hu.npy"):
            try:
                other_end.append(os.open(path, os.O_WRONLY | os.O_NONBLOCK))
            except OSError:
                return False
        return bool(other_end)

    try:
        assert is_cancelled_when(is_read, worker, phantom.study)
    finally:
        for end in other_end:
            os.close(end)
    assert not list(own_temporary_folder.iterdir())


@with_pipes
def test_while_it_writes_the_masks(pipe, worker, phantom, own_temporary_folder):
    pipe("lesions.npy")
    assert is_cancelled_when(lambda: list(own_temporary_folder.glob("*/job1/lungs.npy")), worker, phantom.study)
    assert not list(own_temporary_folder.iterdir())


def test_when_the_masks_are_there_and_have_not_been_heard_of(worker, phantom, own_temporary_folder):
    def cancel_late():
        wait_for(lambda: list(own_temporary_folder.glob(f"*/job1/{MASK_FILES[-1]}.npy")))
        worker.cancel()

    with pytest.raises(Cancelled):
        worker.segment(phantom.study, "cpu", at_stage(LOADING, cancel_late))
    assert not list(own_temporary_folder.iterdir())


@pytest.mark.parametrize("stage", STAGES)
def test_a_worker_whose_client_is_gone_removes_its_job_and_ends(tmp_path, phantom, stage):
    """So it is cancelled in Slicer too, where a launcher stands between the two."""
    folder = tmp_path / "scratch" / "job1"
    folder.mkdir(parents=True)
    line = write_job(folder, 1, phantom.study, "cpu")
    command = [sys.executable, "-m", WORKER_MODULE, "--scratch", str(folder.parent)]
    with subprocess.Popen(
        command, cwd=MODULE_FOLDER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        process.stdin.write(line + "\n")
        process.stdin.flush()
        next(answer for answer in process.stdout if json.loads(answer)["progress"]["stage"] == stage)
        process.stdin.close()
        assert process.wait(PATIENCE) == 0
    assert not Path(folder).parent.exists()
