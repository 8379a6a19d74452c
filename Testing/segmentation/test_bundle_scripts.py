"""The bundle's own scripts: what is trained on is what the program sees, and training learns, stops and goes on."""

import json
import re
import sys
from dataclasses import replace

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from monai.bundle import run  # noqa: E402
from monai.networks.nets import UNet  # noqa: E402
from MosMedCOVIDLib.commands.phantom import save_phantom  # noqa: E402
from MosMedCOVIDLib.segmentation.bundle import DEFAULT_BUNDLE, Bundle  # noqa: E402
from MosMedCOVIDLib.segmentation.view import View  # noqa: E402
from MosMedCOVIDLib.study.labelled import find_labelled_cases  # noqa: E402
from MosMedCOVIDLib.study.nifti import read_nifti  # noqa: E402
from MosMedCOVIDLib.study.phantom import thorax_phantom  # noqa: E402
from MosMedCOVIDLib.study.quick_lungs import find_quick_lungs  # noqa: E402
from scipy import ndimage  # noqa: E402

sys.path.insert(0, str(DEFAULT_BUNDLE))

from scripts.augment import Augmentation, Sampler  # noqa: E402
from scripts.bowel import lay_bowel  # noqa: E402
from scripts.case import CONSOLIDATION, LESION, LUNG, Case  # noqa: E402
from scripts.effusions import lay_effusion  # noqa: E402
from scripts.lesions import Picture, lay_in, lay_made_up  # noqa: E402
from scripts.lung_density import fade_lesions, lay_dependent_density, let_air_out  # noqa: E402
from scripts.prepare import OWN_SET, load_sets, own_case, view_settings, write  # noqa: E402
from scripts.train import Schedule, as_seen, train  # noqa: E402

# MONAI warns of any config that can run code; these are our own.
pytestmark = pytest.mark.filterwarnings("ignore:parsing config_file")

