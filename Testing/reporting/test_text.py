"""Words for a reader: what they say must never contradict the figures."""

import pytest
from MosMedCOVIDLib.grading.grade import grade_study
from MosMedCOVIDLib.reporting.text import headline, percent_text, points_text, remarks_on_grade, result_text
from MosMedCOVIDLib.segmentation.masks import Masks
from shapes import two_lungs

AUDIT = {
    "verdict": "warning",
    "checks": [
        {"check": "slices", "level": "ok", "message": "40 slices."},
        {"check": "slice_gap", "level": "warning", "message": "Slices 12.0 mm apart."},
    ],
}
STUDY = {"name": "P1", "path": "P1", "kind": "nifti", "shape": [40, 512, 512], "spacing_mm": [8.0, 0.7, 0.7]}


def result(right, left, dense=None, **more):
    study, lungs, lesions = two_lungs(right, left)
    return {
        "study": STUDY,
        **grade_study(study, Masks(lungs, lesions, dense=dense)).as_json(),
        "audit": AUDIT,
        "model": {"name": "m", "version": "1", "device": "cpu"},
        "files": {"lesions": "out/P1_mask.nii.gz"},
        "seconds": {"total": 2.04},
        **more,
    }


@pytest.mark.parametrize(
    ("percent", "text"),
    [
        (7.123, "7.1 %"),
        (24.99, "24.99 %"),
        (25.0, "25.0 %"),
        (25.01, "25.01 %"),
        (25.004, "25.004 %"),
        (74.96, "74.96 %"),
        (75.04, "75.04 %"),
        (0.0, "0.0 %"),
        (0.012, "0.01 %"),
        (99.97, "99.97 %"),
        (100.0, "100.0 %"),
    ],
)
def test_rounding_never_moves_a_share_onto_a_boundary(percent, text):
    assert percent_text(percent) == text


def test_a_graded_study_reads_well():
    text = result_text(result(2501, 2501))
    for part in (
        "P1 · 512 × 512 × 40 voxels",
        "CT-2  involvement 25.01 %, 25.0 points below CT-3",
        "Judged by both lungs together",
    ):
        assert part in text
    for part in ("! Slices 12.0 mm apart.", "out/P1_mask.nii.gz", "not for clinical decisions"):
        assert part in text
    assert "40 slices." not in text, "what is in order needs no line"


def test_ground_glass_and_consolidation_are_told_where_they_are_known():
    dense = two_lungs(1000, 0)[2]
    text = result_text(result(2500, 500, dense))
    (right,) = (line for line in text.splitlines() if line.strip().startswith("right"))
    assert right.split() == ["right", "80", "20.0", "25.0", "%", "12.0", "8.0"]
    assert "Of both lungs: ground glass 10.0 % and consolidation 5.0 %" in text
    assert max(map(len, text.splitlines())) <= 80
    assert "ground glass" not in result_text(result(2500, 500))


def test_a_result_of_an_earlier_version_reads_as_well():
    kinds = [f"{kind}_{unit}" for kind in ("ground_glass", "consolidation") for unit in ("ml", "percent")]
    earlier = result(2501, 2501, interval_percent=[20.0, 30.0], resumed=True)
    for keys in (earlier, *earlier["lungs"].values()):
        for key in kinds:
            del keys[key]
    del earlier["interval_calibrated"]
    text = result_text(earlier)
    assert "Plausible 20.0 to 30.0 % (not calibrated)" in text
    assert "graded earlier" in text


def test_only_a_calibrated_interval_is_called_one_of_90_percent():
    interval = {"interval_percent": [20.0, 30.0]}
    calibrated = headline(result(2501, 2501, **interval, interval_calibrated=True))
    assert calibrated == "CT-2  involvement 25.01 %, 90 % interval 20.0 to 30.0 %"
    guessed = headline(result(2501, 2501, **interval, interval_calibrated=False))
    assert guessed == "CT-2  involvement 25.01 %, plausible 20.0 to 30.0 % (not calibrated)"


def test_a_reader_is_told_the_share_the_distance_to_the_next_grade_and_how_sure_in_two_short_lines():
    sure = {"interval_percent": [24.99, 30.0], "interval_calibrated": True}
    lines = ["Involvement 25.01 %, 25.0 points below CT-3", "90 % interval 24.99 to 30.0 %: borderline"]
    assert remarks_on_grade(result(2501, 2501, **sure, borderline=True)) == lines
    assert max(map(len, lines)) <= 46, "the panel has no more room in a line"
    assert remarks_on_grade(result(2501, 2501)) == lines[:1], "a mask that a reader drew"
    assert remarks_on_grade(result(7600, 7600)) == ["Involvement 76.0 %"], "there is no higher grade"


def test_what_has_no_grade_says_why():
    assert headline(result(0, 0, grade=None, withheld="no left lung")) == "No grade: no left lung"
    refused = {"study": {"name": "x"}, "refused": {"check": "slices", "reason": "Only 3 slices."}}
    assert result_text(refused) == "x\n  Refused: Only 3 slices."
    failed = {"study": {"name": "x"}, "error": {"kind": "WorkerDied", "message": "It died."}}
    assert "Failed: It died." in result_text(failed)


@pytest.mark.parametrize(("points", "text"), [(22.99, "23.0"), (0.04, "0.04"), (0.0, "0.0"), (0.0004, "0.0004")])
def test_a_distance_that_is_there_never_reads_as_none(points, text):
    assert points_text(points) == text
