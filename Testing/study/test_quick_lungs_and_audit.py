"""The quick finder tells lungs from other air; the audit refuses what cannot be graded, and warns of the rest."""

from dataclasses import replace

import numpy as np
import pytest
from MosMedCOVIDLib.errors import StudyRefused
from MosMedCOVIDLib.study.audit import audit_of_refusal, audit_study
from MosMedCOVIDLib.study.orientation import Orientation
from MosMedCOVIDLib.study.phantom import thorax_phantom
from MosMedCOVIDLib.study.quick_lungs import find_quick_lungs
from MosMedCOVIDLib.study.read import read_study
from MosMedCOVIDLib.study.study import Study


def audited(study):
    return audit_study(study, find_quick_lungs(study))


def levels(audit):
    return {check.check: check.level for check in audit.checks}


def test_air_of_the_lungs_is_found_in_ml_on_both_sides(phantom):
    found = find_quick_lungs(phantom.study)
    aerated = (phantom.lungs > 0) & (phantom.study.hu < -500)
    for side, label in (("right_ml", 1), ("left_ml", 2)):
        true = (aerated & (phantom.lungs == label)).sum() * phantom.study.voxel_ml
        assert getattr(found, side) == pytest.approx(true, rel=0.1)


def test_the_box_holds_the_lungs_whatever_the_orientation(phantom):
    study = phantom.study
    for axes, flips in [((0, 1, 2), (True, False, True)), ((2, 0, 1), (False, True, False))]:
        orientation = Orientation(axes, flips)
        affine = study.affine.copy()
        # The same patient stored another way: array axes permuted and flipped, and the affine with them.
        stored = orientation.to_standard(study.hu)
        columns = [affine[:3, 2 - axis] * (-1 if flip else 1) for axis, flip in zip(axes, flips, strict=True)]
        start = np.array([n - 1 if flip else 0 for n, flip in zip(stored.shape, flips, strict=True)])
        first = np.zeros(3)
        first[list(axes)] = start
        affine[:3, 3] = (affine @ [*first[::-1], 1])[:3]
        affine[:3, :3] = np.column_stack(columns[::-1])
        turned = replace(study, hu=np.ascontiguousarray(stored), affine=affine)
        assert find_quick_lungs(turned).right_ml == pytest.approx(find_quick_lungs(study).right_ml, rel=0.02)
        assert find_quick_lungs(turned).left_ml == pytest.approx(find_quick_lungs(study).left_ml, rel=0.02)


def test_a_chest_passes(phantom):
    audit = audited(phantom.study)
    assert audit.verdict == "ok"
    assert audit.refusal is None
    assert set(levels(audit)) >= {"readable", "slices", "slice_gap", "hu_plausible", "lungs_found", "air_ml"}


def test_white_lungs_are_a_warning_not_a_refusal():
    study = thorax_phantom(93.0, shape=(36, 128, 128), spacing_mm=(8.0, 2.8, 2.8)).study
    audit = audited(study)
    assert audit.verdict == "warning"
    assert levels(audit)["lung_density"] == "warning"


def test_a_body_without_lungs_is_refused(phantom):
    hu = np.where(phantom.lungs > 0, 40, phantom.study.hu).astype(np.int16)
    audit = audited(replace(phantom.study, hu=hu))
    assert audit.refusal.check == "lungs_found"
    assert "Is this a CT of the chest?" in audit.refusal.message


def test_gas_is_no_lung(phantom):
    hu = np.where(phantom.lungs > 0, -1000, phantom.study.hu).astype(np.int16)
    assert audited(replace(phantom.study, hu=hu)).refusal.check == "lungs_found"


def test_one_lung_without_air_is_a_warning(phantom):
    hu = np.where(phantom.lungs == 2, 30, phantom.study.hu).astype(np.int16)
    audit = audited(replace(phantom.study, hu=hu))
    assert levels(audit)["lungs_found"] == "warning"
    assert "left lung" in next(check.message for check in audit.checks if check.check == "lungs_found")


@pytest.mark.parametrize("cut", [np.s_[:, :, :30], np.s_[:, :, 16:], np.s_[:, 36:], np.s_[:, 32:98, 15:113]])
def test_lungs_that_the_frame_cuts_are_found_and_warned_of(phantom, cut):
    hu, lungs = phantom.study.hu[cut], phantom.lungs[cut]
    affine = phantom.study.affine.copy()
    starts = [part.start or 0 for part in (*cut, slice(None))[2::-1]]
    affine[:3, 3] = (affine @ [*starts, 1])[:3]
    study = replace(phantom.study, hu=np.ascontiguousarray(hu), affine=affine)
    found = find_quick_lungs(study)
    aerated = ((lungs > 0) & (hu < -500)).sum() * study.voxel_ml
    assert found.air_ml == pytest.approx(aerated, rel=0.12)
    assert found.cut
    assert levels(audited(study))["field_of_view"] == "warning"


def test_few_slices_are_refused_and_wide_gaps_warned_of(phantom):
    study = phantom.study
    audit = audited(replace(study, hu=study.hu[10:19]))
    assert levels(audit)["slices"] == "refused"
    affine = study.affine.copy()
    affine[2, 2] = 12.0
    assert levels(audited(replace(study, affine=affine)))["slice_gap"] == "warning"


@pytest.mark.parametrize(
    ("change", "hint"),
    [
        (lambda hu: hu + 1024, "rescale intercept was lost"),
        (lambda hu: np.interp(hu, (-1350, 150), (0, 255)), "grey levels"),
        (lambda hu: hu * 0 + 40, "no air"),
    ],
)
def test_values_that_are_no_hounsfield_units_are_refused(phantom, change, hint):
    audit = audited(replace(phantom.study, hu=change(phantom.study.hu).astype(np.int16)))
    assert audit.refusal.check == "hu_plausible"
    assert hint in audit.refusal.message


def test_notes_of_the_reader_become_warnings(phantom):
    audit = audited(replace(phantom.study, notes=("Something was repaired.",)))
    assert audit.verdict == "warning"


def test_what_could_not_be_read_has_an_audit_too():
    audit = audit_of_refusal(StudyRefused("series", "Two series."))
    assert audit.as_json()["verdict"] == "refused"
    assert audit.refusal.message == "Two series."


def test_real_chests_pass_and_a_real_abdomen_does_not(shared_data):
    for chest in ("covid-ct-md/normal001", "other/chest_id001_128.nii.gz"):
        audit = audited(read_study(shared_data / chest))
        assert audit.verdict == "ok", audit.checks
    cropped = audited(read_study(shared_data / "two-kernels/A0002_B70f.nii.gz"))
    assert cropped.verdict == "warning"
    assert levels(cropped)["field_of_view"] == "warning"
    audit = audited(read_study(shared_data / "other/abdomen_ct.nii.gz"))
    assert audit.refusal.check == "lungs_found"


def test_real_slices_that_are_cropped_to_the_lungs_pass(shared_data):
    slices = np.load(shared_data / "slices-2d/real-hu/ricord1a_001012.npz")
    affine = np.diag([-1.4062, -1.4062, 5.0, 1.0])
    study = Study(slices["image"].astype(np.int16), affine, "ricord", shared_data, "nifti")
    assert audited(study).refusal is None
