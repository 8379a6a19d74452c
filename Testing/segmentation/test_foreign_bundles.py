"""Another MONAI bundle segments too, once it is trusted: of our kind, or in three dimensions as in MONAI's zoo."""

import json
from dataclasses import replace

import nibabel
import numpy as np
import pytest
from MosMedCOVIDLib.errors import SetupError
from MosMedCOVIDLib.segmentation.bundle import DEFAULT_BUNDLE, Bundle
from MosMedCOVIDLib.segmentation.client import SegmentationWorker
from MosMedCOVIDLib.segmentation.masks import LEFT, RIGHT
from MosMedCOVIDLib.segmentation.segmenter import NETWORK, ON_THE_CPU, Segmenter
from nibabel.orientations import axcodes2ornt, io_orientation, ornt_transform

# MONAI warns of its own defaults, and of any config that can run code.
pytestmark = pytest.mark.filterwarnings("ignore:.*:UserWarning", "ignore:.*:FutureWarning")

torch = pytest.importorskip("torch")
monai_inferers = pytest.importorskip("monai.inferers")

from MosMedCOVIDLib.segmentation.volume_network import VolumeNetwork, _count_of_windows  # noqa: E402

CLASSES = {"0": "background", "1": "lung", "2": "COVID-19 lesion", "3": "air"}
# A network whose answer is known: by density alone, from the first of these HU lung, lesion, and then the background.
LUNG_HU, LESION_HU, BODY_HU = -940, -700, -300
VOLUME_CONFIG = {
    "bundle_root": ".",
    "device": "$torch.device('cuda:0' if torch.cuda.is_available() else 'cpu')",
    "network_def": {
        "_target_": "torch.nn.Conv3d",
        "in_channels": 1,
        "out_channels": 4,
        "kernel_size": 1,
    },
    "network": "$@network_def.to(@device)",
    "preprocessing": {
        "_target_": "Compose",
        "transforms": [
            {"_target_": "LoadImaged", "keys": "image"},
            {"_target_": "EnsureChannelFirstd", "keys": "image"},
            {"_target_": "Orientationd", "keys": "image", "axcodes": "RAS"},
            {"_target_": "Spacingd", "keys": "image", "pixdim": [3.0, 3.0, 6.0], "mode": "bilinear"},
            {
                "_target_": "ScaleIntensityRanged",
                "keys": "image",
                "a_min": -1000,
                "a_max": 1000,
                "b_min": 0,
                "b_max": 1,
                "clip": True,
            },
            {"_target_": "EnsureTyped", "keys": "image", "device": "@device"},
        ],
    },
    "inferer": {"_target_": "SlidingWindowInferer", "roi_size": [64, 64, 32], "sw_batch_size": 2, "overlap": 0.25},
}


def write_bundle(folder, config, channels, weights, **metadata):
    """A bundle as another group might hand it on."""
    for name in ("configs", "models"):
        (folder / name).mkdir(parents=True)
    outputs = {"pred": {"channel_def": channels}}
    about = {"name": "theirs", "version": "2.0", "network_data_format": {"outputs": outputs, **metadata}}
    (folder / "configs" / "metadata.json").write_text(json.dumps(about))
    (folder / "configs" / "inference.json").write_text(json.dumps(config))
    torch.save(weights, folder / "models" / "model.pt")
    return folder


def by_density():
    """Weights of the network whose answer is known: a class's line is the highest one between its two limits."""
    bias, limits = [0.0], [(hu + 1000) / 2000 for hu in (LUNG_HU, LESION_HU, BODY_HU)]
    for limit in limits:
        bias.append(bias[-1] - 10 * limit)
    order = [3, 1, 2, 0]  # air is the lowest, the background the highest
    slope = torch.tensor([0.0, 10.0, 20.0, 30.0])[order]
    return {"weight": slope.reshape(4, 1, 1, 1, 1), "bias": torch.tensor(bias)[order]}


@pytest.fixture
def volume_bundle(tmp_path):
    return write_bundle(tmp_path / "theirs", VOLUME_CONFIG, CLASSES, {"model": by_density()})


def segment(folder, study, tmp_path, stages=None):
    def stage(name, share):
        (stages if stages is not None else []).append((name, share))

    return Segmenter(Bundle(folder), trusted=True, threads=1).segment(study, "cpu", stage, tmp_path)


def dice(one, other):
    return 2 * (one & other).sum() / (one.sum() + other.sum())


def test_a_network_in_three_dimensions_is_run_by_its_own_preprocessing_and_windows(volume_bundle, tmp_path, phantom):
    stages = []
    masks = segment(volume_bundle, phantom.study, tmp_path, stages)
    for side in (RIGHT, LEFT):
        assert dice(masks.lungs == side, (phantom.lungs == side) & (phantom.study.hu < BODY_HU)) > 0.8
    shares = [share for name, share in stages if name == NETWORK]
    assert shares == sorted(shares)
    assert len(shares) > 3
    assert shares[-1] == 1
    assert (masks.model.name, masks.model.version, masks.model.device) == ("theirs", "2.0", "cpu")
    assert masks.lesions.any()
    assert not list(tmp_path.glob("*.nii*")), "the patient's CT must not stay behind"


