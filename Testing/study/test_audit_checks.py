"""Each check of the audit on phantoms that were altered by a known amount: it finds that amount, and nothing else."""

from dataclasses import replace

import numpy as np
import pytest
from audits import checks_of, with_hu
from MosMedCOVIDLib.study.audit.chest import Chest
from MosMedCOVIDLib.study.audit.coverage import check_coverage
from MosMedCOVIDLib.study.audit.limits import table
from MosMedCOVIDLib.study.quick_lungs import find_quick_lungs


@pytest.fixture(scope="module")
def body_mm(phantom):
    """Height, depth and side of each voxel of the phantom in mm of its body."""
    shape, spacing = phantom.study.hu.shape, phantom.study.spacing_mm
    axes = [(np.arange(count) - (count - 1) / 2) * mm for count, mm in zip(shape, spacing, strict=True)]
    return np.meshgrid(*axes, indexing="ij", sparse=True)


def enhanced(phantom, body_mm, added):
    """The phantom with denser heart and vessels, as a contrast agent makes them."""
    _, depth, side = body_mm
    hu = phantom.study.hu
    inner = (np.abs(side) < 90) & (depth > -90) & (depth < 60) & (phantom.lungs == 0)
    return with_hu(phantom.study, hu + added * (inner & (hu > 0) & (hu < 100)))


def ball(body_mm, centre, radius):
    return sum((axis - middle) ** 2 for axis, middle in zip(body_mm, centre, strict=True)) < radius**2


@pytest.mark.parametrize(("added", "level"), [(0, "ok"), (30, "ok"), (100, "warning"), (250, "warning")])
def test_the_aorta_tells_of_a_contrast_agent(phantom, body_mm, added, level):
    check = checks_of(enhanced(phantom, body_mm, added))["contrast"]
    assert check.level == level
    assert check.value == pytest.approx(35 + added, abs=20)


@pytest.mark.parametrize("added", [150, 250, 400])
def test_heart_and_vessels_as_bright_as_bone_are_not_taken_for_the_spine(phantom, body_mm, added):
    checks = checks_of(enhanced(phantom, body_mm, added))
    assert checks["orientation"].level == "ok"


def test_an_aorta_that_cannot_be_seen_is_not_assessed(phantom):
    upper = phantom.study.hu[24:]
    assert checks_of(with_hu(phantom.study, upper))["contrast"].level == "not assessed"


@pytest.mark.parametrize(
    ("from_feet", "from_head", "cut"), [(6, 0, "base"), (10, 0, "base"), (0, 7, "apex"), (0, 12, "apex")]
)
def test_lungs_that_end_with_the_scan_are_cut_off(phantom, from_feet, from_head, cut):
    shown = np.s_[from_feet : len(phantom.study.hu) - from_head]
    checks = checks_of(with_hu(phantom.study, phantom.study.hu[shown]))
    lungs = (phantom.lungs[shown] > 0) & (phantom.study.hu[shown] < -500)
    _, row_mm, column_mm = phantom.study.spacing_mm
    edge = {"base": lungs[0], "apex": lungs[-1]}
    for name, plane in edge.items():
        true_cm2 = np.count_nonzero(plane) * row_mm * column_mm / 100
        assert checks[name].level == ("warning" if name == cut else "ok")
        assert checks[name].value == pytest.approx(true_cm2, rel=0.3, abs=2)


def test_coverage_of_lungs_of_which_only_a_piece_was_traced_is_not_assessed(phantom):
    lungs = find_quick_lungs(phantom.study)
    chest = Chest.of(phantom.study, lungs)
    low = np.arange(len(chest.air)) < 10
    piece = replace(chest, air=chest.air & low[:, None, None])
    assert [check.level for check in check_coverage(piece, lungs)] == ["not assessed"] * 2
    assert [check.level for check in check_coverage(chest, lungs)] == ["ok"] * 2


@pytest.mark.parametrize(("shift", "level"), [(0, "ok"), (20, "ok"), (60, "warning"), (-60, "warning")])
def test_air_that_is_off_its_place_is_found(phantom, shift, level):
    check = checks_of(with_hu(phantom.study, phantom.study.hu + shift))["air_hu"]
    assert check.level == level
    assert check.value == pytest.approx(-1010 + shift, abs=8)


@pytest.mark.parametrize(("factor", "level"), [(1.0, "ok"), (1.2, "ok"), (1.5, "warning"), (0.5, "warning")])
def test_fat_that_is_off_its_place_is_found(phantom, factor, level):
    hu = phantom.study.hu
    check = checks_of(with_hu(phantom.study, np.where((hu < 0) & (hu > -300), hu * factor, hu)))["fat_hu"]
    assert check.level == level
    assert check.value == pytest.approx(-97 * factor, abs=8)


def test_too_little_fat_is_not_assessed(phantom):
    hu = phantom.study.hu
    check = checks_of(with_hu(phantom.study, np.where((hu < -20) & (hu > -300), 40, hu)))["fat_hu"]
    assert check.level == "not assessed"


@pytest.mark.parametrize(("added", "level"), [(0, "ok"), (30, "ok"), (50, "ok"), (80, "warning")])
def test_noise_that_was_added_is_measured(phantom, added, level):
    random = np.random.default_rng(1)
    study = phantom.study
    check = checks_of(with_hu(study, study.hu + added * random.standard_normal(study.hu.shape)))["noise"]
    assert check.level == level
    assert check.value == pytest.approx(np.hypot(14, added), rel=0.2)


@pytest.mark.parametrize(
    ("centre", "radius", "level"),
    [
        ((40, -60, 40), 10, "warning"),  # a valve
        ((80, -80, 60), 14, "warning"),  # a pacemaker's box in the wall of the chest
        ((40, 40, -60), 1, "ok"),  # less than a voxel
        ((40, -170, 0), 10, "ok"),  # in the air before the chest: leads, a necklace
    ],
)
def test_metal_counts_where_it_lies_in_the_chest(phantom, body_mm, centre, radius, level):
    hu = np.where(ball(body_mm, centre, radius), 3071, phantom.study.hu)
    check = checks_of(with_hu(phantom.study, hu))["metal"]
    assert check.level == level
    if level == "warning":
        assert check.value == pytest.approx(4 / 3 * np.pi * (radius / 10) ** 3, rel=0.25)


@pytest.mark.parametrize("highest", [150, 400])
def test_metal_is_not_assessed_where_the_values_were_cut_below_it(phantom, body_mm, highest):
    with_metal = np.where(ball(body_mm, (40, -60, 40), 10), 3071, phantom.study.hu)
    check = checks_of(with_hu(phantom.study, np.minimum(with_metal, highest)))["metal"]
    assert check.level == "not assessed"
    assert f"cut at {highest} HU" in check.message


def test_motion_is_not_assessed_and_does_not_change_the_verdict(phantom):
    assert checks_of(phantom.study)["motion"].level == "not assessed"


def test_every_limit_says_where_it_comes_from():
    limits = table()
    assert len(limits) > 15
    assert [name for name, limit in limits.items() if not limit.source] == []
    ours = {name: limit for name, limit in limits.items() if limit.source == "MosMedCOVID"}
    assert [name for name, limit in ours.items() if not limit.set_on] == []
