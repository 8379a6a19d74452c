"""Boxes of masks as label maps of the scene, and label maps back on a study's grid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import slicer
import vtk
from vtk.util.numpy_support import vtk_to_numpy

from ..study.boxes import Box, box_from, overlap, within

SAME_PLACE_VOXELS = 0.01  # a label map whose corners lie nearer to voxels of the grid than this lies on the grid
BINARY_LABELMAP = "Binary labelmap"


@dataclass(frozen=True, eq=False)
class Layer:
    """A label map on a study's grid: its values [slice, row, column], shared where they lay there, and their box."""

    values: np.ndarray
    box: Box


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
