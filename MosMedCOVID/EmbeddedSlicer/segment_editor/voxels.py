"""The voxels of a segmentation between VTK and numpy, a box at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import slicer
from slicer import vtkOrientedImageData, vtkOrientedImageDataResample, vtkSegmentation
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkCommonCore import VTK_UNSIGNED_CHAR
from vtkmodules.vtkCommonMath import vtkMatrix4x4

from .box import Box, around, box_of_extent, common, cropped, extent_of_box, is_empty, shape, within

LABELMAP = "Binary labelmap"
MARGIN = 24  # voxels: a labelmap grows by more than a stroke needs, so that the next steps find room


class CannotEdit(ValueError):
    """A segmentation that cannot be edited as it is; the message says why and what to do."""


class Grid:
    """The voxel grid of a segmentation: of its reference volume, or of its segments where it knows none."""

    def __init__(self, node: slicer.vtkMRMLSegmentationNode) -> None:
        geometry = slicer.vtkSlicerSegmentEditorLogic.GetReferenceImageGeometryStringFromSegmentation(
            node.GetSegmentation()
        )
        self.image = vtkOrientedImageData()
        if not geometry or not slicer.vtkSegmentationConverter.DeserializeImageGeometry(geometry, self.image, False):
            raise CannotEdit("The segmentation knows no voxel grid yet: choose the volume that it belongs to.")
        self.box = box_of_extent(self.image.GetExtent())
        matrix = vtkMatrix4x4()
        slicer.vtkSlicerSegmentEditorLogic.ImageToWorldMatrix(self.image, node, matrix)
        transform = node.GetParentTransformNode()
        if transform and not transform.IsTransformToWorldLinear():
            raise CannotEdit("The segmentation is under a warping transform: harden the transform before editing.")
        self.ijk_to_ras = array_of(matrix)

    def new_image(
        self, box: Box, values: np.ndarray | int, scalar_type: int = VTK_UNSIGNED_CHAR
    ) -> vtkOrientedImageData:
        """A labelmap of this grid that covers a box."""
        image = vtkOrientedImageData()
        image.SetExtent(*extent_of_box(box))
        image.CopyDirections(self.image)
        image.SetSpacing(self.image.GetSpacing())
        image.SetOrigin(self.image.GetOrigin())
        image.AllocateScalars(scalar_type, 1)
        voxels_of(image)[:] = values
        return image


def array_of(matrix: vtkMatrix4x4) -> np.ndarray:
    """4 × 4, float64."""
    return np.array([[matrix.GetElement(row, column) for column in range(4)] for row in range(4)])


def voxels_of(image: vtkOrientedImageData) -> np.ndarray:
    """The image's own voxels [k, j, i], not a copy."""
    scalars = vtk_to_numpy(image.GetPointData().GetScalars())
    return scalars.reshape(shape(box_of_extent(image.GetExtent())))


def labelmap_of(segmentation: vtkSegmentation, segment: str, grid: Grid) -> vtkOrientedImageData | None:
    """A segment's labelmap, which it may share with others; None where it has no voxels yet."""
    labelmap = segmentation.GetSegment(segment).GetRepresentation(LABELMAP)
    if labelmap is None or labelmap.IsEmpty() or labelmap.GetPointData().GetScalars() is None:
        return None
    if not vtkOrientedImageDataResample.DoGeometriesMatch(labelmap, grid.image):
        name = segmentation.GetSegment(segment).GetName()
        raise CannotEdit(f"The voxels of “{name}” lie on another grid than its segmentation: it cannot be edited here.")
    return labelmap


def read_segment(segmentation: vtkSegmentation, segment: str, grid: Grid, box: Box) -> np.ndarray:
    """Where the segment is: bool [k, j, i] in the box, a copy."""
    mask = np.zeros(shape(box), bool)
    labelmap = labelmap_of(segmentation, segment, grid)
    if labelmap is not None:
        held = box_of_extent(labelmap.GetExtent())
        both = common(box, held)
        if not is_empty(both):
            label = segmentation.GetSegment(segment).GetLabelValue()
            mask[within(both, box)] = voxels_of(labelmap)[within(both, held)] == label
    return mask


def read_volume(volume: slicer.vtkMRMLScalarVolumeNode, grid: Grid, box: Box) -> np.ndarray:
    """The volume's values [k, j, i] in a box of the segmentation's grid.

    Outside of the volume stands its lowest value; where the grids differ, values are interpolated, as in Slicer.
    """
    matrix = vtkMatrix4x4()
    slicer.vtkSlicerSegmentEditorLogic.ImageToWorldMatrix(volume, matrix)
    image = volume.GetImageData()
    held = box_of_extent(image.GetExtent())
    if np.allclose(array_of(matrix), grid.ijk_to_ras, atol=1e-5) and common(box, held) == box:
        return vtk_to_numpy(image.GetPointData().GetScalars()).reshape(shape(held))[within(box, held)]
    oriented = vtkOrientedImageData()
    oriented.ShallowCopy(image)
    oriented.SetGeometryFromImageToWorldMatrix(matrix)
    wanted = grid.new_image(box, 0)
    to_world = vtkMatrix4x4()
    to_world.DeepCopy(grid.ijk_to_ras.ravel())
    wanted.SetGeometryFromImageToWorldMatrix(to_world)
    found = vtkOrientedImageData()
    vtkOrientedImageDataResample.ResampleOrientedImageToReferenceOrientedImage(
        oriented, wanted, found, True, False, None, image.GetScalarRange()[0]
    )
    return voxels_of(found)


