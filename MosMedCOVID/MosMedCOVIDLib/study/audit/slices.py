"""Number, distance and thickness of the slices against what a share of lung volume needs."""

from __future__ import annotations

from ..orientation import Orientation
from ..study import Study
from .checks import Check, judged
from .headers import number
from .limits import FEWEST_SLICES, THICKEST_SLICE_MM, WIDEST_SLICE_GAP_MM

SAME_MM = 0.05


def check_slices(study: Study) -> list[Check]:
    """How many slices, how far apart, and how thick they are where a header says so."""
    orientation = Orientation.of(study.affine)
    gap = orientation.spacing(study.spacing_mm)[0]
    checks = [_count(study.hu.shape[orientation.axes[0]]), _gap(gap)]
    thickness = number(study, "SliceThickness")
    return [*checks, _thickness(thickness, gap)] if thickness else checks


def _count(count: int) -> Check:
    if count < FEWEST_SLICES.value:
        return judged("slices", "refused", count, FEWEST_SLICES, f"Only {count} slices: not a whole chest.")
    return judged("slices", "ok", count, FEWEST_SLICES, f"{count} slices.")


def _gap(gap: float) -> Check:
    if gap > WIDEST_SLICE_GAP_MM.value:
        told = f"Slices {gap:.1f} mm apart. Lesions may lie between them."
        return judged("slice_gap", "warning", round(gap, 3), WIDEST_SLICE_GAP_MM, told)
    return judged("slice_gap", "ok", round(gap, 3), WIDEST_SLICE_GAP_MM, f"Slices {gap:.1f} mm apart.")


def _thickness(thickness: float, gap: float) -> Check:
    told = f"Slices {thickness:g} mm thick"
    if thickness > THICKEST_SLICE_MM.value:
        told += ": small lesions are blurred into the lung."
        return judged("slice_thickness", "warning", thickness, THICKEST_SLICE_MM, told)
    between = gap - thickness
    if between > SAME_MM:
        told += f", {between:.1f} mm between them not shown"
    elif between < -SAME_MM:
        told += ", overlapping"
    return judged("slice_thickness", "ok", thickness, THICKEST_SLICE_MM, f"{told}.")
