"""Pleural effusion laid behind lungs, with the airless rim of lung before it: neither is a lesion of COVID-19."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from .lesions import Picture

LEAST_PIXELS = 300  # of a lung in the crop
ONE_SIDE_ONLY = 0.4


def lay_effusion(picture: Picture, random: np.random.Generator) -> None:
    """Fluid behind one lung or both, as deep as a few mm or most of the chest.

    The fluid is no lung; whether a reader outlines the airless rim as lung is not known, and neither is a lesion.
    """
    pieces, count = ndimage.label(picture.lungs[1] > 0.5)
    large = [piece for piece in range(1, count + 1) if np.count_nonzero(pieces == piece) >= LEAST_PIXELS]
    if len(large) > 1 and random.random() < ONE_SIDE_ONLY:
        large = [large[int(random.integers(len(large)))]]
    for piece in large:
        near = ndimage.binary_dilation(pieces == piece, iterations=5)  # the neighbours' outlines are a little different
        _lay_behind(picture, (picture.lungs > 0.5) & near, random)


def _lay_behind(picture: Picture, lung: np.ndarray, random: np.random.Generator) -> None:
    """Fluid in the hind part of one lung bool [3, row, column]."""
    rows, columns = np.nonzero(lung[1])
    height = rows.max() - rows.min() + 1
    depth = random.uniform(0.03, 0.65) * height
    across = (np.arange(lung.shape[2]) - columns.mean()) / max(1.0, np.ptp(columns) / 2)
    meniscus = random.uniform(0, 0.3) * depth * across**2  # it climbs at the chest wall
    slope = random.uniform(-0.15, 0.15) * depth * across
    surface = rows.max() - depth - meniscus + slope
    row = np.arange(lung.shape[1])[:, None]
    each = surface + random.uniform(-0.08, 0.08) * depth * np.array([-1, 0, 1])[:, None]  # deeper below than above
    fluid = lung & (row > each[:, None, :])
    rim = lung & ~fluid & (row > each[:, None, :] - random.choice([0.0, random.uniform(2, 12)]))
    for mask, hu in ((rim, random.uniform(20, 80)), (fluid, random.uniform(-10, 35))):
        soft = ndimage.gaussian_filter(mask.astype(np.float32), (0, 0.8, 0.8)) * lung
        tissue = hu + random.uniform(2, 15) * random.standard_normal(picture.hu.shape, np.float32)
        picture.hu = picture.hu * (1 - soft) + tissue * soft
    picture.masks[0][fluid[1]] = 0
    picture.known[0][rim[1]] = 0
    picture.masks[1:, fluid[1] | rim[1]] = 0
    picture.known[1:, fluid[1] | rim[1]] = 1
