"""Boxes of masks as label maps of the scene, and label maps back on a study's grid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import slicer
import vtk
from vtk.util.numpy_support import vtk_to_numpy

Box = tuple[slice, slice, slice]  # [slice, row, column] on a study's grid
SAME_PLACE_VOXELS = 0.01  # a label map whose corners lie nearer to voxels of the grid than this lies on the grid
BINARY_LABELMAP = "Binary labelmap"


@dataclass(frozen=True, eq=False)
class Layer:
    """A label map on a study's grid: its values [slice, row, column], shared where they lay there, and their box."""

    values: np.ndarray
    box: Box


def box_of(mask: np.ndarray) -> Box | None:
    """The smallest box that holds all voxels of a uint8 mask; None where there are none."""
    slices = np.flatnonzero(mask.reshape(len(mask), -1).max(1))
    if not slices.size:
        return None
    used = mask[slices[0] : slices[-1] + 1].max(0)
    found = slices, np.flatnonzero(used.max(1)), np.flatnonzero(used.max(0))
    return box_from([indices[0] for indices in found], [indices[-1] + 1 for indices in found])


def union(boxes: list[Box]) -> Box:
    """The smallest box around boxes."""
    starts, stops = ([[getattr(part, end) for part in box] for box in boxes] for end in ("start", "stop"))
    return box_from(np.min(starts, axis=0), np.max(stops, axis=0))


def overlap(one: Box, other: Box) -> Box | None:
    """What two boxes have in common; None where they lie apart."""
    pairs = list(zip(one, other, strict=True))
    common = box_from([max(a.start, b.start) for a, b in pairs], [min(a.stop, b.stop) for a, b in pairs])
    return common if min(shape_of(common)) > 0 else None


def within(inner: Box, outer: Box) -> Box:
    """A box as seen from the corner of one around it."""
    corner = [part.start for part in outer]
    return box_from([part.start for part in inner] - np.array(corner), [part.stop for part in inner] - np.array(corner))


def shape_of(box: Box) -> tuple[int, int, int]:
    """How many voxels a box has along each axis."""
    slices, rows, columns = (part.stop - part.start for part in box)
    return slices, rows, columns


def cropped_affine(affine: np.ndarray, box: Box) -> np.ndarray:
    """The affine of a box of a grid: voxel (0, 0, 0) is the box's first one."""
    slices, rows, columns = box
    cropped = affine.copy()
    cropped[:, 3] = affine @ (columns.start, rows.start, slices.start, 1)
    return cropped


def to_labelmap(values: np.ndarray, box: Box, affine: np.ndarray) -> slicer.vtkOrientedImageData:
    """Values uint8 of a box of the grid with this affine, copied."""
    image = _grid(box, affine)
    image.AllocateScalars(vtk.VTK_UNSIGNED_CHAR, 1)
    _values(image)[:] = values
    return image


def on_grid(image: slicer.vtkOrientedImageData, affine: np.ndarray, shape: tuple[int, ...]) -> Layer | None:
    """A label map on the grid of this affine and shape; taken from the nearest voxel where it has a grid of its own.

    None where it holds no voxels, or none on the grid.
    """
    if image is None or image.IsEmpty():
        return None
    whole = box_from((0, 0, 0), shape)
    offset = _whole_voxels_apart(image, affine)
    if offset is None:
        reference, resampled = _grid(whole, affine), slicer.vtkOrientedImageData()
        slicer.vtkOrientedImageDataResample.ResampleOrientedImageToReferenceOrientedImage(image, reference, resampled)
        return Layer(_values(resampled), whole)
    first, last = (np.reshape(image.GetExtent(), (3, 2)) + offset[:, None])[::-1].T  # (i, j, k) is [slice, row, column]
    own = box_from(first, last + 1)
    box = overlap(own, whole)
    return Layer(_values(image)[within(box, own)], box) if box else None


def box_from(first: Sequence[int] | np.ndarray, stop: Sequence[int] | np.ndarray) -> Box:
    """The box from a first voxel [slice, row, column] to, and without, another."""
    slices, rows, columns = (slice(int(start), int(end)) for start, end in zip(first, stop, strict=True))
    return slices, rows, columns


def _grid(box: Box, affine: np.ndarray) -> slicer.vtkOrientedImageData:
    """A box of a grid, without voxels."""
    image = slicer.vtkOrientedImageData()
    slices, rows, columns = box
    image.SetExtent(columns.start, columns.stop - 1, rows.start, rows.stop - 1, slices.start, slices.stop - 1)
    image.SetImageToWorldMatrix(slicer.util.vtkMatrixFromArray(affine))
    return image


def _values(image: slicer.vtkOrientedImageData) -> np.ndarray:
    """The voxels of a label map [slice, row, column], shared."""
    return vtk_to_numpy(image.GetPointData().GetScalars()).reshape(image.GetDimensions()[::-1])


def _whole_voxels_apart(image: slicer.vtkOrientedImageData, affine: np.ndarray) -> np.ndarray | None:
    """How many voxels (i, j, k) a label map's indices lie from those of a grid; None where it is another grid."""
    matrix = vtk.vtkMatrix4x4()
    image.GetImageToWorldMatrix(matrix)
    to_grid = np.linalg.inv(affine) @ slicer.util.arrayFromVTKMatrix(matrix)
    low, high = np.reshape(image.GetExtent(), (3, 2)).T
    corners = np.array([[*low, 1], [high[0], *low[1:], 1], [low[0], high[1], low[2], 1], [*low[:2], high[2], 1]]).T
    apart = (to_grid @ corners - corners)[:3]
    offset = np.rint(apart[:, 0])
    return offset.astype(int) if np.abs(apart - offset[:, None]).max() < SAME_PLACE_VOXELS else None
