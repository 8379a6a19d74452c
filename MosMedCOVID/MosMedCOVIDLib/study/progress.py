"""How far the reading of a study is, for whoever shows it: a share from 0 to 1, told on the way."""

from __future__ import annotations

from collections.abc import Callable

# Told how much is read, 0 to 1. What it raises ends the reading, so that a reader can cancel.
OnProgress = Callable[[float], None]


def silent(share: float) -> None:
    """Tells nobody."""
