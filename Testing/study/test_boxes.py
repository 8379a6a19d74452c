"""Boxes of a grid: the smallest around a mask, what two share, and the affine that a cropped volume needs."""

import numpy as np
from MosMedCOVIDLib.study.boxes import box_from, box_of, cropped_affine, overlap, shape_of, union, within

BOX = box_from((2, 3, 4), (5, 7, 9))


def test_a_box_holds_all_of_a_mask_and_nothing_besides():
    mask = np.zeros((8, 9, 10), np.uint8)
    mask[2, 3, 8], mask[4, 6, 4] = 1, 2
    assert box_of(mask) == BOX
    assert shape_of(BOX) == (3, 4, 5)
    assert box_of(np.zeros((2, 3, 4), np.uint8)) is None


def test_boxes_meet_and_are_joined():
    other = box_from((4, 0, 4), (8, 4, 5))
    assert overlap(BOX, other) == box_from((4, 3, 4), (5, 4, 5))
    assert union([BOX, other]) == box_from((2, 0, 4), (8, 7, 9))
    assert overlap(BOX, box_from((5, 3, 4), (6, 7, 9))) is None  # they touch


def test_a_box_seen_from_one_around_it_holds_the_same_voxels():
    voxels = np.arange(8 * 9 * 10).reshape(8, 9, 10)
    around = box_from((1, 1, 2), (8, 8, 10))
    assert np.array_equal(voxels[around][within(BOX, around)], voxels[BOX])


def test_a_cropped_volume_stays_at_its_place():
    affine = np.array([[0.0, -0.7, 0.1, 10], [-0.8, 0, 0, -20], [0, 0.2, 5, 300], [0, 0, 0, 1]])
    slice_, row, column = 1, 2, 3  # in the box
    there = affine @ (4 + column, 3 + row, 2 + slice_, 1)
    assert np.allclose(cropped_affine(affine, BOX) @ (column, row, slice_, 1), there)
