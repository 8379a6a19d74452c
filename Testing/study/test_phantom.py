"""The teaching phantom: its truth is exact, and it looks like a chest where a reader or a network would look."""

from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from MosMedCOVIDLib.errors import UsageError
from MosMedCOVIDLib.study.phantom import Phantom, thorax_phantom

SHAPE, SPACING_MM = (30, 112, 112), (10.0, 3.4, 3.4)


@cache
def small(involvement_percent: float = 35.0, seed: int = 1) -> Phantom:
    return thorax_phantom(involvement_percent, shape=SHAPE, spacing_mm=SPACING_MM, seed=seed)


def mean_ras(phantom: Phantom, voxels: np.ndarray) -> np.ndarray:
    slice_, row, column = np.argwhere(voxels).mean(axis=0)
    return (phantom.study.affine @ (column, row, slice_, 1))[:3]


@pytest.mark.parametrize("percent", [0, 5, 24.99, 25, 25.01, 35, 50, 75, 90, 100])
def test_involvement_is_met_to_the_voxel(percent: float) -> None:
    phantom = small(percent)
    lung, lesion = np.count_nonzero(phantom.lungs), np.count_nonzero(phantom.lesions)
    assert lesion == round(lung * percent / 100)
    assert abs(100 * lesion / lung - percent) <= 0.02


def test_lesions_lie_in_both_lungs_and_nowhere_else() -> None:
    for percent in (5, 35, 75):
        phantom = small(percent)
        assert not phantom.lesions[phantom.lungs == 0].any()
        assert phantom.lesions[phantom.lungs == 1].any()
        assert phantom.lesions[phantom.lungs == 2].any()


def test_lesions_grow_with_the_percent_and_never_move() -> None:
    for less, more in pairwise((5, 25, 50, 75)):
        assert not (small(less).lesions & ~small(more).lesions & 1).any()


def test_lesions_prefer_the_back_and_the_base() -> None:
    phantom = small(25)
    lung, lesion = mean_ras(phantom, phantom.lungs > 0), mean_ras(phantom, phantom.lesions > 0)
    assert lesion[1] < lung[1]
    assert lesion[2] < lung[2]


def test_types_shape_and_spacing() -> None:
    phantom = small()
    assert phantom.study.hu.dtype == np.int16
    assert phantom.lungs.dtype == phantom.lesions.dtype == np.uint8
    assert phantom.study.hu.shape == phantom.lungs.shape == phantom.lesions.shape == SHAPE
    assert phantom.study.spacing_mm == pytest.approx(SPACING_MM)
    assert set(np.unique(phantom.lungs)) == {0, 1, 2}
    assert set(np.unique(phantom.lesions)) == {0, 1}


def test_the_right_lung_is_on_the_patients_right_the_front_in_row_0_the_head_on_the_last_slice() -> None:
    phantom = small()
    right, left = (mean_ras(phantom, phantom.lungs == label) for label in (1, 2))
    assert right[0] > 40
    assert left[0] < -40
    assert phantom.study.affine[1, 1] < 0 < phantom.study.affine[2, 2]


def test_lungs_have_the_volume_of_an_adult_in_inspiration() -> None:
    phantom = small()
    right_ml, left_ml = (np.count_nonzero(phantom.lungs == label) * phantom.study.voxel_ml for label in (1, 2))
    assert 2300 < right_ml < 2900
    assert 2000 < left_ml < right_ml


def test_lungs_are_dark_without_disease_and_nearly_white_with_much() -> None:
    healthy, ill = small(0), small(90)
    assert -870 < np.median(healthy.study.hu[healthy.lungs > 0]) < -820
    lesion_hu = ill.study.hu[ill.lesions > 0]
    assert -650 < np.median(lesion_hu) < -350
    assert (lesion_hu > -100).mean() > 0.1


@pytest.mark.parametrize("place_mm", [(0, 0, 110), (-60, 30, -112)], ids=["windpipe", "stomach"])
def test_air_outside_the_lungs_is_not_lung(place_mm: tuple[int, int, int]) -> None:
    # Windpipe above the arch; gas in the stomach under the left dome (both as RAS millimetres).
    phantom = thorax_phantom(0, shape=(60, 128, 128), spacing_mm=(5, 2.9, 2.9))
    column, row, slice_, _ = np.rint(np.linalg.inv(phantom.study.affine) @ (*place_mm, 1)).astype(int)
    assert phantom.study.hu[slice_, row, column] < -850
    assert phantom.lungs[slice_, row, column] == 0


def test_there_is_no_lung_above_the_apex_or_at_the_edge_of_the_field() -> None:
    phantom = thorax_phantom(0, shape=(40, 112, 112), spacing_mm=(8, 3.4, 3.4))
    assert not phantom.lungs[[0, -2, -1]].any()
    assert not phantom.lungs[:, [0, -1]].any()
    assert not phantom.lungs[:, :, [0, -1]].any()


def test_hu_keep_to_what_a_scanner_writes() -> None:
    hu = small(75).study.hu
    assert hu.min() == -1024
    assert 300 < hu.max() <= 3071
    assert (hu[:, 0, 0] <= -980).all()


def test_the_same_arguments_give_the_same_voxels_and_another_seed_others() -> None:
    first, again, other = small(), thorax_phantom(35, shape=SHAPE, spacing_mm=SPACING_MM), small(seed=2)
    assert np.array_equal(first.study.hu, again.study.hu)
    assert np.array_equal(first.lesions, again.lesions)
    assert not np.array_equal(first.lesions, other.lesions)


@pytest.mark.parametrize("percent", [-0.1, 100.1, float("nan"), float("inf")])
def test_an_involvement_out_of_range_is_refused(percent: float) -> None:
    with pytest.raises(UsageError, match="from 0 to 100 percent"):
        thorax_phantom(percent)


@pytest.mark.parametrize(
    ("shape", "spacing_mm"), [((0, 64, 64), (5, 5, 5)), ((9, 64, 64), (5, 0, 5)), ((2, 4, 4), (1, 1, 1))]
)
def test_a_field_without_lungs_is_refused(shape: tuple[int, int, int], spacing_mm: tuple[float, float, float]) -> None:
    with pytest.raises(UsageError, match="phantom"):
        thorax_phantom(shape=shape, spacing_mm=spacing_mm)
