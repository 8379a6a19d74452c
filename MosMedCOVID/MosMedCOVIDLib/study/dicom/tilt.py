"""A tilted gantry's slices onto a rectangular grid: each is shifted within its own plane, none mixed with another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .grid import Grid

OUTSIDE_HU = -1024


@dataclass(frozen=True)
class Straightening:
    """Where each slice goes in a frame that holds them all.

    shifts: in voxels [slice, (row, column)], from 0; shape: rows and columns of the frame; origin: its first voxel,
    step: from slice to slice, at a right angle to them (LPS mm).
    """

    shifts: np.ndarray
    shape: tuple[int, int]
    origin: np.ndarray
    step: np.ndarray

    @classmethod
    def of(cls, grid: Grid) -> Straightening:
        """The straightening of a grid; without tilt, no shift at all."""
        image, count = grid.slices[0][0], len(grid.slices)
        if not grid.tilt_degrees:
            return cls(np.zeros((count, 2)), (image.rows, image.columns), grid.origin, grid.step)
        axes = np.array([grid.row, grid.column])
        per_slice = axes @ grid.step / (axes**2).sum(1)
        shifts = np.arange(count)[:, None] * per_slice
        before = np.minimum(shifts[-1], 0)
        rows, columns = (
            int(np.ceil(size + extra))
            for size, extra in zip((image.rows, image.columns), np.abs(shifts[-1]), strict=True)
        )
        step = float(grid.step @ grid.normal) * grid.normal
        return cls(shifts - before, (rows + 1, columns + 1), grid.origin + before @ axes, step)

    def place(self, hu: np.ndarray, target: np.ndarray, number: int) -> None:
        """Puts a slice into its frame; between voxels by linear interpolation, outside as air."""
        if not self.shifts[number].any() and hu.shape == target.shape:
            target[:] = hu
            return
        (row, row_part), (column, column_part) = (
            (int(np.floor(shift)), shift - np.floor(shift)) for shift in self.shifts[number]
        )
        shifted = _between(_between(hu.astype(np.float32), 0, row_part), 1, column_part)
        target[:] = OUTSIDE_HU
        inside = target[row : row + shifted.shape[0], column : column + shifted.shape[1]]
        inside[:] = np.rint(shifted[: inside.shape[0], : inside.shape[1]])


def _between(hu: np.ndarray, axis: int, part: float) -> np.ndarray:
    """A slice shifted by a part of a voxel along an axis, one voxel longer; its edge goes on for that part."""
    edge = [(0, 0), (0, 0)]
    edge[axis] = (0, 1)
    here = np.pad(hu, edge, mode="edge")
    edge[axis] = (1, 0)
    return (1 - part) * here + part * np.pad(hu, edge, mode="edge")