def test_its_configuration_may_be_yaml(volume_bundle, tmp_path, phantom):
    yaml = pytest.importorskip("yaml")
    expected = segment(volume_bundle, phantom.study, tmp_path)
    in_json = volume_bundle / "configs" / "inference.json"
    in_json.with_suffix(".yaml").write_text(yaml.safe_dump(json.loads(in_json.read_text())))
    in_json.unlink()
    found = segment(volume_bundle, phantom.study, tmp_path)
    assert found.lungs.any()
    assert np.array_equal(found.lungs, expected.lungs)
    assert np.array_equal(found.lesions, expected.lesions)


def stored_along(axes, voxels, affine):
    """An array on a study's grid and its affine, stored along other axes, such as "LPI"."""
    change = ornt_transform(io_orientation(affine), axcodes2ornt(axes))
    turned = nibabel.Nifti1Image(voxels.T, affine).as_reoriented(change)
    return np.ascontiguousarray(np.asanyarray(turned.dataobj).T), turned.affine


@pytest.mark.parametrize("axes", ["LAS", "LPI", "ASR"])
def test_the_answer_lies_where_the_study_does_however_it_is_stored(axes, volume_bundle, tmp_path, phantom):
    masks = segment(volume_bundle, phantom.study, tmp_path)
    hu, affine = stored_along(axes, phantom.study.hu, phantom.study.affine)
    found = segment(volume_bundle, replace(phantom.study, hu=hu, affine=affine), tmp_path)
    for mask in ("lungs", "lesions"):
        expected, _ = stored_along(axes, getattr(masks, mask), phantom.study.affine)
        assert dice(getattr(found, mask) == 1, expected == 1) > 0.95


def test_channels_that_do_not_exclude_one_another_are_told_each_by_itself(tmp_path, phantom):
    channels = {"0": "body", "1": "left lung and right lung", "2": "lesions", "3": "bones"}
    everywhere = {"weight": torch.zeros(4, 1, 1, 1, 1), "bias": torch.tensor([5.0, 0.1, -0.1, 5.0])}
    folder = write_bundle(tmp_path / "theirs", VOLUME_CONFIG, channels, everywhere)
    masks = segment(folder, phantom.study, tmp_path)
    assert masks.lungs.all(), "also where another channel is more certain"
    assert not masks.lesions.any()


def test_without_an_inferer_the_windows_are_those_of_the_metadata(tmp_path, phantom):
    config = {key: value for key, value in VOLUME_CONFIG.items() if key != "inferer"}
    inputs = {"image": {"spatial_shape": [48, 48, 32]}}
    folder = write_bundle(tmp_path / "sized", config, CLASSES, by_density(), inputs=inputs)
    assert segment(folder, phantom.study, tmp_path).lungs.any()
    inputs = {"image": {"spatial_shape": ["16*n", 48, 32]}}
    folder = write_bundle(tmp_path / "unsized", config, CLASSES, by_density(), inputs=inputs)
    with pytest.raises(SetupError, match="how large its network's windows are"):
        segment(folder, phantom.study, tmp_path)


@pytest.mark.parametrize(
    "inferer",
    [
        monai_inferers.SlidingWindowInferer((24, 24, 24), sw_batch_size=3, overlap=0.5),
        monai_inferers.SlidingWindowInferer(40, overlap=(0, 0.25, 0.6)),
        monai_inferers.SlidingWindowInferer((24, None, -1), overlap=0.25),
        monai_inferers.SliceInferer(spatial_dim=2, roi_size=(32, 32), sw_batch_size=4),
        monai_inferers.SliceInferer(spatial_dim=0, roi_size=(32, None), overlap=(0, 0.5, 0.5)),
        monai_inferers.SimpleInferer(),
    ],
)
def test_windows_are_counted_before_they_are_run(inferer):
    shown = []

    def network(window):
        shown.append(len(window))
        return window

    expected = _count_of_windows(inferer, (70, 32, 41))
    inferer(torch.zeros(1, 1, 70, 32, 41), network)
    assert sum(shown) == expected


def test_where_the_gpus_memory_is_full_fewer_windows_are_run_at_once_and_at_last_the_cpu(
    volume_bundle, tmp_path, phantom, monkeypatch
):
    """A stand-in for a GPU that never has room."""
    config = json.loads((volume_bundle / "configs" / "inference.json").read_text())
    config["inferer"]["sw_device"] = "@device"
    (volume_bundle / "configs" / "inference.json").write_text(json.dumps(config))
    expected = segment(volume_bundle, phantom.study, tmp_path)
    asked, shown = [], VolumeNetwork._shown

    def on_a_full_gpu(network, path, device, steps, progress):
        asked.append((device, steps.inferer.sw_batch_size))
        network.device = device
        if device == "cuda":
            raise torch.cuda.OutOfMemoryError
        return shown(network, path, device, steps, progress)

    monkeypatch.setattr(VolumeNetwork, "_shown", on_a_full_gpu)
    segments, stages = Segmenter(Bundle(volume_bundle), trusted=True, threads=1), set()
    network = segments._networks["cuda"] = segments.network("cpu")
    monkeypatch.setattr(network, "_wanted", "cuda")
    for _ in range(2):  # the next study begins on the GPU again, as the config says
        found = segments.segment(phantom.study, "cpu", lambda stage, share: stages.add(stage), tmp_path)
        assert np.array_equal(found.lungs, expected.lungs)
        assert found.model.device == "cpu"
    assert asked == [("cuda", 2), ("cuda", 1), ("cpu", 2)] * 2
    assert ON_THE_CPU in stages
    assert not list(tmp_path.glob("*.nii*"))


