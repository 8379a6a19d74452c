"""Dice of masks that can be counted by hand."""

import numpy as np
from MosMedCOVIDLib.grading.agreement import Agreement


def test_dice_counts_common_voxels_twice():
    found, true = np.zeros((2, 10), np.uint8), np.zeros((2, 10), np.uint8)
    found[0, :6] = 1
    true[0, 3:] = 2  # any label counts
    assert Agreement.of(found, true) == Agreement(found=6, true=7, common=3)
    assert Agreement.of(found, true).dice == 6 / 13
    assert Agreement.of(true, true).dice == 1


def test_without_truth_there_is_no_dice():
    assert Agreement.of(np.ones(3), np.zeros(3)).dice is None
    assert Agreement.of(np.zeros(3), np.ones(3)).dice == 0
