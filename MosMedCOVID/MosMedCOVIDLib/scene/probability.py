"""How sure the network was of each lesion voxel: kept beside a segmentation, so that a corrected mask has an interval.

It lives in a hidden volume of the box of the lungs, a byte a voxel, which is not saved with the scene.
"""

from __future__ import annotations

import numpy as np
import slicer
import vtk
from vtk.util.numpy_support import vtk_to_numpy

from .labelmaps import Box, box_from, cropped_affine, overlap, shape_of, within

ROLE = "MosMedCOVID.lesionProbability"  # of the node reference from the segmentation
FIRST_VOXEL = "MosMedCOVID.firstVoxel"  # [slice, row, column] on the study's grid of the box's first voxel


def keep_probability(
    segmentation: slicer.vtkMRMLSegmentationNode, probability: np.ndarray, box: Box, affine: np.ndarray
) -> None:
    """Keeps the part of a probability uint8 [slice, row, column] that lies in a box of its grid."""
    image = vtk.vtkImageData()
    image.SetDimensions(shape_of(box)[::-1])
    image.AllocateScalars(vtk.VTK_UNSIGNED_CHAR, 1)
    vtk_to_numpy(image.GetPointData().GetScalars()).reshape(shape_of(box))[:] = probability[box]
    volume = slicer.vtkMRMLScalarVolumeNode()
    volume.SetName(f"{segmentation.GetName()} probability")
    volume.HideFromEditorsOn()
    volume.SaveWithSceneOff()
    volume.SetIJKToRASMatrix(slicer.util.vtkMatrixFromArray(cropped_affine(affine, box)))
    volume.SetAndObserveImageData(image)
    volume.SetAttribute(FIRST_VOXEL, " ".join(str(part.start) for part in box))
    slicer.mrmlScene.AddNode(volume)
    segmentation.SetNodeReferenceID(ROLE, volume.GetID())


def kept_probability(segmentation: slicer.vtkMRMLSegmentationNode, box: Box) -> np.ndarray | None:
    """The probability in a box of the study's grid, 0 where none was kept; None after the scene was loaded again."""
    volume = segmentation.GetNodeReference(ROLE)
    if volume is None or volume.GetImageData() is None:
        return None
    values = slicer.util.arrayFromVolume(volume)
    first = np.array([int(index) for index in volume.GetAttribute(FIRST_VOXEL).split()])
    own = box_from(first, first + values.shape)
    if own == box:
        return values
    found = np.zeros(shape_of(box), np.uint8)
    common = overlap(own, box)
    if common:
        found[within(common, box)] = values[within(common, own)]
    return found


def remove_probability(segmentation: slicer.vtkMRMLSegmentationNode) -> None:
    """Forgets the probability of a segmentation."""
    volume = segmentation.GetNodeReference(ROLE)
    if volume is not None:
        slicer.mrmlScene.RemoveNode(volume)
