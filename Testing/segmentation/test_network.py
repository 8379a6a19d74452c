"""The network as the bundle describes it: loaded by MONAI, checked by MONAI, unchanged by what makes it fast."""

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import types

import numpy as np
import pytest
from MosMedCOVIDLib.errors import SetupError
from MosMedCOVIDLib.segmentation import network as network_file
from MosMedCOVIDLib.segmentation import onnx_network, segmenter
from MosMedCOVIDLib.segmentation.bundle import DEFAULT_BUNDLE, ONNX, WEIGHTS, Bundle
from MosMedCOVIDLib.segmentation.masks_from_probabilities import masks_from_probabilities
from MosMedCOVIDLib.segmentation.network import choose_device, explained, failures_told, load_network
from MosMedCOVIDLib.segmentation.onnx_network import OnnxNetwork
from MosMedCOVIDLib.segmentation.view import View
from MosMedCOVIDLib.study.labelled import read_mask
from MosMedCOVIDLib.study.nifti import read_nifti
from MosMedCOVIDLib.study.quick_lungs import find_quick_lungs

THREADS = 1  # on a busy machine several would mostly wait for each other


@pytest.fixture(scope="module")
def network():
    return load_network(Bundle(), "cpu", THREADS)


@pytest.fixture(scope="module")
def torch_network():
    """What runs on a GPU, here on the CPU."""
    pytest.importorskip("monai")
    from MosMedCOVIDLib.segmentation.torch_network import TorchNetwork

    return TorchNetwork(Bundle(), "cpu", THREADS)


@pytest.fixture(scope="module")
def view(phantom, network):
    return View.of(phantom.study, find_quick_lungs(phantom.study), network.view_settings)


@pytest.fixture
def copy(tmp_path):
    folder = shutil.copytree(DEFAULT_BUNDLE, tmp_path / "bundle")
    (folder / "models" / WEIGHTS).chmod(0o600)
    return folder


def dice(one, other):
    return 2 * (one & other).sum() / (one.sum() + other.sum())


def test_monai_verifies_what_goes_in_and_out():
    pytest.importorskip("monai")
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
    pytest.importorskip("monai")
    from monai.bundle import ConfigParser

    parser = ConfigParser()
    parser.read_meta(DEFAULT_BUNDLE / "configs" / "metadata.json")
    parser.read_config(DEFAULT_BUNDLE / "configs" / f"{name}.json")
    assert sum(p.numel() for p in parser.get_parsed_content("network_def").parameters()) > 1e6


def test_our_own_network_runs_on_the_cpu_without_torch_and_monai(network, monkeypatch):
    assert isinstance(network, OnnxNetwork)
    assert network.device == "cpu"
    for name in ("torch", "monai"):
        monkeypatch.setitem(sys.modules, name, None)
    assert isinstance(load_network(Bundle(), choose_device("auto"), THREADS), OnnxNetwork)


def test_nothing_is_reported_to_the_makers_of_the_runtime(root, tmp_path):
    """A process of its own, since the runtime asks once; it would leave files of its session and of its device."""
    code = (
        "from MosMedCOVIDLib.segmentation.bundle import Bundle\n"
        "from MosMedCOVIDLib.segmentation.network import load_network\n"
        "load_network(Bundle(), 'cpu', 1)\n"
    )
    own = {"TMPDIR": str(tmp_path), "HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path)}
    environment = {name: value for name, value in os.environ.items() if name != "ORT_DISABLE_TELEMETRY"} | own
    subprocess.run([sys.executable, "-c", code], cwd=root / "MosMedCOVID", env=environment, check=True)
    assert not list(tmp_path.iterdir())


def test_the_exported_network_gives_what_the_weights_do(network, torch_network, view, phantom):
    """model.onnx, which runs, against model.pt in the network that MONAI makes of the config."""
    exported, original = network.probabilities(view), torch_network.probabilities(view)
    assert np.abs(exported.astype(int) - original).max() <= 1  # of 255: rounded to whole numbers
    masks, expected = (masks_from_probabilities(phantom.study, view, each, None) for each in (exported, original))
    assert dice(masks.lungs > 0, expected.lungs > 0) >= 0.999
    assert dice(masks.lesions > 0, expected.lesions > 0) >= 0.999


def test_it_finds_the_lungs_of_the_phantom_and_some_of_its_lesions(network, view, phantom):
    """A coarse phantom: the bar is low on purpose, but upside down or mirrored it would be missed."""
    shares = []
    probabilities = network.probabilities(view, shares.append)
    assert shares[-1] == 1.0
    assert shares == sorted(shares)
    masks = masks_from_probabilities(phantom.study, view, probabilities, None)
    for side in (1, 2):
        assert dice(masks.lungs == side, phantom.lungs == side) > 0.85
    assert dice(masks.lesions > 0, phantom.lesions > 0) > 0.5


def test_the_lungs_of_a_real_chest_agree_with_their_outline(network, shared_data):
    study = read_nifti(shared_data / "other" / "chest_id001_128.nii.gz")
    true = read_mask(shared_data / "other" / "chest_id001_128_lungmask.nii.gz", study) > 0
    view = View.of(study, find_quick_lungs(study), network.view_settings)
    found = masks_from_probabilities(study, view, network.probabilities(view), None).lungs > 0
    assert dice(found, true) > 0.97


def test_a_gpu_that_is_not_there_is_a_sentence(monkeypatch):
    assert choose_device("cpu") == "cpu"
    monkeypatch.setattr(network_file, "_nvidia_driver", lambda: False)
    assert choose_device("auto") == "cpu"
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)  # gigabytes that would be of no use
    with pytest.raises(SetupError, match=r"install the driver.*choose the device Automatic or CPU"):
        choose_device("cuda")


