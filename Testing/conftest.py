"""What all tests may ask for: the real CTs, where they lie beside the checkout, and a quick phantom."""

import os
from pathlib import Path

import pytest
from MosMedCOVIDLib.study.phantom import Phantom, thorax_phantom

ROOT = Path(__file__).resolve().parents[1]
os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # for tests that import onnxruntime themselves


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real CTs and DICOM oddities; the project ships none of them."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the real CTs (../shared/data) are not there")
    return folder


@pytest.fixture(scope="session")
def host():
    """The host window with the module in it: one for all tests, since a process has one scene and one QApplication."""
    pytest.importorskip("slicer")  # there are platforms without a window
    from EmbeddedSlicer.start import start

    host = start([ROOT / "MosMedCOVID"], testing=True)
    yield host
    host.close()


@pytest.fixture
def empty_scene(host):
    """The scene of the host, empty before the test and after it."""
    host.core.scene.Clear(False)
    yield host.core.scene
    host.core.scene.Clear(False)


@pytest.fixture(scope="session")
def phantom() -> Phantom:
    """A small thorax with lesions: quick to make, read and segment."""
    return thorax_phantom(35.0, shape=(36, 128, 128), spacing_mm=(8.0, 2.8, 2.8))
