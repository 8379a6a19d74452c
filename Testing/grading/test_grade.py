"""From masks of known voxels to millilitres, percents, grade and interval; or to the reason why there is none."""

from dataclasses import replace

import numpy as np
import pytest
from MosMedCOVIDLib.errors import UsageError
from MosMedCOVIDLib.grading.grade import grade_study, kinds_of_lesion
from MosMedCOVIDLib.grading.involvement import Involvement
from MosMedCOVIDLib.segmentation.masks import IntervalSettings, Masks, Model
from shapes import box_study, two_lungs

SETTINGS = IntervalSettings(certain=0.95, possible=0.05)
MODEL = Model("m", "1", "abc", "cpu", ct0_below_ml=1.0, interval=SETTINGS)
KINDS = ("ground_glass_ml", "consolidation_ml", "ground_glass_percent", "consolidation_percent")


def graded(right, left, probability=None, model=None, spacing_mm=(8.0, 1.0, 1.0), **options):
    study, lungs, lesions = two_lungs(right, left, spacing_mm=spacing_mm)
    return grade_study(study, Masks(lungs, lesions, model, probability), **options)


@pytest.mark.parametrize(
    ("right", "left", "percent", "grade"),
    [
        (0, 0, 0, "CT-0"),
        (2, 0, 0.01, "CT-0"),  # 0.016 ml
        (2499, 2499, 24.99, "CT-1"),
        (2500, 2500, 25, "CT-1"),
        (2501, 2501, 25.01, "CT-2"),
        (4999, 4999, 49.99, "CT-2"),
        (5000, 5000, 50, "CT-2"),
        (5001, 5001, 50.01, "CT-3"),
        (7499, 7499, 74.99, "CT-3"),
        (7500, 7500, 75, "CT-4"),
        (10000, 10000, 100, "CT-4"),
    ],
)
def test_every_boundary_is_met_to_the_voxel(right, left, percent, grade):
    found = graded(right, left)
    assert found.grade == grade
    assert found.involvement_percent == percent


@pytest.mark.parametrize("spacing", [(8.0, 0.7421875, 0.7421875), (1.25, 0.6, 0.9), (8.0, 1.0, 1.0)])
def test_a_share_is_exact_whatever_the_size_of_a_voxel(spacing):
    found = graded(2500, 2500, spacing_mm=spacing)
    assert (found.involvement_percent, found.grade) == (25, "CT-1")
    assert found.lungs["both"].lung_ml == pytest.approx(20_000 * np.prod(spacing) / 1000)


def test_millilitres_of_each_lung_and_of_both():
    lungs = graded(1000, 250).lungs
    assert (lungs["right"].lung_ml, lungs["right"].lesion_ml, lungs["right"].percent) == (80, 8, 10)
    assert (lungs["left"].lung_ml, lungs["left"].lesion_ml, lungs["left"].percent) == (80, 2, 2.5)
    assert (lungs["both"].lung_ml, lungs["both"].lesion_ml, lungs["both"].percent) == (160, 10, 6.25)


def test_analytic_ellipsoids_have_their_known_volume():
    spacing = (1.0, 1.0, 1.0)
    study = box_study((80, 100, 160), spacing)
    k, j, i = np.ogrid[:80, :100, :160]

    def ellipsoid(centre, radii):
        return sum(((x - c) / r) ** 2 for x, c, r in zip((k, j, i), centre, radii, strict=True)) <= 1

    lungs = (ellipsoid((40, 50, 40), (35, 40, 30)) + 2 * ellipsoid((40, 50, 115), (35, 40, 25))).astype(np.uint8)
    lesions = (ellipsoid((40, 50, 40), (17.5, 20, 15)) & (lungs == 1)).astype(np.uint8)
    found = grade_study(study, Masks(lungs, lesions)).lungs
    assert found["right"].lung_ml == pytest.approx(4 / 3 * np.pi * 35 * 40 * 30 / 1000, rel=3e-3)
    assert found["left"].lung_ml == pytest.approx(4 / 3 * np.pi * 35 * 40 * 25 / 1000, rel=3e-3)
    assert found["right"].percent == pytest.approx(12.5, rel=5e-3)
    assert found["left"].percent == 0


