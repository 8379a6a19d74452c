"""The labelled scans of the public sets as folders that `evaluate-model` reads.

    python -m scripts.labelled DATA OUT

OUT gets <scan>_ct.nii.gz, <scan>_lesions.nii.gz and <scan>_lungs.nii.gz. Where two readers drew, the truth is MedSeg's.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import nibabel
import numpy as np

from .case import Case
from .sources import coronacases, load_arrays, medseg_scans

SOFT_TISSUE_HU = 30  # where there is no picture: neither air nor lung


def labelled_scans(data: Path) -> list[tuple[Case, np.ndarray, np.ndarray]]:
    """Each scan as (case, lungs with their lesions, lesions), bool [slice, row, column]."""
    scans = []
    for case in [*medseg_scans(data), *coronacases(data)]:
        lungs, lesions = case.masks[:, 0] > 127, case.masks[:, 1] > 127
        path = data / "medseg-9" / f"{case.name}.npz"
        if path.exists():
            arrays, _ = load_arrays(path)
            lesions = arrays["lesion"] > 0
            lungs = (arrays["lung"] > 0) | lesions
        images = np.where(case.inside, case.images, SOFT_TISSUE_HU).astype(np.int16)
        scans.append((replace(case, images=images), lungs, lesions))
    return scans


def affine_of(case: Case) -> np.ndarray:
    """Voxel (i, j, k) → RAS mm: columns run to the patient's left, rows to the back, slices upwards."""
    return np.diag([-case.pixel_mm, -case.pixel_mm, case.slice_mm, 1.0])


def main(arguments: Sequence[str] | None = None) -> None:
    """Writes the folder."""
    parser = argparse.ArgumentParser(prog="python -m scripts.labelled", description="Folders for evaluate-model.")
    parser.add_argument("data", type=Path, help="the public sets, laid out as in docs/data_licenses.md")
    parser.add_argument("out", type=Path)
    options = parser.parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    for case, lungs, lesions in labelled_scans(options.data):
        for what, voxels in (("ct", case.images), ("lungs", lungs), ("lesions", lesions)):
            image = nibabel.Nifti1Image(voxels.astype(np.int16).transpose(2, 1, 0), affine_of(case))
            image.set_sform(affine_of(case), 1)
            image.set_qform(affine_of(case), 1)
            image.to_filename(options.out / f"{case.name}_{what}.nii.gz")
        print(f"{case.name}: {len(case.images)} slices", flush=True)


if __name__ == "__main__":
    main()
