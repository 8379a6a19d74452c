"""A thorax of 512×512 and any number of slices, drawn once: of more slices than drawn, each is there several times."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
from MosMedCOVIDLib.study.phantom import Phantom, thorax_phantom
from MosMedCOVIDLib.study.study import Study

DRAWN = 40  # slices: drawing takes longer than what is measured
CHEST_MM = 296.0  # feet to head, whatever the number of slices
PIXEL_MM = 0.74


def repeated_phantom(slices: int, slice_mm: float | None = None) -> Phantom:
    """So many slices, with their true lungs and lesions; slice_mm: from one to the next, else they cover a chest."""
    drawn = _drawn()
    numbers = np.arange(slices) * DRAWN // slices
    hu, lungs, lesions = (values[numbers] for values in (drawn.study.hu, drawn.lungs, drawn.lesions))
    scale = (slice_mm or CHEST_MM / slices) * DRAWN / CHEST_MM
    affine = drawn.study.affine @ np.diag([1, 1, scale, 1])
    return Phantom(Study(hu, affine, "phantom", Path("phantom.nii.gz"), "nifti"), lungs, lesions)


@cache
def _drawn() -> Phantom:
    return thorax_phantom(35.0, shape=(DRAWN, 512, 512), spacing_mm=(CHEST_MM / DRAWN, PIXEL_MM, PIXEL_MM))
