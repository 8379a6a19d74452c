"""The CT 0-4 grade from the share of lung that is involved.

Source: Morozov et al., MosMedData: Chest CT Scans with COVID-19 Related Findings, 2020, Table 1: CT-1 ≤ 25 %,
CT-2 > 25 and ≤ 50 %, CT-3 > 50 and < 75 %, CT-4 ≥ 75 % of the parenchyma. (The README of the dataset words CT-4
as "exceeds 75 %"; the paper's ≥ 75 % is in force here.) CT-0 is no finding: less lesion than `ct0_below_ml`.
"""

from __future__ import annotations

GRADES = ("CT-0", "CT-1", "CT-2", "CT-3", "CT-4")
UPPER_BOUNDARIES = {"CT-1": 25.0, "CT-2": 50.0, "CT-3": 75.0}
RULES = ("total", "worse_lung")  # of both lungs together, or of the lung that is worse


def ct_grade(percent: float, lesion_ml: float, ct0_below_ml: float) -> str:
    """The grade for an involvement in percent; `lesion_ml` decides on CT-0 alone."""
    if lesion_ml < ct0_below_ml or lesion_ml == 0:
        return "CT-0"
    if percent <= 25:
        return "CT-1"
    if percent <= 50:
        return "CT-2"
    return "CT-3" if percent < 75 else "CT-4"


def to_next_boundary(grade: str, percent: float, lesion_ml: float, lung_ml: float, ct0_below_ml: float) -> float | None:
    """Percentage points from an involvement up to the next grade; None for CT-4, above which there is none.

    percent, lung_ml: of the lungs that are judged. After CT-0 the next grade begins where the lesions of both lungs,
    lesion_ml, reach ct0_below_ml.
    """
    if grade == "CT-4":
        return None
    if grade == "CT-0":
        return max(0.0, 100 * (ct0_below_ml - lesion_ml) / lung_ml)
    return UPPER_BOUNDARIES[grade] - percent
