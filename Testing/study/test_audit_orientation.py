"""A file that lies about how the patient lies is warned of, however it was turned; one that doesn't never is."""

from itertools import permutations, product

import numpy as np
import pytest
from audits import checks_of, turned
from MosMedCOVIDLib.study.orientation import Orientation
from MosMedCOVIDLib.study.read import read_study
from MosMedCOVIDLib.study.study import Study

AS_IT_IS = (0, 1, 2)
NAMES = ("head and feet", "front and back", "left and right")
CHESTS = ("covid-ct-md/P001", "covid-ct-md/normal001", "two-kernels/A0002_B40f.nii.gz", "other/chest_id001_128.nii.gz")
COARSE_MM = 2.5


def said(study):
    """What the audit says of how the patient lies: level and value."""
    checks = checks_of(study)
    if checks["lungs_found"].level == "refused":
        return "refused", None
    return checks["orientation"].level, checks["orientation"].value


def flips_and_names():
    for flips in product((False, True), repeat=3):
        if any(flips):
            names = [name for name, flip in zip(NAMES, flips, strict=True) if flip]
            yield pytest.param(flips, ", ".join(names), id="-".join(names))


@pytest.mark.parametrize(("flips", "names"), list(flips_and_names()))
def test_each_swap_is_named(phantom, flips, names):
    assert said(turned(phantom.study, AS_IT_IS, flips)) == ("warning", f"{names} swapped")


@pytest.mark.parametrize("axes", [axes for axes in permutations(range(3)) if axes != AS_IT_IS])
def test_interchanged_axes_are_never_taken_for_right(phantom, axes):
    for flips in ((False, False, False), (True, False, True)):
        assert said(turned(phantom.study, axes, flips))[0] in ("warning", "refused")


def test_a_mirror_image_is_called_so(phantom):
    message = checks_of(turned(phantom.study, AS_IT_IS, (False, False, True)))["orientation"].message
    assert "mirror image, or organs on the other side" in message
    assert "Turned" in checks_of(turned(phantom.study, AS_IT_IS, (False, True, True)))["orientation"].message


def test_half_a_chest_tells_too_little(phantom):
    upper = Study(phantom.study.hu[18:], phantom.study.affine, "upper", phantom.study.path, "nifti")
    assert said(upper)[0] == "not assessed"


@pytest.mark.parametrize("chest", CHESTS)
def test_real_chests_are_right_and_each_swap_is_named(shared_data, chest):
    study = coarse(read_study(shared_data / chest))
    assert said(study)[0] == "ok"
    for flips in product((False, True), repeat=3):
        if any(flips):
            names = ", ".join(name for name, flip in zip(NAMES, flips, strict=True) if flip)
            assert said(turned(study, AS_IT_IS, flips)) == ("warning", f"{names} swapped")


def coarse(study):
    """Every n-th voxel, so that turning it is quick."""
    orientation = Orientation.of(study.affine)
    hu, spacing = orientation.to_standard(study.hu), np.array(orientation.spacing(study.spacing_mm))
    steps = np.maximum(1, np.rint(COARSE_MM / spacing)).astype(int)
    spacing = spacing * steps
    affine = np.diag([-spacing[2], -spacing[1], spacing[0], 1.0])
    return Study(np.ascontiguousarray(hu[:: steps[0], :: steps[1], :: steps[2]]), affine, "c", study.path, "nifti")
