"""What the audit takes from headers: kernel, thickness, age, dose; and what it says where a file states nothing."""

from dataclasses import replace

import pytest
from audits import checks_of

STATED = {
    "Modality": "CT", "ConvolutionKernel": "B31f", "SliceThickness": "1.5", "AgeYears": 61.0, "CTDIvol": 6.0,
}  # fmt: skip


@pytest.fixture(scope="module")
def small(phantom):
    """A study for checks that look at headers alone: half the slices are enough."""
    return replace(phantom.study, kind="dicom")


def with_headers(study, **headers):
    return checks_of(replace(study, headers=headers))


@pytest.mark.parametrize(
    ("headers", "check", "level", "part"),
    [
        ({"ConvolutionKernel": "B70f"}, "kernel", "ok", "Sharp kernel B70f"),
        ({"ConvolutionKernel": "B50f"}, "kernel", "ok", "Lung kernel B50f: edges raised"),
        ({"ConvolutionKernel": ["I50f", "3"]}, "kernel", "ok", "I50f 3"),
        ({"ConvolutionKernel": "my own"}, "kernel", "not assessed", "my own"),
        ({"SliceThickness": "12"}, "slice_thickness", "warning", "12 mm thick"),
        ({"SliceThickness": "2"}, "slice_thickness", "ok", "6.0 mm between them not shown"),
        ({"SliceThickness": "10"}, "slice_thickness", "ok", "overlapping"),
        ({"AgeYears": 17.9}, "age", "warning", "17.9 years"),
        ({"AgeYears": 18.0}, "age", "ok", "18 years"),
        ({"ContrastBolusAgent": "yes"}, "contrast", "warning", "headers state a contrast agent"),
        ({"StraightenedDegrees": 12.0}, "field_of_view", "not assessed", "where the field of view ends is not known"),
        ({"LossyImageCompression": "01"}, "compression", "warning", "with loss"),
        ({"Modality": "CT", "BodyPartExamined": "CHEST"}, "modality", "ok", "body part CHEST"),
        ({}, "not_known", "not assessed", "modality, kernel, slice thickness, age, dose"),
    ],
)
def test_headers_become_checks(small, headers, check, level, part):
    found = with_headers(small, **headers)[check]
    assert found.level == level
    assert part in found.message


@pytest.mark.parametrize("stated", [None, "", "x", -1.0, 0.0, float("nan")])
def test_numbers_that_are_none_are_not_known(small, stated):
    checks = with_headers(small, **{**STATED, "AgeYears": stated})
    assert "age" not in checks
    assert checks["not_known"].message.endswith("not tell: age.")


def test_a_file_that_states_all_leaves_nothing_open(small):
    assert "not_known" not in with_headers(small, **STATED)


def test_the_dose_comes_from_the_report_or_from_the_length_shown(small):
    reported = with_headers(small, DoseLengthProduct=300.0, CTDIvol=6.0)["dose"]
    assert (reported.value, reported.unit) == (pytest.approx(300 * 0.017), "mSv")
    assert "2.6.1.2944-11" in reported.source
    assert "of the whole examination" in reported.message  # other parts of the body have other factors
    estimated = with_headers(small, CTDIvol=6.0)["dose"]
    assert estimated.value == pytest.approx(6.0 * 36 * 0.8 * 0.017, abs=0.005)  # 36 slices, 8 mm
    assert "estimated" in estimated.message
    assert "dose" not in with_headers(small)


def test_a_childs_dose_is_not_computed_with_the_factor_of_adults(small):
    assert with_headers(small, CTDIvol=6.0, AgeYears=9.0)["dose"].level == "not assessed"


def test_what_is_not_assessed_leaves_the_verdict_alone(small):
    checks = with_headers(small)
    assert {check.level for check in checks.values()} == {"ok", "not assessed"}
