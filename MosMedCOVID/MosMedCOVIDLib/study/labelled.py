"""Studies with masks that are held to be true: folders of labelled cases, and MosMedData's expert masks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..errors import StudyRefused, UsageError
from .mosmeddata import is_dataset, read_dataset
from .nifti import SINGLE_ENDINGS, read_nifti, study_name
from .study import Study

MASK_AFFINE_TOLERANCE_MM = 0.01


@dataclass(frozen=True)
class LabelledCase:
    """Files of one case: the CT, the lesions, and the lungs where they were outlined too."""

    name: str
    ct: Path
    lesions: Path
    lungs: Path | None


def find_labelled_cases(folder: Path) -> list[LabelledCase]:
    """Cases of a folder: <case>_ct, _lesions and maybe _lungs, or those of a MosMedData root that have a mask.

    UsageError where there are none.
    """
    files = {
        study_name(path): path for path in sorted(folder.glob("*.nii*")) if path.name.lower().endswith(SINGLE_ENDINGS)
    }
    cases = [
        LabelledCase(name, files[f"{name}_ct"], files[f"{name}_lesions"], files.get(f"{name}_lungs"))
        for name in (stem.removesuffix("_ct") for stem in files if stem.endswith("_ct"))
        if f"{name}_lesions" in files
    ]
    if is_dataset(folder):
        rows = read_dataset(folder).rows
        cases += [LabelledCase(row.name, row.study, row.mask, None) for row in rows if row.study and row.mask]
    if not cases:
        raise UsageError(
            f"{folder} holds no labelled cases: <case>_ct.nii.gz beside <case>_lesions.nii.gz "
            "(and <case>_lungs.nii.gz), or a MosMedData root with studies and masks."
        )
    return cases


def read_mask(path: Path, study: Study) -> np.ndarray:
    """A mask on its study's grid: uint8 [slice, row, column]. StudyRefused if it lies elsewhere."""
    mask = read_nifti(path)
    if mask.hu.shape != study.hu.shape:
        raise StudyRefused("mask", f"{path.name} is {mask.hu.shape}, its CT {study.hu.shape}: not the same grid.")
    if not np.allclose(mask.affine, study.affine, rtol=0, atol=MASK_AFFINE_TOLERANCE_MM):
        raise StudyRefused("mask", f"{path.name} lies elsewhere in the patient than its CT (their affines differ).")
    if mask.hu.min() < 0 or mask.hu.max() > 255:  # as bytes they would become other labels, or none
        raise StudyRefused("mask", f"{path.name} holds values from {mask.hu.min()} to {mask.hu.max()}: it is no mask.")
    return mask.hu.astype(np.uint8)
