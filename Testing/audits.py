"""Audits in tests: of a study, by name; and the phantom's slices cut, turned or changed."""

from dataclasses import replace

import numpy as np
from MosMedCOVIDLib.study.audit import audit_study
from MosMedCOVIDLib.study.quick_lungs import find_quick_lungs
from MosMedCOVIDLib.study.study import Study


def checks_of(study):
    """The checks of a study by name."""
    return {check.check: check for check in audit_study(study, find_quick_lungs(study)).checks}


def with_hu(study, hu):
    """The study with other values."""
    return replace(study, hu=np.clip(np.rint(hu), -32768, 32767).astype(np.int16))


def turned(study, axes, flips):
    """The voxels permuted and flipped, while the affine goes on saying the standard orientation: a wrong file."""
    spacing = np.array(study.spacing_mm)[list(axes)]
    hu = study.hu.transpose(axes)[tuple(slice(None, None, -1 if flip else 1) for flip in flips)]
    affine = np.diag([-spacing[2], -spacing[1], spacing[0], 1.0])
    return Study(np.ascontiguousarray(hu), affine, study.name, study.path, study.kind)
