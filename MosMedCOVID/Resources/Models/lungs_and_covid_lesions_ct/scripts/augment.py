"""Samples drawn from prepared cases: a slice with its neighbours, turned, scaled, shifted, mirrored, of other grey."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import cos, radians, sin

import numpy as np
import torch
from scipy import ndimage

from .bowel import lay_bowel
from .case import LESION, LUNG, Case
from .effusions import lay_effusion
from .lesions import Picture, donors_of, lay_made_up, lay_taken
from .lung_density import fade_lesions, lay_dependent_density, let_air_out

Sample = tuple[torch.Tensor, torch.Tensor, torch.Tensor]


@dataclass(frozen=True)
class Augmentation:
    """How far samples are changed.

    turn_degrees, shift_mm: drawn evenly from −x to x; scale, neighbour_mm, thick_mm, blur_pixels, noise_hu, sharpen,
    fill_hu: between the two; stretch, offset_hu: deviation of normal distributions, times a case's own `spread`. The
    others are probabilities: a slice without its neighbours, mirrored, upside down (its neighbours exchanged),
    blurred, sharpened, noisy, as thick slices see it; lesions laid into slices of cases that have some, or none;
    lesions fainter, lungs with less air, dependent density; pleural effusion, and stomach or bowel, laid in.
    """

    turn_degrees: float
    scale: tuple[float, float]
    shift_mm: float
    neighbour_mm: tuple[float, float]
    thick_mm: tuple[float, float]
    stretch: float
    offset_hu: float
    blur_pixels: tuple[float, float]
    noise_hu: tuple[float, float]
    sharpen: tuple[float, float]
    fill_hu: tuple[float, float]
    alone: float
    mirrored: float
    upside_down: float
    blurred: float
    sharpened: float
    noisy: float
    thick: float
    laid_into_ill: float
    laid_into_others: float
    fainter: float
    expiration: float
    dependent: float
    effusion: float
    bowel: float


class Sampler:
    """Draws samples from sets of cases, each set with a weight; within a set every case counts alike."""

    def __init__(
        self,
        sets: Mapping[str, Sequence[Case]],
        weights: Mapping[str, float],
        how: Augmentation,
        crop: int,
        pixel_mm: float,
    ) -> None:
        self._sets = [cases for cases in sets.values() if cases]
        chances = np.array([weights[name] for name, cases in sets.items() if cases])
        self._chances = chances / chances.sum()
        self._how, self._crop, self._pixel_mm = how, crop, pixel_mm
        cases = [case for some in self._sets for case in some]
        self._donors = [(cases[case], index) for case, index in donors_of([case.masks for case in cases])]

    def batch(self, count: int, random: np.random.Generator) -> Sample:
        """Images [count, 3, crop, crop] in HU, masks [count, 3, crop, crop] 0…1, and 1 where these are known."""
        drawn = [self.draw(random) for _ in range(count)]
        return tuple(torch.from_numpy(np.stack(part)) for part in zip(*drawn, strict=True))  # type: ignore[return-value]

    def draw(self, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """One sample, as `batch` stacks them."""
        cases = self._sets[random.choice(len(self._sets), p=self._chances)]
        case = cases[int(random.integers(len(cases)))]
        how, index = self._how, int(random.integers(len(case.images)))
        picture, inside = self._picture(case, index, random)
        self._change_chest(picture, bool((case.masks[:, LESION] > 127).any()), random)
        image = change_grey(picture.hu, how, case.spread, random)
        image = np.where(inside > 0.98, image, np.float32(random.uniform(*how.fill_hu)))
        if random.random() < how.upside_down:
            image = image[::-1]
        known = (picture.known > 0.98) & (inside[1] > 0.98)
        return np.ascontiguousarray(image), picture.masks, known.astype(np.float32)

    def _change_chest(self, picture: Picture, ill: bool, random: np.random.Generator) -> None:
        how = self._how
        if random.random() < how.fainter:
            fade_lesions(picture, random)
        if random.random() < how.dependent:
            lay_dependent_density(picture, random)
        if random.random() < (how.laid_into_ill if ill else how.laid_into_others):
            self._lay_lesions(picture, random)
        if random.random() < how.expiration:
            let_air_out(picture, random)
        if random.random() < how.effusion:
            lay_effusion(picture, random)
        if random.random() < how.bowel:
            lay_bowel(picture, random)

    def _picture(self, case: Case, index: int, random: np.random.Generator) -> tuple[Picture, np.ndarray]:
        how = self._how
        distance = 0.0 if random.random() < how.alone else random.uniform(*how.neighbour_mm)
        three = case.neighbours(index, distance) if distance else [index] * 3
        hu = case.images[three].astype(np.float32)
        masks = case.masks[index].astype(np.float32) / 255
        lungs = case.masks[three, LUNG].astype(np.float32) / 255
        slab = round(random.uniform(*how.thick_mm) / case.slice_mm) if case.slice_mm else 1
        if slab > 1 and random.random() < how.thick:
            hu = np.stack([case.images[case.slab(i, slab)].mean(0, np.float32) for i in three])
            masks = case.masks[case.slab(index, slab)].mean(0, np.float32) / 255
        known = np.broadcast_to(case.known[index], masks.shape).astype(np.float32)
        inside = np.broadcast_to(case.inside[three], hu.shape) if len(case.inside[0]) > 1 else np.ones_like(hu)
        stack = np.concatenate([hu, lungs, masks, known, inside.astype(np.float32)])
        warped = self._warp(stack, self._matrix(case, random))
        hu, lungs, masks, known, inside = np.split(warped, [3, 6, 9, 12])
        return Picture(hu, lungs, masks, known), inside

    def _lay_lesions(self, picture: Picture, random: np.random.Generator) -> None:
        if not self._donors or random.random() < 0.5:
            lay_made_up(picture, random)
            return
        for _ in range(random.integers(1, 4)):
            case, index = self._donors[int(random.integers(len(self._donors)))]
            rows, columns = np.nonzero(case.masks[index, LESION] > 127)
            lungs = np.argwhere(picture.lungs[1] > 0.5)
            if not len(lungs):
                return
            # The lesion's middle comes to lie somewhere in the lung.
            target = lungs[int(random.integers(len(lungs)))] - self._crop / 2 + random.uniform(-8, 8, 2)
            matrix = self._matrix(case, random, (columns.mean(), rows.mean()), target[::-1], 45)
            stack = np.stack([case.images[index], *case.masks[index, 1:]]).astype(np.float32)
            hu, share, dense = self._warp(stack, matrix)
            lay_taken(picture, (hu, share / 255, dense / 255), random)

    def _matrix(
        self,
        case: Case,
        random: np.random.Generator,
        middle: tuple[float, float] | None = None,
        target: np.ndarray | None = None,
        turn: float | None = None,
    ) -> np.ndarray:
        """[2, 3]: from the crop's pixels (x, y), counted from its middle, to those of the case."""
        how = self._how
        turn = radians(random.uniform(-1, 1) * (turn or how.turn_degrees))
        mirror = -1 if random.random() < how.mirrored else 1
        scale = self._pixel_mm / case.pixel_mm / random.uniform(*how.scale)
        matrix = scale * np.array([[mirror * cos(turn), -sin(turn)], [mirror * sin(turn), cos(turn)]])
        if middle is None:
            height, width = case.images.shape[1:]
            middle = (width / 2, height / 2)
            target = random.uniform(-how.shift_mm, how.shift_mm, 2) / self._pixel_mm
        shift = np.array(middle) - matrix @ target
        return np.column_stack([matrix, shift])

    def _warp(self, stack: np.ndarray, matrix: np.ndarray) -> np.ndarray:
        """A stack [channel, row, column] on the crop's pixels; 0 beyond its edge (so that `inside` is 0 there)."""
        half = np.array([[stack.shape[2] / 2], [stack.shape[1] / 2]])  # torch counts in halves of a picture
        theta = matrix.copy()
        theta[:, :2] *= self._crop / 2
        theta /= half
        theta[:, 2] -= 1
        grid = torch.nn.functional.affine_grid(
            torch.from_numpy(theta.astype(np.float32))[None], [1, 1, self._crop, self._crop], align_corners=False
        )
        warped: np.ndarray = torch.nn.functional.grid_sample(torch.from_numpy(stack)[None], grid, align_corners=False)
        return warped[0].numpy()


def change_grey(hu: np.ndarray, how: Augmentation, spread: float, random: np.random.Generator) -> np.ndarray:
    """HU [3, row, column] as another scanner, kernel or dose would give them."""
    hu = (hu + 1000) * (1 + random.normal(0, how.stretch * spread)) - 1000 + random.normal(0, how.offset_hu * spread)
    if random.random() < how.blurred:
        blur = random.uniform(*how.blur_pixels)
        hu = ndimage.gaussian_filter(hu, (0, blur, blur))
    elif random.random() < how.sharpened:
        hu = hu + random.uniform(*how.sharpen) * (hu - ndimage.gaussian_filter(hu, (0, 1, 1)))
    if random.random() < how.noisy:
        noise = random.standard_normal(hu.shape, np.float32)
        grain = random.uniform(0, 0.8)
        if grain > 0.3:
            noise = ndimage.gaussian_filter(noise, (0, grain, grain))
            noise /= noise.std()
        hu = hu + noise * random.uniform(*how.noise_hu)
    return hu.astype(np.float32)
