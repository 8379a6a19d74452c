"""What is dense enough for consolidation: by HU smoothed in the slice, in a box as on the whole grid."""

from dataclasses import replace

import numpy as np
import pytest
from MosMedCOVIDLib.segmentation.density import CONSOLIDATION_ABOVE_HU, dense_by_density
from MosMedCOVIDLib.study.study import Study
from shapes import box_study


def study_of(hu, spacing_mm=(2.0, 0.8, 0.8)):
    like = box_study(hu.shape, spacing_mm)
    return Study(hu.astype(np.int16), like.affine, like.name, like.path, like.kind)


@pytest.mark.parametrize(("above", "dense"), [(-1, 0), (0, 0), (1, 1)])
def test_dense_begins_above_the_stated_limit(above, dense):
    found = dense_by_density(study_of(np.full((2, 8, 8), CONSOLIDATION_ABOVE_HU + above)))
    assert found.dtype == np.uint8
    assert (found == dense).all()


def test_a_single_bright_pixel_is_noise_and_a_patch_is_not():
    hu = np.full((1, 20, 20), -700)
    hu[0, 4, 4] = 0
    hu[0, 10:15, 10:15] = 0
    found = dense_by_density(study_of(hu))
    assert not found[0, :8, :8].any()
    assert found[0, 11:14, 11:14].all()


def test_the_mean_is_of_the_square_around_the_voxel_in_its_own_slice():
    rng = np.random.default_rng(5)
    hu = rng.integers(-1024, 3000, (3, 12, 14))
    hu[:, :, ::3] = -3024  # padding, as some scanners write it
    padded = np.pad(hu, ((0, 0), (1, 1), (1, 1)), mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(1, 2))
    assert np.array_equal(dense_by_density(study_of(hu)), windows.mean((3, 4)) > CONSOLIDATION_ABOVE_HU)


@pytest.mark.parametrize(("pixel_mm", "pixels"), [(0.5, 5), (0.6, 5), (0.75, 3), (1.0, 3), (2.0, 1)])
def test_the_square_is_as_wide_in_mm_whatever_the_size_of_a_pixel(pixel_mm, pixels):
    hu = np.full((1, 15, 15), -1000)
    hu[0, 7, 7] = 25 * 1000  # bright enough to be seen from as far as the square reaches
    found = dense_by_density(study_of(hu, (2.0, pixel_mm, pixel_mm)))[0]
    assert found.sum() == pixels**2
    assert found.any(0).sum() == found.any(1).sum() == pixels


@pytest.mark.parametrize("axes", [(0, 1, 2), (2, 0, 1), (1, 2, 0)])
@pytest.mark.parametrize("axis", [0, 1, 2])
def test_it_is_smoothed_in_the_axial_slice_however_the_study_is_stored(axes, axis):
    """Stored along other axes, one of which runs backwards; all of it, and a box of it."""
    study = study_of(np.random.default_rng(7).integers(-900, 200, (6, 12, 14)), (5.0, 0.8, 0.5))

    def stored(array):
        return np.flip(array.transpose(axes), axis)

    affine = study.affine.copy()
    affine[:, :3] = affine[:, [2 - axes[2 - column] for column in range(3)]]
    affine[:3, 2 - axis] *= -1
    turned = replace(study, hu=stored(study.hu), affine=affine)
    expected = stored(dense_by_density(study))
    assert np.array_equal(dense_by_density(turned), expected)
    box = (slice(1, 4), slice(0, 5), slice(2, 6))
    assert np.array_equal(dense_by_density(turned, box), expected[box])


@pytest.mark.parametrize(
    "box",
    [
        (slice(1, 3), slice(0, 9), slice(5, 14)),
        (slice(0, 1), slice(3, 12), slice(0, 4)),
        (slice(0, 3), slice(0, 12), slice(0, 14)),
    ],
)
def test_a_box_gives_what_the_whole_grid_gives_there(box):
    study = study_of(np.random.default_rng(6).integers(-900, 200, (3, 12, 14)))
    assert np.array_equal(dense_by_density(study, box), dense_by_density(study)[box])
