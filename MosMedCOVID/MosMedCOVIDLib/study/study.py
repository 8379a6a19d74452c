"""One chest CT in memory: HU on a grid, and where that grid lies in the patient."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ..errors import StudyRefused, one_line

# Columns of an affine may deviate from a right angle by this cosine (0.06 degrees: a third of a millimetre over a
# chest). A NIfTI's qform knows right angles only, so beyond it a saved mask would lie elsewhere for some programs.
MAXIMUM_SHEAR = 0.001
SMALLEST_MM, LARGEST_MM = 0.05, 50.0  # of a voxel's side, in a CT of a patient
FARTHEST_MM = 1e6  # from the origin: beyond, the numbers are none that were meant


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
        object.__setattr__(self, "notes", tuple(map(one_line, self.notes)))
        if self.hu.dtype != np.int16 or self.hu.ndim != 3 or 0 in self.hu.shape:
            raise StudyRefused("readable", f"{self.name} is not a volume: {self.hu.dtype} of shape {self.hu.shape}.")
        if affine.shape != (4, 4) or not np.isfinite(affine).all() or (affine[3] != (0, 0, 0, 1)).any():
            raise StudyRefused("geometry", f"{self.name} has no valid position in the patient (its affine).")
        if np.abs(affine[:3, 3]).max() > FARTHEST_MM:
            raise StudyRefused("geometry", f"{self.name} states a position more than a kilometre away: no patient's.")
        lengths = np.linalg.norm(affine[:3, :3], axis=0)
        if lengths.min() < SMALLEST_MM or lengths.max() > LARGEST_MM:
            sides = " × ".join(f"{mm:.3g}" for mm in lengths)
            raise StudyRefused("geometry", f"{self.name} has voxels of {sides} mm: no size for a CT.")
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
