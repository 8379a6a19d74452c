"""How the segments lie over the CT: shown or not, filled or outlined, how opaque, and which of them."""

from __future__ import annotations

import slicer

FILL, OUTLINE, BOTH = "fill", "outline", "both"
STYLES = (FILL, OUTLINE, BOTH)


def set_visible(segmentation: slicer.vtkMRMLSegmentationNode, visible: bool) -> None:
    """Shows or hides all segments in the slice views; the 3D view goes its own way (surfaces)."""
    segmentation.GetDisplayNode().SetVisibility2D(visible)


def is_visible(segmentation: slicer.vtkMRMLSegmentationNode) -> bool:
    """Whether the segments are shown in the slice views."""
    display = segmentation.GetDisplayNode()
    return bool(display.GetVisibility() and display.GetVisibility2D())


def set_opacity(segmentation: slicer.vtkMRMLSegmentationNode, opacity: float) -> None:
    """How opaque the fill is, 0…1 of what each segment has by itself; outlines stay plain."""
    segmentation.GetDisplayNode().SetOpacity2DFill(opacity)


def set_style(segmentation: slicer.vtkMRMLSegmentationNode, style: str) -> None:
    """Draws the segments in one of STYLES."""
    display = segmentation.GetDisplayNode()
    display.SetVisibility2DFill(style in (FILL, BOTH))
    display.SetVisibility2DOutline(style in (OUTLINE, BOTH))


def style_of(segmentation: slicer.vtkMRMLSegmentationNode) -> str | None:
    """In which of STYLES the segments are drawn; None in neither."""
    display = segmentation.GetDisplayNode()
    drawn = bool(display.GetVisibility2DFill()), bool(display.GetVisibility2DOutline())
    return {(True, False): FILL, (False, True): OUTLINE, (True, True): BOTH}.get(drawn)


def show_segment(segmentation: slicer.vtkMRMLSegmentationNode, segment_id: str, visible: bool) -> None:
    """Shows or hides one segment."""
    segmentation.GetDisplayNode().SetSegmentVisibility(segment_id, visible)
