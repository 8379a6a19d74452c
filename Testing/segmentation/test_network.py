"""The network as the bundle describes it: loaded by MONAI, checked by MONAI, unchanged by what makes it fast."""

import json
import shutil

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from MosMedCOVIDLib.errors import SetupError  # noqa: E402
from MosMedCOVIDLib.segmentation.bundle import DEFAULT_BUNDLE, Bundle  # noqa: E402
from MosMedCOVIDLib.segmentation.masks_from_probabilities import masks_from_probabilities  # noqa: E402
from MosMedCOVIDLib.segmentation.network import Network  # noqa: E402
from MosMedCOVIDLib.segmentation.view import View  # noqa: E402
from MosMedCOVIDLib.study.labelled import read_mask  # noqa: E402
from MosMedCOVIDLib.study.nifti import read_nifti  # noqa: E402
from MosMedCOVIDLib.study.quick_lungs import find_quick_lungs  # noqa: E402


@pytest.fixture(scope="module")
def network():
    return Network(Bundle(), "cpu")


@pytest.fixture
def copy(tmp_path):
    return shutil.copytree(DEFAULT_BUNDLE, tmp_path / "bundle")


def test_monai_verifies_what_goes_in_and_out():
    from monai.bundle import verify_net_in_out

    configs = DEFAULT_BUNDLE / "configs"
    verify_net_in_out(
        net_id="network_def",
        meta_file=str(configs / "metadata.json"),
        config_file=str(configs / "inference.json"),
        device="cpu",
        n=2,
    )


@pytest.mark.parametrize("name", ["inference", "train"])
def test_monai_parses_the_configs(name):
    from monai.bundle import ConfigParser

    parser = ConfigParser()
    parser.read_meta(DEFAULT_BUNDLE / "configs" / "metadata.json")
    parser.read_config(DEFAULT_BUNDLE / "configs" / f"{name}.json")
    assert sum(p.numel() for p in parser.get_parsed_content("network_def").parameters()) > 1e6


def test_what_runs_is_the_network_of_the_configs_with_the_weights_of_the_bundle(network):
    """model.ts, which runs, against model.pt in the network that MONAI makes of the config."""
    from monai.bundle import ConfigParser

    config = ConfigParser()
    config.read_config(DEFAULT_BUNDLE / "configs" / "inference.json")
    plain = config.get_parsed_content("network_def")
    state = torch.load(DEFAULT_BUNDLE / "models" / "model.pt", weights_only=True)
    plain.load_state_dict(state)
    exported = torch.jit.load(Bundle().weights).state_dict()
    assert exported.keys() == state.keys()
    assert all(torch.equal(exported[name], state[name]) for name in state)

    channels = torch.rand(2, 3, 64, 96, generator=torch.manual_seed(0)) * 2 - 1
    with torch.inference_mode():
        expected = torch.sigmoid(plain.eval()(channels)) * 255
    assert (network._certainty(channels.numpy()) - expected).abs().max() <= 0.51  # of 255: rounded to whole numbers


def test_it_finds_the_lungs_of_the_phantom_and_some_of_its_lesions(network, phantom):
    """A coarse phantom: the bar is low on purpose, but upside down or mirrored it would be missed."""
    view = View.of(phantom.study, find_quick_lungs(phantom.study), network.view_settings)
    shares = []
    probabilities = network.probabilities(view, shares.append)
    assert shares[-1] == 1.0
    assert shares == sorted(shares)
    masks = masks_from_probabilities(phantom.study, view, probabilities, None)
    for side in (1, 2):
        found, true = masks.lungs == side, phantom.lungs == side
        assert 2 * (found & true).sum() / (found.sum() + true.sum()) > 0.85
    found, true = masks.lesions > 0, phantom.lesions > 0
    assert 2 * (found & true).sum() / (found.sum() + true.sum()) > 0.5


def test_the_lungs_of_a_real_chest_agree_with_their_outline(network, shared_data):
    study = read_nifti(shared_data / "other" / "chest_id001_128.nii.gz")
    true = read_mask(shared_data / "other" / "chest_id001_128_lungmask.nii.gz", study) > 0
    view = View.of(study, find_quick_lungs(study), network.view_settings)
    found = masks_from_probabilities(study, view, network.probabilities(view), None).lungs > 0
    assert 2 * (found & true).sum() / (found.sum() + true.sum()) > 0.97


def test_a_gpu_that_is_not_there_is_a_sentence():
    if torch.cuda.is_available():
        pytest.skip("this machine has a GPU")
    with pytest.raises(SetupError, match="choose --device cpu or auto"):
        Network(Bundle(), "cuda")


def test_weights_of_another_network_are_a_sentence(copy):
    torch.jit.script(torch.nn.Conv2d(3, 5, 1)).save(copy / "models" / "model.ts")
    with pytest.raises(SetupError, match="belong to another model"):
        Network(Bundle(copy), "cpu")
    restate_checksum(copy)
    with pytest.raises(SetupError, match="does not give lungs and lesions"):
        Network(Bundle(copy), "cpu")
    torch.jit.script(torch.nn.Linear(2, 2)).save(copy / "models" / "model.ts")
    restate_checksum(copy)
    with pytest.raises(SetupError, match="cannot be loaded"):
        Network(Bundle(copy), "cpu")


def test_values_that_are_no_numbers_never_become_a_mask(copy, phantom):
    module = torch.jit.load(copy / "models" / "model.ts")
    with torch.no_grad():
        next(module.parameters()).fill_(np.nan)
    module.save(copy / "models" / "model.ts")
    restate_checksum(copy)
    network = Network(Bundle(copy), "cpu")
    view = View.of(phantom.study, find_quick_lungs(phantom.study), network.view_settings)
    with pytest.raises(SetupError, match="no numbers"):
        network.probabilities(view)


def restate_checksum(bundle):
    import hashlib

    path = bundle / "configs" / "metadata.json"
    metadata = json.loads(path.read_text(encoding="utf-8"))
    metadata["weights_sha256"] = hashlib.sha256((bundle / "models" / "model.ts").read_bytes()).hexdigest()
    path.write_text(json.dumps(metadata), encoding="utf-8")
