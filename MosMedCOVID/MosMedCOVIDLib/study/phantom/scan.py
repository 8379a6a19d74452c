"""The teaching phantom: a chest CT made on the spot whose lungs and lesions are known to the voxel."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ...errors import UsageError
from ..study import Study
from . import anatomy
from .grid import Grid
from .lesions import Lesions
from .thorax import Thorax, draw_thorax
from .vessels import HILAR_RADIUS_MM, Filling, bronchial_walls, grow_lung_trees

DEFAULT_SHAPE, DEFAULT_SPACING_MM = (60, 512, 512), (5.0, 0.74, 0.74)
# Air-filled lung of a patient on the back: the front, and what each millimetre further back adds.
LUNG_HU, LUNG_HU_PER_MM = -858, 0.3
# In-plane point spread of a soft kernel (Gaussian sigma), and the noise that is left after it.
POINT_SPREAD_MM, NOISE_HU = 0.7, 17
LOWEST_HU, HIGHEST_HU = -1024, 3071


@dataclass(frozen=True, eq=False)
class Phantom:
    """A made-up chest CT and the truth about it.

    study: hu int16 [slice, row, column]; slices from the feet to the head, row 0 the front, column 0 the right.
    lungs: uint8 {0, 1 right, 2 left}: with lesions and small vessels, without trachea, main bronchi and hilum.
    lesions: uint8 {0, 1}, inside the lungs.
    """

    study: Study
    lungs: np.ndarray
    lesions: np.ndarray


def thorax_phantom(
    involvement_percent: float = 35.0,
    *,
    shape: tuple[int, int, int] = DEFAULT_SHAPE,
    spacing_mm: tuple[float, float, float] = DEFAULT_SPACING_MM,
    seed: int = 1,
    name: str = "phantom",
) -> Phantom:
    """Make a chest CT of an adult man in full inspiration, arms up, whose lungs are involved to a wanted percent.

    involvement_percent: 0-100, lesion voxels of lung voxels, both lungs together; met to the nearest voxel.
    shape, spacing_mm: of [slice, row, column]; the body keeps its size (lungs 280 mm high, about 2.7 l right and 2.5 l
        left), whatever the field shows of it.
    seed: the same arguments give the same voxels.
    Raises UsageError for a percent outside 0-100, and for a field without lungs.
    """
    if not 0 <= involvement_percent <= 100:
        raise UsageError(f"A phantom's involvement is from 0 to 100 percent, not {involvement_percent:g}.")
    if min(shape) < 1 or not min(spacing_mm) > 0:
        raise UsageError(f"A phantom cannot have the shape {shape} with voxels of {spacing_mm} mm.")
    grid = Grid(shape, spacing_mm)
    random = np.random.default_rng(seed)
    thorax = draw_thorax(grid)
    if not thorax.side.any():
        raise UsageError(f"A phantom of shape {shape} with voxels of {spacing_mm} mm shows no lungs.")
    scan = _Scan(grid, thorax, involvement_percent, random)
    hu = np.stack([scan.slice_hu(index) for index in range(shape[0])])
    lesions = np.stack([scan.lesions.plane(index) for index in range(shape[0])]).astype(np.uint8)
    study = Study(hu, grid.affine, name, Path(f"{name}.nii.gz"), "nifti")
    return Phantom(study, thorax.side, lesions)


class _Scan:
    """What the scanner sees: the chest, filled with lung tissue, vessels, bronchi and lesions; blur and noise."""

    def __init__(self, grid: Grid, thorax: Thorax, involvement_percent: float, random: np.random.Generator) -> None:
        self._grid, self._thorax, self._random = grid, thorax, random
        vessels, bronchi = grow_lung_trees(grid, thorax.side, random)
        walls = bronchial_walls(bronchi)
        hilar = [tubes.where(tubes.radius > HILAR_RADIUS_MM) for tubes in (vessels, walls)]
        self._solid = Filling(grid, vessels + walls)
        self._lumen = Filling(grid, bronchi)
        hilum = Filling(grid, hilar[0] + hilar[1])
        for index, side in enumerate(thorax.side):
            side[hilum.plane(index) >= 0.5] = 0
        self.lesions = Lesions(grid, thorax.side > 0, involvement_percent, random)

    def slice_hu(self, index: int) -> np.ndarray:
        """One slice as the scanner writes it: int16 HU [row, column]."""
        from scipy import ndimage

        lung = self.lesions.lung_hu(self._air_filled_lung(float(self._grid.z[index])), index)
        solid = self._solid.plane(index)
        lung += solid * (anatomy.BLOOD - lung)
        lung += self._lumen.plane(index) * (anatomy.AIR - lung)
        hu = self._thorax.tissue[index] + self._thorax.lung_part[index] * np.float32(1 / 255) * lung
        sigma = [POINT_SPREAD_MM / spacing for spacing in self._grid.spacing_mm[1:]]
        hu += self._random.standard_normal(hu.shape, dtype=np.float32) * (NOISE_HU / _noise_kept(sigma))
        hu = ndimage.gaussian_filter(hu, sigma, truncate=3)
        return np.rint(np.clip(hu, LOWEST_HU, HIGHEST_HU)).astype(np.int16)

    def _air_filled_lung(self, z: float) -> np.ndarray:
        """Lung without disease and vessels, HU [row, column]: heavier at the back, with the oblique fissures."""
        x, y, thickness = self._grid.x, self._grid.y, self._grid.spacing_mm[0]
        fissure = anatomy.FISSURE_Z + anatomy.FISSURE_CLIMB * y - anatomy.FISSURE_FALL * np.abs(x)
        # A pleural sheet in a slice: its part of the thickness, wherever it passes through.
        sheet = np.exp(-(((z - fissure) / (0.6 * thickness)) ** 2)) * min(1.0, anatomy.FISSURE_MM / thickness)
        air_filled = LUNG_HU + LUNG_HU_PER_MM * y
        return air_filled + sheet * (anatomy.MUSCLE - air_filled)


def _noise_kept(sigma: list[float]) -> float:
    """The part of white noise's deviation that the blur leaves."""
    from scipy import ndimage

    dot = np.zeros((33, 33))
    dot[16, 16] = 1
    return float(np.sqrt((ndimage.gaussian_filter(dot, sigma, truncate=3) ** 2).sum()))
