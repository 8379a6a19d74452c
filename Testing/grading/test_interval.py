"""The interval of a volume of lesion: from what is sure to what is possible, stretched as the model was calibrated."""

import pytest
from MosMedCOVIDLib.grading.interval import plausible_lesion
from MosMedCOVIDLib.grading.involvement import Involvement
from MosMedCOVIDLib.segmentation.masks import IntervalSettings

LUNG = Involvement(lung=10_000, lesion=2000, least=1500, most=2300, consolidation=None, voxel_ml=0.001)


def plausible(lung=LUNG, slice_mm=8.0, **settings):
    return plausible_lesion(lung, IntervalSettings(0.95, 0.05, **settings), slice_mm)


def test_without_stretching_it_is_what_is_sure_and_what_is_possible():
    assert plausible() == (1500, 2300)


def test_each_side_is_stretched_by_itself():
    assert plausible(widen_down=2.0) == (1000, 2300)
    assert plausible(widen_up=0.5) == (1500, 2150)


def test_it_stays_between_nothing_and_the_whole_lung():
    assert plausible(widen_down=5.0, widen_up=100.0) == (0, 10_000)


@pytest.mark.parametrize(("slice_mm", "error"), [(8.0, 400), (2.0, 100), (4.0, 200)])
def test_the_error_of_thick_slices_grows_with_their_distance(slice_mm, error):
    certain = Involvement(10_000, 2000, 2000, 2000, None, 0.001)
    assert plausible(certain, slice_mm, sampling=0.2) == pytest.approx((2000 - error, 2000 + error))


def test_independent_errors_add_in_quadrature():
    assert plausible(sampling=0.2) == pytest.approx((2000 - (500**2 + 400**2) ** 0.5, 2000 + (300**2 + 400**2) ** 0.5))


def test_without_settings_only_what_was_found_is_plausible():
    assert plausible_lesion(LUNG, None, 8.0) == (2000, 2000)
