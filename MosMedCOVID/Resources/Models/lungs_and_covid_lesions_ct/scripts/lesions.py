"""Lesions laid into lungs, so that the network sees severe disease in true HU, which no labelled scan shows.

Two ways: lesions of labelled patients, turned, scaled and brightened; and made-up ones, from a few blurred spots to a
lung that is all consolidation to the pleura.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from scipy import ndimage

AIRLESS_HU = -150  # denser than this is called consolidation in what is laid in


@dataclass(eq=False)
class Picture:
    """A crop that is being made: HU and lungs 0…1 of a slice and its neighbours, and what is to be learnt of it.

    hu, lungs: float32 [3, row, column]; masks, known: float32 [3, row, column], channels as in case.py.
    """

    hu: np.ndarray
    lungs: np.ndarray
    masks: np.ndarray
    known: np.ndarray


def lay_in(picture: Picture, share: np.ndarray, hu: np.ndarray, dense: np.ndarray) -> None:
    """Lays HU [3, row, column] into the lungs where `share` 0…1 says so; lung never gets darker by it."""
    share = share * (picture.lungs > 0.5)
    before = picture.hu.copy()
    picture.hu = np.maximum(before, before * (1 - share) + hu * share)
    lesion = (share[1] > 0.5) & (picture.hu[1] > -800) & (ndimage.gaussian_filter(picture.hu[1] - before[1], 1) > 40)
    for channel, mask in ((1, lesion), (2, lesion & dense)):
        picture.masks[channel] = np.maximum(picture.masks[channel], mask)
        picture.known[channel] = np.maximum(picture.known[channel], mask)
    picture.masks[2][lesion & ~dense] = 0


def lay_made_up(picture: Picture, random: np.random.Generator) -> None:
    """Ground glass and consolidation in the shape of blurred noise, often more of it behind or below the pleura."""
    lung = picture.lungs[1] > 0.5
    if np.count_nonzero(lung) < 200:
        return
    shape = lung.shape
    severe = random.random() < 0.5
    wanted = random.uniform(0.3, 0.97) if severe else random.uniform(0.01, 0.3)
    depth = ndimage.distance_transform_edt(lung)
    behind = np.linspace(-1, 1, shape[0], dtype=np.float32)[:, None]
    below_pleura = random.choice([0.0, random.uniform(0, 1)])  # as often anywhere, vessels and hilus among it
    bias = random.uniform(-0.3, 1.2) * behind - below_pleura * np.minimum(depth / 8, 2)
    field = _noise(shape, random) + bias
    edge = np.quantile(field[1][lung], 1 - wanted)
    share = 1 / (1 + np.exp(-(field - edge) * random.uniform(3, 15)))
    glass = random.uniform(-720, -300) + random.uniform(10, 90) * _noise(shape, random, (2, 6))
    airless = random.uniform(-90, 70) + random.uniform(5, 40) * _noise(shape, random, (2, 8))
    density = _noise(shape, random) + 0.5 * bias
    part = random.choice([0.0, random.uniform(0.05, 1.0), 1.0], p=[0.35, 0.5, 0.15])
    border = np.quantile(density[1][lung], 1 - part) + (1e9 if part == 0 else 0)
    dense = 1 / (1 + np.exp(-np.clip((density - border) * random.uniform(4, 20), -50, 50)))
    lay_in(picture, share, glass * (1 - dense) + airless * dense, dense[1] > 0.5)


def lay_taken(picture: Picture, donor: tuple[np.ndarray, np.ndarray, np.ndarray], random: np.random.Generator) -> None:
    """A labelled lesion: its HU, share and density class [row, column] on the crop's own pixels."""
    hu, share, dense = donor
    if share.sum() < 20:
        return
    share = ndimage.gaussian_filter(share, 1.0)
    hu = hu + random.uniform(-40, 120)
    lay_in(picture, np.stack([share] * 3), np.stack([hu] * 3), (dense > 0.5) | (hu > AIRLESS_HU))


def _noise(shape: tuple[int, ...], random: np.random.Generator, grain: tuple[float, float] = (6, 30)) -> np.ndarray:
    """Smooth noise float32 [3, row, column] of deviation about 1; the outer two are like the middle one, not equal."""
    total = np.zeros((3, *shape), np.float32)
    for _ in range(2):
        pixels = random.uniform(*grain)
        small = [max(2, int(np.ceil(size / pixels)) + 1) for size in shape]
        alike = random.uniform(0.6, 0.97)
        middle = random.standard_normal(small, np.float32)
        others = random.standard_normal((2, *small), np.float32)
        below, above = alike * middle + np.sqrt(1 - alike**2) * others
        grid = torch.from_numpy(np.stack([below, middle, above]))[None]
        total += torch.nn.functional.interpolate(grid, shape, mode="bicubic", align_corners=True)[0].numpy()
    return total


def donors_of(masks: Sequence[np.ndarray], least_pixels: int = 60) -> list[tuple[int, int]]:
    """Which slices hold a lesion worth taking: (case, slice) of masks uint8 [slice, 3, row, column]."""
    return [
        (case, index)
        for case, of_case in enumerate(masks)
        for index in range(len(of_case))
        if np.count_nonzero(of_case[index, 1] > 127) > least_pixels
    ]
