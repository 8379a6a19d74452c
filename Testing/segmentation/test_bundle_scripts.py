"""The bundle's own scripts: what is trained on is what the program sees, and training learns, stops and goes on."""

import json
import re
import sys
from dataclasses import replace

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from monai.bundle import run  # noqa: E402
from monai.networks.nets import BasicUNet  # noqa: E402
from MosMedCOVIDLib.commands.phantom import save_phantom  # noqa: E402
from MosMedCOVIDLib.segmentation.bundle import DEFAULT_BUNDLE, Bundle  # noqa: E402
from MosMedCOVIDLib.segmentation.view import View  # noqa: E402
from MosMedCOVIDLib.study.labelled import find_labelled_cases  # noqa: E402
from MosMedCOVIDLib.study.nifti import read_nifti  # noqa: E402
from MosMedCOVIDLib.study.phantom import thorax_phantom  # noqa: E402
from MosMedCOVIDLib.study.quick_lungs import find_quick_lungs  # noqa: E402

sys.path.insert(0, str(DEFAULT_BUNDLE))

from scripts.augment import Augmentation, draw, draw_batch  # noqa: E402
from scripts.prepare import Case, load_cases, prepare, view_settings  # noqa: E402
from scripts.prepare import main as prepare_folder  # noqa: E402
from scripts.train import train  # noqa: E402

# MONAI warns of any config that can run code; these are our own.
pytestmark = pytest.mark.filterwarnings("ignore:parsing config_file")

