"""Boxes of voxels: where in a grid an edit takes place, so that no edit ever touches the whole volume."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

Box = tuple[slice, slice, slice]
"""Voxel indices [k, j, i] of the segmentation's grid, first to last + 1; unlike a Python slice never from the end."""


def box_of_extent(extent: Sequence[int]) -> Box:
    """Of a VTK extent (first and last i, j, k)."""
    i0, i1, j0, j1, k0, k1 = extent
    return slice(k0, k1 + 1), slice(j0, j1 + 1), slice(i0, i1 + 1)


def extent_of_box(box: Box) -> tuple[int, int, int, int, int, int]:
    """The VTK extent (first and last i, j, k) of a box."""
    k, j, i = box
    return i.start, i.stop - 1, j.start, j.stop - 1, k.start, k.stop - 1


def shape(box: Box) -> tuple[int, int, int]:
    """Number of voxels along k, j and i; none is below zero."""
    k, j, i = (max(0, part.stop - part.start) for part in box)
    return k, j, i


def is_empty(box: Box) -> bool:
    return 0 in shape(box)


def common(first: Box, second: Box) -> Box:
    """What two boxes share; may be empty."""
    k, j, i = (slice(max(a.start, b.start), min(a.stop, b.stop)) for a, b in zip(first, second, strict=True))
    return k, j, i


def around(first: Box, second: Box) -> Box:
    """The smallest box that holds both."""
    k, j, i = (slice(min(a.start, b.start), max(a.stop, b.stop)) for a, b in zip(first, second, strict=True))
    return k, j, i


def within(box: Box, outer: Box) -> Box:
    """The same voxels, counted from the corner of another box: indexes an array that covers that one."""
    k, j, i = (slice(a.start - b.start, a.stop - b.start) for a, b in zip(box, outer, strict=True))
    return k, j, i


def cropped(mask: np.ndarray, box: Box) -> tuple[np.ndarray, Box]:
    """A mask of a box without the empty layers around what is set in it; an empty one stays empty."""
    found = []
    for axis in range(3):
        layers = np.flatnonzero(mask.any(axis=tuple({0, 1, 2} - {axis})))
        found.append(slice(int(layers[0]), int(layers[-1]) + 1) if layers.size else slice(0, 0))
    k, j, i = (slice(part.start + inner.start, part.start + inner.stop) for part, inner in zip(box, found, strict=True))
    return mask[tuple(found)], (k, j, i)
