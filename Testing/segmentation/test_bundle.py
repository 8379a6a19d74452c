"""The bundle is one that MONAI accepts, and damaged weights are told from sound ones."""

import json
import shutil

import pytest
from MosMedCOVIDLib.errors import SetupError
from MosMedCOVIDLib.segmentation.bundle import DEFAULT_BUNDLE, MODELS, Bundle


@pytest.fixture
def copy(tmp_path):
    """A copy of the bundle that a test may damage."""
    return Bundle(shutil.copytree(DEFAULT_BUNDLE, tmp_path / DEFAULT_BUNDLE.name))


def test_the_weights_are_those_that_the_metadata_states():
    bundle = Bundle()
    assert bundle.weights_sha256 == bundle.metadata["weights_sha256"]
    assert bundle.weights.stat().st_size < 20e6
    model = bundle.model("cpu")
    assert (model.name, model.version) == (DEFAULT_BUNDLE.name, bundle.metadata["version"])
    assert model.ct0_below_ml > 0


def test_damaged_weights_are_a_sentence(copy):
    content = bytearray(copy.weights.read_bytes())
    content[len(content) // 2] ^= 1
    copy.weights.write_bytes(content)
    with pytest.raises(SetupError, match="damaged or belong to another model"):
        _ = copy.weights_sha256


def test_missing_files_are_a_sentence(copy):
    copy.weights.unlink()
    with pytest.raises(SetupError, match=r"The weights .* are missing"):
        _ = copy.weights_sha256
    (copy.folder / "configs" / "metadata.json").write_text("{")
    with pytest.raises(SetupError, match="description"):
        _ = Bundle(copy.folder).metadata


def test_every_bundle_has_its_card_its_licences_and_its_scripts():
    for folder in MODELS.iterdir():
        for file in ("docs/README.md", "docs/data_licenses.md", "LICENSE", "scripts/train.py"):
            assert (folder / file).stat().st_size > 200, f"{folder.name}/{file}"
        metadata = json.loads((folder / "configs" / "metadata.json").read_text(encoding="utf-8"))
        for key in ("version", "changelog", "monai_version", "pytorch_version", "numpy_version", "task", "description"):
            assert metadata[key], key
        for key in ("authors", "copyright", "intended_use", "data_source", "network_data_format"):
            assert metadata[key], key
