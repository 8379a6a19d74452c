"""Dependent density: what lies lowest in a lung has more blood and less air. It looks like ground glass and is none."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from .effusions import LEAST_PIXELS
from .lesions import Picture, smooth_noise

NOTHING_ADDED_ABOVE_HU, ALL_ADDED_BELOW_HU = -300.0, -750.0  # vessels are no denser for lying low
KNOWN_FROM_HU = 30.0  # so much denser, a place could be taken for ground glass


def lay_dependent(picture: Picture, random: np.random.Generator) -> None:
    """A band along the back of each lung, densest at the lowest place and fading upwards, in a slice without lesions.

    Where it is laid over lung full of air it is known to be no lesion, also in lungs of which that was not known.
    """
    if (picture.masks[1:] > 0).any():
        return
    pieces, count = ndimage.label(picture.lungs[1] > 0.5)
    strength, uneven = random.uniform(80, 550), 1 + random.uniform(0, 0.5) * smooth_noise(picture.hu.shape[1:], random)
    deep, wide, edge = random.uniform(3, 18), random.uniform(10, 100), random.uniform(1, 3)
    for piece in range(1, count + 1):
        if np.count_nonzero(pieces == piece) < LEAST_PIXELS:
            continue
        near = ndimage.binary_dilation(pieces == piece, iterations=5)  # the neighbours' outlines are a little different
        lowness = np.stack([_lowness(lung & near, deep, wide, edge) for lung in picture.lungs > 0.5])
        share = np.clip((NOTHING_ADDED_ABOVE_HU - picture.hu) / (NOTHING_ADDED_ABOVE_HU - ALL_ADDED_BELOW_HU), 0, 1)
        own = strength * random.choice([1.0, random.uniform(0.0, 1.0)])  # more on the side that lies lower
        added = (own * share * uneven * lowness).astype(np.float32)
        picture.known[1:, (added[1] > KNOWN_FROM_HU) & (picture.hu[1] < ALL_ADDED_BELOW_HU)] = 1
        picture.hu = picture.hu + added


def _lowness(lung: np.ndarray, deep: float, wide: float, edge: float) -> np.ndarray:
    """1 at the lowest pixel of a lung bool [row, column], less above the pleura and where this is higher; 0 outside."""
    rows = np.arange(len(lung))[:, None]
    lowest = np.where(lung, rows, -1).max(0)  # of each column
    above_pleura, above_lowest = (lowest - rows).clip(0), lowest.max() - lowest
    return lung * np.exp(-((above_pleura / deep) ** edge) - above_lowest / wide)
