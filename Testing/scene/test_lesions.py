"""Lesions one by one: how many, how large, on which side, and a place in each to go to."""

import numpy as np
import pytest
import slicer
from MosMedCOVIDLib.scene.lesions import find_lesions, jump_to, neighbour
from MosMedCOVIDLib.scene.masks import show_masks
from MosMedCOVIDLib.scene.volume import show_study
from MosMedCOVIDLib.segmentation.masks import Masks
from MosMedCOVIDLib.study.study import Study
from orientations import ORIENTATIONS
from shapes import two_lungs

pytestmark = pytest.mark.usefixtures("empty_scene")


def shown(draw, affine=None):
    """A study with two lungs, into whose lesions `draw` draws: (study, segmentation)."""
    study, lungs, lesions = two_lungs()
    if affine is not None:
        study = Study(study.hu, affine, study.name, study.path, study.kind)
    draw(lesions)
    return study, show_masks(Masks(lungs, lesions), show_study(study))


def voxel_at(study, ras):
    return tuple(np.rint(np.linalg.inv(study.affine) @ [*ras, 1])[2::-1].astype(int))


@pytest.mark.parametrize("affine", ORIENTATIONS.values(), ids=ORIENTATIONS)
def test_they_come_from_large_to_small_with_volume_side_and_place(affine):
    def draw(lesions):
        lesions[3, 10, 10:13] = 1  # 3 voxels in the right lung
        lesions[5:8, 20:23, 40:43] = 1  # 27 in the left
        lesions[15, 30, 50] = 1

    study, segmentation = shown(draw, affine)
    found = find_lesions(segmentation, study)
    assert [lesion.volume_ml for lesion in found] == pytest.approx(
        [27 * study.voxel_ml, 3 * study.voxel_ml, study.voxel_ml]
    )
    assert [lesion.side for lesion in found] == ["left", "right", "left"]
    assert [voxel_at(study, lesion.centre_ras) for lesion in found] == [(6, 21, 41), (3, 10, 11), (15, 30, 50)]


def test_voxels_that_touch_by_a_corner_are_one_lesion():
    def draw(lesions):
        lesions[3, 10, 10] = lesions[4, 11, 11] = lesions[6, 13, 13] = 1

    study, segmentation = shown(draw)
    assert [round(lesion.volume_ml / study.voxel_ml) for lesion in find_lesions(segmentation, study)] == [2, 1]


def test_the_place_lies_inside_also_where_the_middle_does_not():
    def draw(lesions):
        lesions[5, 10:25, 10:25] = 1
        lesions[5, 12:23, 12:23] = 0  # a ring

    study, segmentation = shown(draw)
    (ring,) = find_lesions(segmentation, study)
    k, j, i = voxel_at(study, ring.centre_ras)
    assert k == 5
    assert slicer.util.arrayFromSegmentBinaryLabelmap(segmentation, "lesions")[k, j, i] == 1


def test_the_way_goes_round_and_begins_with_the_largest():
    def draw(lesions):
        lesions[3, 10, 10:13] = lesions[5, 20, 40:42] = lesions[15, 30, 50] = 1

    study, segmentation = shown(draw)
    first, second, third = found = find_lesions(segmentation, study)
    assert neighbour(found, None, 1) is first
    assert neighbour(found, first, 1) is second
    assert neighbour(found, third, 1) is first
    assert neighbour(found, first, -1) is third
    assert neighbour([second], first, 1) is second  # the one before was erased
    assert neighbour([], first, 1) is None


def test_without_lesions_there_are_none():
    study, segmentation = shown(lambda lesions: None)
    assert find_lesions(segmentation, study) == []


def test_the_views_and_the_crosshair_go_there(empty_scene):
    def draw(lesions):
        lesions[5:8, 20:23, 40:43] = 1

    study, segmentation = shown(draw)
    (lesion,) = find_lesions(segmentation, study)
    jump_to(lesion)
    views = slicer.util.getNodesByClass("vtkMRMLSliceNode")
    assert len(views) >= 3
    for view in views:
        normal = slicer.util.arrayFromVTKMatrix(view.GetSliceToRAS())[:3, 2]
        assert view.GetSliceOffset() == pytest.approx(normal @ lesion.centre_ras)
    crosshair = empty_scene.GetFirstNodeByClass("vtkMRMLCrosshairNode")
    assert crosshair.GetCrosshairRAS() == pytest.approx(lesion.centre_ras)