def test_the_rule_of_the_worse_lung():
    assert graded(6000, 0).grade == "CT-2"
    worse = graded(6000, 0, rule="worse_lung")
    assert (worse.grade, worse.involvement_percent) == ("CT-3", 60)
    with pytest.raises(UsageError, match="no grading rule 'mean'"):
        graded(1, 1, rule="mean")


def test_a_models_ct0_is_its_own_and_a_readers_is_a_tenth_of_a_millilitre():
    assert graded(124, 0, model=MODEL).grade == "CT-0"  # 0.992 ml
    assert graded(125, 0, model=MODEL).grade == "CT-1"  # 1 ml
    assert graded(12, 0).grade == "CT-0"  # 0.096 ml
    assert graded(13, 0).grade == "CT-1"


def probability_of(lesions, sure, possible):
    """Certain inside the first `sure` of the lesions, 0.6 in the rest of them, 0.3 in `possible` voxels beside."""
    probability = np.zeros(lesions.shape, np.uint8)
    inside, outside = np.flatnonzero(lesions), np.flatnonzero(lesions == 0)
    probability.flat[inside] = 153
    probability.flat[inside[:sure]] = 250
    probability.flat[outside[:possible]] = 77
    return probability


def test_the_interval_runs_from_what_is_sure_to_what_is_possible():
    study, lungs, lesions = two_lungs(2000, 2000)
    probability = probability_of(lesions * (lungs > 0), sure=3000, possible=0)
    beside = np.flatnonzero((lungs > 0) & (lesions == 0))[:500]
    probability.flat[beside] = 77
    found = grade_study(study, Masks(lungs, lesions, MODEL, probability))
    assert found.involvement_percent == 20
    assert found.interval_percent == (15, 22.5)
    assert not found.borderline


def test_without_the_models_word_on_it_there_is_no_interval():
    study, lungs, lesions = two_lungs(2400, 2400)
    probability = np.where(lungs > 0, 77, 0).astype(np.uint8) | lesions * np.uint8(128)
    found = grade_study(study, Masks(lungs, lesions, replace(MODEL, interval=None), probability))
    assert found.interval_percent is None
    assert not found.borderline
    assert not found.interval_calibrated


def test_a_calibrated_interval_is_said_to_be_one():
    study, lungs, lesions = two_lungs(2000, 2000)
    for calibrated in (True, False):
        model = replace(MODEL, interval=replace(SETTINGS, calibrated=calibrated))
        found = grade_study(study, Masks(lungs, lesions, model, lesions * np.uint8(250)))
        assert found.interval_calibrated == found.as_json()["interval_calibrated"] == calibrated


def test_the_interval_is_calibrated_for_both_lungs_in_masks_that_nobody_corrected():
    study, lungs, lesions = two_lungs(2000, 2000)
    model = replace(MODEL, interval=replace(SETTINGS, calibrated=True))
    masks = Masks(lungs, lesions, model, lesions * np.uint8(250))
    assert not grade_study(study, masks, rule="worse_lung").interval_calibrated
    corrected = grade_study(study, replace(masks, corrected=True))
    assert not corrected.interval_calibrated
    assert corrected.interval_percent is not None


@pytest.mark.parametrize("axes", [(0, 1, 2), (2, 0, 1)], ids=["axial", "stored in sagittal slices"])
def test_thick_slices_widen_the_interval_by_the_distance_from_head_to_foot(axes):
    study, lungs, lesions = two_lungs(2000, 2000)
    columns = [2 - axes[2 - axis] for axis in range(3)]  # of the affine, which counts the axes the other way
    affine = study.affine.copy()
    affine[:, :3] = affine[:, columns]
    lungs, lesions, hu = (np.ascontiguousarray(array.transpose(axes)) for array in (lungs, lesions, study.hu))
    model = replace(MODEL, interval=replace(SETTINGS, sampling=0.1))
    masks = Masks(lungs, lesions, model, lesions * np.uint8(250))
    assert grade_study(replace(study, hu=hu, affine=affine), masks).interval_percent == pytest.approx((18, 22))