def test_without_torch_the_gpu_is_left_to_setup(monkeypatch):
    monkeypatch.setattr(network_file, "_nvidia_driver", lambda: True)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert choose_device("auto") == "cpu"
    with pytest.raises(SetupError, match="python3 MosMedCOVID setup --torch cuda"):
        choose_device("cuda")


@pytest.fixture
def gpu(monkeypatch):
    """A machine with an NVIDIA GPU and all packages, as far as they are not imported."""
    monkeypatch.setattr(network_file, "_nvidia_driver", lambda: True)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: name)


@pytest.mark.parametrize("damage", ["OSError('libcudart.so.13: cannot open')", "AttributeError('half a package')"])
def test_a_torch_that_cannot_be_loaded_leaves_the_cpu(damage, gpu, tmp_path, monkeypatch):
    (tmp_path / "torch.py").write_text(f"raise {damage}")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "torch", raising=False)
    assert choose_device("auto") == "cpu"
    with pytest.raises(SetupError, match=r"torch cannot be loaded here .*setup --torch cuda"):
        choose_device("cuda")


def test_a_gpu_on_which_this_torch_cannot_compute_leaves_the_cpu(gpu, monkeypatch):
    def too_old(*arguments, **options):
        raise RuntimeError("CUDA error: no kernel image is available for execution on the device\nCompile with")

    cuda = types.SimpleNamespace(is_available=lambda: True)
    monkeypatch.setitem(sys.modules, "torch", types.SimpleNamespace(cuda=cuda, zeros=too_old))
    assert choose_device("auto") == "cpu"
    with pytest.raises(SetupError, match=r"cannot be used \(CUDA error: no kernel image .* device\): "):
        choose_device("cuda")


def test_where_only_the_network_for_the_gpu_cannot_be_loaded_the_cpu_is_taken(phantom, tmp_path, monkeypatch):
    def load(bundle, device, threads):
        if device == "cuda":
            raise SetupError("no model.pt")
        return load_network(bundle, device, threads)

    monkeypatch.setattr(segmenter, "load_network", load)
    monkeypatch.setattr(segmenter, "choose_device", lambda device: "cpu" if device == "cpu" else "cuda")
    segments, stages = segmenter.Segmenter(Bundle(), False, THREADS), set()
    masks = segments.segment(phantom.study, "auto", lambda stage, share: stages.add(stage), tmp_path)
    assert masks.model.device == "cpu"
    assert segmenter.ON_THE_CPU not in stages, "no memory was full"
    with pytest.raises(SetupError, match=r"no model\.pt"):
        segments.network("cuda")


def test_a_runtime_whose_libraries_are_missing_names_what_brings_them(monkeypatch):
    def lacking():
        raise ImportError("DLL load failed while importing onnxruntime_pybind11_state")

    monkeypatch.setattr(onnx_network, "silent_onnxruntime", lacking)
    with pytest.raises(SetupError, match=r"DLL load failed.*Visual C\+\+ Redistributable"):
        load_network(Bundle(), "cpu", THREADS)


@pytest.mark.parametrize(("package", "way_out"), [("onnxruntime", "setup`"), ("monai", "setup --torch cpu`")])
def test_a_missing_package_says_how_to_get_it(package, way_out, copy, monkeypatch):
    if package == "monai":
        pytest.importorskip("torch")
        (copy / "models" / ONNX).unlink()  # a foreign bundle of our kind, which torch must run
    monkeypatch.setitem(sys.modules, package, None)
    for name in [name for name in sys.modules if name.startswith(f"{package}.")]:
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(SetupError, match=f"needs the package {package}.*python3 MosMedCOVID {way_out}"):
        load_network(Bundle(copy), "cpu", THREADS)


