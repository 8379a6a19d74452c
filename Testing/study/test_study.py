"""A Study is valid whenever it exists."""

from pathlib import Path

import numpy as np
import pytest
from MosMedCOVIDLib.errors import StudyRefused
from MosMedCOVIDLib.study.study import Study


def study(hu=None, affine=None):
    hu = np.zeros((4, 5, 6), np.int16) if hu is None else hu
    return Study(hu, np.diag([-0.7, -0.8, 8.0, 1.0]) if affine is None else affine, "s", Path("s.nii"), "nifti")


def test_spacing_and_voxel_volume_follow_from_the_affine():
    assert study().spacing_mm == pytest.approx((8.0, 0.8, 0.7))
    assert study().voxel_ml == pytest.approx(0.7 * 0.8 * 8.0 / 1000)


@pytest.mark.parametrize(
    "hu", [np.zeros((4, 5, 6), np.float32), np.zeros((5, 6), np.int16), np.zeros((0, 5, 6), np.int16)]
)
def test_only_int16_volumes_are_studies(hu):
    with pytest.raises(StudyRefused, match="not a volume"):
        study(hu=hu)


def test_affines_without_place_or_size_are_refused():
    with pytest.raises(StudyRefused, match="no valid position"):
        study(affine=np.diag([1, 1, np.nan, 1.0]))
    with pytest.raises(StudyRefused, match="no size for a CT"):
        study(affine=np.diag([1.0, 1.0, 0.0, 1.0]))


def test_a_place_beyond_any_scanner_is_refused():
    affine = np.diag([-0.7, -0.8, 8.0, 1.0])
    affine[0, 3] = -1e30
    with pytest.raises(StudyRefused, match="states a position more than a kilometre away: no patient's"):
        study(affine=affine)


def test_notes_are_lines_of_plain_text_whatever_a_files_name_holds():
    made = Study(
        np.zeros((4, 5, 6), np.int16), np.eye(4), "s", Path("s"), "nifti", notes=("1 file (a\n\x1b[2J) is lost.",)
    )
    assert made.notes == ("1 file (a\ufffd\ufffd[2J) is lost.",)


def test_a_tilted_grid_is_refused_with_its_angle():
    affine = np.diag([-0.7, -0.7, 5.0, 1.0])
    affine[1, 2] = 5 * np.tan(np.radians(18.5))
    with pytest.raises(StudyRefused, match=r"tilted: its axes are 18\.5°"):
        study(affine=affine)


@pytest.mark.parametrize("size", [1e-3, 60.0, 1e30])
def test_voxels_of_no_possible_size_are_refused(size):
    with pytest.raises(StudyRefused, match="no size for a CT"):
        study(affine=np.diag([-0.7, -0.7, size, 1.0]))
