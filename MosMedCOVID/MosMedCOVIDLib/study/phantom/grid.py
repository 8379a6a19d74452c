"""Where the phantom's voxels lie in its body, and smooth chance on that grid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np


@dataclass(frozen=True)
class Grid:
    """Voxels [slice, row, column] around the middle of the chest.

    All anatomy is written in the body's own millimetres: x to the patient's left, y to the back, z to the
    head, zero in the middle of the field. So column 0 is the patient's right, row 0 the front, slice 0 the feet.
    """

    shape: tuple[int, int, int]
    spacing_mm: tuple[float, float, float]

    def _centres(self, axis: int) -> np.ndarray:
        count = self.shape[axis]
        return ((np.arange(count) - (count - 1) / 2) * self.spacing_mm[axis]).astype(np.float32)

    @cached_property
    def z(self) -> np.ndarray:
        """Heights of the slices' middles, mm."""
        return self._centres(0)

    @cached_property
    def y(self) -> np.ndarray:
        """Depths of the rows, mm, [row, 1]."""
        return self._centres(1)[:, None]

    @cached_property
    def x(self) -> np.ndarray:
        """Places of the columns, mm, [1, column]."""
        return self._centres(2)[None, :]

    @property
    def affine(self) -> np.ndarray:
        """4×4, voxel (column, row, slice) → RAS mm: RAS counts to the right and to the front, the body does not."""
        affine = np.diag([-self.spacing_mm[2], -self.spacing_mm[1], self.spacing_mm[0], 1.0])
        affine[:3, 3] = -self.x[0, 0], -self.y[0, 0], self.z[0]
        return affine

    @property
    def voxel_mm3(self) -> float:
        """Volume of one voxel."""
        return float(np.prod(self.spacing_mm))


class SmoothNoise:
    """A Gaussian random field on a grid: mean 0, variance 1 at every voxel, no detail finer than `length_mm`.

    Normal numbers stand on knots `length_mm` apart; each voxel is their sum under a bell whose weights, squared,
    add to one. The bell is a product over the axes, so a slice is two small matrix products.
    """

    def __init__(self, places: Sequence[np.ndarray], length_mm: float, random: np.random.Generator) -> None:
        """places: where the slices, rows and columns lie, mm."""
        weights = [self._weights(axis.ravel(), length_mm) for axis in places]
        self._z, self._y, self._x = weights
        self._knots = random.standard_normal([axis.shape[1] for axis in weights], dtype=np.float32)

    @staticmethod
    def _weights(places: np.ndarray, length: float) -> np.ndarray:
        knots = np.arange(places[0] - 2 * length, places[-1] + 3 * length, length)
        weights = np.exp(-0.5 * ((places[:, None] - knots) / (0.6 * length)) ** 2)
        weights /= np.sqrt((weights**2).sum(axis=1, keepdims=True))
        return weights.astype(np.float32)

    def plane(self, index: int) -> np.ndarray:
        """The field on one slice: float32 [row, column]."""
        knots = np.tensordot(self._z[index], self._knots, axes=1)
        return (self._y @ knots) @ self._x.T