INFERENCE, TRAIN = (DEFAULT_BUNDLE / "configs" / name for name in ("inference.json", "train.json"))
UNCHANGED = Augmentation(
    turn_degrees=0,
    scale=(1, 1),
    shift_mm=0,
    neighbour_mm=(5, 5),
    thick_mm=(1, 1),
    stretch=0,
    offset_hu=0,
    blur_pixels=(0, 0),
    noise_hu=(0, 0),
    sharpen=(0, 0),
    fill_hu=(0, 0),
    alone=0,
    mirrored=0,
    upside_down=0,
    blurred=0,
    sharpened=0,
    noisy=0,
    thick=0,
    laid_into_ill=0,
    laid_into_others=0,
    fainter=0,
    expiration=0,
    dependent=0,
    effusion=0,
    bowel=0,
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
    write((own_case(files, view_settings()) for files in find_labelled_cases(labelled)), folder / OWN_SET)
    return folder


@pytest.fixture(scope="module")
def augmentation():
    settings = json.loads(TRAIN.read_text(encoding="utf-8"))["augmentation"]
    assert settings.pop("_target_") == "scripts.augment.Augmentation"
    return Augmentation(**{key: tuple(value) if isinstance(value, list) else value for key, value in settings.items()})


@pytest.fixture
def chest():
    """Two healthy lungs of -850 HU in soft tissue, all known."""
    lungs = np.zeros((3, 96, 96), np.float32)
    lungs[:, 20:80, 10:40] = lungs[:, 20:80, 56:86] = 1
    hu = np.where(lungs > 0, -850, 40).astype(np.float32)
    return Picture(hu, lungs, np.stack([lungs[1], 0 * lungs[1], 0 * lungs[1]]), np.ones_like(hu))


def sampler(cases, how, crop=64, pixel_mm=1.5):
    return Sampler({OWN_SET: cases}, {OWN_SET: 1.0}, how, crop, pixel_mm)


def test_what_is_trained_on_is_what_the_program_sees(labelled, phantoms):
    for files in find_labelled_cases(labelled):
        phantom, study = phantoms[files.name], read_nifti(files.ct)
        case = own_case(files, view_settings())
        view = View.of(study, find_quick_lungs(study), view_settings())
        seen = as_seen(torch.from_numpy(case.images).float()).numpy()
        dark = ndimage.maximum_filter(seen, (1, 9, 9)) < 0.5  # beside brighter ones the view clips voxel by voxel
        assert np.allclose(seen[dark], view.images[dark], atol=0.02)
        for index in (0, len(view.images) // 2, len(view.images) - 1):
            three = case.neighbours(index, view_settings().neighbour_mm)
            assert np.array_equal(view.images[three], view.channels(index))
        ml = case.masks.sum((0, 2, 3)) / 255 * view.voxel_ml(study)
        assert ml[LESION] == pytest.approx((phantom.lesions > 0).sum() * phantom.study.voxel_ml, rel=0.02)
        if files.lungs:
            assert ml[LUNG] == pytest.approx((phantom.lungs > 0).sum() * phantom.study.voxel_ml, rel=0.02)


def test_prepared_cases_come_back_and_say_what_is_known(prepared):
    lesions_only, lungs_too = load_sets(prepared)[OWN_SET]
    assert lungs_too.known.squeeze()[0].tolist() == [1, 1, 0]
    assert lesions_only.known.squeeze()[0].tolist() == [0, 1, 0]
    assert (lungs_too.images.dtype, lungs_too.masks.dtype) == (np.int16, np.uint8)
    assert [case.name for case in load_sets(prepared, without=["lungs_too"])[OWN_SET]] == ["lesions_only"]
    with pytest.raises(FileNotFoundError, match="no prepared cases"):
        load_sets(prepared.parent / "nothing")


def test_without_changes_a_sample_is_the_middle_of_the_case(prepared):
    case = load_sets(prepared)[OWN_SET][1]
    image, masks, known = sampler([case], UNCHANGED).draw(np.random.default_rng(0))
    crop = 64
    top, left = ((size - crop) // 2 for size in case.images.shape[1:])
    middle = np.s_[..., top : top + crop, left : left + crop]
    matches = [
        index
        for index in range(len(case.images))
        if np.allclose(image, case.images[case.neighbours(index, 5.0)][middle], atol=0.5)
        and np.allclose(masks, case.masks[index][middle] / 255, atol=1e-4)
    ]
    assert len(matches) == 1
    assert (known[:CONSOLIDATION] == 1).all()


def test_image_and_masks_are_moved_alike(augmentation):
    """A disc that is its own mask still is after any turn, shift, scale and mirror; nothing is known beyond it."""
    rows, columns = np.ogrid[:160, :192]
    disc = np.hypot(rows - 70, 2 * (columns - 110)) < 50
    masks = (np.uint8(255) * np.stack([disc] * 3))[None]
    images = np.where(disc, 200, 100).astype(np.int16)[None]
    case = Case("disc", "disc", images, masks, np.ones((1, 3, 1, 1), np.uint8), np.ones((1, 160, 192), bool), 1.5, 0, 1)
    same_grey = {"stretch": 0, "offset_hu": 0, "blurred": 0, "sharpened": 0, "noisy": 0, "fill_hu": (-500, -500)}
    same_grey |= {"laid_into_ill": 0, "laid_into_others": 0, "fainter": 0, "expiration": 0, "dependent": 0}
    moved = replace(augmentation, effusion=0, bowel=0, **same_grey)
    images, masks, known = sampler([case], moved, 192).batch(20, np.random.default_rng(1))
    inside = known[:, :1].bool().expand_as(images)
    assert torch.allclose(((images - 100) / 100)[inside], masks[:, :1].expand_as(images)[inside], atol=0.05)
    assert not torch.allclose(masks[0], masks[1])
    assert 0.5 < known.mean() < 1


def test_lesions_are_laid_into_lungs_alone_and_known_there(chest):
    random, lungs, hu = np.random.default_rng(3), chest.lungs, chest.hu
    for _ in range(20):
        picture = Picture(hu.copy(), lungs, np.zeros((3, 96, 96), np.float32), np.zeros((3, 96, 96), np.float32))
        lay_made_up(picture, random)
        lesion = picture.masks[LESION] > 0
        assert lesion.any()
        assert not (lesion & (lungs[1] == 0)).any()
        assert (picture.hu[1][lesion] > -800).all()
        assert (picture.hu >= hu - 1e-3).all()
        assert not ((picture.masks[CONSOLIDATION] > 0) & ~lesion).any()
        assert (picture.known[LESION][lesion] == 1).all()


def test_what_is_laid_in_dense_is_consolidation():
    lungs = np.ones((3, 32, 32), np.float32)
    picture = Picture(np.full((3, 32, 32), -850, np.float32), lungs, np.zeros_like(lungs), np.ones_like(lungs))
    share = np.zeros((3, 32, 32), np.float32)
    share[:, 8:24, 8:24] = 1
    dense = np.zeros((32, 32), bool)
    dense[8:24, 16:24] = True
    lay_in(picture, share, np.where(dense, 20.0, -500.0)[None].repeat(3, 0), dense)
    assert picture.masks[LESION].sum() == 16 * 16
    assert np.array_equal(picture.masks[CONSOLIDATION] > 0, dense)


def test_an_effusion_lies_behind_and_is_neither_lung_nor_lesion(chest):
    random, lungs, hu = np.random.default_rng(3), chest.lungs, chest.hu
    for _ in range(20):
        masks = np.stack([lungs[1], lungs[1], 0 * lungs[1]])  # a lung full of lesion
        picture = Picture(hu.copy(), lungs, masks, np.ones((3, 96, 96), np.float32))
        lay_effusion(picture, random)
        fluid = (lungs[1] > 0) & (picture.masks[LUNG] == 0)
        assert fluid[79].any(), "behind"
        assert not fluid[20].any(), "the lung in front goes on"
        assert -60 < np.median(picture.hu[1][fluid]) < 90
        assert not picture.masks[LESION][fluid].any()
        rim = picture.known[LUNG] == 0
        assert not picture.masks[LESION][rim].any()
        assert (picture.known[LESION][fluid | rim] == 1).all()
        assert np.array_equal(picture.hu[:, lungs[1] == 0], hu[:, lungs[1] == 0]), "nothing beyond the lungs"


def test_bowel_lies_in_soft_tissue_alone_and_is_neither_lung_nor_lesion():
    random = np.random.default_rng(4)
    lungs = np.zeros((3, 96, 96), np.float32)
    lungs[:, 10:40, 10:86] = 1
    hu = np.where(lungs > 0, -850, 40).astype(np.float32)
    changed = []
    for _ in range(20):
        picture = Picture(hu.copy(), lungs, np.stack([lungs[1]] * 3), np.ones((3, 96, 96), np.float32))
        picture.known[LESION:] = 0
        lay_bowel(picture, random)
        laid = abs(picture.hu[1] - hu[1]) > 200
        changed.append(laid)
        assert picture.hu[1].min() < -80, "gas"
        assert not laid[9:41, 9:87].any(), "there is a wall between it and the lung"
        assert (picture.known[:, laid] == 1).all()
        assert not picture.masks[:, laid].any()
        assert np.array_equal(picture.masks[LUNG], lungs[1]), "the lung is as it was"
    assert any(laid.sum() > 400 for laid in changed), "some are as large as a stomach"


def test_ground_glass_fades_and_consolidation_stays(chest):
    glass, airless = np.s_[:, 40:60, 15:35], np.s_[:, 40:60, 60:80]
    chest.hu[glass], chest.hu[airless] = -650, 20
    chest.masks[LESION][glass[1:]] = chest.masks[LESION][airless[1:]] = 1
    before, masks = chest.hu.copy(), chest.masks.copy()
    fade_lesions(chest, np.random.default_rng(6))
    inner = np.s_[:, 45:55, 20:30]
    assert (chest.hu[inner] < -675).all()
    assert (chest.hu[inner] > -800).all(), "fainter, but not gone"
    assert np.allclose(chest.hu[:, 45:55, 65:75], 20)
    assert np.array_equal(chest.hu[:, :35], before[:, :35]), "healthy lung is as it was"
    assert np.array_equal(chest.masks, masks)


def test_nothing_fades_without_healthy_lung_to_compare_with(chest):
    chest.hu[chest.lungs > 0] = -650
    chest.masks[LESION] = chest.lungs[1]
    before = chest.hu.copy()
    fade_lesions(chest, np.random.default_rng(7))
    assert np.array_equal(chest.hu, before)


def test_lungs_with_less_air_are_denser_all_over(chest):
    chest.hu[:, 40:50, 15:25] = 30  # a vessel: there is no air to lose
    before, random = chest.hu.copy(), np.random.default_rng(8)
    lost = []
    for _ in range(20):
        picture = replace(chest, hu=before.copy())
        let_air_out(picture, random)
        change = (picture.hu - before)[chest.lungs > 0]
        lost.append(float(np.median(change)))
        assert np.allclose((picture.hu - before)[:, 42:48, 17:23], 0)
        assert np.allclose(picture.hu[chest.lungs == 0], before[chest.lungs == 0], atol=1)
    assert min(lost) < -5
    assert max(lost) > 60


def test_dependent_density_lies_behind_in_healthy_lung_and_is_no_lesion(chest):
    chest.masks[LESION][60:80, 10:40] = 1
    chest.hu[:, 60:80, 10:40] = -600
    before, masks, random = chest.hu.copy(), chest.masks.copy(), np.random.default_rng(9)
    for _ in range(20):
        picture = replace(chest, hu=before.copy())
        lay_dependent_density(picture, random)
        more = picture.hu - before
        assert more[1, 78, 60:82].max() > 15, "behind"
        assert np.allclose(more[:, :60], 0), "nothing in front"
        assert np.allclose(more[:, 65:75, 14:36], 0), "lesions stay as they are"
        assert np.allclose(more[chest.lungs == 0], 0)
        assert np.array_equal(picture.masks, masks)


def test_nothing_is_laid_where_the_lungs_are_not_known():
    hu = np.full((3, 96, 96), 40, np.float32)
    picture = Picture(hu.copy(), 0 * hu, 0 * hu, 0 * hu)
    lay_bowel(picture, np.random.default_rng(5))
    assert np.array_equal(picture.hu, hu)


def test_training_by_the_config_learns(prepared, tmp_path, capsys):
    small = {"network_def#channels": [8, 8, 16, 16], "network_def#strides": [2, 2, 2], "schedule#rate": 0.01}
    small |= {"schedule#batch": 3, "sampler#crop": 96, "schedule#warm_up": 2, "schedule#report_every": 30}
    run(config_file=str(TRAIN), data=str(prepared), out=str(tmp_path), device=torch.device("cpu"), steps=120, **small)
    losses = [float(loss) for loss in re.findall(r"loss ([\d.]+)", capsys.readouterr().out)]
    assert len(losses) == 4
    assert losses[-1] < 0.9 * losses[0]
    weights = torch.load(tmp_path / "model.pt", weights_only=True)
    UNet(2, 3, 3, (8, 8, 16, 16), (2, 2, 2), num_res_units=2, norm="batch").load_state_dict(weights)


@pytest.mark.parametrize(("steps", "anew"), [(50, []), (100, []), (300, [100, 200])])
def test_the_learning_rate_rises_once_and_falls_to_nothing_again_and_again(steps, anew):
    schedule = Schedule(steps=steps, batch=2, rate=0.01, warm_up=4, fall=100, mean_over=3, seed=5)
    rates = [schedule.rate_at(step) for step in range(steps)]
    assert rates[0] == pytest.approx(0.01 / 4)
    assert max(rates) == pytest.approx(0.01, rel=0.01)
    assert [step for step in range(4, steps) if rates[step] > rates[step - 1]] == anew
    assert all(rates[step - 1] < 2e-5 for step in (*anew, steps))


def test_stopped_and_continued_gives_the_same_as_at_one_go(prepared, tmp_path, augmentation):
    class Stopped(Exception):
        pass

    def stop(line):
        raise Stopped

    def weights(out, **options):
        torch.manual_seed(0)
        network = UNet(2, 3, 3, (4, 4, 4), (2, 2), norm="batch")
        schedule = Schedule(steps=6, batch=2, rate=0.01, warm_up=2, fall=6, mean_over=3, seed=5, report_every=3)
        train(network, sampler(load_sets(prepared)[OWN_SET], augmentation), schedule, out, **options)
        return torch.load(out / "model.pt", weights_only=True)

    at_one_go = weights(tmp_path / "whole")
    with pytest.raises(Stopped):
        weights(tmp_path / "parts", report=stop)
    assert torch.load(tmp_path / "parts" / "checkpoint.pt", weights_only=True)["step"] == 3
    continued = weights(tmp_path / "parts")
    assert all(torch.allclose(continued[name].float(), at_one_go[name].float(), atol=1e-5) for name in at_one_go)
    shipped = DEFAULT_BUNDLE / "models" / "model.pt"
    before = shipped.read_bytes()
    with pytest.raises(ValueError, match="never writes over"):
        weights(DEFAULT_BUNDLE / "models")
    assert shipped.read_bytes() == before


def test_training_and_inference_describe_one_network():
    networks = [json.loads(config.read_text(encoding="utf-8"))["network_def"] for config in (INFERENCE, TRAIN)]
    assert networks[0] == networks[1]


def test_monai_alone_runs_the_network_on_prepared_slices(tmp_path):
    channels = np.random.default_rng(0).uniform(-1, 1, (2, 3, 32, 48)).astype(np.float32)
    np.save(tmp_path / "image.npy", channels)
    files = {"image": str(tmp_path / "image.npy"), "pred": str(tmp_path / "pred.npy")}
    run(config_file=str(INFERENCE), checkpoint=str(DEFAULT_BUNDLE / "models" / "model.pt"), **files)
    pred = np.load(files["pred"])
    channels = Bundle().metadata["network_data_format"]["outputs"]["pred"]["num_channels"]
    assert (pred.shape, pred.dtype) == ((2, channels, 32, 48), np.float32)
    assert 0 <= pred.min() < pred.max() <= 1
