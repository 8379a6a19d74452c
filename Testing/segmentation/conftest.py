"""A worker process for a test, and a temporary folder of its own, so that the test sees all that is left behind."""

import tempfile

import pytest
from MosMedCOVIDLib.segmentation.client import SegmentationWorker


@pytest.fixture
def own_temporary_folder(tmp_path, monkeypatch):
    """Where workers that are started in this test put their files."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return folder


@pytest.fixture
def worker(own_temporary_folder):
    """A worker process with the program's own bundle."""
    with SegmentationWorker() as running:
        yield running
