"""Stomach and bowel laid into soft tissue: gas, gas above fluid, or what is mottled with gas; no lung and no lesion."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from .lesions import Picture

SOFT_HU = (-150, 200)
WALL_PIXELS = 2  # between what is laid in and whatever lies beside the soft tissue, the lung above all
LEAST_DEPTH = 4  # pixels of soft tissue around the middle
LARGEST_RADIUS = 28  # pixels; about 4 cm
MARGIN = 4  # pixels around it of which is known that they are no lesion


def lay_bowel(picture: Picture, random: np.random.Generator) -> None:
    """One or more of them, where there is room: below the diaphragm most of all, but also in mediastinum or heart."""
    no_lung = (picture.masks[0] < 0.5) & (picture.known[0] > 0.98)
    soft = (picture.lungs < 0.5) & no_lung & (picture.hu > SOFT_HU[0]) & (picture.hu < SOFT_HU[1])
    depth = ndimage.distance_transform_edt(ndimage.binary_opening(soft.all(0), iterations=2))
    places = np.argwhere(depth >= LEAST_DEPTH)
    if not len(places):
        return
    chances = depth[tuple(places.T)] ** 2
    for _ in range(random.integers(1, 4)):
        middle = places[random.choice(len(places), p=chances / chances.sum())]
        inside = _bubble(depth, middle, random) & (depth > WALL_PIXELS)
        _fill(picture, inside, random)
        around = ndimage.binary_dilation(inside, iterations=MARGIN) & no_lung
        picture.masks[:, around] = 0
        picture.known[:, around] = 1


def _bubble(depth: np.ndarray, middle: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """An uneven ellipse, bool [row, column]; it may be wider than the soft tissue, which cuts it to shape."""
    radius = random.uniform(3, min(LARGEST_RADIUS, 1.8 * depth[tuple(middle)] + 1))
    rows, columns = np.indices(depth.shape) - middle[:, None, None]
    turn, flat = random.uniform(0, np.pi), random.uniform(0.5, 1)
    along, across = rows * np.cos(turn) + columns * np.sin(turn), columns * np.cos(turn) - rows * np.sin(turn)
    angle = np.arctan2(across, along)
    uneven = 1 + sum(random.uniform(0, 0.12) * np.sin(n * angle + random.uniform(0, 2 * np.pi)) for n in (2, 3, 5))
    inside: np.ndarray = np.hypot(along, across / flat) < radius * uneven
    return inside


def _fill(picture: Picture, inside: np.ndarray, random: np.random.Generator) -> None:
    """Lays the contents into `inside`, a little less or more of it in the neighbours."""
    gas = np.full(picture.hu.shape, random.uniform(-1010, -900), np.float32)
    kind = random.choice(["gas", "level", "mottled"], p=[0.35, 0.4, 0.25])
    rows = np.nonzero(inside.any(1))[0]
    if kind == "level" and len(rows):
        surface = random.uniform(rows.min(), rows.max() + 1)
        gas[:, np.arange(gas.shape[1]) > surface] = random.uniform(-20, 70)
    if kind == "mottled":
        grain = ndimage.gaussian_filter(
            random.standard_normal(gas.shape, np.float32), (0.5, *[random.uniform(1, 4)] * 2)
        )
        gas = np.clip(random.uniform(-700, -100) + random.uniform(60, 300) * grain / grain.std(), -1000, 80)
    depth = ndimage.distance_transform_edt(inside)
    for index, shrink in enumerate((random.uniform(-1, 3), 0, random.uniform(-1, 3))):
        share = ndimage.gaussian_filter((depth > max(0, shrink)).astype(np.float32), 0.7)
        picture.hu[index] = picture.hu[index] * (1 - share) + gas[index] * share
