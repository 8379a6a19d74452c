"""Boxes of a study's grid: where a mask lies, and how boxes lie to each other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

Box = tuple[slice, slice, slice]  # [slice, row, column] on a study's grid


def box_from(first: Sequence[int] | np.ndarray, stop: Sequence[int] | np.ndarray) -> Box:
    """The box from a first voxel [slice, row, column] to, and without, another."""
    slices, rows, columns = (slice(int(start), int(end)) for start, end in zip(first, stop, strict=True))
    return slices, rows, columns


def box_of(mask: np.ndarray) -> Box | None:
    """The smallest box that holds all voxels of a uint8 mask; None where there are none."""
    slices = np.flatnonzero(mask.reshape(len(mask), -1).max(1))
    if not slices.size:
        return None
    used = mask[slices[0] : slices[-1] + 1].max(0)
    found = slices, np.flatnonzero(used.max(1)), np.flatnonzero(used.max(0))
    return box_from([indices[0] for indices in found], [indices[-1] + 1 for indices in found])


def union(boxes: list[Box]) -> Box:
    """The smallest box around boxes."""
    starts, stops = ([[getattr(part, end) for part in box] for box in boxes] for end in ("start", "stop"))
    return box_from(np.min(starts, axis=0), np.max(stops, axis=0))


def overlap(one: Box, other: Box) -> Box | None:
    """What two boxes have in common; None where they lie apart."""
    pairs = list(zip(one, other, strict=True))
    common = box_from([max(a.start, b.start) for a, b in pairs], [min(a.stop, b.stop) for a, b in pairs])
    return common if min(shape_of(common)) > 0 else None


def within(inner: Box, outer: Box) -> Box:
    """A box as seen from the corner of one around it."""
    corner = [part.start for part in outer]
    return box_from([part.start for part in inner] - np.array(corner), [part.stop for part in inner] - np.array(corner))


def shape_of(box: Box) -> tuple[int, int, int]:
    """How many voxels a box has along each axis."""
    slices, rows, columns = (part.stop - part.start for part in box)
    return slices, rows, columns


def cropped_affine(affine: np.ndarray, box: Box) -> np.ndarray:
    """The affine of a box of a grid: voxel (0, 0, 0) is the box's first one."""
    slices, rows, columns = box
    cropped = affine.copy()
    cropped[:, 3] = affine @ (columns.start, rows.start, slices.start, 1)
    return cropped
