"""Between pixel grids of different size along one axis: a matrix that takes values from one grid to another.

Everything is in mm, so frames need not be square and pixels need not be alike in both directions. A coarser grid
takes the mean of the area that each of its pixels covers; a finer one interpolates between pixel centres.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Grid:
    """Pixels along one axis: how many, where the edge of the first one lies and how wide they are, in mm."""

    size: int
    start_mm: float
    step_mm: float

    @property
    def centres_mm(self) -> np.ndarray:
        """Positions of the pixel centres."""
        return self.start_mm + (np.arange(self.size) + 0.5) * self.step_mm


def resampling_matrix(source: Grid, target: Grid) -> np.ndarray:
    """Weights float32 [target.size, source.size]; each row sums to 1. Beyond the source its edge is repeated."""
    if target.step_mm > source.step_mm:
        return _area_means(source, target)
    position = (target.centres_mm - source.start_mm) / source.step_mm - 0.5
    position = position.clip(0, source.size - 1)
    below = np.minimum(position.astype(int), max(0, source.size - 2))
    above = np.minimum(below + 1, source.size - 1)
    weights = np.zeros((target.size, source.size), np.float32)
    rows = np.arange(target.size)
    weights[rows, below] = 1 - (position - below)
    weights[rows, above] += position - below
    return weights


def _area_means(source: Grid, target: Grid) -> np.ndarray:
    edges = (target.start_mm + np.arange(target.size + 1) * target.step_mm - source.start_mm) / source.step_mm
    pixels = np.arange(source.size)
    low, high = edges[:-1, None], edges[1:, None]
    overlap = np.minimum(high, pixels + 1) - np.maximum(low, pixels)
    overlap = overlap.clip(0, None)
    outside = overlap.sum(1) == 0
    nearest = ((edges[:-1] + edges[1:]) / 2).clip(0, source.size - 1).astype(int)
    overlap[outside, nearest[outside]] = 1
    return (overlap / overlap.sum(1, keepdims=True)).astype(np.float32)


def sparse(matrix: np.ndarray) -> Any:
    """The same matrix for many images: a pixel depends on a few others only, so most of the products are with 0."""
    from scipy.sparse import csr_array

    return csr_array(matrix)


def resample(image: np.ndarray, rows: Any, columns: Any) -> np.ndarray:
    """An image [row, column] through two matrices, sparse or not, as float32."""
    resampled: np.ndarray = (columns @ (rows @ image.astype(np.float32)).T).T
    return resampled
