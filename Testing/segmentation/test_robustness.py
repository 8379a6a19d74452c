"""What must not change the grade: kernel, slice distance, the way a study is stored, its frame, what lies around it.

The figures are printed: `python3 Testing Testing/segmentation/test_robustness.py -rP`. The model card repeats them.
"""

from __future__ import annotations

import csv
import functools
import json
import sys
from pathlib import Path

import numpy as np
import pytest
from MosMedCOVIDLib.grading.agreement import Agreement
from MosMedCOVIDLib.grading.grade import grade_study
from MosMedCOVIDLib.segmentation.bundle import DEFAULT_BUNDLE
from MosMedCOVIDLib.segmentation.client import SegmentationWorker
from MosMedCOVIDLib.segmentation.masks import LEFT, RIGHT
from MosMedCOVIDLib.study.labelled import read_mask
from MosMedCOVIDLib.study.orientation import Orientation
from MosMedCOVIDLib.study.read import read_study
from MosMedCOVIDLib.study.study import Study

from .altered_studies import (
    cropped,
    feet_first,
    mirrored_patient,
    on_a_table_with_metal,
    padded,
    padded_outside_the_circle,
    shifted,
    slices_reversed,
    thinned,
    with_effusion,
    with_lesions,
)

sys.path.insert(0, str(DEFAULT_BUNDLE))

from scripts.sources import WITHOUT_LUNG, airways

# P001's slices are 2 mm apart: every third one is enough to see what a change of storage does.
COARSE = 3


@pytest.fixture(scope="module")
def segment():
    with SegmentationWorker() as worker:
        yield lambda study: worker.segment(study, "cpu")


@pytest.fixture(scope="module")
def percent(segment):
    return lambda study: grade_study(study, segment(study)).involvement_percent


@pytest.fixture(scope="module")
def study_of(shared_data):
    """A patient of COVID-CT-MD by name, read once."""
    return functools.cache(lambda name: read_study(shared_data / "covid-ct-md" / name))


@pytest.fixture(scope="module")
def masks_of(study_of, segment):
    """What the network finds in a patient of COVID-CT-MD, found once."""
    return functools.cache(lambda name: segment(study_of(name)))


@pytest.fixture(scope="module")
def coarse(study_of, percent):
    """P001 with fewer slices, and its involvement."""
    study = thinned(study_of("P001"), COARSE)
    return study, percent(study)


def test_two_kernels_of_one_scan_differ_by_half_a_point(shared_data, percent):
    found = [percent(read_study(shared_data / "two-kernels" / f"A0002_{kernel}.nii.gz")) for kernel in ("B40f", "B70f")]
    print(f"A0002 B40f {found[0]:.2f} %, B70f {found[1]:.2f} %")
    assert abs(found[0] - found[1]) <= 0.5


def test_every_fourth_slice_gives_the_same_to_half_a_point(study_of, masks_of, percent):
    whole = grade_study(study_of("P001"), masks_of("P001")).involvement_percent
    found = [percent(thinned(study_of("P001"), 4, first)) for first in range(4)]
    print(f"P001 {whole:.2f} %, every fourth slice {', '.join(f'{share:.2f}' for share in found)} %")
    assert max(abs(share - whole) for share in found) <= 0.5


@pytest.mark.parametrize(
    "change",
    [
        slices_reversed,
        feet_first,
        mirrored_patient,
        lambda study: shifted(study, 5.0),
        lambda study: cropped(study, 30),
        lambda study: padded(study, 60),
        padded_outside_the_circle,
        on_a_table_with_metal,
    ],
    ids=["slices reversed", "feet first", "mirrored", "5 mm shift", "cropped", "padded", "-3024", "metal table"],
)
def test_the_same_patient_otherwise_gives_the_same_to_a_point(coarse, change, percent, request):
    study, before = coarse
    after = percent(change(study))
    print(f"{request.node.callspec.id}: {before:.2f} % before, {after:.2f} % after")
    assert abs(after - before) <= 1.0


def test_a_mirrored_patient_has_the_lesions_on_the_other_side(coarse, segment):
    study, _ = coarse
    grade = grade_study(study, segment(study))
    mirrored = grade_study(study, segment(mirrored_patient(study)))
    assert mirrored.lungs["right"].percent == pytest.approx(grade.lungs["left"].percent, abs=1.0)
    assert mirrored.lungs["left"].percent == pytest.approx(grade.lungs["right"].percent, abs=1.0)


def test_a_healthy_chest_is_ct0(study_of, masks_of):
    grade = grade_study(study_of("normal001"), masks_of("normal001"))
    print(f"normal001 {grade.involvement_percent:.4f} %, {grade.lungs['both'].lesion_ml:.2f} ml: {grade.grade}")
    assert grade.grade == "CT-0"
    assert grade.involvement_percent <= 0.1


