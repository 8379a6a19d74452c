"""What a threshold would take, at each pixel of a slice view: by the rules of the edit itself, of that slice only."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import slicer
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkCommonMath import vtkMatrix4x4

from .box import Box, box_of_extent, shape
from .engine import rules_of
from .masking import editable_area
from .voxels import Grid, array_of, labelmap_of, voxels_of

TINY = 1e-6  # voxels, over the whole view: as good as none


def taken_in_slice(
    editor_node: slicer.vtkMRMLSegmentEditorNode,
    intensities: tuple[float, float],
    xy_to_ras: np.ndarray,
    size: tuple[int, int],
) -> np.ndarray:
    """Whether the voxel at each pixel will be in the segment because its intensity lies in the range: bool [y, x].

    xy_to_ras: 4 × 4, of the view's pixels. size: width and height of the view in pixels. The node has a segmentation
    and a source volume. CannotEdit where an edit would raise it too.
    """
    node, volume = editor_node.GetSegmentationNode(), editor_node.GetSourceVolumeNode()
    segmentation, grid = node.GetSegmentation(), Grid(node)
    voxels = _voxels_at_pixels(np.linalg.inv(grid.ijk_to_ras) @ xy_to_ras, size)
    masks = {}
    for segment in segmentation.GetSegmentIDs():
        labelmap = labelmap_of(segmentation, segment, grid)
        label = segmentation.GetSegment(segment).GetLabelValue()
        if labelmap is None:
            masks[segment] = np.zeros(size[::-1], bool)
        else:
            masks[segment] = _read(voxels_of(labelmap), box_of_extent(labelmap.GetExtent()), voxels, 0) == label
    values = _volume_at_pixels(volume, xy_to_ras, size)
    low, high = intensities
    return (
        _inside(grid.box, voxels)
        & (values >= low)
        & (values <= high)
        & editable_area(rules_of(editor_node), masks, values)
    )


def _volume_at_pixels(
    volume: slicer.vtkMRMLScalarVolumeNode, xy_to_ras: np.ndarray, size: tuple[int, int]
) -> np.ndarray:
    """Outside of the volume stands its lowest value."""
    to_ras = vtkMatrix4x4()
    slicer.vtkSlicerSegmentEditorLogic.ImageToWorldMatrix(volume, to_ras)
    image = volume.GetImageData()
    box = box_of_extent(image.GetExtent())
    values = vtk_to_numpy(image.GetPointData().GetScalars()).reshape(shape(box))
    voxels = _voxels_at_pixels(np.linalg.inv(array_of(to_ras)) @ xy_to_ras, size)
    return _read(values, box, voxels, image.GetScalarRange()[0])


def _voxels_at_pixels(xy_to_ijk: np.ndarray, size: tuple[int, int]) -> list[np.ndarray]:
    """Index k, j and i of the voxel that is nearest to each pixel.

    They broadcast to [y, x]: an index that is the same all along a row or column stands there only once.
    """
    width, height = size
    steps = np.arange(width)[None, :], np.arange(height)[:, None]
    indices = []
    for row in xy_to_ijk[2::-1]:
        index = np.full((1, 1), row[3])
        for factor, pixels in zip(row[:2], steps, strict=True):
            if abs(factor) * pixels.size > TINY:
                index = index + factor * pixels
        indices.append(np.rint(index).astype(int))
    return indices


def _read(voxels: np.ndarray, box: Box, indices: Sequence[np.ndarray], outside: float) -> np.ndarray:
    """The voxels [k, j, i] of a box at these indices; another value outside of it."""
    _, rows, columns = voxels.shape
    k, j, i = (index - part.start for index, part in zip(indices, box, strict=True))
    values = voxels.reshape(-1).take((k * rows + j) * columns + i, mode="clip")
    values[~np.broadcast_to(_inside(box, indices), values.shape)] = outside
    return values


def _inside(box: Box, indices: Sequence[np.ndarray]) -> np.ndarray:
    parts = [(index >= part.start) & (index < part.stop) for index, part in zip(indices, box, strict=True)]
    return parts[0] & parts[1] & parts[2]
