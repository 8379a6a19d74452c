"""The single lesions of a segmentation, from large to small, and the way from one to the next."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import slicer

from ..segmentation.masks import LEFT, RIGHT
from ..study.boxes import box_of
from ..study.study import Study
from .segments import box_around, lesions_in, lungs_in, parts_of


@dataclass(frozen=True)
class Lesion:
    """One connected piece of lesion.

    centre_ras: a voxel of it near its middle, RAS mm; side: of the lung, "right" or "left", or None outside both.
    """

    centre_ras: tuple[float, float, float]
    volume_ml: float
    side: str | None


def find_lesions(segmentation: slicer.vtkMRMLSegmentationNode, study: Study) -> list[Lesion]:
    """All lesions of a segmentation, the largest first; voxels that touch by a corner belong together."""
    from scipy import ndimage

    parts = parts_of(segmentation, study)
    outer = box_around(parts)
    all_lesions = lesions_in(parts, outer)
    box = box_of(all_lesions)
    if box is None:
        return []
    pieces, _ = ndimage.label(all_lesions[box], np.ones((3, 3, 3)))
    lungs = lungs_in(parts, outer)[box]
    first = np.array([part.start for part in outer]) + [part.start for part in box]
    found = [
        _lesion(pieces[place] == number, lungs[place], first + [part.start for part in place], study)
        for number, place in enumerate(ndimage.find_objects(pieces), start=1)
    ]
    return sorted(found, key=lambda lesion: -lesion.volume_ml)


def neighbour(lesions: list[Lesion], current: Lesion | None, step: int) -> Lesion | None:
    """The next (+1) or previous (-1) lesion, round and round; the largest first. None where there are none."""
    if not lesions:
        return None
    if current not in lesions:
        return lesions[0]
    return lesions[(lesions.index(current) + step) % len(lesions)]


def nearest(lesions: list[Lesion], place: Lesion | None) -> Lesion | None:
    """The lesion nearest to where another one was, such as the same one before it was corrected."""
    if place is None or not lesions:
        return None
    return min(lesions, key=lambda lesion: math.dist(lesion.centre_ras, place.centre_ras))


def jump_to(lesion: Lesion) -> None:
    """Brings all slice views and the crosshair to a lesion."""
    slicer.vtkMRMLSliceNode.JumpAllSlices(slicer.mrmlScene, *lesion.centre_ras, slicer.vtkMRMLSliceNode.OffsetJumpSlice)
    crosshair = slicer.mrmlScene.GetFirstNodeByClass("vtkMRMLCrosshairNode")
    if crosshair:
        crosshair.SetCrosshairRAS(*lesion.centre_ras)


def _lesion(piece: np.ndarray, lungs: np.ndarray, first: np.ndarray, study: Study) -> Lesion:
    """A lesion from its mask bool and the lungs in its box; first: the box's first voxel on the study's grid."""
    centre = (study.affine @ [*(_middle(piece, study.spacing_mm) + first)[::-1], 1])[:3]
    right, left = (int(np.count_nonzero(piece & (lungs == label))) for label in (RIGHT, LEFT))
    side = None if not right and not left else "right" if right >= left else "left"
    volume_ml = int(np.count_nonzero(piece)) * study.voxel_ml
    return Lesion((float(centre[0]), float(centre[1]), float(centre[2])), volume_ml, side)


def _middle(piece: np.ndarray, spacing_mm: tuple[float, float, float]) -> np.ndarray:
    """The voxel nearest to the piece's centre of mass in the slice through it; a piece has voxels in all its slices."""
    in_slice, in_row, in_column = (np.count_nonzero(piece, axis=axes) for axes in ((1, 2), (0, 2), (0, 1)))
    mean = [np.average(np.arange(count.size), weights=count) for count in (in_slice, in_row, in_column)]
    middle = round(mean[0])
    places = np.argwhere(piece[middle])
    away = (places - mean[1:]) * spacing_mm[1:]
    return np.array([middle, *places[(away**2).sum(1).argmin()]])
