"""Lesions of COVID-19: where they lie, and how dense they are.

Ground glass and consolidation, on both sides, at the periphery, at the back and at the base: Bernheim et al.,
Radiology 295 (2020) 685-691; Chung et al., Radiology 295 (2020) 202-207.
"""

from __future__ import annotations

import numpy as np

from .grid import Grid, SmoothNoise
from .outlines import cage_measure

GROUND_GLASS_HU, GROUND_GLASS_PATCH_HU, GROUND_GLASS_GRAIN_HU = (-650, -450), 45, 30
CONSOLIDATION_HU = (-50, 40)
# Sizes of the patches, and of the grain in lung tissue, mm.
PATCH_MM, GRAIN_MM, TEXTURE_HU = (30, 9), 4, 14
# At its margin a lesion has this part of its density; it is full within this step of the score.
MARGIN_DENSITY, MARGIN_STEP = 0.45, 0.5
# Consolidated part of the lesions: a little of small ones, more of a lung that is white.
CONSOLIDATED_PART, CONSOLIDATED_GROWTH = 0.12, 0.25
# Depth below the ribs, mm, at which the preference for the periphery has fallen to a third.
PERIPHERY_MM = 22.0


class Lesions:
    """Which lung voxels are diseased, and the HU that the disease gives them.

    Every voxel of the lungs has a score: smooth chance, plus what the disease prefers. The highest scores are the
    lesions, as many as the involvement asks for; so a lesion grows with the percent and never moves.
    """

    def __init__(self, grid: Grid, lungs: np.ndarray, involvement_percent: float, random: np.random.Generator) -> None:
        """lungs: bool [slice, row, column]; involvement_percent: 0-100, met to the nearest voxel."""
        self._lungs = lungs
        # Only where there is lung on any slice, for speed.
        rows, columns = (np.flatnonzero(lungs.any(axis=axes)) for axes in ((0, 2), (0, 1)))
        self._box = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
        places = grid.z, grid.y[self._box[0]], grid.x[:, self._box[1]]
        patches = [SmoothNoise(places, length, random) for length in (*PATCH_MM, GRAIN_MM)]
        slices = [self._score(grid, patches, index) for index in range(grid.shape[0])]
        self._bounds = np.cumsum([0, *(len(score) for score, _, _ in slices)])
        score, self._patch, self._grain = (np.concatenate(part) for part in zip(*slices, strict=True))
        wanted = round(score.size * involvement_percent / 100)
        self._diseased = np.zeros(score.size, bool)
        if wanted:
            self._diseased[np.argpartition(score, score.size - wanted)[score.size - wanted :]] = True
        self._density(score, wanted, involvement_percent)

    def _score(self, grid: Grid, noises: list[SmoothNoise], index: int) -> tuple[np.ndarray, ...]:
        """Of one slice's lung voxels: the score, the chance of the smaller patches, and the grain; float32."""
        here, z = self._lungs[index][self._box], float(grid.z[index])
        below_ribs_mm = (1 - cage_measure(grid, z)[self._box][here]) * 42
        towards_back = np.broadcast_to(grid.y[self._box[0]], here.shape)[here]
        score = 1.3 * np.exp(-below_ribs_mm / PERIPHERY_MM) + 0.6 * towards_back / 90 - 0.5 * z / 110
        large, small, grain = (noise.plane(index)[here] for noise in noises)
        return score + 1.1 * large + 0.35 * small + 0.12 * grain, small, grain

    def _density(self, score: np.ndarray, wanted: int, involvement_percent: float) -> None:
        """How full (0-1) and how consolidated (0-1) each diseased voxel is."""
        self._fullness = np.zeros(score.size, np.float32)
        self._consolidated = np.zeros(score.size, np.float32)
        if not wanted:
            return
        of_lesions = score[self._diseased]
        edge = of_lesions.min()
        fullness = MARGIN_DENSITY + (1 - MARGIN_DENSITY) * (of_lesions - edge) / MARGIN_STEP
        self._fullness[self._diseased] = np.minimum(fullness, 1)
        part = CONSOLIDATED_PART + CONSOLIDATED_GROWTH * involvement_percent / 100
        core = np.quantile(of_lesions, 1 - part)
        self._consolidated[self._diseased] = np.clip(0.5 + (of_lesions - core) / 0.3, 0, 1)

    def lung_hu(self, air_filled: np.ndarray, index: int) -> np.ndarray:
        """Lung tissue of one slice, float32 HU [row, column], from the HU that it would have without disease."""
        here, voxels = self._lungs[index], slice(self._bounds[index], self._bounds[index + 1])
        healthy = air_filled[here] + TEXTURE_HU * self._grain[voxels]
        patch = self._patch[voxels]
        uneven = GROUND_GLASS_PATCH_HU * patch + GROUND_GLASS_GRAIN_HU * self._grain[voxels]
        glass = np.clip(np.mean(GROUND_GLASS_HU) + uneven, *GROUND_GLASS_HU)
        solid = np.clip(np.mean(CONSOLIDATION_HU) + 25 * patch, *CONSOLIDATION_HU)
        diseased = glass + self._consolidated[voxels] * (solid - glass)
        lung = air_filled.copy()
        lung[here] = healthy + self._fullness[voxels] * (diseased - healthy)
        return lung

    def plane(self, index: int) -> np.ndarray:
        """The lesions of one slice: bool [row, column]."""
        lesions = np.zeros(self._lungs.shape[1:], bool)
        lesions[self._lungs[index]] = self._diseased[self._bounds[index] : self._bounds[index + 1]]
        return lesions