def test_less_memory_than_the_gpu_seemed_to_have_halves_the_batch_and_at_last_the_cpu_goes_on(
    torch_network, network, view, monkeypatch
):
    """A stand-in for a GPU, on which only `most` slices at once fit; none at all at the fifth slice."""
    import torch

    certainty, asked, most = torch_network._certainty, [], 3

    def on_a_small_gpu(slices):
        device = torch_network.device
        asked.append((device, len(slices)))
        done = sum(count for device, count in asked[:-1] if device == "cuda" and count <= most)
        if device == "cuda" and (len(slices) > most or done >= 4):
            raise torch.cuda.OutOfMemoryError
        with monkeypatch.context() as here:
            here.setattr(torch_network, "device", "cpu")
            return certainty(slices)

    monkeypatch.setattr(torch_network, "_certainty", on_a_small_gpu)
    monkeypatch.setattr(torch_network, "_move_to", lambda device: monkeypatch.setattr(torch_network, "device", device))
    monkeypatch.setattr(torch_network, "_wanted", "cuda")
    monkeypatch.setattr(torch_network, "_fitting_batch", lambda view: 8 if torch_network.device == "cuda" else 4)
    found = torch_network.probabilities(view)
    assert asked[:6] == [("cuda", slices) for slices in (8, 4, 2, 2, 2, 1)]
    assert set(asked[6:]) <= {("cpu", 4), ("cpu", len(view.images) % 4)}
    assert torch_network.device == "cpu"
    assert np.abs(found.astype(int) - network.probabilities(view)).max() <= 1


def test_a_network_of_which_only_a_part_went_to_the_gpu_is_taken_back(torch_network, monkeypatch):
    import torch

    moved = []

    class Half:
        def to(self, device):
            moved.append(device)
            if device == "cuda":
                raise torch.cuda.OutOfMemoryError

    monkeypatch.setattr(torch_network, "device", "cpu")
    monkeypatch.setattr(torch_network, "_network", Half())
    with pytest.raises(torch.cuda.OutOfMemoryError):
        torch_network._move_to("cuda")
    torch_network._move_to("cpu")
    assert moved == ["cuda", "cpu"]
    assert torch_network.device == "cpu"


def test_weights_of_another_network_are_a_sentence(copy):
    onnx = pytest.importorskip("onnx")
    path = copy / "models" / ONNX
    content = path.read_bytes()
    path.write_bytes(content[:-1000])
    with pytest.raises(SetupError, match="belong to another model"):
        load_network(Bundle(copy), "cpu", THREADS)
    restate_checksum(copy)
    with pytest.raises(SetupError, match="cannot be loaded"):
        load_network(Bundle(copy), "cpu", THREADS)
    path.write_bytes(content)
    restate_checksum(copy, channels={"0": "lungs", "1": "lesions", "2": "consolidation", "3": "trachea"})
    with pytest.raises(SetupError, match="describes 4 in its metadata"):
        load_network(Bundle(copy), "cpu", THREADS)
    assert onnx.load(path).graph.input[0].name == "image"


def test_that_there_is_no_memory_is_not_the_models_fault():
    with pytest.raises(MemoryError), explained(Bundle()):
        raise MemoryError


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits a process's memory so")
def test_memory_that_the_runtime_cannot_get_is_told_as_memory(root):
    """ONNX Runtime calls it a failure of its own."""
    code = """
import resource
import numpy as np
from MosMedCOVIDLib.segmentation.bundle import Bundle
from MosMedCOVIDLib.segmentation.network import failures_told
from MosMedCOVIDLib.segmentation.onnx_network import OnnxNetwork
network, slices = OnnxNetwork(Bundle(), 1), np.zeros((1, 3, 4096, 4096), np.float32)
with open("/proc/self/statm") as file:
    taken = int(file.read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (taken + 300_000_000,) * 2)
try:
    with failures_told(network):
        network._certainty(slices)
except MemoryError as error:
    print("told as memory:", type(error.__cause__).__name__)
"""
    told = subprocess.run([sys.executable, "-c", code], cwd=root / "MosMedCOVID", capture_output=True, text=True)
    assert "told as memory: Fail" in told.stdout, told.stderr


def test_a_gpu_that_fails_at_work_names_the_way_out():
    said = r"The GPU failed \(CUDA error.*\); nothing was saved.*--device cpu"
    with pytest.raises(SetupError, match=said), failures_told(types.SimpleNamespace(device="cuda")):
        raise RuntimeError("CUDA error: an illegal memory access was encountered\nCompile with ...")
    with pytest.raises(RuntimeError, match="a defect"), failures_told(types.SimpleNamespace(device="cpu")):
        raise RuntimeError("a defect")


def test_values_that_are_no_numbers_never_become_a_mask(copy, view):
    onnx = pytest.importorskip("onnx")
    path = copy / "models" / ONNX
    model = onnx.load(path)
    weights = next(tensor for tensor in model.graph.initializer if len(tensor.dims) == 4)
    weights.raw_data = np.full(weights.dims, np.nan, np.float32).tobytes()
    onnx.save(model, path)
    restate_checksum(copy)
    with pytest.raises(SetupError, match="no numbers"):
        load_network(Bundle(copy), "cpu", THREADS).probabilities(view)


def restate_checksum(folder, channels=None):
    path = folder / "configs" / "metadata.json"
    metadata = json.loads(path.read_text(encoding="utf-8"))
    metadata["weights_sha256"][ONNX] = hashlib.sha256((folder / "models" / ONNX).read_bytes()).hexdigest()
    if channels:
        metadata["network_data_format"]["outputs"]["pred"]["channel_def"] = channels
    path.write_text(json.dumps(metadata), encoding="utf-8")