def test_slices_with_infection_are_told_from_those_without(shared_data, study_of, masks_of):
    with (shared_data / "covid-ct-md" / "P001_slice_labels.csv").open(newline="") as file:
        infected = [float(row["infection"]) > 0 for row in csv.DictReader(file)][::-1]
    areas = Orientation.of(study_of("P001").affine).to_standard(masks_of("P001").lesions).sum((1, 2), dtype=int)
    ill, well = areas[infected], areas[~np.array(infected)]
    larger, equal = (ill[:, None] > well).mean(), (ill[:, None] == well).mean()
    print(f"P001: {len(ill)} slices with infection against {len(well)} without, area under the ROC curve "
          f"{larger + equal / 2:.3f}")  # fmt: skip
    assert larger + equal / 2 >= 0.97


NEARLY = pytest.mark.xfail(strict=True, reason="79.5 % found, 5.5 points off; the lungs' Dice is .937")


@pytest.mark.parametrize(
    ("true", "grade"), [(10, "CT-1"), (35, "CT-2"), (60, "CT-3"), pytest.param(85, "CT-4", marks=NEARLY)]
)
def test_pasted_lesions_are_graded_as_they_are(study_of, masks_of, segment, true, grade):
    healthy = masks_of("normal001").lungs
    study, lesions = with_lesions(study_of("normal001"), healthy, true)
    masks = segment(study)
    found = grade_study(study, masks)
    lungs = Agreement.of(masks.lungs, healthy).dice
    dice = Agreement.of(masks.lesions, lesions).dice
    print(
        f"pasted {true} %: found {found.involvement_percent:.1f} %, {found.grade}; Dice {dice:.3f}, lungs {lungs:.3f}"
    )
    assert found.grade == grade
    assert abs(found.involvement_percent - true) <= 5
    assert lungs >= 0.95


def test_fluid_behind_the_lungs_is_mostly_no_lesion(study_of, masks_of, segment):
    lungs = masks_of("normal001").lungs
    study, fluid = with_effusion(study_of("normal001"), lungs, 60)
    masks = segment(study)
    called = np.count_nonzero(masks.lesions[fluid]) / np.count_nonzero(fluid)
    beside = np.count_nonzero(masks.lesions[~fluid]) / np.count_nonzero(lungs)
    ml = np.count_nonzero(fluid) * study.voxel_ml
    print(f"{ml:.0f} ml of fluid: {100 * called:.1f} % called lesion; beside it {100 * beside:.2f} % of the lungs")
    assert called <= 0.1
    assert beside <= 0.01


def test_lungs_agree_with_their_mask(shared_data, segment):
    study = read_study(shared_data / "other" / "chest_id001_128.nii.gz")
    lungs = read_mask(shared_data / "other" / "chest_id001_128_lungmask.nii.gz", study)
    masks = segment(study)
    dice = Agreement.of(masks.lungs, lungs).dice
    print(f"chest_id001: lungs {dice:.4f}")
    assert dice >= 0.97
    middles = [np.argwhere(masks.lungs == side)[:, 2].mean() for side in (RIGHT, LEFT)]
    to_the_left = -study.affine[0, 0]
    assert (middles[1] - middles[0]) * to_the_left > 0


@pytest.mark.parametrize("name", WITHOUT_LUNG)
def test_bowel_gas_the_mattress_and_the_air_round_the_neck_are_no_lung(shared_data, segment, name):
    """Two series that reach from the neck to the abdomen, whose slices without lung are known."""
    with np.load(shared_data / "slices-2d" / "real-hu" / f"{name}.npz") as stored:
        hu, z_mm, about = stored["image"], stored["z_mm"], json.loads(str(stored["metadata"]))
    pixel_mm, slice_mm = about["pixel_mm"], float(np.median(np.diff(z_mm)))
    study = Study(hu, np.diag([-pixel_mm, -pixel_mm, slice_mm, 1.0]), name, Path(name), "nifti")
    areas = (segment(study).lungs > 0).sum((1, 2)) * pixel_mm**2
    wrong = areas[WITHOUT_LUNG[name]].max()
    print(f"{name}: at most {wrong:.0f} mm² of lung in a slice without, {areas.max():.0f} in one with")
    assert wrong < 0.02 * areas.max()


@pytest.mark.parametrize("name", ["P001", "normal001"])
def test_trachea_and_main_bronchi_are_no_lung(name, study_of, masks_of):
    study, masks = study_of(name), masks_of(name)
    orientation = Orientation.of(study.affine)
    hu, lungs = (orientation.to_standard(array) for array in (study.hu, masks.lungs))
    black, _ = airways(hu, lungs > 0, orientation.spacing(study.spacing_mm)[2])
    share = (lungs[black] > 0).mean()
    print(f"{study.name}: {100 * share:.1f} % of the trachea and main bronchi are called lung")
    assert black.sum() * study.voxel_ml > 10
    assert share < 0.15
