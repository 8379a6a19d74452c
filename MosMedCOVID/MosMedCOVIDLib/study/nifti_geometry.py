"""Where a NIfTI's voxels lie in the patient: by its sform or its qform, as 3D Slicer chooses, and at right angles.

A CT and its mask repeat the same header, so they lie on each other in every program; which of two positions we take
ourselves is 3D Slicer's choice (ITK's), so that what Slicer reads on its own lies on what we show; but of a sheared
sform, which ITK passes over, since the volume is sheared then whatever the qform says. nibabel takes the sform wherever
it has a code.
"""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from ..errors import StudyRefused
from .study import FARTHEST_MM, MAXIMUM_SHEAR

METRES, MICROMETRES = 1, 3  # codes of NIfTI
SCANNER = 1
ITK_SHEAR = 1e-4  # of the scanner's sform; beyond, ITK takes the qform
# Columns to the left, rows to the back, slices to the head: how Slicer reads a file that doesn't say.
ASSUMED_DIRECTIONS = np.array([-1.0, -1.0, 1.0])
UNSTATED = (
    "The file does not state how it lies in the patient: 3D Slicer's way is assumed "
    "(columns to the left, rows to the back, slices to the head); left may be right."
)
TINIEST_MM, HUGEST_MM = 1e-6, 1e6  # of a voxel's side: beyond, the numbers are none that were meant
AGREEING_MM = 0.1  # at the corner that differs most
MOST_TURNED_DEGREES = 45.0  # beyond, the two name other directions for the same axis
MOST_REPAIRED_MM = 1.0  # at the corner that moves most: little more than a pixel of a CT


def placed(header: Any, shape: tuple[int, ...], file: str) -> tuple[np.ndarray, list[str]]:
    """The affine, voxel (i, j, k) to RAS mm, and what a reader should know of it; shape: columns, rows, slices.

    StudyRefused where the lengths are no mm, or what the file states leaves left and right open. A shear that is too
    large for a repair is left as it is: the Study refuses it.
    """
    _check_unit(header, file)
    stated = [name for name in ("sform", "qform") if header[f"{name}_code"] > 0]
    if not stated:
        sides = np.abs(np.array(header["pixdim"][1:4], float))
        return np.diag([*(ASSUMED_DIRECTIONS * sides), 1.0]), [UNSTATED]
    forms = {name: form for name in stated if (form := _form(header, name)) is not None}
    if not forms:
        raise StudyRefused("geometry", f"{file} states no valid position in the patient (its {' and '.join(stated)}).")
    used = "sform" if "sform" in forms and ("qform" not in forms or header["sform_code"] == SCANNER) else "qform"
    affine, notes = _rectangular(forms[used], shape)
    other = next((name for name in stated if name != used), None)
    if other is not None:
        slicer_too = used == "qform" or _shear(forms[used]) <= ITK_SHEAR
        notes += _disagreement(used, affine, other, forms.get(other), slicer_too, shape, file)
    return affine, notes + (_two_sizes(header, affine) if used == "sform" else [])


def _check_unit(header: Any, file: str) -> None:
    """Lengths must be in mm, or of no stated unit."""
    unit = int(header["xyzt_units"]) & 7
    if unit in (METRES, MICROMETRES):
        name = "metres" if unit == METRES else "micrometres"
        raise StudyRefused("geometry", f"{file} states its lengths in {name}; convert it to millimetres first.")


def _form(header: Any, name: str) -> np.ndarray | None:
    """The affine of the sform or the qform, None where its numbers are no position."""
    from nibabel.spatialimages import HeaderDataError

    try:
        with np.errstate(all="ignore"):
            affine: np.ndarray = (header.get_sform if name == "sform" else header.get_qform)().astype(np.float64)
            sides = np.linalg.norm(affine[:3, :3], axis=0)
            possible = np.isfinite(affine).all() and sides.min() > TINIEST_MM and sides.max() < HUGEST_MM
            possible = possible and np.abs(affine[:3, 3]).max() <= FARTHEST_MM
            return affine if possible and np.linalg.det(affine[:3, :3] / sides) != 0 else None
    except (HeaderDataError, ValueError):
        return None


