"""Whether the patient lies in the file as the file says: spine behind, head above, aorta left and liver right.

Where a sign is missing or two disagree, nothing is said. A file that is mirrored, upside down or turned looks
flawless slice by slice, and puts every lesion on the wrong side.
"""

from __future__ import annotations

import numpy as np

from .aorta import discs_beside_spine
from .checks import Check, judged, not_assessed
from .chest import Chest
from .limits import LEAST_SPINE, ORIENTATION_SIGN, SHORTEST_LUNGS_MM

CLEAR_DISC_HU, CLEARER_THAN_OTHER_HU = 120.0, 40.0
CLEARLY_MORE_BONE = 1.15  # times as much in line along another axis than from slice to slice
DOUBT = 4  # discs that would have to be seen on the other side: a few say little
BASE_MM = 40.0  # above and below the lowest lung: where the liver stands against stomach, spleen and fat
LIVER_MM = (15.0, 110.0)  # from the spine, sideways
LIVER_SHARE = 0.2  # more soft tissue on the right than on the left, as a share of both, is a full sign
SOFT_HU, GAS_HU = (10, 200), -900
TRACHEA_MM, BESIDE_TRACHEA_MM = (10.0, 90.0), 24.0  # in front of the spine, and beside the midline
END_PART = 5  # the lungs' width is compared in the highest and the lowest fifth of their height

HEAD_FEET, FRONT_BACK, LEFT_RIGHT = range(3)
SWAPPED = {HEAD_FEET: "head and feet", FRONT_BACK: "front and back", LEFT_RIGHT: "left and right"}


def check_orientation(chest: Chest) -> Check:
    """Whether the anatomy lies where the stated orientation puts it."""
    along = [float(chest.bone_along(axis).max()) for axis in range(3)]
    unclear = not_assessed("orientation", "The spine is not seen clearly enough to tell how the patient lies.")
    if max(along) < LEAST_SPINE.value:
        return unclear
    if max(along) > along[0] or spine_beside(chest):
        if along[0] < max(along) < CLEARLY_MORE_BONE * along[0]:
            return unclear
        told = "The spine does not run from slice to slice behind the lungs: the axes of this file are interchanged."
        return judged("orientation", "warning", "axes interchanged", ORIENTATION_SIGN, told)
    lungs_row = np.flatnonzero(chest.air.any((0, 2)))[[0, -1]].mean()
    upright, swapped = chest, []
    if chest.spine[0] < lungs_row:
        upright, swapped = chest.flipped(FRONT_BACK), [FRONT_BACK]
    signs = {HEAD_FEET: head_above(upright)}
    if signs[HEAD_FEET] < -ORIENTATION_SIGN.value:
        upright = upright.flipped(HEAD_FEET)
    signs[LEFT_RIGHT] = left_is_left(upright)
    swapped += [axis for axis, sign in signs.items() if sign < -ORIENTATION_SIGN.value]
    unsure = [SWAPPED[axis] for axis, sign in signs.items() if abs(sign) <= ORIENTATION_SIGN.value]
    if swapped:
        return _warning(sorted(swapped), unsure)
    if unsure:
        return not_assessed("orientation", f"These lungs do not tell {' or '.join(unsure)} apart.")
    told = "Spine behind, head above, aorta and liver on their sides, as the file says."
    return judged("orientation", "ok", round(min(signs.values()), 2), ORIENTATION_SIGN, told)


def _warning(swapped: list[int], unsure: list[str]) -> Check:
    names = ", ".join(SWAPPED[axis] for axis in swapped)
    mirror = len(swapped) % 2 == 1 and not unsure
    if swapped == [LEFT_RIGHT]:
        what = "A mirror image, or organs on the other side (situs inversus)"
    else:
        what = "A mirror image" if mirror else "Turned" if not unsure else "Turned or mirrored"
    told = f"{what}: the anatomy shows {names} swapped. Do not trust right and left in this file."
    return judged("orientation", "warning", f"{names} swapped", ORIENTATION_SIGN, told)


