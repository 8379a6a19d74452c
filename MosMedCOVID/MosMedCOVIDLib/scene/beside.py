"""What is known of each voxel besides its mask, kept beside a segmentation, so that figures can follow an edit.

It lives in hidden volumes of a box of the study's grid, a byte a voxel, which are not saved with the scene.
"""

from __future__ import annotations

import numpy as np
import slicer
import vtk
from vtk.util.numpy_support import vtk_to_numpy

from ..study.boxes import Box, box_from, cropped_affine, overlap, shape_of, within
from .labelmaps import Layer

LESION_PROBABILITY = "MosMedCOVID.lesionProbability"  # how sure the network was; 0 where nothing was kept
DENSE = "MosMedCOVID.dense"  # what counts as consolidation if it is lesion
ROLES = (LESION_PROBABILITY, DENSE)  # of the node references from the segmentation
FIRST_VOXEL = "MosMedCOVID.firstVoxel"  # [slice, row, column] on the study's grid of the box's first voxel


def keep_beside(
    segmentation: slicer.vtkMRMLSegmentationNode, role: str, values: np.ndarray, box: Box, affine: np.ndarray
) -> None:
    """Keeps values uint8 of a box of the grid with this affine, in place of those that were kept in that role."""
    _remove(segmentation, role)
    image = vtk.vtkImageData()
    image.SetDimensions(shape_of(box)[::-1])
    image.AllocateScalars(vtk.VTK_UNSIGNED_CHAR, 1)
    vtk_to_numpy(image.GetPointData().GetScalars()).reshape(shape_of(box))[:] = values
    volume = slicer.vtkMRMLScalarVolumeNode()
    volume.SetName(f"{segmentation.GetName()} {role.rpartition('.')[2]}")
    volume.HideFromEditorsOn()
    volume.SaveWithSceneOff()
    volume.SetIJKToRASMatrix(slicer.util.vtkMatrixFromArray(cropped_affine(affine, box)))
    volume.SetAndObserveImageData(image)
    volume.SetAttribute(FIRST_VOXEL, " ".join(str(part.start) for part in box))
    slicer.mrmlScene.AddNode(volume)
    segmentation.SetNodeReferenceID(role, volume.GetID())


def kept_beside(segmentation: slicer.vtkMRMLSegmentationNode, role: str) -> Layer | None:
    """What is kept in a role, shared, with its box; None where there is nothing, as after a scene was loaded again."""
    volume = _volume(segmentation, role)
    if volume is None or volume.GetImageData() is None:
        return None
    values = slicer.util.arrayFromVolume(volume)
    first = np.array([int(index) for index in volume.GetAttribute(FIRST_VOXEL).split()])
    return Layer(values, box_from(first, first + values.shape))


def laid_over(layer: Layer, under: np.ndarray, box: Box) -> np.ndarray:
    """Values of a box with those of a layer over them; where the layer is of that very box, its own, shared."""
    if layer.box == box:
        return layer.values
    common = overlap(layer.box, box)
    if common:
        under[within(common, box)] = layer.values[within(common, layer.box)]
    return under


def remove_beside(segmentation: slicer.vtkMRMLSegmentationNode) -> None:
    """Forgets all that is kept beside a segmentation."""
    for role in ROLES:
        _remove(segmentation, role)


def _remove(segmentation: slicer.vtkMRMLSegmentationNode, role: str) -> None:
    volume = _volume(segmentation, role)
    if volume is not None:
        slicer.mrmlScene.RemoveNode(volume)


def _volume(segmentation: slicer.vtkMRMLSegmentationNode, role: str) -> slicer.vtkMRMLScalarVolumeNode | None:
    """The volume in a role; in a scene that was loaded again another one may have come by its ID."""
    volume = segmentation.GetNodeReference(role)
    return volume if volume is not None and volume.GetAttribute(FIRST_VOXEL) else None