def test_the_end_of_the_interval_decides_on_ct0_by_its_millilitres():
    study, lungs, lesions = two_lungs(130, 0)  # 1.04 ml
    probability = probability_of(lesions, sure=120, possible=0)  # 0.96 ml
    assert grade_study(study, Masks(lungs, lesions, MODEL, probability)).borderline
    narrow = replace(MODEL, interval=replace(SETTINGS, widen_down=0.4))  # 1.008 ml
    assert not grade_study(study, Masks(lungs, lesions, narrow, probability)).borderline


def test_the_interval_of_the_worse_lung_knows_that_the_other_may_be_worse():
    study, lungs, lesions = two_lungs(2000, 1000)
    probability = lesions * np.uint8(250)
    left = np.flatnonzero((lungs == 2) & (lesions == 0))
    probability.flat[left[:5000]] = 77
    found = grade_study(study, Masks(lungs, lesions, MODEL, probability), rule="worse_lung")
    assert (found.involvement_percent, found.interval_percent, found.borderline) == (20, (20, 60), True)


def test_a_share_is_not_rounded_onto_a_boundary():
    study, lungs, lesions = two_lungs(250_001, 250_000, lung_voxels=1_000_000)
    found = grade_study(study, Masks(lungs, lesions)).as_json()
    assert found["grade"] == "CT-2"
    assert found["involvement_percent"] > 25


def test_borderline_where_the_interval_crosses_a_boundary():
    study, lungs, lesions = two_lungs(2400, 2400)
    probability = lesions * np.uint8(250)
    probability.flat[np.flatnonzero((lungs > 0) & (lesions == 0))[:300]] = 77
    found = grade_study(study, Masks(lungs, lesions, MODEL, probability))
    assert (found.grade, found.interval_percent, found.borderline) == ("CT-1", (24, 25.5), True)


def test_where_a_reader_changed_the_mask_the_reader_is_sure():
    study, lungs, lesions = two_lungs(2000, 0)
    probability = lesions * np.uint8(153)
    added = lesions.copy()
    added.flat[np.flatnonzero((lungs > 0) & (lesions == 0))[:1000]] = 1
    assert grade_study(study, Masks(lungs, added, MODEL, probability)).interval_percent == (5, 15)
    assert grade_study(study, Masks(lungs, added, MODEL, probability, corrected=True)).interval_percent == (5, 15)
    removed = np.zeros_like(lesions)
    assert grade_study(study, Masks(lungs, removed, MODEL, probability)).interval_percent == (0, 0)


def test_a_mask_without_probabilities_has_no_interval():
    found = graded(2500, 2500)
    assert found.interval_percent is None
    assert not found.borderline


@pytest.mark.parametrize(("gone", "said"), [((1,), "right lung"), ((2,), "left lung"), ((1, 2), "No lungs")])
def test_without_both_lungs_no_grade_is_given(gone, said):
    study, lungs, lesions = two_lungs(2500, 2500)
    lesions[np.isin(lungs, gone)] = 0
    lungs[np.isin(lungs, gone)] = 0
    found = grade_study(study, Masks(lungs, lesions))
    assert found.grade is None
    assert found.to_next_boundary_percent is None
    assert said in found.withheld
    assert found.as_json()["withheld"] == found.withheld


def test_a_reason_known_beforehand_withholds_the_grade():
    found = graded(2500, 2500, withheld="refused")
    assert (found.grade, found.withheld) == (None, "refused")
    assert found.lungs["both"].percent == 25


def test_masks_of_another_study_are_refused():
    study, lungs, lesions = two_lungs()
    other = replace(study, hu=study.hu[1:])
    with pytest.raises(UsageError, match="not on its grid"):
        grade_study(other, Masks(lungs, lesions))


