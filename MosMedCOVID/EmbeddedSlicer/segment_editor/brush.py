"""Which voxels a round brush covers: a sphere, or a disc in the plane of a slice view, at one place or along a line."""

from __future__ import annotations

import numpy as np

from .box import Box, common, is_empty, shape

TIE = 1e-6  # voxels and mm; a centre that lies on the edge by calculation must not be lost to rounding


def brush_voxels(
    ijk_to_ras: np.ndarray,
    grid: Box,
    start: np.ndarray,
    end: np.ndarray,
    radius: float,
    normal: np.ndarray | None = None,
) -> tuple[np.ndarray, Box]:
    """The voxels whose centres a brush passes over on its way, and the box they lie in.

    ijk_to_ras is 4 × 4, start, end and normal have 3 elements, lengths are in mm. Without a normal the brush is a
    sphere. With one it is a disc, one layer of voxels thick: of the voxels in each column across the disc, the one
    whose centre is nearest to the plane; the radius counts in the plane. A brush smaller than a voxel covers the one
    that it ends in. Gives bool [k, j, i] and its box, cut to the grid (maybe empty).
    """
    start, end = np.asarray(start, float), np.asarray(end, float)
    columns, origin = ijk_to_ras[:3, :3], ijk_to_ras[:3, 3]
    to_ijk = np.linalg.inv(columns)
    path = [to_ijk @ (point - origin) for point in (start, end)]
    reach = _reach(to_ijk, columns, radius, normal)
    low = np.floor(np.minimum(*path) - reach).astype(int)
    high = np.ceil(np.maximum(*path) + reach).astype(int)
    i, j, k = (slice(int(first), int(last) + 1) for first, last in zip(low, high, strict=True))
    box = common((k, j, i), grid)
    if is_empty(box):
        return np.zeros(shape(box), bool), box
    offsets = _offsets(columns, origin - start, box)
    layer: np.ndarray | bool = True
    if normal is not None:
        unit = np.asarray(normal, float) / np.linalg.norm(normal)
        layer, offsets = _in_layer(offsets, columns, unit), _in_plane(offsets, unit)
    distance = _distance_squared(offsets, end - start)
    covered = np.array(np.broadcast_to((distance <= (radius + TIE) ** 2) & layer, shape(box)))
    ends_at = np.floor(path[1][::-1] + 0.5)
    if not covered.any() and all(part.start <= at < part.stop for part, at in zip(grid, ends_at, strict=True)):
        distance = np.broadcast_to(np.where(layer, distance, np.inf), covered.shape)
        covered.flat[distance.argmin()] = True
    return covered, box


def _reach(to_ijk: np.ndarray, columns: np.ndarray, radius: float, normal: np.ndarray | None) -> np.ndarray:
    """How far the brush reaches from its centre along i, j and k, in voxels."""
    if normal is None:
        return radius * np.linalg.norm(to_ijk, axis=1)
    unit = np.asarray(normal, float) / np.linalg.norm(normal)
    across = to_ijk @ unit
    along = to_ijk - np.outer(across, unit)
    return radius * np.linalg.norm(along, axis=1) + np.abs(across) * _thickness(columns, unit) / 2


def _thickness(columns: np.ndarray, unit: np.ndarray) -> float:
    """Of a layer one voxel thick and without holes, in mm: the spacing, where the plane lies along the grid."""
    return float(np.abs(unit @ columns).max())


def _offsets(columns: np.ndarray, first: np.ndarray, box: Box) -> list[np.ndarray]:
    """R, A and S of the voxel centres from the brush's start, in mm.

    Each broadcasts to [k, j, i] and has only the axes on which it depends, which is what makes a brush along the
    grid cheap.
    """
    k, j, i = (np.arange(part.start, part.stop, dtype=float) for part in box)
    indices = i[None, None, :], j[None, :, None], k[:, None, None]
    offsets = []
    for row, constant in zip(columns, first, strict=True):
        offset = np.full((1, 1, 1), constant)
        for step, index in zip(row, indices, strict=True):
            if step:
                offset = offset + step * index
        offsets.append(offset)
    return offsets


def _distance_squared(offsets: list[np.ndarray], way: np.ndarray) -> np.ndarray:
    """From the straight way of the brush, in mm²."""
    length_squared = float(way @ way)
    if length_squared == 0:
        return sum(offset**2 for offset in offsets)
    along = np.clip(_along(offsets, way) / length_squared, 0, 1)
    return sum((offset - along * step) ** 2 for offset, step in zip(offsets, way, strict=True))


def _in_layer(offsets: list[np.ndarray], columns: np.ndarray, unit: np.ndarray) -> np.ndarray:
    """Whether a centre lies within half a layer of the plane; of two at the same distance, the one before it."""
    layers = _along(offsets, unit) / _thickness(columns, unit)
    return np.floor(layers + 0.5 + TIE) == 0


def _in_plane(offsets: list[np.ndarray], unit: np.ndarray) -> list[np.ndarray]:
    """The offsets without their part across the plane."""
    across = _along(offsets, unit)
    return [offset - across * part if part else offset for offset, part in zip(offsets, unit, strict=True)]


def _along(offsets: list[np.ndarray], direction: np.ndarray) -> np.ndarray:
    """The scalar product, with no more axes than it depends on."""
    return sum((offset * part for offset, part in zip(offsets, direction, strict=True) if part), np.zeros((1, 1, 1)))
