"""The descending aorta: a disc of soft tissue beside the spine, with lung or fat on its outer and hinder side.

It is looked for on both sides of the spine. Where it stands out on one side only, it tells left from right, and its
density tells whether a contrast agent was given.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .chest import Chest

SLICES_MM = 6.0  # from one slice that is looked at to the next
RADII_MM = (10.0, 13.0)
RING_MM = 5.0  # of lung or fat around it
# Where its middle may lie, from the spine's bone: sideways, and in depth (negative: in front of it).
SIDEWAYS_MM, DEPTH_MM, FROM_SPINE_MM = (12.0, 46.0), (-46.0, 2.0), 22.0
DARKEST_HU, BRIGHTEST_HU, BONE_HU = -300.0, 150.0, 700.0  # differences beyond these say nothing more
NOISE_WEIGHT = 1.5
HIGHEST_PART = 0.8  # of the lungs' height: the aorta's arch lies below


@dataclass(frozen=True, eq=False)
class Discs:
    """The best disc of each slice on one side of the spine: by how many HU it stands out, and its mean HU."""

    score: np.ndarray
    hu: np.ndarray


def discs_beside_spine(chest: Chest, side: int) -> Discs:
    """The discs on the patient's left (side 1) or right (side −1) of the spine, feet to head."""
    from scipy import fft

    beside, depth, sideways = _beside_spine(chest, side)
    shown, wide = np.clip(beside, DARKEST_HU, BRIGHTEST_HU), np.clip(beside, DARKEST_HU, BONE_HU)
    reach = [int((max(RADII_MM) + RING_MM) / mm) for mm in chest.spacing_mm[1:]]
    size = [fft.next_fast_len(n + 2 * more, real=True) for n, more in zip(beside.shape[1:], reach, strict=True)]
    seen = [fft.rfft2(stack, size) for stack in (shown, wide, wide * wide)]

    def mean(of: np.ndarray, kernel: np.ndarray) -> np.ndarray:
        around: np.ndarray = fft.irfft2(of * fft.rfft2(kernel[::-1, ::-1], size), size)
        return around[:, reach[0] : reach[0] + beside.shape[1], reach[1] : reach[1] + beside.shape[2]]

    score, density = np.full(beside.shape, -np.inf, np.float32), np.zeros(beside.shape, np.float32)
    for radius in RADII_MM:
        disc, ring = _disc_and_ring(radius, reach, chest.spacing_mm[1:])
        inside, hu = mean(seen[0], disc), mean(seen[1], disc)
        noise = np.sqrt(np.maximum(mean(seen[2], disc) - hu * hu, 0))
        stands_out = np.where(hu > 0, inside - mean(seen[0], ring) - NOISE_WEIGHT * noise, -np.inf)
        better = stands_out > score
        score[better], density[better] = stands_out[better], hu[better]
    allowed = (sideways > SIDEWAYS_MM[0]) & (sideways < SIDEWAYS_MM[1]) & (depth > DEPTH_MM[0]) & (depth < DEPTH_MM[1])
    score[:, ~(allowed & (np.hypot(depth, sideways) > FROM_SPINE_MM))] = -np.inf
    scores, densities = score.reshape(len(score), -1), density.reshape(len(score), -1)
    best = np.arange(len(scores)), scores.argmax(1)
    return Discs(scores[best], densities[best])


def _beside_spine(chest: Chest, side: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What lies beside the spine, float32 [slice, depth, sideways] HU; and its depth and distance sideways in mm."""
    slice_mm, row_mm, column_mm = chest.spacing_mm
    reach = max(RADII_MM) + RING_MM
    depth = np.arange(DEPTH_MM[0] - reach, DEPTH_MM[1] + reach, row_mm)
    sideways = np.arange(SIDEWAYS_MM[0] - reach, SIDEWAYS_MM[1] + reach, column_mm)
    hu = chest.hu[chest.height]
    chosen = np.arange(0, int(np.ceil(HIGHEST_PART * len(hu))), max(1, round(SLICES_MM / slice_mm)))
    spine_rows, spine_columns = (places[chosen][:, None] for places in chest.spine_by_slice)
    rows = np.clip(np.rint(spine_rows + depth / row_mm).astype(int), 0, hu.shape[1] - 1)
    columns = np.clip(np.rint(spine_columns + side * sideways / column_mm).astype(int), 0, hu.shape[2] - 1)
    beside = hu[chosen[:, None, None], rows[:, :, None], columns[:, None, :]].astype(np.float32)
    return beside, depth[:, None], sideways[None, :]


def _disc_and_ring(radius: float, reach: list[int], spacing: tuple[float, ...]) -> tuple[np.ndarray, np.ndarray]:
    """A disc, and the outer and hinder part of the ring around it, as weights that add to one."""
    row, column = (np.arange(-most, most + 1) * mm for most, mm in zip(reach, spacing, strict=True))
    row, column = row[:, None], column[None, :]
    away = np.hypot(row, column)
    disc = (away <= radius - 1).astype(np.float32)
    ring = (away > radius + 1) & (away <= radius + RING_MM) & (column > -0.3 * away) & (row > -0.75 * away)
    return disc / disc.sum(), (ring / ring.sum()).astype(np.float32)
