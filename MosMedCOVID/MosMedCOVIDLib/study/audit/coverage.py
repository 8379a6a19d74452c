"""Whether the first or last slice still shows lung: an apex or a base that was not scanned is in no figure."""

from __future__ import annotations

import numpy as np

from ..quick_lungs import QuickLungs
from .checks import Check, judged, not_assessed
from .chest import Chest
from .limits import CUT_LUNG_CM2, LEAST_TRACED_HEIGHT

AIRWAY_MM, AIRWAY_CM2 = 20.0, 8.0  # the trachea leaves at the top: near the spine's line, and no larger
REACH_BACK_MM = 15.0  # lung lies beside the spine too; gas of stomach and bowel rises to the front of it


def check_coverage(chest: Chest, lungs: QuickLungs) -> list[Check]:
    """The area of lung in the highest and in the lowest slice; nothing is said of lungs that fall into small pieces."""
    traced_mm = (chest.height.stop - chest.height.start) * chest.spacing_mm[0]
    if traced_mm < LEAST_TRACED_HEIGHT.value * lungs.height_mm:
        told = "The air of the lungs is in pieces: whether the {} are covered cannot be told."
        return [not_assessed(name, told.format(parts)) for name, parts in (("apex", "apices"), ("base", "bases"))]
    return [_check("apex", "apices", chest, -1), _check("base", "bases", chest, 0)]


def _check(name: str, parts: str, chest: Chest, index: int) -> Check:
    area = round(_lung_cm2(chest, index), 1)
    if area > CUT_LUNG_CM2.value:
        slice_ = "highest" if index else "lowest"
        told = f"The lungs' {parts} are cut off: {area:.0f} cm² of lung in the {slice_} slice."
        return judged(name, "warning", area, CUT_LUNG_CM2, told)
    return judged(name, "ok", area, CUT_LUNG_CM2, f"The lungs' {parts} are covered.")


def _lung_cm2(chest: Chest, index: int) -> float:
    """The area of lung in one slice, without the trachea and gas of the abdomen, in cm²."""
    from scipy import ndimage

    _, row_mm, column_mm = chest.spacing_mm
    parts, count = ndimage.label(chest.air[index])
    area = 0.0
    for part in range(1, count + 1):
        rows, columns = np.nonzero(parts == part)
        part_cm2 = len(columns) * row_mm * column_mm / 100
        beside_mm = abs(columns.mean() - chest.spine[1]) * column_mm
        before_mm = (chest.spine[0] - rows.max()) * row_mm
        airway = part_cm2 < AIRWAY_CM2 and beside_mm < AIRWAY_MM
        if not airway and before_mm < REACH_BACK_MM:
            area += part_cm2
    return area
