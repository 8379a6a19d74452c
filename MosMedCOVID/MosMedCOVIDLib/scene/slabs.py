"""Slabs that are as thick as they say: MIP, MinIP and mean of the slices whose centres lie within half the thickness.

Slicer 5.10 to 5.13 takes thickness / spacing slices, rounded down, and lays them spacing² / oversampling apart: too
thin a slab below 2 mm, one full of holes above. A slice node's own properties can be chosen such that exactly the
slices wanted are used. What the reslice really uses is read back, so that a Slicer which computes otherwise is noticed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import slicer
import vtk

from ..errors import MosMedError

OFF, MIP, MINIP, MEAN = "off", "MIP", "MinIP", "mean"
MODES = (OFF, MIP, MINIP, MEAN)
TYPES = {MINIP: 0, MIP: 1, MEAN: 2}  # VTK_IMAGE_SLAB_MIN, _MAX and _MEAN
HAIR = 1e-6  # a quotient that misses a whole number by this share is meant to be it
# vtkImageReslice lays a slab half a sample too low where its samples are exactly one unit of the view apart.
NEVER_EXACTLY_ONE = 1 - 1e-9


@dataclass(frozen=True)
class Slab:
    """How slices are put together: one of MODES, and the thickness in mm that a reader asks for."""

    mode: str = OFF
    thickness_mm: float = 10.0


def slices_within(thickness_mm: float, spacing_mm: float) -> int:
    """How many slices have their centre within half the thickness of one slice's centre: itself and pairs around it."""
    return 2 * int(thickness_mm / 2 / spacing_mm + HAIR) + 1


def apply(slab: Slab, logic: slicer.vtkMRMLSliceLogic) -> None:
    """Makes a slice view show a slab of its background volume; thin where one slice fills it, or there is no volume.

    MosMedError where this Slicer would take other slices than the slab's; the view is thin then.
    """
    node = logic.GetSliceNode()
    steps = _voxels_per_mm(logic)
    count = 1 if slab.mode == OFF or steps is None else slices_within(slab.thickness_mm, 1 / steps.max())
    if count == 1:
        node.SetSlabReconstructionEnabled(False)
        return
    spacing = 1 / steps.max()
    if np.sort(steps)[1] < HAIR:  # the view lies in the volume's own planes
        logic.SnapSliceOffsetToIJK()
    for thickness, oversampling in _properties(logic, count, spacing):
        with slicer.util.NodeModify(node):
            node.SetSlabReconstructionType(TYPES[slab.mode])
            node.SetSlabReconstructionThickness(thickness)
            node.SetSlabReconstructionOversamplingFactor(oversampling)
            node.SetSlabReconstructionEnabled(True)
        used, step = really_used(logic)
        if used == count and abs(step - spacing) < HAIR * spacing:
            return
    node.SetSlabReconstructionEnabled(False)
    raise MosMedError(
        f"This Slicer computes slabs in a way that is not known: it took {used} slices {step:.2f} mm apart instead of "
        f"{count} that are {spacing:.2f} mm apart. Single slices are shown."
    )


def really_used(logic: slicer.vtkMRMLSliceLogic) -> tuple[int, float]:
    """How many slices a view puts together and how many mm apart they are, as VTK's reslice has it; 1 where thin."""
    reslice = logic.GetBackgroundLayer().GetReslice()
    count, step = reslice.GetSlabNumberOfSlices(), _unit_mm(logic.GetSliceNode())
    return count, step * reslice.GetSlabSliceSpacingFraction() if count > 1 else step


def _properties(logic: slicer.vtkMRMLSliceLogic, count: int, spacing: float) -> Iterator[tuple[float, float]]:
    """Thickness and oversampling factor by which a Slicer with the defect, and one without, takes the slices wanted."""
    unit, own = _unit_mm(logic.GetSliceNode()), logic.GetLowestVolumeSliceSpacing()[2]
    yield count * own * (1 + HAIR), unit * own / spacing * NEVER_EXACTLY_ONE
    mended = unit / spacing * NEVER_EXACTLY_ONE  # one sample each own / oversampling mm, as many as fill the thickness
    yield count * own / mended * (1 + HAIR), mended


def _unit_mm(node: slicer.vtkMRMLSliceNode) -> float:
    """A view's unit along its normal, in mm."""
    return float(np.linalg.norm(slicer.util.arrayFromVTKMatrix(node.GetXYToRAS())[:3, 2]))


def _voxels_per_mm(logic: slicer.vtkMRMLSliceLogic) -> np.ndarray | None:
    """How many voxels a view's normal passes in a mm along each axis of its background volume; None without one.

    The largest is what counts: with steps of that length no voxel is jumped over, and in a view along the volume's
    own planes they are its slices.
    """
    volume = logic.GetBackgroundLayer().GetVolumeNode()
    if volume is None or volume.GetImageData() is None:
        return None
    to_voxels = vtk.vtkMatrix4x4()
    volume.GetRASToIJKMatrix(to_voxels)
    normal = slicer.util.arrayFromVTKMatrix(logic.GetSliceNode().GetSliceToRAS())[:3, 2]
    return np.abs(slicer.util.arrayFromVTKMatrix(to_voxels)[:3, :3] @ normal)
