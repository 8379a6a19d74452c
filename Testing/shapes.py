"""Studies of boxes, whose voxels can be counted by hand: for tests at boundaries."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from MosMedCOVIDLib.study.study import Study

SOFT_TISSUE_HU, LUNG_HU, LESION_HU, AIR_HU = 40, -850, -500, -1000


def box_study(
    shape: tuple[int, int, int] = (8, 16, 16),
    spacing_mm: tuple[float, float, float] = (8.0, 1.0, 1.0),
    affine: np.ndarray | None = None,
    name: str = "box",
) -> Study:
    """Soft tissue everywhere: shape and spacing in mm are of [slice, row, column].

    Without an affine: slices run to the head, rows to the back, columns to the patient's left, from RAS 0.
    """
    if affine is None:
        affine = np.diag([-spacing_mm[2], -spacing_mm[1], spacing_mm[0], 1.0])
    return Study(np.full(shape, SOFT_TISSUE_HU, np.int16), affine, name, Path(f"{name}.nii.gz"), "nifti")


def two_lungs(
    right_lesion_voxels: int = 0,
    left_lesion_voxels: int = 0,
    *,
    lung_voxels: int = 10_000,
    spacing_mm: tuple[float, float, float] = (8.0, 1.0, 1.0),
) -> tuple[Study, np.ndarray, np.ndarray]:
    """A study with two boxes of lung, 20×25 pixels on every slice: (study, lungs, lesions).

    lungs: uint8 {0, 1 right, 2 left}, exactly `lung_voxels` in each, a multiple of 500; lesions: uint8 {0, 1},
    exactly as many voxels in each lung as asked for, filled from the back of the lowest slice upwards.
    """
    if lung_voxels < 500 or lung_voxels % 500:
        raise ValueError(f"A lung has a multiple of 500 voxels, not {lung_voxels}.")
    if (
        not 0
        <= min(right_lesion_voxels, left_lesion_voxels)
        <= max(right_lesion_voxels, left_lesion_voxels)
        <= lung_voxels
    ):
        raise ValueError(f"A lung has {lung_voxels} voxels, no room for these lesions.")
    slices = lung_voxels // 500
    study = box_study((slices + 2, 40, 64), spacing_mm, name="two-lungs")
    lungs, lesions = np.zeros(study.hu.shape, np.uint8), np.zeros(study.hu.shape, np.uint8)
    for label, first_column, wanted in ((1, 8, right_lesion_voxels), (2, 36, left_lesion_voxels)):
        box = slice(1, slices + 1), slice(8, 33), slice(first_column, first_column + 20)
        lungs[box] = label
        filled = (np.arange(lung_voxels) < wanted).reshape(slices, 25, 20)
        lesions[box] = filled[:, ::-1]
    study.hu[lungs > 0] = LUNG_HU
    study.hu[lesions > 0] = LESION_HU
    return study, lungs, lesions
