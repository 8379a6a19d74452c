"""Motion between slices: not measured. No CT with known motion was at hand to tell it from the heart's own borders."""

from __future__ import annotations

from .checks import Check, not_assessed


def check_motion() -> Check:
    """Always not assessed."""
    return not_assessed("motion", "Breathing and movement between slices are not measured: look at the coronal view.")
