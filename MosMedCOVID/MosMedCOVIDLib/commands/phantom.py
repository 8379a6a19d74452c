"""`phantom FILE.nii.gz`: writes a teaching phantom with a known answer."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from ..errors import SaveError, UsageError
from ..grading.grade import Grade, grade_study
from ..reporting.text import grade_lines
from ..saving.nifti import write_volume
from ..saving.versions import Writer, save_together
from ..segmentation.masks import Masks
from ..segmentation.protocol import Progress
from ..study.nifti import SINGLE_ENDINGS, study_name
from ..study.phantom import Phantom, thorax_phantom
from .progress import ProgressBar


def run(options: argparse.Namespace) -> int:
    """Writes CT, lesions and lungs, and prints what is true of them."""
    if not options.file.name.lower().endswith(SINGLE_ENDINGS):
        raise UsageError(f"A phantom is written as NIfTI: {options.file} must end with .nii.gz or .nii.")
    with ProgressBar(1) as bar:
        bar.begin(options.file.name, "drawing the phantom")
        phantom = thorax_phantom(options.involvement, name=study_name(options.file))
        bar.show(Progress("saving", 70.0))
        files = save_phantom(phantom, options.file)
    for what, file in files.items():
        print(f"{what:<8} {file}")
    print("\n".join(["", "True of it:", *grade_lines(true_grade(phantom).as_json())]))
    return 0


def save_phantom(phantom: Phantom, file: Path) -> dict[str, Path]:
    """Saves the CT as `file`, and <case>_lesions and <case>_lungs.nii.gz beside it; SaveError if one exists.

    A file named <case>_ct.nii.gz makes a folder that `evaluate-model` reads.
    """
    stem = study_name(file)
    ct = file.name.removeprefix(stem)
    case = stem.removesuffix("_ct")
    targets = {"ct": file, **{mask: file.with_name(f"{case}_{mask}.nii.gz") for mask in ("lesions", "lungs")}}
    taken = [target for target in targets.values() if target.exists()]
    if taken:
        raise SaveError(f"{taken[0]} exists already and was left alone; choose another name.")
    endings = {"ct": stem.removeprefix(case) + ct, "lesions": "_lesions.nii.gz", "lungs": "_lungs.nii.gz"}
    volumes = {"ct": phantom.study.hu, "lesions": phantom.lesions, "lungs": phantom.lungs}

    def writer(values: np.ndarray) -> Writer:
        return lambda path, names: write_volume(path, values, phantom.study)

    saved = save_together(file.parent, case, {endings[what]: writer(values) for what, values in volumes.items()})
    return {what: saved[ending] for what, ending in endings.items()}


def true_grade(phantom: Phantom) -> Grade:
    """The grade of a phantom by what is true of it."""
    return grade_study(phantom.study, Masks(phantom.lungs, phantom.lesions))
