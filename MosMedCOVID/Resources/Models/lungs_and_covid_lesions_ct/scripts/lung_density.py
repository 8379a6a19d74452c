"""Lungs of another density than they were scanned with: fainter lesions, less air, and dependent density at the back.

Labelled scans hold hardly any faint lesion, and hardly a healthy lung with less air than at full inspiration. Nothing
of what is changed here changes an outline.
"""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from .case import LESION
from .lesions import Picture

FULL_OF_AIR_HU = -850
LEAST_HEALTHY_PIXELS = 200  # of lung, from which its healthy density is taken
FADING_HU = (250, 450)  # above healthy lung: less than this fades as it is, more than this (consolidation) not at all
FADED = (0.15, 0.65)  # how much of what makes a lesion denser than the lung around is lost
AIR_LOST_HU = (-40, 120)
DEPENDENT_HU = (50, 300)
DEPENDENT_DEPTH_PIXELS = (2, 12)


def fade_lesions(picture: Picture, random: np.random.Generator) -> None:
    """Ground glass becomes fainter; consolidation and vessels stay as they are."""
    lung, lesion = picture.lungs > 0.5, picture.masks[LESION]
    healthy = picture.hu[1][lung[1] & (lesion < 0.1) & (picture.known[LESION] > 0.98)]
    if len(healthy) < LEAST_HEALTHY_PIXELS or not (lesion > 0.5).any():
        return
    excess = np.maximum(picture.hu - np.median(healthy), 0)
    low, high = FADING_HU
    fading = excess * np.clip((high - excess) / (high - low), 0, 1)
    # The neighbours have no outline of their own: what lies before and behind the lesion fades with it.
    share = ndimage.gaussian_filter(np.where(lung, lesion, 0).astype(np.float32), (0, 1, 1))
    smooth = ndimage.gaussian_filter(fading * share, (0, 1, 1))  # noise stays
    picture.hu = picture.hu - random.uniform(*FADED) * smooth


def let_air_out(picture: Picture, random: np.random.Generator) -> None:
    """Both lungs denser, or a little less dense, as far as there is air in them."""
    air = np.clip(picture.hu / FULL_OF_AIR_HU, 0, 1.2) * ndimage.gaussian_filter(picture.lungs, (0, 0.7, 0.7))
    picture.hu = picture.hu + random.uniform(*AIR_LOST_HU) * air


def lay_dependent_density(picture: Picture, random: np.random.Generator) -> None:
    """A band along the back of the lungs, where they are healthy, fading to the front: it is no lesion."""
    lungs = picture.lungs > 0.5
    if not lungs[1].any():
        return
    rows = np.arange(lungs.shape[1], dtype=np.float32)[:, None]
    # Pixels from each one to the back of its lung, in its own column.
    last = np.where(lungs, rows, -1).max(1, keepdims=True)
    behind = last > np.median(rows[:, 0][lungs[1].any(1)])  # columns whose lung ends in front have no band
    depth = random.uniform(*DEPENDENT_DEPTH_PIXELS)
    profile = np.clip(1 - (last - rows) / depth, 0, 1) * behind * lungs
    grain = ndimage.gaussian_filter(random.standard_normal(lungs.shape[1:], np.float32), random.uniform(3, 10))
    uneven = np.clip(1 + random.uniform(0, 0.7) * grain / grain.std(), 0, 2)
    healthy = 1 - ndimage.gaussian_filter((picture.masks[LESION] > 0.1).astype(np.float32), 1)
    air = np.clip(picture.hu / FULL_OF_AIR_HU, 0, 1)
    soft = ndimage.gaussian_filter((profile * uneven).astype(np.float32), (0, 1, 1)) * healthy * lungs
    picture.hu = picture.hu + random.uniform(*DEPENDENT_HU) * soft * air
