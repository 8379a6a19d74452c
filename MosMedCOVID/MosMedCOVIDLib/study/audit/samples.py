"""Small blocks of pixels from a few slices, with their mean and scatter: for the density and noise of tissues."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..orientation import Orientation
from ..quick_lungs import QuickLungs
from ..study import Study

SLICES = 8
BLOCK_MM = 3.0
BIN_HU, SMOOTH_BINS = 5.0, 1.5


@dataclass(frozen=True, eq=False)
class Blocks:
    """Blocks of pixels: mean and standard deviation in HU, and whether each lies in the body."""

    mean: np.ndarray
    deviation: np.ndarray
    in_body: np.ndarray


def blocks_of(study: Study, lungs: QuickLungs) -> Blocks:
    """Every second block in each direction of a few slices, spread over the whole height."""
    orientation = Orientation.of(study.affine)
    hu, spacing = orientation.to_standard(study.hu), orientation.spacing(study.spacing_mm)
    slices = np.unique(np.linspace(0, len(hu) - 1, SLICES + 2).astype(int)[1:-1])
    high, wide = (max(2, round(BLOCK_MM / mm)) for mm in spacing[1:])
    rows, columns = hu.shape[1] // (2 * high), hu.shape[2] // (2 * wide)
    shown = hu[slices, : 2 * high * rows, : 2 * wide * columns]
    blocks = shown.reshape(len(slices), rows, 2 * high, columns, 2 * wide)[:, :, :high, :, :wide]
    values = blocks.transpose(0, 1, 3, 2, 4).reshape(-1, high * wide).astype(np.float32)
    middle_rows, middle_columns = 2 * high * np.arange(rows) + high // 2, 2 * wide * np.arange(columns) + wide // 2
    in_body = lungs.in_body(slices, middle_rows, middle_columns).ravel()
    return Blocks(values.mean(1), values.std(1, ddof=1), in_body)


def peak(values: np.ndarray, bin_width: float = BIN_HU) -> float:
    """The commonest value, from a smoothed histogram."""
    from scipy import ndimage

    edges = np.arange(values.min() - 4 * bin_width, values.max() + 4 * bin_width, bin_width)
    counts, edges = np.histogram(values, edges)
    smooth = ndimage.gaussian_filter1d(counts.astype(float), SMOOTH_BINS)
    return float(edges[smooth.argmax()] + bin_width / 2)
