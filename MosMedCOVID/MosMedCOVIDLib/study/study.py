"""One chest CT in memory: HU on a grid, and where that grid lies in the patient."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ..errors import StudyRefused

# Columns of an affine may deviate from a right angle by this cosine (0.57 degrees); beyond it every length,
# and so every millilitre, measured along the axes would be wrong.
MAXIMUM_SHEAR = 0.01


@dataclass(frozen=True, eq=False)
class Study:
    """A chest CT; valid whenever it exists: the constructor refuses what cannot be measured.

    hu: int16 [slice, row, column], Hounsfield units.
    affine: 4×4 float64, voxel (i, j, k) = (column, row, slice) to RAS in mm.
    name: the file's or folder's name without its ending; never a patient's.
    path: where it was read from; kind: nifti, dicom, mosmeddata or scene.
    headers: what a saved mask must repeat, or a check may ask for; no names, no identifiers of persons.
    notes: sentences about what was repaired while reading.
    """

    hu: np.ndarray
    affine: np.ndarray
    name: str
    path: Path
    kind: str
    headers: Mapping[str, object] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        affine = np.array(self.affine, np.float64)
        object.__setattr__(self, "affine", affine)
        if self.hu.dtype != np.int16 or self.hu.ndim != 3 or 0 in self.hu.shape:
            raise StudyRefused("readable", f"{self.name} is not a volume: {self.hu.dtype} of shape {self.hu.shape}.")
        if affine.shape != (4, 4) or not np.isfinite(affine).all() or (affine[3] != (0, 0, 0, 1)).any():
            raise StudyRefused("geometry", f"{self.name} has no valid position in the patient (its affine).")
        lengths = np.linalg.norm(affine[:3, :3], axis=0)
        if (lengths < 1e-3).any():
            raise StudyRefused("geometry", f"{self.name} has a voxel of no size: {np.round(lengths, 4)} mm.")
        axes = affine[:3, :3] / lengths
        shear = np.abs(axes.T @ axes - np.eye(3)).max()
        if shear > MAXIMUM_SHEAR:
            degrees = np.degrees(np.arcsin(min(1.0, shear)))
            raise StudyRefused(
                "geometry",
                f"{self.name} is tilted: its axes are {degrees:.1f}° off the right angle (gantry tilt or shear). "
                "Resample it to a rectangular grid first.",
            )

    @property
    def spacing_mm(self) -> tuple[float, float, float]:
        """Distance of voxel centres in mm along [slice, row, column]."""
        column, row, slice_ = np.linalg.norm(self.affine[:3, :3], axis=0)
        return float(slice_), float(row), float(column)

    @property
    def voxel_ml(self) -> float:
        """Volume of one voxel in millilitres."""
        column, row, slice_ = self.affine[:3, :3].T
        return float(abs(np.cross(column, row) @ slice_)) / 1000
