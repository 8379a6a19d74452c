"""From a study's own grid to the standard one and back: slices feet to head, rows front to back, columns from
the patient's right to the left. Only axes are permuted and flipped; no voxel is ever interpolated."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations

import numpy as np

# The standard array axes (slice, row, column) point to the head, to the back and to the patient's left: RAS.
STANDARD_DIRECTIONS = np.array([[0, 0, 1], [0, -1, 0], [-1, 0, 0]], np.float64)


@dataclass(frozen=True)
class Orientation:
    """How to view a study's arrays in the standard orientation; the views share the study's memory.

    axes: the study's array axis that becomes slice, row and column; flips: whether it runs backwards.
    """

    axes: tuple[int, int, int]
    flips: tuple[bool, bool, bool]

    @classmethod
    def of(cls, affine: np.ndarray) -> Orientation:
        """The orientation nearest to a study's affine (voxel (i, j, k) to RAS mm); oblique ones are rounded."""
        directions = affine[:3, 2::-1].T  # one row for each array axis: slice, row, column
        cosines = directions / np.linalg.norm(directions, axis=1, keepdims=True) @ STANDARD_DIRECTIONS.T
        slice_, row, column = max(permutations(range(3)), key=lambda axes: abs(cosines[axes, range(3)]).sum())
        flips = cosines[[slice_, row, column], range(3)] < 0
        return cls((slice_, row, column), (bool(flips[0]), bool(flips[1]), bool(flips[2])))

    def to_standard(self, array: np.ndarray) -> np.ndarray:
        """A view of an array on the study's grid in the standard orientation."""
        return array.transpose(self.axes)[self._steps()]

    def from_standard(self, array: np.ndarray) -> np.ndarray:
        """The view back: from the standard orientation to the study's own grid."""
        return array[self._steps()].transpose(np.argsort(self.axes))

    def spacing(self, spacing_mm: tuple[float, float, float]) -> tuple[float, float, float]:
        """The study's spacing along the standard slice, row and column axes, in mm."""
        return spacing_mm[self.axes[0]], spacing_mm[self.axes[1]], spacing_mm[self.axes[2]]

    def _steps(self) -> tuple[slice, slice, slice]:
        first, second, third = (slice(None, None, -1 if flip else 1) for flip in self.flips)
        return first, second, third
