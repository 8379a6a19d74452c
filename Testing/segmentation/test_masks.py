"""Masks are valid whenever they exist."""

import numpy as np
import pytest
from MosMedCOVIDLib.errors import MosMedError
from MosMedCOVIDLib.segmentation.masks import READER_CT0_BELOW_ML, Masks, Model


def volume(value=0, shape=(2, 3, 4)):
    return np.full(shape, value, np.uint8)


def test_a_readers_masks_and_a_models_differ_in_what_counts_as_nothing():
    model = Model("m", "1", "abc", "cpu", ct0_below_ml=1.0)
    assert Masks(volume(1), volume()).ct0_below_ml == READER_CT0_BELOW_ML == 0.1
    assert Masks(volume(1), volume(), model).ct0_below_ml == 1.0


@pytest.mark.parametrize(
    ("lungs", "lesions", "reason"),
    [
        (volume(3), volume(), "other labels"),
        (volume(1), volume(2), "other labels"),
        (volume(0), volume(1), "outside the lungs"),
        (volume(1), volume(0, (2, 3, 5)), "one shape"),
        (volume(1).astype(np.int16), volume(), "uint8"),
    ],
)
def test_impossible_masks_are_refused(lungs, lesions, reason):
    with pytest.raises(MosMedError, match=reason):
        Masks(lungs, lesions)
