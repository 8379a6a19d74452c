"""How the segments lie over the CT: shown or not, filled or outlined, and how opaque."""

from __future__ import annotations

import slicer

FILL, OUTLINE, BOTH = "fill", "outline", "both"
STYLES = (FILL, OUTLINE, BOTH)


def set_visible(segmentation: slicer.vtkMRMLSegmentationNode, visible: bool) -> None:
    """Shows or hides all segments in the slice views; the 3D view goes its own way (surfaces)."""
    segmentation.GetDisplayNode().SetVisibility2D(visible)


def set_opacity(segmentation: slicer.vtkMRMLSegmentationNode, opacity: float) -> None:
    """How opaque the fill is, 0…1 of what each segment has by itself; outlines stay plain."""
    segmentation.GetDisplayNode().SetOpacity2DFill(opacity)


def set_style(segmentation: slicer.vtkMRMLSegmentationNode, style: str) -> None:
    """Draws the segments in one of STYLES."""
    display = segmentation.GetDisplayNode()
    display.SetVisibility2DFill(style in (FILL, BOTH))
    display.SetVisibility2DOutline(style in (OUTLINE, BOTH))
