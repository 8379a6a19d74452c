"""The bundle is one that MONAI accepts, damaged weights are told from sound ones, and foreign bundles from our own."""

import hashlib
import json
import shutil
import sys

import pytest
from MosMedCOVIDLib.errors import SetupError
from MosMedCOVIDLib.segmentation.bundle import DEFAULT_BUNDLE, MODELS, ONNX, WEIGHTS, Bundle


@pytest.fixture
def copy(tmp_path):
    """A copy of the bundle that a test may damage."""
    return Bundle(shutil.copytree(DEFAULT_BUNDLE, tmp_path / DEFAULT_BUNDLE.name))


@pytest.mark.parametrize("name", [WEIGHTS, ONNX])
def test_the_weights_are_those_that_the_metadata_states(name):
    bundle = Bundle()
    path = bundle.weights(name)
    assert hashlib.sha256(path.read_bytes()).hexdigest() == bundle.metadata["weights_sha256"][name]
    assert path.stat().st_size < 20e6


def test_masks_name_the_model_alike_whichever_runtime_made_them():
    bundle = Bundle()
    cpu, gpu = bundle.model("cpu"), bundle.model("cuda")
    assert (cpu.name, cpu.version) == (DEFAULT_BUNDLE.name, bundle.metadata["version"])
    assert cpu.sha256 == gpu.sha256 == bundle.weights_sha256 == bundle.metadata["weights_sha256"][WEIGHTS]
    assert (cpu.device, gpu.device) == ("cpu", "cuda")
    assert cpu.ct0_below_ml > 0


def test_how_sure_the_model_is_stands_in_the_metadata(copy):
    stated = Bundle().metadata["interval"]
    interval = Bundle().model("cpu").interval
    assert {key: getattr(interval, key) for key in stated if hasattr(interval, key)} == stated
    path = copy.folder / "configs" / "metadata.json"
    metadata = json.loads(path.read_text(encoding="utf-8"))
    for changed, expected in (({"certain": 0.9, "possible": 0.2, "how": "a note"}, 0.2), (None, None)):
        metadata.pop("interval", None)
        metadata |= {"interval": changed} if changed else {}
        path.write_text(json.dumps(metadata))
        interval = Bundle(copy.folder).model("cpu").interval
        assert (interval and interval.possible) == expected
    for damaged in ({"certain": "very", "possible": 0.2}, {"certain": 0.9}, 3):
        path.write_text(json.dumps({**metadata, "interval": damaged}))
        with pytest.raises(SetupError, match=r"description .*metadata\.json is missing or damaged"):
            Bundle(copy.folder).model("cpu")


def test_the_metadata_says_what_the_channels_show():
    bundle = Bundle()
    assert bundle.channels.count == bundle.metadata["network_data_format"]["outputs"]["pred"]["num_channels"]
    assert bundle.channels.count == bundle.inference["network_def"]["out_channels"]
    assert not bundle.channels.exclusive


@pytest.mark.parametrize("name", [WEIGHTS, ONNX])
def test_damaged_weights_are_a_sentence(copy, name):
    path = copy.folder / "models" / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.chmod(0o600)
    path.write_bytes(content)
    with pytest.raises(SetupError, match="damaged or belong to another model"):
        copy.weights(name)


def test_missing_and_damaged_files_are_a_sentence(copy):
    (copy.folder / "models" / ONNX).unlink()
    with pytest.raises(SetupError, match=r"The weights .*model\.onnx are missing"):
        copy.weights(ONNX)
    metadata = copy.folder / "configs" / "metadata.json"
    metadata.write_text("{")
    with pytest.raises(SetupError, match="description"):
        _ = Bundle(copy.folder).metadata


def test_a_configuration_in_yaml_without_its_package_is_a_sentence_with_the_way_out(copy, monkeypatch):
    configs = copy.folder / "configs"
    (configs / "inference.json").rename(configs / "inference.yaml")  # whatever is JSON is YAML, too
    monkeypatch.setitem(sys.modules, "yaml", None)
    with pytest.raises(SetupError, match=r"inference\.yaml is YAML, and the package PyYAML.*setup --torch cpu"):
        _ = copy.by_slices


def test_what_did_not_come_with_the_program_is_foreign_and_must_be_trusted(copy, tmp_path):
    assert Bundle().is_ours
    Bundle().must_be_trusted(False)
    (tmp_path / "link").symlink_to(copy.folder, target_is_directory=True)
    for folder in (copy.folder, tmp_path / "link", MODELS / ".." / ".."):
        assert not Bundle(folder).is_ours
        with pytest.raises(SetupError, match=r"can run any code.*--trust-bundle"):
            Bundle(folder).must_be_trusted(False)
        Bundle(folder).must_be_trusted(True)


def test_a_foreign_bundle_need_not_say_all_that_ours_does(tmp_path):
    for name in ("configs/metadata.json", "configs/inference.json", "models/model.pt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("{}")
    model = Bundle(tmp_path).model("cpu")
    assert (model.name, model.version) == (tmp_path.name, "unknown")
    assert model.sha256 == hashlib.sha256(b"{}").hexdigest()
    assert model.interval is None
    assert not Bundle(tmp_path).by_slices
    with pytest.raises(SetupError, match="its channels are none"):
        _ = Bundle(tmp_path).channels


def test_every_bundle_has_its_card_its_licences_and_its_scripts():
    for folder in MODELS.iterdir():
        for file in ("docs/README.md", "docs/data_licenses.md", "LICENSE", "scripts/train.py"):
            assert (folder / file).stat().st_size > 200, f"{folder.name}/{file}"
        metadata = json.loads((folder / "configs" / "metadata.json").read_text(encoding="utf-8"))
        for key in ("version", "changelog", "monai_version", "pytorch_version", "numpy_version", "task", "description"):
            assert metadata[key], key
        for key in ("authors", "copyright", "intended_use", "data_source", "network_data_format"):
            assert metadata[key], key
