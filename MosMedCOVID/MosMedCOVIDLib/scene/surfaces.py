"""Lesions in 3D inside faint lungs, made when they are asked for.

They are models of their own, from masks on a coarser grid: Slicer's closed surfaces of the segments themselves take
ten seconds and more at 512×512×400, and would be made anew with each stroke.
"""

from __future__ import annotations

import numpy as np
import slicer
import vtk
from vtk.util.numpy_support import numpy_to_vtk

from ..study.boxes import box_of
from ..study.study import Study
from .removal import remove_with_companions
from .segments import COLOURS, LEFT_LUNG, LESIONS, NAMES, RIGHT_LUNG, Part, parts_of, volume_of
from .volume import study_of

ROLES = {segment_id: f"MosMedCOVID.surface.{segment_id}" for segment_id in NAMES}  # node references
OPACITY = {RIGHT_LUNG: 0.15, LEFT_LUNG: 0.15, LESIONS: 1.0}
STEP_MM = 2.0  # of the coarser grid, about
LEAST_SHARE = 0.75  # of a coarse voxel that holds any lesion at all: no small one vanishes
SMOOTHING_STEPS, PASS_BAND = 12, 0.1


def show(segmentation: slicer.vtkMRMLSegmentationNode, visible: bool = True) -> None:
    """Shows in the 3D views what the segments are now, or shows it no more. They do not follow edits by themselves."""
    if not visible:
        remove(segmentation)
        return
    study = study_of(volume_of(segmentation))
    parts = parts_of(segmentation, study)
    for segment_id, role in ROLES.items():
        surface = _surface(segment_id, parts[segment_id], study) if segment_id in parts else vtk.vtkPolyData()
        model = segmentation.GetNodeReference(role) or _add_model(segmentation, segment_id)
        model.SetAndObservePolyData(surface)


def remove(segmentation: slicer.vtkMRMLSegmentationNode) -> None:
    """Takes the surfaces of a segmentation out of the scene."""
    for role in ROLES.values():
        model = segmentation.GetNodeReference(role)
        if model is not None:
            remove_with_companions(model)


def _add_model(segmentation: slicer.vtkMRMLSegmentationNode, segment_id: str) -> slicer.vtkMRMLModelNode:
    model, display = slicer.vtkMRMLModelNode(), slicer.vtkMRMLModelDisplayNode()
    model.SetName(f"{NAMES[segment_id]} in 3D")
    display.SetColor(COLOURS[segment_id])
    display.SetOpacity(OPACITY[segment_id])
    display.SetVisibility2D(False)
    for node in (display, model):  # made of the segments at any time, so not saved with the scene
        node.SaveWithSceneOff()
        slicer.mrmlScene.AddNode(node)
    model.SetAndObserveDisplayNodeID(display.GetID())
    segmentation.SetNodeReferenceID(ROLES[segment_id], model.GetID())
    return model


def _surface(segment_id: str, part: Part, study: Study) -> vtk.vtkPolyData:
    """A smooth surface around a segment, in RAS mm."""
    mask = part.layer.values == part.label
    box = box_of(mask.view(np.uint8))
    if box is None:
        return vtk.vtkPolyData()
    factors = [max(1, round(STEP_MM / mm)) for mm in study.spacing_mm]
    coarse = _coarse(mask[box], factors)
    if segment_id == LESIONS:
        coarse[coarse > 0] = np.maximum(coarse[coarse > 0], LEAST_SHARE)
    first = [inner.start + outer.start for inner, outer in zip(box, part.layer.box, strict=True)]
    return _contour(coarse, _coarse_affine(study.affine, first, factors))


def _coarse(mask: np.ndarray, factors: list[int]) -> np.ndarray:
    """The share 0…1 of each block that is mask, float32, with an empty block around all of them."""
    fill = [(0, -size % factor) for size, factor in zip(mask.shape, factors, strict=True)]
    mask = np.pad(mask, fill)
    total = np.zeros([size // factor for size, factor in zip(mask.shape, factors, strict=True)], np.float32)
    for offset in np.ndindex(*factors):
        total += mask[tuple(slice(start, None, factor) for start, factor in zip(offset, factors, strict=True))]
    return np.pad(total / np.prod(factors), 1)


def _coarse_affine(affine: np.ndarray, first: list[int], factors: list[int]) -> np.ndarray:
    """Where the blocks lie: block (1, 1, 1) begins at the study's voxel `first` ([slice, row, column])."""
    steps = np.array(factors[::-1], float)
    start = np.array(first[::-1]) + (steps - 1) / 2 - steps
    to_voxels = np.diag([*steps, 1.0])
    to_voxels[:3, 3] = start
    return affine @ to_voxels


def _contour(values: np.ndarray, affine: np.ndarray) -> vtk.vtkPolyData:
    """Where values [slice, row, column] pass a half, smoothed, in RAS mm."""
    image = vtk.vtkImageData()
    image.SetDimensions(values.shape[::-1])
    image.GetPointData().SetScalars(numpy_to_vtk(values.ravel(), deep=True))
    contour = vtk.vtkFlyingEdges3D()
    contour.SetInputData(image)
    contour.SetValue(0, 0.5)
    contour.ComputeScalarsOff()
    to_ras = vtk.vtkTransform()
    to_ras.SetMatrix(affine.ravel())
    placed = vtk.vtkTransformPolyDataFilter()
    placed.SetTransform(to_ras)
    placed.SetInputConnection(contour.GetOutputPort())
    smooth = vtk.vtkWindowedSincPolyDataFilter()
    smooth.SetInputConnection(placed.GetOutputPort())
    smooth.SetNumberOfIterations(SMOOTHING_STEPS)
    smooth.SetPassBand(PASS_BAND)
    smooth.NormalizeCoordinatesOn()
    smooth.Update()
    return smooth.GetOutput()