def flip(node: slicer.vtkMRMLSegmentationNode, grid: Grid, changes: Mapping[str, tuple[Box, np.ndarray]]) -> None:
    """Turns voxels around: those of a segment leave it, the others enter it.

    changes: of each segment a box and bool [k, j, i] in it. Nobody is told yet (`announce`), and the closed surfaces
    are left as they are. (Slicer's own way, SetBinaryLabelmapToSegment, computes the whole labelmap anew when voxels
    leave or it grows, and the closed surface at once: seconds in a large volume.)
    """
    segmentation = node.GetSegmentation()
    entering = {}
    for segment, (box, change) in changes.items():
        leaving = change & read_segment(segmentation, segment, grid, box)
        entering[segment] = change & ~leaving
        _put(segmentation, segment, grid, box, leaving, 0)
    for segment, (box, _) in changes.items():
        _enter(segmentation, segment, grid, box, entering[segment])


def announce(segmentation: vtkSegmentation, segments: Iterable[str]) -> None:
    """Tells listeners that voxels of segments have changed.

    A slice view that draws itself shows them; that it must is the editor's to say while a stroke goes on, since
    `announce_display` has all segments computed anew in all views.
    """
    for segment in segments:
        segmentation.InvokeEvent(vtkSegmentation.SourceRepresentationModified, segment)


def announce_display(segmentation: vtkSegmentation, segments: Iterable[str]) -> None:
    """Tells whatever shows the segments to take their labelmaps again."""
    for segment in segments:
        segmentation.InvokeEvent(vtkSegmentation.RepresentationModified, segment)


def make_room(segmentation: vtkSegmentation, segment: str, grid: Grid, box: Box) -> None:
    """Lets a segment's labelmap cover a box, without changing a voxel."""
    labelmap = labelmap_of(segmentation, segment, grid)
    if labelmap is None:
        segmentation.GetSegment(segment).AddRepresentation(LABELMAP, grid.new_image(box, 0))
        return
    held = box_of_extent(labelmap.GetExtent())
    if around(held, box) == held:
        return
    larger = around(held, box)
    image = grid.new_image(larger, 0, labelmap.GetScalarType())
    voxels_of(image)[within(held, larger)] = voxels_of(labelmap)
    for other in segmentation.GetSegmentIDs():
        if segmentation.GetSegment(other).GetRepresentation(LABELMAP) is labelmap:
            segmentation.GetSegment(other).AddRepresentation(LABELMAP, image)


def _enter(segmentation: vtkSegmentation, segment: str, grid: Grid, box: Box, where: np.ndarray) -> None:
    """Voxels enter a segment. Its labelmap grows as needed, and is parted from one where another segment stands."""
    where, box = cropped(where, box)
    if is_empty(box):
        return
    labelmap = labelmap_of(segmentation, segment, grid)
    if labelmap is None or common(box, box_of_extent(labelmap.GetExtent())) != box:
        roomy = common(tuple(slice(part.start - MARGIN, part.stop + MARGIN) for part in box), grid.box)
        make_room(segmentation, segment, grid, roomy)
        labelmap = labelmap_of(segmentation, segment, grid)
    if voxels_of(labelmap)[within(box, box_of_extent(labelmap.GetExtent()))][where].any():
        _part(segmentation, segment, grid)
    _put(segmentation, segment, grid, box, where, segmentation.GetSegment(segment).GetLabelValue())


def _part(segmentation: vtkSegmentation, segment: str, grid: Grid) -> None:
    """Gives a segment a labelmap of its own: segments of one labelmap cannot overlap."""
    shared, label = labelmap_of(segmentation, segment, grid), segmentation.GetSegment(segment).GetLabelValue()
    mask = voxels_of(shared) == label
    own = grid.new_image(box_of_extent(shared.GetExtent()), mask * label, shared.GetScalarType())
    voxels_of(shared)[mask] = 0
    shared.GetPointData().GetScalars().Modified()
    segmentation.GetSegment(segment).AddRepresentation(LABELMAP, own)


def _put(segmentation: vtkSegmentation, segment: str, grid: Grid, box: Box, where: np.ndarray, value: int) -> None:
    """Writes into the labelmap. Telling that the image is modified would drop the closed surfaces of all segments."""
    if where.any():
        labelmap = labelmap_of(segmentation, segment, grid)
        held = box_of_extent(labelmap.GetExtent())
        both = common(box, held)
        voxels_of(labelmap)[within(both, held)][where[within(both, box)]] = value
        labelmap.GetPointData().GetScalars().Modified()
