"""Whatever way a file is stored, the standard view shows the same patient, and leads back exactly."""

import numpy as np
import pytest
from MosMedCOVIDLib.study.orientation import Orientation
from orientations import ORIENTATIONS


@pytest.mark.parametrize("affine", ORIENTATIONS.values(), ids=ORIENTATIONS)
def test_the_standard_view_runs_to_the_head_the_back_and_the_left(affine):
    orientation = Orientation.of(affine)
    k, j, i = np.meshgrid(*(np.arange(n) for n in (4, 5, 6)), indexing="ij")
    world = np.stack([i, j, k], -1) @ affine[:3, :3].T + affine[:3, 3]  # RAS of each voxel [slice, row, column]
    right, front, up = (orientation.to_standard(world[..., axis]) for axis in range(3))
    assert (np.diff(up, axis=0) > 0).all(), "slices must run feet to head"
    assert (np.diff(front, axis=1) < 0).all(), "rows must run front to back"
    assert (np.diff(right, axis=2) < 0).all(), "columns must run from the patient's right to the left"


@pytest.mark.parametrize("affine", ORIENTATIONS.values(), ids=ORIENTATIONS)
def test_the_way_back_is_exact_and_shares_memory(affine):
    orientation = Orientation.of(affine)
    array = np.arange(4 * 5 * 6, dtype=np.int16).reshape(4, 5, 6)
    assert np.array_equal(orientation.from_standard(orientation.to_standard(array)), array)
    orientation.to_standard(array)[0, 0, 0] = -7
    assert (array == -7).sum() == 1


def test_spacing_goes_along():
    orientation = Orientation.of(ORIENTATIONS["permuted ASR"])  # columns A, rows S, slices R; 0.75, 0.8, 8 mm
    assert orientation.spacing((8.0, 0.8, 0.75)) == (0.8, 0.75, 8.0)
