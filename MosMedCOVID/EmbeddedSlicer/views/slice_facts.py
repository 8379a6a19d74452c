"""What a slice view shows, as the words for its corners: read back from nodes and filters, never assumed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import slicer

SLAB_NAMES = {0: "MinIP", 1: "MIP", 2: "Mean", 3: "Sum"}  # VTK_IMAGE_SLAB_MIN, _MAX, _MEAN, _SUM
OBLIQUE = np.sin(np.radians(22.5))  # beyond it a direction lies nearer to the diagonal: a second letter is due
STRAIGHT = 1 - 1e-6


@dataclass(frozen=True)
class SliceFacts:
    """Texts are empty where there is nothing to say.

    volume, window_level, position, slab: texts.
    left, right, bottom, top: where in the patient the edges of the view lie: R, L, A, P, S, I.
    millimetres: of one pixel of the screen.
    """

    volume: str
    window_level: str
    position: str
    slab: str
    left: str
    right: str
    bottom: str
    top: str
    millimetres: float


def slice_facts(logic: slicer.vtkMRMLSliceLogic) -> SliceFacts | None:
    """The facts of a view; None while it shows no volume."""
    layer, node = logic.GetBackgroundLayer(), logic.GetSliceNode()
    volume, display = layer.GetVolumeNode(), layer.GetVolumeDisplayNode()
    if node is None or volume is None or volume.GetImageData() is None:
        return None
    slice_to_ras = slicer.util.arrayFromVTKMatrix(node.GetSliceToRAS())
    right, top = slice_to_ras[:3, 0], slice_to_ras[:3, 1]
    has_window = isinstance(display, slicer.vtkMRMLScalarVolumeDisplayNode)
    return SliceFacts(
        volume=volume.GetName(),
        window_level=f"W {display.GetWindow():.0f}  L {display.GetLevel():.0f}" if has_window else "",
        position=position_text(slice_to_ras),
        slab=slab_text(logic),
        left=direction_letters(-right, node),
        right=direction_letters(right, node),
        bottom=direction_letters(-top, node),
        top=direction_letters(top, node),
        millimetres=node.GetFieldOfView()[0] / node.GetDimensions()[0],
    )


def direction_letters(direction: np.ndarray, node: slicer.vtkMRMLAbstractViewNode) -> str:
    """The letters of a direction in RAS: one, or two (the greater part first) where it is oblique."""
    letters = ""
    for axis in sorted(range(3), key=lambda axis: -abs(direction[axis])):
        if not letters or abs(direction[axis]) > OBLIQUE:
            letters += node.GetAxisLabel(2 * axis + int(direction[axis] > 0))
    return letters[:2]


def coordinate_text(axis: int, millimetres: float) -> str:
    """A coordinate in RAS with the letter of its side: "L 12.3" is 12.3 mm left of the origin."""
    return f"{'RAS'[axis] if round(millimetres, 1) >= 0 else 'LPI'[axis]} {abs(millimetres):.1f}"


def position_text(slice_to_ras: np.ndarray) -> str:
    """Where a slice lies along its normal."""
    normal, origin = slice_to_ras[:3, 2], slice_to_ras[:3, 3]
    axis = int(np.abs(normal).argmax())
    if abs(normal[axis]) < STRAIGHT:
        return f"{normal @ origin:.1f} mm, oblique"
    return f"{coordinate_text(axis, origin[axis])} mm"


def slab_text(logic: slicer.vtkMRMLSliceLogic) -> str:
    """The slab as VTK really computes it: its kind, count × distance of the slices, and their count."""
    reslice = logic.GetBackgroundLayer().GetReslice()
    count = reslice.GetSlabNumberOfSlices()
    if count < 2:
        return ""
    unit = np.linalg.norm(slicer.util.arrayFromVTKMatrix(logic.GetSliceNode().GetXYToRAS())[:3, 2])
    thickness = count * reslice.GetSlabSliceSpacingFraction() * unit
    return f"{SLAB_NAMES[reslice.GetSlabMode()]} {thickness:.1f} mm, {count} slices"
