"""What a slice view shows, as the words for its corners: read back from nodes and filters, never assumed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import slicer
from vtkmodules.vtkCommonMath import vtkMatrix4x4

SLAB_NAMES = {0: "MinIP", 1: "MIP", 2: "Mean", 3: "Sum"}  # VTK_IMAGE_SLAB_MIN, _MAX, _MEAN, _SUM
OBLIQUE = np.sin(np.radians(22.5))  # beyond it a direction lies nearer to the diagonal: a second letter is due
STRAIGHT = 1 - 1e-6


@dataclass(frozen=True)
class Edges:
    """Where in the patient the edges of a view lie: R, L, A, P, S, I."""

    left: str
    right: str
    bottom: str
    top: str


@dataclass(frozen=True)
class SliceFacts:
    """Texts are empty where there is nothing to say.

    volume, window_level, position, number, slab: texts.
    millimetres: of one pixel of the screen.
    """

    volume: str
    window_level: str
    position: str
    number: str
    slab: str
    edges: Edges
    millimetres: float


def slice_facts(logic: slicer.vtkMRMLSliceLogic) -> SliceFacts | None:
    """The facts of a view; None while it shows no volume."""
    layer, node = logic.GetBackgroundLayer(), logic.GetSliceNode()
    volume, display = layer.GetVolumeNode(), layer.GetVolumeDisplayNode()
    if node is None or volume is None or volume.GetImageData() is None:
        return None
    slice_to_ras = slicer.util.arrayFromVTKMatrix(node.GetSliceToRAS())
    has_window = isinstance(display, slicer.vtkMRMLScalarVolumeDisplayNode)
    return SliceFacts(
        volume=volume.GetName(),
        window_level=f"W {display.GetWindow():.0f}  L {number_text(display.GetLevel(), 0)}" if has_window else "",
        position=position_text(slice_to_ras),
        number=slice_number_text(volume, slice_to_ras),
        slab=slab_text(logic),
        edges=edges_of(slice_to_ras[:3, 0], slice_to_ras[:3, 1], node),
        millimetres=node.GetFieldOfView()[0] / node.GetDimensions()[0],
    )


def edges_of(right: np.ndarray, top: np.ndarray, node: slicer.vtkMRMLAbstractViewNode) -> Edges:
    """Of a view whose right and top point there in RAS."""
    return Edges(*(direction_letters(direction, node) for direction in (-right, right, -top, top)))


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


def number_text(number: float, decimals: int) -> str:
    """With a minus sign that is as wide as a plus, not the hyphen that a reader overlooks."""
    return f"{number:.{decimals}f}".replace("-", "−")


def value_unit(volume: slicer.vtkMRMLVolumeNode) -> str:
    """What a volume's values are: HU where it says nothing else, as it is CT that is read here."""
    unit = volume.GetVoxelValueUnits().GetCodeMeaning() if volume.GetVoxelValueUnits() else "HU"
    return "HU" if unit == "Hounsfield unit" else unit


def straight_axis(slice_to_ras: np.ndarray) -> tuple[int, int] | None:
    """Along which axis of RAS (0, 1, 2) the normal of a slice runs, and which way (1, -1); None where it is oblique."""
    normal = slice_to_ras[:3, 2]
    axis = int(np.abs(normal).argmax())
    return (axis, int(np.sign(normal[axis]))) if abs(normal[axis]) >= STRAIGHT else None


def position_text(slice_to_ras: np.ndarray) -> str:
    """Where a slice lies along its normal."""
    normal, origin = slice_to_ras[:3, 2], slice_to_ras[:3, 3]
    straight = straight_axis(slice_to_ras)
    if straight is None:
        return f"{number_text(normal @ origin, 1)} mm, oblique"
    return f"{coordinate_text(straight[0], origin[straight[0]])} mm"


def slice_number_text(volume: slicer.vtkMRMLVolumeNode, slice_to_ras: np.ndarray) -> str:
    """Which of the volume's own slices a view shows: "slice 75/148"; empty where it cuts across them.

    Slice 1 is the most superior one in an axial view, the most anterior one in a coronal view and the rightmost one
    in a sagittal view, as picture archives count, whatever way the voxels run.
    """
    if volume.GetParentTransformNode():
        return ""
    matrix = vtkMatrix4x4()
    volume.GetRASToIJKMatrix(matrix)
    ras_to_ijk = slicer.util.arrayFromVTKMatrix(matrix)
    normal, origin = slice_to_ras[:3, 2], slice_to_ras[:3, 3]
    across = ras_to_ijk[:3, :3]  # its rows: which way each index grows, at right angles to the layers of that index
    along = across @ normal / np.linalg.norm(across, axis=1)
    index = int(np.abs(along).argmax())
    place = round(float(ras_to_ijk[index] @ [*origin, 1]))
    count = volume.GetImageData().GetDimensions()[index]
    if abs(along[index]) < STRAIGHT or not 0 <= place < count:
        return ""
    grows_from_first = across[index, np.abs(normal).argmax()] < 0  # first is the side of R, A or S
    return f"slice {place + 1 if grows_from_first else count - place}/{count}"


def slab_text(logic: slicer.vtkMRMLSliceLogic) -> str:
    """The slab as VTK really computes it: its kind, count × distance of the slices, and their count."""
    reslice = logic.GetBackgroundLayer().GetReslice()
    count = reslice.GetSlabNumberOfSlices()
    if count < 2:
        return ""
    unit = np.linalg.norm(slicer.util.arrayFromVTKMatrix(logic.GetSliceNode().GetXYToRAS())[:3, 2])
    thickness = count * reslice.GetSlabSliceSpacingFraction() * unit
    return f"{SLAB_NAMES[reslice.GetSlabMode()]} {thickness:.1f} mm, {count} slices"