def _shear(affine: np.ndarray) -> float:
    """The largest cosine between two axes of an affine: 0 at right angles."""
    axes = affine[:3, :3] / np.linalg.norm(affine[:3, :3], axis=0)
    return float(np.abs(axes.T @ axes - np.eye(3)).max())


def _directions(affine: np.ndarray) -> np.ndarray:
    """The axes at right angles that are nearest to those of an affine (by polar decomposition)."""
    left, _, right = np.linalg.svd(affine[:3, :3] / np.linalg.norm(affine[:3, :3], axis=0))
    nearest: np.ndarray = left @ right
    return nearest


def _rectangular(affine: np.ndarray, shape: tuple[int, ...]) -> tuple[np.ndarray, list[str]]:
    """The affine with its axes at right angles, turned about the middle of the volume; itself if it has, or can't."""
    sides, shear = np.linalg.norm(affine[:3, :3], axis=0), _shear(affine)
    if shear <= MAXIMUM_SHEAR:
        return affine, []
    middle = (np.array(shape) - 1) / 2
    repaired = affine.copy()
    repaired[:3, :3] = _directions(affine) * sides
    repaired[:3, 3] = (affine @ [*middle, 1])[:3] - repaired[:3, :3] @ middle
    moved = _apart_mm(affine, repaired, shape)
    if moved > MOST_REPAIRED_MM:
        return affine, []
    degrees = np.degrees(np.arcsin(min(1.0, shear)))
    return repaired, [
        f"The axes were {degrees:.2f}° off the right angle and were set right, which moved the corners by "
        f"{moved:.2f} mm (at most {MOST_REPAIRED_MM:g} mm is allowed); saved masks keep the file's own."
    ]


def _disagreement(
    used: str,
    affine: np.ndarray,
    other: str,
    form: np.ndarray | None,
    slicer_too: bool,
    shape: tuple[int, ...],
    file: str,
) -> list[str]:
    """A sentence if the position that is not used is another one. StudyRefused if it turns left and right round.

    slicer_too: whether 3D Slicer uses the same one.
    """
    if form is None:
        return [f"The {other} of the file is no valid position; its {used} is used."]
    turn = _directions(affine) @ _directions(form).T
    mirrored = np.linalg.det(turn) < 0
    degrees = float(np.degrees(np.arccos(np.clip((np.trace(turn) - 1) / 2, -1, 1))))
    if mirrored or degrees > MOST_TURNED_DEGREES:
        how = "mirror images of each other" if mirrored else f"turned by {degrees:.0f}° against each other"
        raise StudyRefused(
            "geometry",
            f"{file} states two positions, {how} (its sform and its qform), so left and right are not known: "
            "convert the study again from its DICOM.",
        )
    apart = _apart_mm(affine, form, shape)
    if apart <= AGREEING_MM:
        return []
    choice = f"as 3D Slicer does, and not its {other}" if slicer_too else f"while 3D Slicer takes its {other}"
    return [
        f"The file states two positions, up to {apart:.1f} mm and {degrees:.1f}° apart: its {used} is used, {choice}."
    ]


def _two_sizes(header: Any, affine: np.ndarray) -> list[str]:
    """A sentence where the voxels of the sform are of another size than those that the header states besides."""
    used, stated = np.linalg.norm(affine[:3, :3], axis=0), np.abs(np.array(header["pixdim"][1:4], float))
    if np.allclose(used, stated, rtol=0.01):
        return []
    sform, other = (" × ".join(f"{mm:.3g}" for mm in lengths) for lengths in (used, stated))
    return [f"The file states two voxel sizes: {sform} mm in its sform, which is used, and {other} mm."]


def _apart_mm(one: np.ndarray, other: np.ndarray, shape: tuple[int, ...]) -> float:
    """How far apart two affines put the same corner of a volume, in mm; of the corner where that is most."""
    corners = np.array([[*corner, 1] for corner in itertools.product(*((0, size - 1) for size in shape))])
    return float(np.linalg.norm(((one - other) @ corners.T)[:3], axis=0).max())
