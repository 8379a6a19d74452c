"""The outlines of anatomy.py at a height between its stations."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from . import anatomy as body
from .grid import Grid


def outline(table: Mapping[str, tuple[int, ...]], heights: tuple[int, ...], z: float) -> list[float]:
    """The lengths of an outline of anatomy.py at a height, mm."""
    return [float(np.interp(z, heights, lengths)) for lengths in table.values()]


def cage_measure(grid: Grid, z: float) -> np.ndarray:
    """How far out in the rib cage a point lies: float32 [row, column], below 1 inside, 1 at the pleura.

    The square of the distance from the middle of each half of the chest, in an ellipse that is flatter towards the
    midline, so that breastbone and spine stand in two shallow valleys. Above the apex nothing is inside.
    """
    if z > body.CAGE_Z[-1]:
        return np.full(grid.shape[1:], np.inf, np.float32)
    middle, side, front, back = outline(body.CAGE, body.CAGE_Z, z)
    depth, width = max(back + front, 1.0) / 2, max(side, 1.0)
    inwards = min(middle / (1 - body.MIDLINE_DEPTH**2) ** 0.5, 1.5 * width)
    outwards = np.abs(grid.x) - middle
    across = np.where(outwards > 0, outwards / width, outwards / inwards) ** 2
    return across + ((grid.y - (back - front) / 2) / depth) ** 2


def mediastinum_width(y: np.ndarray, z: float, table: tuple[tuple[int, ...], ...]) -> np.ndarray:
    """Half the mediastinum's width at a height: mm [row, 1], from the table of anatomy.py."""
    at_height = [np.interp(z, body.MEDIASTINUM_Z, column) for column in zip(*table, strict=True)]
    # The mean over three neighbouring depths rounds the table's corners.
    near = [np.interp(y, np.add(body.MEDIASTINUM_Y, shift), at_height).astype(np.float32) for shift in (-7, 0, 7)]
    return np.mean(near, axis=0)
