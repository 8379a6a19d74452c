"""The bundle's scripts/export.py makes the ONNX file again, which gives torch's masks, and one of any other network."""

import hashlib
import json
import shutil
import sys

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("onnxscript")

from MosMedCOVIDLib.grading.agreement import Agreement  # noqa: E402
from MosMedCOVIDLib.segmentation.bundle import DEFAULT_BUNDLE, ONNX, WEIGHTS, Bundle  # noqa: E402
from MosMedCOVIDLib.segmentation.masks import LEFT, RIGHT  # noqa: E402
from MosMedCOVIDLib.segmentation.masks_from_probabilities import masks_from_probabilities  # noqa: E402
from MosMedCOVIDLib.segmentation.monai_network import build_network, read_config  # noqa: E402
from MosMedCOVIDLib.segmentation.onnx_network import OnnxNetwork, silent_onnxruntime  # noqa: E402
from MosMedCOVIDLib.segmentation.torch_network import TorchNetwork  # noqa: E402
from MosMedCOVIDLib.segmentation.view import View  # noqa: E402
from MosMedCOVIDLib.study.quick_lungs import find_quick_lungs  # noqa: E402
from MosMedCOVIDLib.study.read import read_study  # noqa: E402

from .altered_studies import thinned  # noqa: E402

sys.path.insert(0, str(DEFAULT_BUNDLE))

from scripts.export import export, take_weights  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore")  # torch warns of its own code while it exports

THREADS = 1  # on a busy machine several would mostly wait for each other
OTHER_NETWORK = {
    "_target_": "UNet",
    "spatial_dims": 2,
    "in_channels": 3,
    "out_channels": 3,
    "channels": [4, 8, 16, 32, 64],
    "strides": [2, 2, 2, 2],
    "num_res_units": 2,
    "norm": "batch",
}


@pytest.fixture
def copy(tmp_path):
    folder = shutil.copytree(DEFAULT_BUNDLE, tmp_path / "bundle")
    (folder / "models" / ONNX).unlink()
    (folder / "models" / WEIGHTS).chmod(0o600)
    return folder


def answer(path, slices):
    onnxruntime = silent_onnxruntime()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = THREADS
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    return session.run(None, {"image": slices})[0]


@pytest.fixture(scope="module")
def slices():
    """Of another number and size than those that the export is made with."""
    return np.random.default_rng(0).uniform(-1, 1, (3, 3, 112, 48)).astype(np.float32)


def test_the_network_that_is_there_is_exported_to_the_same_again(copy, slices):
    sums = export(copy)
    assert sums[WEIGHTS] == Bundle().metadata["weights_sha256"][WEIGHTS]
    written = copy / "models" / ONNX
    assert sums[ONNX] == hashlib.sha256(written.read_bytes()).hexdigest()
    assert np.array_equal(answer(written, slices), answer(DEFAULT_BUNDLE / "models" / ONNX, slices))
    for name in (b"site-packages", str(copy).encode(), str(DEFAULT_BUNDLE).encode()):
        assert name not in written.read_bytes(), "no path of the machine that it was made on"


def test_on_a_real_chest_it_gives_the_masks_that_torch_gives(shared_data):
    """Every eighth slice of a patient who fills a frame of 512 × 512."""
    study = thinned(read_study(shared_data / "covid-ct-md" / "P001"), 8)
    networks = OnnxNetwork(Bundle(), THREADS), TorchNetwork(Bundle(), "cpu", THREADS)
    view = View.of(study, find_quick_lungs(study), networks[0].view_settings)
    found, expected = (masks_from_probabilities(study, view, each.probabilities(view), None) for each in networks)
    for ours, theirs in (
        (found.lungs == RIGHT, expected.lungs == RIGHT),
        (found.lungs == LEFT, expected.lungs == LEFT),
        (found.lesions, expected.lesions),
    ):
        assert np.count_nonzero(theirs) > 100
        assert Agreement.of(ours, theirs).dice >= 0.999


def test_another_network_of_the_config_is_exported_alike(copy, slices):
    config = copy / "configs" / "inference.json"
    settings = json.loads(config.read_text(encoding="utf-8"))
    config.write_text(json.dumps({**settings, "network_def": OTHER_NETWORK}))
    weights = copy / "models" / WEIGHTS
    torch.manual_seed(0)
    torch.save(read_config(Bundle(copy), "cpu").get_parsed_content("network_def").state_dict(), weights)
    export(copy)
    network = build_network(read_config(Bundle(copy), "cpu"), weights)
    expected = torch.sigmoid(network(torch.from_numpy(slices))).numpy() * 255
    found = answer(copy / "models" / ONNX, slices)
    assert (found.shape, found.dtype) == ((3, 3, 112, 48), np.uint8)
    assert np.abs(found - expected).max() <= 0.51  # rounded to whole numbers
    assert found.max() - found.min() > 20


def test_trained_weights_are_taken_in_hardly_more_than_half_the_bytes(copy, tmp_path):
    network = read_config(Bundle(copy), "cpu").get_parsed_content("network_def")
    trained = tmp_path / "trained.pt"
    torch.save(network.state_dict(), trained)
    kept = tmp_path / "kept.pt"
    kept.hardlink_to(copy / "models" / WEIGHTS)
    before = kept.read_bytes()
    take_weights(trained, copy)
    assert kept.read_bytes() == before, "a new file is put there, so one that may not be written to can be replaced"
    assert [path.suffix for path in (copy / "models").iterdir()] == [".pt"]
    taken = copy / "models" / WEIGHTS
    assert taken.stat().st_size < 0.55 * trained.stat().st_size
    again = build_network(read_config(Bundle(copy), "cpu"), taken).state_dict()
    for name, value in network.state_dict().items():
        assert again[name].dtype == value.dtype
        assert torch.allclose(again[name], value, rtol=1e-3, atol=1e-6)