INFERENCE, TRAIN = (DEFAULT_BUNDLE / "configs" / name for name in ("inference.json", "train.json"))
UNCHANGED = Augmentation(
    turn_degrees=0,
    scale=(1, 1),
    shift_pixels=0,
    stretch=0,
    offset=0,
    blur_pixels=(0, 0),
    noise=(0, 0),
    fill=(0, 0),
    alone=0,
    mirrored=0,
    upside_down=0,
    blurred=0,
    noisy=0,
)


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    """On a busy machine the threads of such small networks would mostly wait for each other."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def phantoms(phantom):
    return {"lungs_too": phantom, "lesions_only": thorax_phantom(20, shape=(24, 96, 96), spacing_mm=(12.0, 3.7, 3.7))}


@pytest.fixture(scope="module")
def labelled(phantoms, tmp_path_factory):
    """Two labelled cases, of which one has no lungs outlined."""
    folder = tmp_path_factory.mktemp("labelled")
    for name, made in phantoms.items():
        save_phantom(made, folder / f"{name}_ct.nii.gz")
    (folder / "lesions_only_lungs.nii.gz").unlink()
    return folder


@pytest.fixture(scope="module")
def prepared(labelled, tmp_path_factory):
    folder = tmp_path_factory.mktemp("prepared")
    prepare_folder([str(labelled), str(folder)])
    return folder


@pytest.fixture(scope="module")
def augmentation():
    settings = json.loads(TRAIN.read_text(encoding="utf-8"))["augmentation"]
    assert settings.pop("_target_") == "scripts.augment.Augmentation"
    return Augmentation(**settings)


def test_what_is_trained_on_is_what_the_program_sees(labelled, phantoms):
    for files in find_labelled_cases(labelled):
        phantom, study = phantoms[files.name], read_nifti(files.ct)
        case = prepare(files, view_settings())
        view = View.of(study, find_quick_lungs(study), view_settings())
        assert np.array_equal(case.images, view.images)
        for index in (0, len(view.images) // 2, len(view.images) - 1):
            assert np.array_equal(case.channels(index, case.neighbour), view.channels(index))
        ml = case.masks.sum((0, 2, 3)) / 255 * view.voxel_ml(study)
        assert ml[1] == pytest.approx((phantom.lesions > 0).sum() * phantom.study.voxel_ml, rel=0.02)
        if files.lungs:
            assert ml[0] == pytest.approx((phantom.lungs > 0).sum() * phantom.study.voxel_ml, rel=0.02)


def test_prepared_cases_come_back_and_say_what_is_known(prepared):
    lesions_only, lungs_too = load_cases(prepared)
    assert (lungs_too.known == 1).all()
    assert (lesions_only.known[:, 0] == 0).all()
    assert (lesions_only.known[:, 1] == 1).all()
    assert (lungs_too.images.dtype, lungs_too.masks.dtype) == (np.float32, np.uint8)
    with pytest.raises(FileNotFoundError, match="no prepared cases"):
        load_cases(prepared / "nothing")


def test_without_changes_a_sample_is_the_middle_of_the_case(prepared):
    case = load_cases(prepared)[1]
    crop = 64
    image, masks, known = draw(case, crop, UNCHANGED, np.random.default_rng(0))
    index = int(np.random.default_rng(0).integers(len(case.images)))
    top, left = ((size - crop) // 2 for size in case.images.shape[1:])
    middle = np.s_[..., top : top + crop, left : left + crop]
    assert np.allclose(image, case.channels(index, case.neighbour)[middle], atol=1e-4)
    assert np.allclose(masks, case.masks[index][middle] / 255, atol=1e-4)
    assert (known == 1).all()


def test_image_and_masks_are_moved_alike(augmentation):
    """A disc that is its own mask still is after any turn, shift, scale and mirror; nothing is known beyond it."""
    rows, columns = np.ogrid[:160, :192]
    disc = np.hypot(rows - 70, 2 * (columns - 110)) < 50
    case = Case(
        images=np.where(disc, 1, -1).astype(np.float32)[None],
        masks=np.uint8(255) * np.stack([disc, disc])[None],
        known=np.ones((1, 2, 1, 1), np.uint8),
        neighbour=1,
    )
    same_grey = replace(augmentation, stretch=0, offset=0, blurred=0, noisy=0, fill=(-1, -1))
    images, masks, known = draw_batch([case], 20, 192, same_grey, np.random.default_rng(1))
    assert np.allclose((images + 1) / 2, masks[:, :1].expand_as(images), atol=1e-3)
    assert not torch.allclose(masks[0], masks[1])
    assert 0.5 < known.mean() < 1
    changed, _, _ = draw_batch([case], 4, 64, augmentation, np.random.default_rng(1))
    assert changed.abs().max() <= 1


def test_training_by_the_config_learns(prepared, tmp_path, capsys):
    small = {"network_def#features": [8, 8, 8, 16, 16, 8], "optimizer#lr": 0.01}
    small |= {"run#batch": 2, "run#crop": 96, "run#warm_up": 2, "run#report_every": 8}
    run(config_file=str(TRAIN), data=str(prepared), out=str(tmp_path), device=torch.device("cpu"), steps=32, **small)
    losses = [float(loss) for loss in re.findall(r"loss ([\d.]+)", capsys.readouterr().out)]
    assert len(losses) == 4
    assert losses[-1] < 0.9 * losses[0]
    weights = torch.load(tmp_path / "model.pt", weights_only=True)
    BasicUNet(2, 3, 2, features=small["network_def#features"], norm="batch").load_state_dict(weights)


def test_stopped_and_continued_gives_the_same_as_at_one_go(prepared, tmp_path, augmentation):
    class Stopped(Exception):
        pass

    def stop(line):
        raise Stopped

    def weights(out, **options):
        torch.manual_seed(0)
        network = BasicUNet(2, 3, 2, features=(4, 4, 4, 4, 4, 4), norm="batch")
        train(
            network=network,
            optimizer=torch.optim.AdamW(network.parameters(), 0.01),
            cases=load_cases(prepared),
            augmentation=augmentation,
            out=out,
            steps=6,
            **{"batch": 2, "crop": 64, "warm_up": 2, "seed": 5, "report_every": 3} | options,
        )
        return torch.load(out / "model.pt", weights_only=True)

    at_one_go = weights(tmp_path / "whole")
    with pytest.raises(Stopped):
        weights(tmp_path / "parts", report=stop)
    assert torch.load(tmp_path / "parts" / "checkpoint.pt", weights_only=True)["step"] == 3
    continued = weights(tmp_path / "parts")
    assert all(torch.allclose(continued[name].float(), at_one_go[name].float(), atol=1e-5) for name in at_one_go)
    before = Bundle().weights.read_bytes()
    with pytest.raises(ValueError, match="never writes over"):
        weights(DEFAULT_BUNDLE / "models")
    assert Bundle().weights.read_bytes() == before


def test_training_and_inference_describe_one_network():
    networks = [json.loads(config.read_text(encoding="utf-8"))["network_def"] for config in (INFERENCE, TRAIN)]
    assert networks[0] == networks[1]


def test_monai_alone_runs_the_network_on_prepared_slices(tmp_path):
    channels = np.random.default_rng(0).uniform(-1, 1, (2, 3, 32, 48)).astype(np.float32)
    np.save(tmp_path / "image.npy", channels)
    files = {"image": str(tmp_path / "image.npy"), "pred": str(tmp_path / "pred.npy")}
    run(config_file=str(INFERENCE), checkpoint=str(DEFAULT_BUNDLE / "models" / "model.pt"), **files)
    pred = np.load(files["pred"])
    assert (pred.shape, pred.dtype) == ((2, 2, 32, 48), np.float32)
    assert 0 <= pred.min() < pred.max() <= 1
