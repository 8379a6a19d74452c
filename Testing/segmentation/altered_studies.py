"""The same patient seen otherwise: studies that must be graded like the one they were made of, and pasted disease."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from MosMedCOVIDLib.study.study import Study
from scipy import ndimage

AIR_HU, PADDING_HU, METAL_HU = -1000, -3024, 3000
GROUND_GLASS_HU, CONSOLIDATION_HU, DENSE_PART = -580, 20, 0.35
FLUID_HU = 10


def thinned(study: Study, step: int, first: int = 0) -> Study:
    """Every `step`-th slice alone."""
    affine = study.affine.copy()
    affine[:3, 3] += first * affine[:3, 2]
    affine[:3, 2] *= step
    return replace(study, hu=np.ascontiguousarray(study.hu[first::step]), affine=affine)


def slices_reversed(study: Study) -> Study:
    """The same voxels at the same places, stored from the other end."""
    affine = study.affine.copy()
    affine[:3, 3] += (len(study.hu) - 1) * affine[:3, 2]
    affine[:3, 2] *= -1
    return replace(study, hu=np.ascontiguousarray(study.hu[::-1]), affine=affine)


def feet_first(study: Study) -> Study:
    """Stored as a scanner does that the patient enters with the feet: slices and columns run the other way."""
    turned = slices_reversed(study)
    affine = turned.affine.copy()
    affine[:3, 3] += (study.hu.shape[2] - 1) * affine[:3, 0]
    affine[:3, 0] *= -1
    return replace(turned, hu=np.ascontiguousarray(turned.hu[:, :, ::-1]), affine=affine)


def mirrored_patient(study: Study) -> Study:
    """Another patient: the mirror image of this one."""
    return replace(study, hu=np.ascontiguousarray(study.hu[:, :, ::-1]))


def shifted(study: Study, mm: float) -> Study:
    """The patient lies further to the left and the back within the same frame."""
    _, row_mm, column_mm = study.spacing_mm
    hu = np.roll(study.hu, (round(mm / row_mm), round(mm / column_mm)), (1, 2))
    return replace(study, hu=hu)


def cropped(study: Study, pixels: int) -> Study:
    """A smaller field of view."""
    affine = study.affine.copy()
    affine[:3, 3] += pixels * (affine[:3, 0] + affine[:3, 1])
    inner = slice(pixels, -pixels)
    return replace(study, hu=np.ascontiguousarray(study.hu[:, inner, inner]), affine=affine)


def padded(study: Study, pixels: int) -> Study:
    """A larger field of view, with air around."""
    affine = study.affine.copy()
    affine[:3, 3] -= pixels * (affine[:3, 0] + affine[:3, 1])
    around = ((0, 0), (pixels, pixels), (pixels, pixels))
    return replace(study, hu=np.pad(study.hu, around, constant_values=AIR_HU), affine=affine)


def padded_outside_the_circle(study: Study) -> Study:
    """Outside the circle of reconstruction stands −3024, as many scanners write it."""
    rows, columns = (np.linspace(-1, 1, size) for size in study.hu.shape[1:])
    outside = np.hypot(rows[:, None], columns[None]) > 1
    return replace(study, hu=np.where(outside, np.int16(PADDING_HU), study.hu))


def on_a_table_with_metal(study: Study) -> Study:
    """Two rails of metal below the patient's back, with the streaks between them."""
    hu = study.hu.copy()
    rows, columns = hu.shape[1:]
    below = slice(int(0.92 * rows), int(0.94 * rows))
    hu[:, below, columns // 6 : -columns // 6] = -400
    for column in (columns // 4, 3 * columns // 4):
        hu[:, below, column - 6 : column + 6] = METAL_HU
    streak = (20 * np.sin(np.arange(columns) / 3)).astype(np.int16)
    hu[:, int(0.8 * rows) :] += streak
    return replace(study, hu=hu)


def with_lesions(study: Study, lungs: np.ndarray, percent: float, seed: int = 0) -> tuple[Study, np.ndarray]:
    """A healthy study with lesions that fill a share of its lungs, uint8 [slice, row, column]: patches of ground glass
    through which vessels are seen, more of them behind, and consolidation in them, here and there to the pleura; the
    study, and the lesions, bool.
    """
    random = np.random.default_rng(seed)
    behind = np.linspace(-1, 1, lungs.shape[1])[:, None]

    def patches(within: np.ndarray, share: float) -> np.ndarray:
        """Where smooth noise is highest within a mask: so many voxels that they are a share of the lungs."""
        score = smooth_noise(lungs.shape, study.spacing_mm, random) + 0.5 * behind
        places = np.flatnonzero(within)
        chosen = np.zeros(lungs.shape, bool)
        chosen.flat[places[np.argsort(-score.flat[places])[: round(share * np.count_nonzero(lungs))]]] = True
        return chosen

    lesions = patches(lungs > 0, percent / 100)
    dense = patches(lesions, DENSE_PART * percent / 100)
    hu = study.hu.astype(np.float32)
    for mask, level, grain in ((lesions, GROUND_GLASS_HU, 40), (dense, CONSOLIDATION_HU, 15)):
        soft = ndimage.gaussian_filter(mask.astype(np.float32), (0, 1, 1)) * (lungs > 0)
        tissue = level + grain * random.standard_normal(hu.shape, np.float32)
        hu = np.maximum(hu, hu * (1 - soft) + tissue * soft)
    return replace(study, hu=np.rint(hu).astype(np.int16)), lesions


def with_effusion(study: Study, lungs: np.ndarray, depth_mm: float, seed: int = 0) -> tuple[Study, np.ndarray]:
    """A healthy study, its slices from the feet upwards, with fluid behind both lungs (uint8 [slice, row, column]):
    so deep at their base, and none in their upper third; the study, and where the fluid is, bool.
    """
    row_mm, rows = study.spacing_mm[1], np.arange(lungs.shape[1])[:, None]
    fluid = np.zeros(lungs.shape, bool)
    for side in np.unique(lungs[lungs > 0]):
        lung = lungs == side
        slices = np.flatnonzero(lung.any((1, 2)))
        for index in slices:
            share = 1 - 1.5 * (index - slices[0]) / len(slices)
            last = np.flatnonzero(lung[index].any(1))[-1]
            fluid[index] |= lung[index] & (rows > last - max(0.0, share) * depth_mm / row_mm)
    soft = ndimage.gaussian_filter(fluid.astype(np.float32), (0, 1, 1)) * (lungs > 0)
    level = FLUID_HU + 15 * np.random.default_rng(seed).standard_normal(lungs.shape)
    return replace(study, hu=np.rint(study.hu * (1 - soft) + level * soft).astype(np.int16)), fluid


def smooth_noise(shape: tuple[int, ...], spacing_mm: tuple[float, ...], random: np.random.Generator) -> np.ndarray:
    """Noise of deviation 1 without detail under about 3 cm, made on every fourth pixel."""
    step = (max(1, round(4 / spacing_mm[0])), 4, 4)
    coarse = random.standard_normal([-(-size // by) for size, by in zip(shape, step, strict=True)])
    coarse = ndimage.gaussian_filter(coarse, [14 / (by * mm) for by, mm in zip(step, spacing_mm, strict=True)])
    fine = ndimage.zoom(coarse / coarse.std(), step, order=1)
    noise: np.ndarray = fine[tuple(slice(size) for size in shape)]
    return noise
