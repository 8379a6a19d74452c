"""A Study as a volume of the scene, and a volume of the scene as a Study."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import slicer
import vtk
from vtk.util.numpy_support import vtk_to_numpy

from ..errors import StudyRefused
from ..study.nifti import GEOMETRY_FIELDS
from ..study.study import Study
from . import window
from .dicom_headers import dicom_headers
from .node_json import keep, kept

STUDY = "MosMedCOVID.study"  # the attribute with what MRML has no field for
AGREEMENT_MM = 1e-4  # more apart than that, somebody has moved the volume
GREY = "vtkMRMLColorTableNodeGrey"
NOT_IN_A_FILE_NAME = re.compile(r'[\\/:*?"<>|\x00-\x1f]+')
INT16 = np.iinfo(np.int16)


def show_study(study: Study) -> slicer.vtkMRMLScalarVolumeNode:
    """Puts a study into the scene, in the lung window; its voxels are copied, so the study itself may be let go.

    Affine, path, headers and notes go along as an attribute: `study_of` gives the same study back, also from a scene
    that was saved and loaded.
    """
    volume = slicer.vtkMRMLScalarVolumeNode()
    volume.SetName(study.name)
    volume.SetIJKToRASMatrix(slicer.util.vtkMatrixFromArray(study.affine))
    volume.SetAndObserveImageData(_image(study.hu))
    facts = {"name": study.name, "path": str(study.path), "kind": study.kind, "shape": study.hu.shape}
    facts |= {"affine": study.affine, "headers": dict(study.headers), "notes": study.notes}
    keep(volume, STUDY, facts)
    display = slicer.vtkMRMLScalarVolumeDisplayNode()
    display.AutoWindowLevelOff()  # before it sees the voxels: finding a window of its own takes it a second
    display.SetAndObserveColorNodeID(GREY)
    slicer.mrmlScene.AddNode(display)
    volume.SetAndObserveDisplayNodeID(display.GetID())
    slicer.mrmlScene.AddNode(volume)
    window.apply(volume, window.LUNG)
    volume.AddDefaultStorageNode()
    # Else Slicer turns the slices of a left-handed grid (MosMedData's) round when it loads a saved scene.
    volume.GetStorageNode().SetForceRightHandedIJKCoordinateSystem(False)
    return volume


def study_of(volume: slicer.vtkMRMLScalarVolumeNode) -> Study:
    """The study that a volume shows; of kind "scene" where it didn't come from `show_study`.

    The voxels are shared where they are int16. StudyRefused for what is no single CT volume, and under a transform.
    """
    name = volume.GetName() or "volume"
    if volume.GetParentTransformNode():
        raise StudyRefused("geometry", f"{name} lies under a transform: harden it first, then its place is its own.")
    hu, notes = _hu(volume, name)
    affine = _affine(volume)
    facts = kept(volume, STUDY)
    if not facts or tuple(facts["shape"]) != hu.shape:
        safe_name = NOT_IN_A_FILE_NAME.sub("_", name).strip(" .") or "volume"
        return Study(hu, affine, safe_name, _file(volume, safe_name), "scene", dicom_headers(volume), notes)
    headers: dict[str, Any] = facts["headers"]
    exact = np.array(facts["affine"])
    if np.abs(_corners(affine, hu.shape) - _corners(exact, hu.shape)).max() <= AGREEMENT_MM:
        affine = exact
    else:
        headers = {field: value for field, value in headers.items() if field not in GEOMETRY_FIELDS}
        notes = (*notes, "The volume was moved in the scene; the place that it has there holds.")
    notes = (*facts["notes"], *notes)
    return Study(hu, affine, facts["name"], Path(facts["path"]), facts["kind"], headers, notes)


def harden(volume: slicer.vtkMRMLScalarVolumeNode) -> str | None:
    """Makes the place that a linear transform gives a volume the volume's own; the sentence that says so.

    None where there is no transform. StudyRefused, and nothing changed, where the transform bends or shears.
    """
    transform = volume.GetParentTransformNode()
    if transform is None:
        return None
    if not transform.IsTransformToWorldLinear():
        raise StudyRefused(
            "geometry", f"{volume.GetName()} lies under {transform.GetName()}, which bends it: resample it first."
        )
    affine = slicer.util.arrayFromTransformMatrix(transform, toWorld=True) @ _affine(volume)
    Study(np.zeros((1, 1, 1), np.int16), affine, volume.GetName(), Path(volume.GetName()), "scene")  # or refused
    volume.HardenTransform()
    return (
        f"{volume.GetName()} lay under the transform {transform.GetName()}; the place that it had there is its own now."
    )


def _image(hu: np.ndarray) -> vtk.vtkImageData:
    """Voxels [slice, row, column] as an image of VTK's own."""
    image = vtk.vtkImageData()
    image.SetDimensions(hu.shape[::-1])
    image.AllocateScalars(vtk.VTK_SHORT, 1)
    vtk_to_numpy(image.GetPointData().GetScalars()).reshape(hu.shape)[:] = hu
    return image


def _affine(volume: slicer.vtkMRMLScalarVolumeNode) -> np.ndarray:
    """Voxel (i, j, k) of the array to RAS mm; an image that was cut out of another counts from elsewhere than 0."""
    matrix = vtk.vtkMatrix4x4()
    volume.GetIJKToRASMatrix(matrix)
    affine = slicer.util.arrayFromVTKMatrix(matrix)
    image = volume.GetImageData()
    if image is not None:
        affine[:, 3] = affine @ [*image.GetExtent()[::2], 1]
    return affine


def _corners(affine: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """The first and the last voxel along each axis, in RAS mm."""
    last = np.diag([*(np.array(shape[::-1]) - 1.0), 0.0]) + [[0], [0], [0], [1]] * np.ones(4)
    return affine @ last


def _file(volume: slicer.vtkMRMLScalarVolumeNode, name: str) -> Path:
    """The file that Slicer read a volume from, or a name alone."""
    storage = volume.GetStorageNode()
    return Path((storage and storage.GetFileName()) or name)


def _hu(volume: slicer.vtkMRMLScalarVolumeNode, name: str) -> tuple[np.ndarray, tuple[str, ...]]:
    """The voxels of any volume as int16 [slice, row, column], and what had to be changed."""
    image = volume.GetImageData()
    if image is None or not image.GetNumberOfPoints() or image.GetPointData().GetScalars() is None:
        raise StudyRefused("readable", f"{name} holds no voxels.")
    if volume.IsA("vtkMRMLLabelMapVolumeNode"):
        raise StudyRefused("readable", f"{name} is a label map, not a CT.")
    if image.GetNumberOfScalarComponents() != 1:
        count = image.GetNumberOfScalarComponents()
        raise StudyRefused("readable", f"{name} has {count} values in each voxel (colours or times), not HU.")
    values = slicer.util.arrayFromVolume(volume)
    if values.dtype == np.int16:
        return values, ()
    lowest, highest = values.min(), values.max()
    if not (INT16.min <= lowest and highest <= INT16.max):  # nor where one of them is no number
        raise StudyRefused("hu_plausible", f"{name} holds values from {lowest:g} to {highest:g}: no Hounsfield units.")
    if values.dtype.kind != "f":
        return values.astype(np.int16), ()
    hu = np.empty(values.shape, np.int16)
    rounded = False
    for target, slice_ in zip(hu, values, strict=True):
        target[:] = np.rint(slice_)
        rounded |= not np.array_equal(target, slice_)
    return hu, ("Values between whole Hounsfield units were rounded.",) if rounded else ()
