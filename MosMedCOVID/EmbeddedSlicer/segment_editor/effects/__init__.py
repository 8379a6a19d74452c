"""What the Segment Editor can do with a segment, as in Slicer: Paint, Erase, Threshold."""

from __future__ import annotations

from ..engine import SegmentEditing
from ..masking import Change
from .brush import BrushEffect
from .effect import Effect
from .offered import EffectsOffered
from .threshold import ThresholdEffect

__all__ = ["BrushEffect", "Effect", "EffectsOffered", "ThresholdEffect", "all_effects"]


def all_effects(editing: SegmentEditing) -> list[Effect]:
    """One of each, in the order in which they are offered."""
    return [
        BrushEffect(editing, "Paint", Change.ADD, "Drag with the left mouse button to paint into the segment."),
        BrushEffect(editing, "Erase", Change.REMOVE, "Drag with the left mouse button to erase from the segment."),
        ThresholdEffect(editing),
    ]
