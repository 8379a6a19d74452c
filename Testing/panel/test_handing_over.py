"""A study is handed to the worker process a few slices at a time, and the window works on meanwhile."""

import shutil
import tempfile

import numpy as np
import pytest
from MosMedCOVIDLib.errors import SaveError
from MosMedCOVIDLib.segmentation.protocol import SLICES_AT_ONCE, read_job
from MosMedCOVIDLib.study.study import Study


class Process:
    """In the place of the QProcess: it keeps what is written to it, and can be ended."""

    def __init__(self):
        self.written, self.killed = b"", False

    def write(self, line):
        self.written += line

    def kill(self):
        self.killed = True

    def disconnect(self, *signal):
        pass

    def closeWriteChannel(self):  # noqa: N802, as Qt says
        pass

    def waitForFinished(self, patience_ms):  # noqa: N802
        pass


@pytest.fixture
def worker(host, tmp_path):
    """A worker whose process is not really there."""
    from MosMedCOVIDLib.panel.worker_process import WorkerProcess

    worker = WorkerProcess()
    worker._process, worker._folder = Process(), tmp_path / "scratch"
    worker._folder.mkdir()
    yield worker
    worker.stop()


@pytest.fixture
def study():
    """Of so many slices that they go in many steps."""
    hu = np.random.default_rng(0).integers(-1000, 400, (20 * SLICES_AT_ONCE, 16, 16)).astype(np.int16)
    return Study(hu, np.diag([-1.0, -1.0, 1.0, 1.0]), "a", "a", "scene")


def segment(worker, study):
    """Begins to segment; the errors that it will be told."""
    errors = []
    worker.segment(study, "cpu", lambda progress: None, lambda result: None, errors.append)
    return errors


def test_the_window_works_between_the_steps_and_the_worker_hears_of_it_at_the_end(worker, study, reader):
    import qt

    seen, timer = [], qt.QTimer()
    timer.setInterval(0)
    timer.connect("timeout()", lambda: seen.append(worker._process.written))
    timer.start()
    errors, process = segment(worker, study), worker._process
    assert worker.busy
    assert not process.written
    reader.wait(lambda: process.written, 10)
    timer.stop()
    assert seen.count(b"") >= 10, "other things were done while the study was being written"
    _, _, device, read = read_job(process.written.decode())
    assert device == "cpu"
    assert np.array_equal(read.hu, study.hu)
    assert errors == []


def test_cancel_ends_it_half_way_and_leaves_nothing(worker, study, reader):
    errors, folder, process = segment(worker, study), worker._folder, worker._process
    reader.wait(lambda: list(folder.glob("*/hu.npy")), 10)
    worker.cancel()
    reader.settle()
    assert "cancelled" in str(errors[0])
    assert (process.written, process.killed) == (b"", True)
    assert not folder.exists()


def test_a_disk_that_is_full_is_a_sentence(worker, study, reader, monkeypatch):
    from MosMedCOVIDLib.panel import worker_process

    def full(folder, study):
        yield
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(worker_process, "write_hu", full)
    errors, process = segment(worker, study), worker._process
    reader.wait(lambda: errors, 10)
    assert isinstance(errors[0], SaveError)
    assert "No space left on device" in str(errors[0])
    assert (process.written, process.killed) == (b"", True)
    assert not worker.busy


@pytest.fixture
def reader_of_the_phantom(reader, phantom_file):
    """A reader with the phantom open, whose worker has not been started."""
    reader.open(phantom_file)
    reader.panel.worker.stop()
    return reader


def test_no_temporary_folder_is_a_sentence(reader_of_the_phantom, monkeypatch):
    def full(**options):
        raise OSError(28, "No space left on device")

    reader = reader_of_the_phantom
    monkeypatch.setattr(tempfile, "mkdtemp", full)
    reader.panel.worker._look_around()  # nobody has asked for anything yet
    assert reader.told == []
    reader.panel.segment()
    assert "No space left on device" in reader.told[-1]
    assert not reader.panel.worker.busy


def test_a_process_that_is_refused_at_once_is_a_sentence(reader_of_the_phantom, monkeypatch, tmp_path):
    """As on Windows, where Qt tells it before it has even returned."""
    reader = reader_of_the_phantom
    (tmp_path / "log.txt").mkdir()
    monkeypatch.setattr(tempfile, "mkdtemp", lambda **options: str(tmp_path))
    reader.panel.segment()
    assert "could not be started" in reader.told[-1]
    assert not reader.panel.worker.busy


def test_a_folder_that_the_system_tidied_away_is_made_anew(worker, study, reader):
    shutil.rmtree(worker._folder)
    errors = segment(worker, study)
    assert worker.busy
    assert worker._folder.is_dir()
    assert errors == []
