"""Paint and Erase: a round brush on the slices."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import slicer

from ..engine import SegmentEditing
from ..masking import Change
from ..voxels import array_of
from .effect import Effect

LARGEST_DIAMETER = 100.0  # mm, as in Slicer
SMALLEST_DIAMETER = 0.5


class BrushEffect(Effect):
    """A disc in the slice, or a sphere, of a diameter in mm (or in percent of the view's height)."""

    common_defaults: ClassVar[dict[str, object]] = {
        "BrushAbsoluteDiameter": 10.0,
        "BrushRelativeDiameter": 3.0,
        "BrushDiameterIsRelative": 0,
        "BrushSphere": 0,
    }

    def __init__(self, editing: SegmentEditing, name: str, change: Change, help_text: str) -> None:
        super().__init__(editing, name, help_text)
        self.change = change

    def diameter(self, slice_node: slicer.vtkMRMLSliceNode) -> float:
        """In mm."""
        if self.integerParameter("BrushDiameterIsRelative"):
            return slice_node.GetFieldOfView()[1] * self.doubleParameter("BrushRelativeDiameter") / 100
        return self.doubleParameter("BrushAbsoluteDiameter")

    def scale(self, factor: float) -> None:
        """Makes the brush larger or smaller."""
        if self.integerParameter("BrushDiameterIsRelative"):
            self.setCommonParameter("BrushRelativeDiameter", self.doubleParameter("BrushRelativeDiameter") * factor)
        else:
            diameter = self.doubleParameter("BrushAbsoluteDiameter") * factor
            self.setCommonParameter(
                "BrushAbsoluteDiameter", round(min(max(diameter, SMALLEST_DIAMETER), LARGEST_DIAMETER), 2)
            )

    def stroke(self, slice_node: slicer.vtkMRMLSliceNode, start: tuple[int, int], end: tuple[int, int]) -> None:
        """One step of a stroke, from pixel to pixel of a slice view."""
        to_ras = array_of(slice_node.GetXYToRAS())
        first, last = ((to_ras @ [x, y, 0, 1])[:3] for x, y in (start, end))
        normal = None if self.integerParameter("BrushSphere") else array_of(slice_node.GetSliceToRAS())[:3, 2]
        self.editing.brush(self.change, first, last, self.diameter(slice_node) / 2, normal)

    def outline_radius(self, slice_node: slicer.vtkMRMLSliceNode) -> float:
        """The brush's radius in the view, in pixels."""
        mm_per_pixel = np.linalg.norm(array_of(slice_node.GetXYToRAS())[:3, 0])
        return float(self.diameter(slice_node) / 2 / mm_per_pixel)