def test_the_phantoms_grade_is_the_one_it_was_made_for(phantom):
    found = grade_study(phantom.study, Masks(phantom.lungs, phantom.lesions))
    assert found.grade == "CT-2"
    assert found.involvement_percent == pytest.approx(35, abs=0.02)


def test_the_json_has_the_keys_of_the_command_line():
    json = graded(2500, 1500).as_json()
    unknown = dict.fromkeys(KINDS)
    assert json["lungs"]["left"] == {"lung_ml": 80.0, "lesion_ml": 12.0, "percent": 15.0, **unknown}
    assert (
        list(json)
        == (
            "grade rule borderline involvement_percent interval_percent interval_calibrated to_next_boundary_percent "
            "ct0_below_ml ground_glass_ml consolidation_ml ground_glass_percent consolidation_percent lungs"
        ).split()
    )


def test_ground_glass_and_consolidation_of_each_lung_and_of_both():
    study, lungs, lesions = two_lungs(1000, 250)
    dense = np.zeros_like(lesions)
    dense.flat[np.flatnonzero(lesions & (lungs == 1))[:400]] = 1
    dense.flat[np.flatnonzero(lesions == 0)[:3000]] = 1  # dense, but no lesion: a vessel, the chest wall
    json = grade_study(study, Masks(lungs, lesions, dense=dense)).as_json()
    kinds = {side: tuple(lung[kind] for kind in KINDS) for side, lung in json["lungs"].items()}
    assert kinds == {"right": (4.8, 3.2, 6, 4), "left": (2, 0, 2.5, 0), "both": (6.8, 3.2, 4.25, 2)}
    assert tuple(json[kind] for kind in KINDS) == kinds["both"]


def test_ground_glass_and_consolidation_follow_an_edit_by_themselves():
    study, lungs, lesions = two_lungs(1000, 0)
    dense = np.zeros_like(lesions)
    dense.flat[np.flatnonzero(lungs == 1)] = 1
    assert grade_study(study, Masks(lungs, lesions, dense=dense)).lungs["both"].consolidation == 1000
    more = two_lungs(1200, 300)[2]
    both = grade_study(study, Masks(lungs, more, dense=dense)).lungs["both"]
    assert (both.consolidation, both.ground_glass, both.lesion) == (1200, 300, 1500)


@pytest.mark.parametrize("voxel_ml", [0.0011, 0.00049, 0.008])
@pytest.mark.parametrize(("consolidation", "lesion"), [(0, 0), (0, 7), (1, 3), (5, 9), (9, 9), (12345, 98765)])
def test_the_kinds_add_up_to_the_lesion(voxel_ml, consolidation, lesion):
    lung = Involvement(1_000_000, lesion, lesion, lesion, consolidation, voxel_ml)
    kinds = kinds_of_lesion(lung)
    assert lung.ground_glass + lung.consolidation == lung.lesion
    assert round(kinds["ground_glass_ml"] + kinds["consolidation_ml"], 3) == round(lung.lesion_ml, 3)
    assert kinds["ground_glass_percent"] + kinds["consolidation_percent"] == pytest.approx(lung.percent)
    assert min(kinds.values()) >= 0


def test_mosmeds_smallest_expert_masks_are_ct1(shared_data):
    """All 50 are CT-1 by the dataset's own grading; only volumes can be judged, the CTs are not at hand."""
    from MosMedCOVIDLib.grading.rule import ct_grade
    from MosMedCOVIDLib.study.nifti import read_nifti

    volumes = []
    for path in sorted((shared_data / "mosmed" / "masks").glob("*.nii.gz")):
        mask = read_nifti(path)
        volumes.append(np.count_nonzero(mask.hu) * mask.voxel_ml)
    assert len(volumes) == 50
    assert min(volumes) == pytest.approx(0.38, abs=0.01)
    assert {ct_grade(1.0, volume, 0.1) for volume in volumes} == {"CT-1"}
