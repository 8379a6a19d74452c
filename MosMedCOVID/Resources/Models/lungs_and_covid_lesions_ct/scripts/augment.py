"""Samples drawn from prepared cases: a slice with its neighbours, turned, scaled, shifted, mirrored, of other grey."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians, sin

import numpy as np
import torch
from scipy import ndimage

from .prepare import Case

Sample = tuple[torch.Tensor, torch.Tensor, torch.Tensor]


@dataclass(frozen=True)
class Augmentation:
    """How far samples are changed. Grey values are in the network's own units: −1…1 is 1224 HU, so 0.1 is 61 HU.

    turn_degrees, shift_pixels, stretch: drawn evenly from −x to x (stretch multiplies by 1 ± x); scale: between the
    two; offset: deviation of a normal distribution; blur_pixels, noise: between the two; fill: what lies beyond the
    picture, between the two. The others are probabilities: a slice without its neighbours, mirrored, upside down
    (its neighbours exchanged), blurred, noisy.
    """

    turn_degrees: float
    scale: tuple[float, float]
    shift_pixels: float
    stretch: float
    offset: float
    blur_pixels: tuple[float, float]
    noise: tuple[float, float]
    fill: tuple[float, float]
    alone: float
    mirrored: float
    upside_down: float
    blurred: float
    noisy: float


def draw_batch(cases: Sequence[Case], count: int, crop: int, how: Augmentation, random: np.random.Generator) -> Sample:
    """Images [count, 3, crop, crop], masks [count, 2, crop, crop] 0…1, and 1 where these are known, likewise."""
    samples = [draw(cases[int(random.integers(len(cases)))], crop, how, random) for _ in range(count)]
    images, masks, known = zip(*samples, strict=True)
    return torch.stack(images), torch.stack(masks), torch.stack(known)


def draw(case: Case, crop: int, how: Augmentation, random: np.random.Generator) -> Sample:
    """One sample of a case."""
    index = int(random.integers(len(case.images)))
    neighbour = 0 if random.random() < how.alone else case.neighbour
    image = torch.from_numpy(case.channels(index, neighbour))
    masks = torch.from_numpy(case.masks[index]).float() / 255
    known = torch.from_numpy(case.known[index]).float().expand_as(masks)
    picture = torch.cat([image, masks, known, torch.ones_like(image[:1])])
    image, masks, known, inside = warp(picture, crop, how, random).split([3, 2, 2, 1])
    image = image + (1 - inside) * random.uniform(*how.fill)
    if random.random() < how.upside_down:
        image = image.flip(0)
    return change_grey(image, how, random), masks, (known > 0.98).float()


def warp(picture: torch.Tensor, crop: int, how: Augmentation, random: np.random.Generator) -> torch.Tensor:
    """A picture [channel, row, column] turned, scaled, shifted and maybe mirrored; 0 beyond its edge."""
    turn = radians(random.uniform(-how.turn_degrees, how.turn_degrees))
    across, along = cos(turn), sin(turn)
    mirror = -1 if random.random() < how.mirrored else 1
    # From the crop's pixels (x, y), counted from its middle, to the picture's, counted from its own.
    pixels = torch.tensor([[mirror * across, -along], [mirror * along, across]]) / random.uniform(*how.scale)
    shift = torch.tensor(random.uniform(-how.shift_pixels, how.shift_pixels, (2, 1)), dtype=torch.float32)
    half = torch.tensor([[picture.shape[2] / 2], [picture.shape[1] / 2]])  # torch counts in halves of a picture
    matrix = torch.cat([pixels * (crop / 2), shift], dim=1) / half
    grid = torch.nn.functional.affine_grid(matrix[None], [1, 1, crop, crop], align_corners=False)
    return torch.nn.functional.grid_sample(picture[None], grid, align_corners=False)[0]


def change_grey(image: torch.Tensor, how: Augmentation, random: np.random.Generator) -> torch.Tensor:
    """An image as another scanner, kernel or dose would give it."""
    image = (image + 1) * random.uniform(1 - how.stretch, 1 + how.stretch) - 1 + random.normal(0, how.offset)
    if random.random() < how.blurred:
        blur = random.uniform(*how.blur_pixels)
        image = torch.from_numpy(ndimage.gaussian_filter(image.numpy(), (0, blur, blur)))
    if random.random() < how.noisy:
        noise = random.standard_normal(tuple(image.shape), np.float32)
        image = image + torch.from_numpy(noise) * random.uniform(*how.noise)
    return image.clamp(-1, 1)
