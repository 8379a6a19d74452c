"""The public sets as cases and as labelled folders, and what cross-validation makes of them."""

import sys

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from MosMedCOVIDLib.commands.phantom import save_phantom  # noqa: E402
from MosMedCOVIDLib.segmentation.bundle import DEFAULT_BUNDLE  # noqa: E402
from MosMedCOVIDLib.study.labelled import find_labelled_cases, read_mask  # noqa: E402
from MosMedCOVIDLib.study.nifti import read_nifti  # noqa: E402

sys.path.insert(0, str(DEFAULT_BUNDLE))

from scripts.case import CONSOLIDATION, LESION, LUNG  # noqa: E402
from scripts.cross_validate import FOLDS, Result, table  # noqa: E402
from scripts.evaluate import Counts, evaluate  # noqa: E402
from scripts.labelled import main as write_labelled  # noqa: E402
from scripts.prepare import view_settings  # noqa: E402
from scripts.readers import main as compare_readers  # noqa: E402
from scripts.sources import SETS  # noqa: E402


def test_no_patient_is_in_two_folds():
    patients = [patient for fold in FOLDS for patient in fold]
    assert len(patients) == len(set(patients)) == 13


def test_a_patient_with_hardly_a_lesion_is_judged_by_volume():
    few = Result.of("few", 0, Counts(1000, 1000, 900, found=10, true=99, common=5))
    enough = Result.of("enough", 1, Counts(1000, 1000, 900, found=100, true=100, common=50))
    assert few.lesion_dice is None
    assert (enough.lesion_dice, enough.lung_dice, enough.found_percent) == (0.5, 0.9, 10.0)
    assert "0.500      0.900" in table([few, enough]).splitlines()[-1]


def test_what_a_network_finds_is_counted_by_patient(tmp_path, phantom):
    class Perfect(torch.nn.Module):
        """Calls air of the lungs' density lung, and what is a little denser lesion."""

        def forward(self, images):
            middle = images[:, 1:2]
            return torch.cat([200 * (middle - -0.95), 200 * (0.4 - (middle - 0.0).abs()), middle * 0 - 10], dim=1)

    for name in ("a_1", "a_2", "b_1"):
        save_phantom(phantom, tmp_path / f"{name}_ct.nii.gz")
    (tmp_path / "b_1_lungs.nii.gz").unlink()
    counts = evaluate(Perfect(), tmp_path, ("a", "b"), view_settings(), tmp_path)
    assert list(counts) == ["a"]  # the other one has no lungs outlined
    assert counts["a"].true == 2 * np.count_nonzero(phantom.lesions)
    assert counts["a"].lungs_true == 2 * np.count_nonzero(phantom.lungs)
    assert counts["a"].lungs_common > 0.9 * counts["a"].lungs_true
    with np.load(tmp_path / "a_1.npz") as kept:
        assert 2 * (kept["lungs"] > 0).sum() == counts["a"].lungs_found


def test_readers_and_network_are_compared_where_both_readers_have_drawn(tmp_path, capsys):
    masks = {name: np.zeros((3, 4, 10), np.uint8) for name in ("lesion", "lesion_zenodo", "probability")}
    masks["lesion"][0, 0, :4] = masks["lesion_zenodo"][0, 0, 2:8] = 1
    masks["probability"][0, 0, :8], masks["probability"][0, 1] = 255, 127  # 127 is not more than a half
    masks["lesion"][2] = masks["probability"][1] = 255  # slices that Zenodo's reader has not drawn
    lungs = {name: np.ones((3, 4, 10), np.uint8) for name in ("lung", "lung_zenodo", "lungs")}
    folder, fold = tmp_path / "data" / "medseg-9", tmp_path / "out" / "fold1"
    folder.mkdir(parents=True)
    fold.mkdir(parents=True)
    stored = {name: array for name, array in (masks | lungs).items() if name not in ("probability", "lungs")}
    np.savez(folder / "radiopaedia_7_1_0.npz", **stored, has_zenodo=np.array([1, 0, 0]), metadata="{}")
    np.savez(fold / "radiopaedia_7_1_0.npz", probability=masks["probability"], lungs=lungs["lungs"])
    np.savez(fold / "coronacases_002.npz", probability=masks["probability"], lungs=lungs["lungs"])  # has one reader
    compare_readers([str(tmp_path / "data"), str(tmp_path / "out")])
    _, patient, mean = capsys.readouterr().out.splitlines()
    # 4, 6 and 8 of 40 pixels, of which the readers share 2, and the network holds all
    assert patient.split() == ["radiopaedia_7", "0.400", "0.667", "0.857", "10.00", "15.00", "20.00"]
    assert mean.split() == ["mean", "0.400", "0.667", "0.857"]


def test_the_public_sets_become_cases(shared_data):
    """Each set is read; what is not known of it is not taught."""
    cases = {name: list(read(shared_data)) for name, read in SETS.items() if name not in ("true_hu", "phantoms")}
    assert {name: len(some) for name, some in cases.items()} == {
        "medseg_scans": 7,
        "coronacases": 8,
        "noisy_lungs": 6,
        "medseg_slices": 1,
        "without_lungs": 2,
        "upper_lungs": 1,
    }
    assert all((case.known[:, CONSOLIDATION] == 0).all() for case in cases["coronacases"])
    for case in cases["noisy_lungs"]:
        assert (case.known[:, LESION][case.masks[:, LUNG] > 0] == 0).all()
    for case in cases["medseg_slices"]:
        unknown = (case.known[:, LUNG] == 0) & (case.masks[:, LESION] == 0)
        assert unknown.mean() > 0.2
    assert all((case.masks == 0).all() for case in cases["without_lungs"])
    for case in (case for some in cases.values() for case in some):
        lung = (case.masks[:, LUNG] > 127) & (case.masks[:, LESION] == 0)
        if lung.any():
            assert -920 < np.median(case.images[lung]) < -600, case.name


def test_labelled_scans_lie_as_they_should(shared_data, tmp_path):
    """The front in front, the right on the right: the spine is behind the lungs, the heart to the left."""
    write_labelled([str(shared_data), str(tmp_path)])
    cases = find_labelled_cases(tmp_path)
    assert len(cases) == 15
    for files in cases:
        study = read_nifti(files.ct)
        lungs, lesions = read_mask(files.lungs, study), read_mask(files.lesions, study)
        assert count_of(lungs & ~(study.hu < 200)) < 0.05 * count_of(lungs)
        assert not (lesions & ~lungs & 1).any()
        bone = np.argwhere(study.hu > 140)
        if files.name.startswith("radiopaedia"):
            assert bone[:, 1].mean() > np.argwhere(lungs)[:, 1].mean()


def count_of(mask):
    return int(np.count_nonzero(mask))
