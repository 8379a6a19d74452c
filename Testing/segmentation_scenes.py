"""A volume, a segmentation with lungs and a lesion, and a segment editor node: what tests of editing start from."""

from dataclasses import dataclass

import numpy as np
import slicer
from orientations import axes, oblique
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkCommonCore import VTK_SHORT, VTK_UNSIGNED_CHAR
from vtkmodules.vtkCommonDataModel import vtkImageData
from vtkmodules.vtkCommonMath import vtkMatrix4x4

SHAPE = (14, 60, 64)
"""Slices, rows, columns."""


def dicom_affine() -> np.ndarray:
    affine = axes((-1, 0, 0), (0, -1, 0), (0, 0, 1))
    affine[:3, :3] = affine[:3, :3] / np.linalg.norm(affine[:3, :3], axis=0) * 0.7
    return affine


AFFINES = {
    "LAS 8 mm": axes((-1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "LPS 0.7 mm": dicom_affine(),
    "oblique 17°": oblique(axes((-1, 0, 0), (0, -1, 0), (0, 0, 1)), 17),
}


@dataclass
class EditedScene:
    """The nodes, and the volume's values in HU."""

    scene: slicer.vtkMRMLScene
    volume: slicer.vtkMRMLScalarVolumeNode
    node: slicer.vtkMRMLSegmentationNode
    editor_node: slicer.vtkMRMLSegmentEditorNode
    affine: np.ndarray
    hu: np.ndarray

    @property
    def segmentation(self) -> slicer.vtkSegmentation:
        return self.node.GetSegmentation()

    def mask(self, segment: str) -> np.ndarray:
        """The voxels of a segment as Slicer itself gives them out: bool [slice, row, column]."""
        reference = slicer.vtkOrientedImageData()
        reference.SetExtent(0, SHAPE[2] - 1, 0, SHAPE[1] - 1, 0, SHAPE[0] - 1)
        reference.SetGeometryFromImageToWorldMatrix(vtk_matrix(self.affine))
        reference.AllocateScalars(VTK_UNSIGNED_CHAR, 1)
        found = slicer.vtkOrientedImageData()
        self.node.GetBinaryLabelmapRepresentation(segment, found)
        whole = slicer.vtkOrientedImageData()
        if found.IsEmpty():
            return np.zeros(SHAPE, bool)
        slicer.vtkOrientedImageDataResample.ResampleOrientedImageToReferenceOrientedImage(found, reference, whole)
        return vtk_to_numpy(whole.GetPointData().GetScalars()).reshape(SHAPE) > 0

    def masks(self) -> dict[str, np.ndarray]:
        return {segment: self.mask(segment) for segment in self.segmentation.GetSegmentIDs()}

    def ras(self, k: float, j: float, i: float) -> np.ndarray:
        """Where a voxel's centre lies."""
        return (self.affine @ [i, j, k, 1])[:3]


def vtk_matrix(affine: np.ndarray) -> vtkMatrix4x4:
    matrix = vtkMatrix4x4()
    matrix.DeepCopy(affine.ravel())
    return matrix


def edited_scene(scene: slicer.vtkMRMLScene, affine: np.ndarray) -> EditedScene:
    """Right and left lung share a labelmap, the lesion has a cropped one, "empty" has none; lesion is selected."""
    hu = np.random.default_rng(7).integers(-1000, 200, SHAPE).astype(np.int16)
    volume = scene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "CT")
    image = vtkImageData()
    image.SetDimensions(SHAPE[::-1])
    image.AllocateScalars(VTK_SHORT, 1)
    vtk_to_numpy(image.GetPointData().GetScalars()).reshape(SHAPE)[:] = hu
    volume.SetAndObserveImageData(image)
    volume.SetIJKToRASMatrix(vtk_matrix(affine))
    volume.CreateDefaultDisplayNodes()
    node = scene.AddNewNodeByClass("vtkMRMLSegmentationNode", "Masks")
    node.CreateDefaultDisplayNodes()
    node.SetReferenceImageGeometryParameterFromVolumeNode(volume)
    lungs = labelmap(affine, (0, 0, 0), np.zeros(SHAPE, np.uint8))
    voxels = vtk_to_numpy(lungs.GetPointData().GetScalars()).reshape(SHAPE)
    voxels[2:12, 10:50, 6:28] = 1
    voxels[2:12, 10:50, 36:58] = 2
    add_segment(node, "right", lungs, 1)
    add_segment(node, "left", lungs, 2)
    add_segment(node, "lesion", labelmap(affine, (5, 25, 12), np.ones((3, 6, 7), np.uint8)), 1)
    node.GetSegmentation().AddEmptySegment("empty", "empty")
    editor_node = scene.AddNewNodeByClass("vtkMRMLSegmentEditorNode")
    editor_node.SetAndObserveSegmentationNode(node)
    editor_node.SetAndObserveSourceVolumeNode(volume)
    editor_node.SetSelectedSegmentID("lesion")
    return EditedScene(scene, volume, node, editor_node, affine, hu)


def labelmap(affine: np.ndarray, corner: tuple[int, int, int], values: np.ndarray) -> slicer.vtkOrientedImageData:
    """A labelmap on the volume's grid that covers the box of the values [k, j, i], from its corner on."""
    image = slicer.vtkOrientedImageData()
    ends = [first + size - 1 for first, size in zip(corner, values.shape, strict=True)]
    image.SetExtent(corner[2], ends[2], corner[1], ends[1], corner[0], ends[0])
    image.SetGeometryFromImageToWorldMatrix(vtk_matrix(affine))
    image.AllocateScalars(VTK_UNSIGNED_CHAR, 1)
    vtk_to_numpy(image.GetPointData().GetScalars()).reshape(values.shape)[:] = values
    return image


def add_segment(node: slicer.vtkMRMLSegmentationNode, name: str, image: object, label: int) -> None:
    segment = slicer.vtkSegment()
    segment.SetName(name)
    segment.SetLabelValue(label)
    segment.AddRepresentation("Binary labelmap", image)
    node.GetSegmentation().AddSegment(segment, name)
