"""The CT grade at every boundary, as Table 1 of the MosMedData paper draws them."""

import pytest
from MosMedCOVIDLib.grading.rule import ct_grade, to_next_boundary


@pytest.mark.parametrize(
    ("percent", "grade"),
    [
        (0.01, "CT-1"),
        (24.99, "CT-1"),
        (25, "CT-1"),
        (25.01, "CT-2"),
        (49.99, "CT-2"),
        (50, "CT-2"),
        (50.01, "CT-3"),
        (74.99, "CT-3"),
        (75, "CT-4"),
        (75.01, "CT-4"),
        (100, "CT-4"),
    ],
)
def test_the_share_of_lung_decides_the_grade(percent, grade):
    assert ct_grade(percent, lesion_ml=500, ct0_below_ml=1.0) == grade


def test_ct0_is_decided_by_millilitres():
    assert ct_grade(0.0, lesion_ml=0.0, ct0_below_ml=0.0) == "CT-0"
    assert ct_grade(0.02, lesion_ml=0.99, ct0_below_ml=1.0) == "CT-0"
    assert ct_grade(0.02, lesion_ml=1.0, ct0_below_ml=1.0) == "CT-1"
    assert ct_grade(0.01, lesion_ml=0.38, ct0_below_ml=0.1) == "CT-1", "MosMed's smallest expert mask"


@pytest.mark.parametrize(
    ("grade", "percent", "distance"),
    [("CT-0", 0.01, 0.01), ("CT-1", 7.1, 17.9), ("CT-1", 25, 0), ("CT-2", 26, 24), ("CT-3", 74, 1), ("CT-4", 80, None)],
)
def test_the_distance_is_that_to_the_next_worse_grade(grade, percent, distance):
    found = to_next_boundary(grade, percent, lesion_ml=percent * 50, lung_ml=5000, ct0_below_ml=1.0)
    assert found == (None if distance is None else pytest.approx(distance))


def test_after_ct0_the_lesions_of_both_lungs_count_also_where_one_lung_is_judged():
    assert to_next_boundary("CT-0", 0.01, lesion_ml=0.6, lung_ml=2000, ct0_below_ml=1.0) == pytest.approx(0.02)