def test_a_bundle_of_our_kind_whose_classes_exclude_one_another_is_judged_by_the_largest_share(tmp_path, phantom):
    config = json.loads((DEFAULT_BUNDLE / "configs" / "inference.json").read_text(encoding="utf-8"))
    config["network_def"] = {"_target_": "torch.nn.Conv2d", "in_channels": 3, "out_channels": 3, "kernel_size": 1}
    channels = {"0": "background", "1": "lung", "2": "lesion"}
    for background, everywhere in ((3.0, False), (-3.0, True)):
        weights = {"weight": torch.zeros(3, 3, 1, 1), "bias": torch.tensor([background, 1.0, -5.0])}
        folder = write_bundle(tmp_path / f"background {background}", config, channels, weights)
        assert segment(folder, phantom.study, tmp_path).lungs.any() == everywhere


def test_a_bundle_of_our_kind_runs_by_torch_where_it_brings_no_onnx(tmp_path, phantom):
    """Its channels stand in an order of their own: consolidation (of the lesions) nowhere, all that is lung lesion."""
    config = json.loads((DEFAULT_BUNDLE / "configs" / "inference.json").read_text(encoding="utf-8"))
    config["network_def"] = {"_target_": "torch.nn.Conv2d", "in_channels": 3, "out_channels": 3, "kernel_size": 1}
    weights = {"weight": torch.zeros(3, 3, 1, 1), "bias": torch.tensor([-5.0, 0.0, 0.0])}
    weights["weight"][1:, 1] = -20  # of the slice itself: where it is darker than the middle of the scale
    channels = {"0": "consolidation", "1": "lesion", "2": "lung"}
    folder = write_bundle(tmp_path / "theirs", config, channels, weights)
    masks = segment(folder, phantom.study, tmp_path)
    assert dice(masks.lungs > 0, (phantom.lungs > 0) & (phantom.study.hu < -412)) > 0.5
    assert dice(masks.lesions > 0, masks.lungs > 0) > 0.99


def test_other_labels_are_a_sentence(tmp_path, phantom):
    folder = write_bundle(tmp_path / "spleens", VOLUME_CONFIG, {"0": "background", "1": "spleen"}, by_density())
    with pytest.raises(
        SetupError, match='does not give lungs and lesions: its channels are 0 "background", 1 "spleen"'
    ):
        segment(folder, phantom.study, tmp_path)


def test_a_bundle_that_cannot_be_run_is_a_sentence(tmp_path, phantom):
    config = {key: value for key, value in VOLUME_CONFIG.items() if key != "preprocessing"}
    folder = write_bundle(tmp_path / "raw", config, CLASSES, by_density())
    with pytest.raises(SetupError, match=r"cannot be loaded or run: .*preprocessing"):
        segment(folder, phantom.study, tmp_path)
    three = {"0": "background", "1": "lung", "2": "lesion"}
    folder = write_bundle(tmp_path / "three", VOLUME_CONFIG, three, by_density())
    with pytest.raises(SetupError, match="gives 4 channels and describes 3"):
        segment(folder, phantom.study, tmp_path)


def test_nothing_of_a_foreign_bundle_is_run_before_it_is_trusted(tmp_path, phantom):
    mark = tmp_path / "its code was run"
    config = {"imports": ["$import pathlib"], **VOLUME_CONFIG}
    config["preprocessing"] = f"$pathlib.Path({str(mark)!r}).touch()"
    folder = write_bundle(tmp_path / "theirs", config, CLASSES, by_density())
    with SegmentationWorker(folder) as worker, pytest.raises(SetupError, match="--trust-bundle"):
        worker.segment(phantom.study, "cpu")
    assert not mark.exists()
    with SegmentationWorker(folder, trusted=True) as worker, pytest.raises(SetupError, match="cannot be loaded or run"):
        worker.segment(phantom.study, "cpu")
    assert mark.exists()


def test_it_runs_in_the_worker_too(volume_bundle, tmp_path, phantom):
    expected = segment(volume_bundle, phantom.study, tmp_path)
    with SegmentationWorker(volume_bundle, trusted=True) as worker:
        found = worker.segment(phantom.study, "cpu")
    assert np.array_equal(found.lungs, expected.lungs)
    assert np.array_equal(found.lesions, expected.lesions)
