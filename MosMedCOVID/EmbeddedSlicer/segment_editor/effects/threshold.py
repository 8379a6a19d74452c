# ruff: noqa: N802
"""Threshold: the segment becomes what has the intensities of a range."""

from __future__ import annotations

from typing import ClassVar

from ..engine import SegmentEditing
from .effect import Effect


class ThresholdEffect(Effect):
    """Applies to the whole volume at once, within the editable area."""

    # HU of lung that is not just air.
    defaults: ClassVar[dict[str, object]] = {"MinimumThreshold": -700.0, "MaximumThreshold": 200.0}

    def __init__(self, editing: SegmentEditing) -> None:
        super().__init__(
            editing, "Threshold", "The segment becomes what lies within the range, as far as the mask allows."
        )

    def onApply(self) -> None:
        """Replaces the segment. CannotEdit where segment or source volume are missing."""
        low, high = (self.doubleParameter(name) for name in ("MinimumThreshold", "MaximumThreshold"))
        self.editing.threshold(low, high)