def spine_beside(chest: Chest) -> bool:
    """Whether most bone lies beside the middle of the lungs instead of behind or before it."""
    middle = [np.flatnonzero(chest.air.any(others))[[0, -1]].mean() for others in ((0, 2), (0, 1))]
    row, column = (
        abs(place - centre) * mm for place, centre, mm in zip(chest.spine, middle, chest.spacing_mm[1:], strict=True)
    )
    return bool(column > row)


def head_above(chest: Chest) -> float:
    """How surely the last slice is nearest the head (negative: the first is); 0 where the lungs are too short to tell.

    The trachea is seen in the upper half of the lungs, which are narrow at the top; heart and liver fill the lower.
    """
    air = chest.air[chest.height]
    half, third, end = len(air) // 2, len(air) // 3, max(1, len(air) // END_PART)
    if len(air) * chest.spacing_mm[0] < SHORTEST_LUNGS_MM.value:
        return 0.0
    hu, body = chest.hu[chest.height], chest.body[chest.height]
    _, row_mm, column_mm = chest.spacing_mm
    row, column = chest.spine
    before = (row - np.arange(hu.shape[1])) * row_mm
    beside = np.abs(np.arange(hu.shape[2]) - column) * column_mm
    rows, columns = (before > TRACHEA_MM[0]) & (before < TRACHEA_MM[1]), beside < BESIDE_TRACHEA_MM
    middle, in_body = hu[:, rows][:, :, columns], body[:, rows][:, :, columns]
    gas = ((middle < GAS_HU) & in_body).sum((1, 2))
    wide = beside < 2.5 * BESIDE_TRACHEA_MM
    soft = ((hu[:, rows][:, :, wide] > -50) & body[:, rows][:, :, wide]).sum((1, 2))
    lines: np.ndarray = np.any(air, axis=1)
    width = np.array([np.ptp(np.flatnonzero(line)) if line.any() else 0 for line in lines])
    return _more(gas[half:], gas[:half]) + _more(width[:end], width[-end:]) + _more(soft[:third], soft[-third:])


def left_is_left(chest: Chest) -> float:
    """How surely the last column is the patient's left (negative: the first is), of a chest with its spine behind."""
    left, right = (discs_beside_spine(chest, side).score for side in (1, -1))
    clear = np.maximum(left, right) > CLEAR_DISC_HU
    more_left = int((clear & (left > right + CLEARER_THAN_OTHER_HU)).sum())
    more_right = int((clear & (right > left + CLEARER_THAN_OTHER_HU)).sum())
    aorta = (more_left - more_right) / (more_left + more_right + DOUBT)
    return aorta + liver_on_the_right(chest)


def liver_on_the_right(chest: Chest) -> float:
    """−1 to 1: soft tissue around the lowest lung, more on the right; 0 where the base of the lungs is not shown."""
    areas = chest.air[chest.height].sum((1, 2))
    if areas[0] > areas.max() / 4 or len(areas) * chest.spacing_mm[0] < SHORTEST_LUNGS_MM.value:
        return 0.0
    slice_mm, _, column_mm = chest.spacing_mm
    lowest, reach = chest.height.start, round(BASE_MM / slice_mm)
    base = slice(max(0, lowest - reach), lowest + reach + 1)
    soft = chest.body[base] & (chest.hu[base] > SOFT_HU[0]) & (chest.hu[base] < SOFT_HU[1])
    from_spine = (np.arange(soft.shape[2]) - chest.spine[1]) * column_mm
    sides = [(side * from_spine > LIVER_MM[0]) & (side * from_spine < LIVER_MM[1]) for side in (-1, 1)]
    right, left = (int(soft[:, :, side].sum()) for side in sides)
    return float(np.clip(_more(right, left) / LIVER_SHARE, -1, 1))


def _more(these: np.ndarray | int, those: np.ndarray | int) -> float:
    """By how much one sum is greater than another, as a share of both."""
    one, other = float(np.sum(these)), float(np.sum(those))
    return (one - other) / max(1.0, one + other)
