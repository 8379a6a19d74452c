"""Masks become segments and come back exact; the grade of the segments is the grade of the masks."""

import json

import numpy as np
import pytest
import slicer
from MosMedCOVIDLib.errors import StudyRefused
from MosMedCOVIDLib.grading.grade import grade_study
from MosMedCOVIDLib.scene.labelmaps import box_of, on_grid, to_labelmap
from MosMedCOVIDLib.scene.masks import (
    MASKS,
    grade_of,
    is_corrected,
    made_by,
    masks_of,
    outside_ml,
    segmentations_of,
    set_corrected,
    show_masks,
    volume_of,
)
from MosMedCOVIDLib.scene.segments import LEFT_LUNG, LESIONS, NAMES, RIGHT_LUNG
from MosMedCOVIDLib.scene.volume import show_study, study_of
from MosMedCOVIDLib.segmentation.masks import Masks, Model
from MosMedCOVIDLib.study.study import Study
from orientations import ORIENTATIONS
from shapes import two_lungs

pytestmark = pytest.mark.usefixtures("empty_scene")
MODEL = Model("net", "1.2", "abc", "cpu", 1.0)


def reading(affine=None, right=700, left=40):
    """A study, its masks as the network gives them, and both in the scene: (study, masks, volume, segmentation)."""
    study, lungs, lesions = two_lungs(right, left)
    if affine is not None:
        study = Study(study.hu, affine, study.name, study.path, study.kind)
    rng = np.random.default_rng(3)
    probability = np.where(lesions > 0, rng.integers(128, 256, lungs.shape), rng.integers(0, 128, lungs.shape))
    masks = Masks(lungs, lesions, MODEL, np.where(lungs > 0, probability, 0).astype(np.uint8))
    volume = show_study(study)
    return study, masks, volume, show_masks(masks, volume)


def labelmap(segmentation, segment):
    """The label map of a segment, shared: what an editor changes."""
    return slicer.util.arrayFromSegmentInternalBinaryLabelmap(segmentation, segment)


def paint(segmentation, values, box, affine, segment=LESIONS):
    """Puts another label map into a segment, as an editor does when a stroke leaves the old one's box."""
    image = to_labelmap(values, box, affine)
    segmentation.GetSegmentation().GetSegment(segment).AddRepresentation("Binary labelmap", image)


def same(found, wanted):
    assert np.array_equal(found.lungs, wanted.lungs)
    assert np.array_equal(found.lesions, wanted.lesions)
    assert found.model == wanted.model
    assert np.array_equal(found.lesion_probability, wanted.lesion_probability)


@pytest.mark.parametrize("affine", ORIENTATIONS.values(), ids=ORIENTATIONS)
def test_masks_come_back_to_the_voxel(affine):
    study, masks, volume, segmentation = reading(affine)
    same(masks_of(segmentation, study), masks)
    assert grade_of(segmentation, volume) == grade_study(study, masks)


def test_the_segments_have_names_and_the_lungs_share_a_label_map():
    _, masks, volume, segmentation = reading()
    segments = segmentation.GetSegmentation()
    names = {segment: segments.GetSegment(segment).GetName() for segment in segments.GetSegmentIDs()}
    assert names == {"right_lung": "Right lung", "left_lung": "Left lung", "lesions": "COVID-19 lesions"} == NAMES
    assert list(segments.GetSegmentIDs()) == [RIGHT_LUNG, LEFT_LUNG, LESIONS]
    assert segments.GetNumberOfLayers() == 2
    assert segments.GetLayerIndex(RIGHT_LUNG) == segments.GetLayerIndex(LEFT_LUNG) != segments.GetLayerIndex(LESIONS)
    assert volume_of(segmentation) is volume
    assert labelmap(segmentation, LESIONS).size < masks.lesions.size  # cropped to the lungs


@pytest.mark.parametrize("segment", [RIGHT_LUNG, LEFT_LUNG, LESIONS])
def test_an_edit_of_each_label_map_is_told(segment):
    *_, segmentation = reading()
    segments, told = segmentation.GetSegmentation(), []
    segments.AddObserver(segments.SourceRepresentationModified, lambda caller, event: told.append(event))
    segments.GetSegment(segment).GetRepresentation("Binary labelmap").Modified()
    assert told


def test_slicer_itself_finds_the_same_voxels():
    _, masks, volume, segmentation = reading()
    right = slicer.util.arrayFromSegmentBinaryLabelmap(segmentation, RIGHT_LUNG, volume)
    assert np.array_equal(right > 0, masks.lungs == 1)
    lesions = slicer.util.arrayFromSegmentBinaryLabelmap(segmentation, LESIONS, volume)
    assert np.array_equal(lesions, masks.lesions)


@pytest.mark.parametrize("rule", ["total", "worse_lung"])
def test_the_grade_is_that_of_the_whole_grid_by_either_rule_and_follows_edits(rule):
    study, masks, volume, segmentation = reading()
    assert grade_of(segmentation, volume, rule) == grade_study(study, masks, rule)
    edited = masks.lesions.copy()
    edited[5, 10:20, 10:20] = 1
    edited[2, 30, 8:12] = 0
    labelmap(segmentation, LESIONS)[:] = edited[box_of(masks.lungs)]
    set_corrected(segmentation)
    expected = grade_study(study, Masks(masks.lungs, edited, None, masks.lesion_probability), rule)
    assert grade_of(segmentation, volume, rule) == expected
    assert expected.interval_percent is not None
    same(masks_of(segmentation, study), Masks(masks.lungs, edited, None, masks.lesion_probability))


def test_a_corrected_mask_is_a_readers_and_still_says_who_made_it():
    _, _, volume, segmentation = reading()
    assert not is_corrected(segmentation)
    assert masks_of(segmentation, study_of(volume)).model == MODEL
    assert grade_of(segmentation, volume).ct0_below_ml == MODEL.ct0_below_ml
    set_corrected(segmentation)
    assert is_corrected(segmentation)
    assert masks_of(segmentation, study_of(volume)).model is None
    assert grade_of(segmentation, volume).ct0_below_ml == 0.1
    assert made_by(segmentation) == MODEL
    set_corrected(segmentation, False)
    assert masks_of(segmentation, study_of(volume)).model == MODEL


def test_lesions_beside_a_lung_become_lung_of_that_side_and_those_apart_of_theirs():
    study, masks, volume, segmentation = reading(right=0, left=0)
    lesions = masks.lesions.copy()
    lesions[4, 20, 4:12] = 1  # from the air left of the picture into the right lung
    lesions[4, 20, 52:60] = 1  # out of the left lung
    lesions[21, 2, 20] = 1  # apart, on the patient's right
    lesions[21, 2, 44] = 1
    paint(segmentation, lesions, (slice(0, 22), slice(0, 40), slice(0, 64)), study.affine)
    found = masks_of(segmentation, study)
    lungs = masks.lungs.copy()
    lungs[4, 20, 4:8], lungs[4, 20, 56:60], lungs[21, 2, 20], lungs[21, 2, 44] = 1, 2, 1, 2
    assert np.array_equal(found.lungs, lungs)
    assert np.array_equal(found.lesions, lesions)
    assert outside_ml(segmentation, study) == pytest.approx(10 * study.voxel_ml)
    expected = grade_study(study, Masks(lungs, lesions, MODEL, masks.lesion_probability))
    assert grade_of(segmentation, volume) == expected


@pytest.mark.parametrize("affine", ["LPS", "permuted SLP", "oblique 17°"])
def test_which_side_is_right_is_told_in_the_patient_not_in_the_array(affine):
    affine = ORIENTATIONS[affine]
    study, _, _, segmentation = reading(affine, 0, 0)
    x = np.einsum("c,cijk->ijk", affine[0, :3], np.indices(study.hu.shape[::-1])).transpose(2, 1, 0)
    corner = np.unravel_index(x.argmax(), x.shape)  # as far to the patient's right as the grid goes
    lungs, lesions = np.zeros(study.hu.shape, np.uint8), np.zeros(study.hu.shape, np.uint8)
    lesions[corner] = 1
    whole = (slice(0, 22), slice(0, 40), slice(0, 64))
    paint(segmentation, lungs, whole, affine, RIGHT_LUNG)
    paint(segmentation, lungs, whole, affine, LEFT_LUNG)
    paint(segmentation, lesions, whole, affine)
    assert masks_of(segmentation, study).lungs[corner] == 1


def test_a_voxel_of_both_lungs_is_right_lung():
    study, masks, _, segmentation = reading()
    box = (slice(1, 21), slice(8, 33), slice(8, 40))
    paint(segmentation, np.ones((20, 25, 32), np.uint8), box, study.affine, RIGHT_LUNG)
    lungs = masks.lungs.copy()
    lungs[box] = 1
    assert np.array_equal(masks_of(segmentation, study).lungs, lungs)


def test_a_label_map_that_leaves_the_volume_is_cut_there():
    study, masks, _, segmentation = reading(right=0, left=0)
    paint(segmentation, np.ones((3, 5, 5), np.uint8), (slice(-1, 2), slice(38, 43), slice(-2, 3)), study.affine)
    lesions = np.zeros_like(masks.lesions)
    lesions[0:2, 38:40, 0:3] = 1
    assert np.array_equal(masks_of(segmentation, study).lesions, lesions)


def test_a_label_map_with_other_indices_for_the_same_places_is_understood():
    study, masks, _, segmentation = reading()
    box = box_of(masks.lungs)
    elsewhere = study.affine.copy()
    elsewhere[:, 3] = study.affine @ (3, 2, 1, 1)
    shifted = tuple(slice(part.start - less, part.stop - less) for part, less in zip(box, (1, 2, 3), strict=True))
    paint(segmentation, masks.lesions[box], shifted, elsewhere)
    assert np.array_equal(masks_of(segmentation, study).lesions, masks.lesions)


def test_a_label_map_on_a_finer_grid_is_taken_from_the_nearest_voxels():
    study, masks, _, segmentation = reading()
    finer = study.affine @ np.diag([0.5, 0.5, 0.5, 1])
    finer[:, 3] = study.affine @ (-0.25, -0.25, -0.25, 1)
    twice = masks.lesions.repeat(2, 0).repeat(2, 1).repeat(2, 2)
    paint(segmentation, twice, tuple(slice(0, size) for size in twice.shape), finer)
    assert np.array_equal(masks_of(segmentation, study).lesions, masks.lesions)


def test_without_lungs_there_is_no_grade():
    study, lungs, lesions = two_lungs()
    empty = np.zeros_like(lungs)
    volume = show_study(study)
    segmentation = show_masks(Masks(empty, empty), volume)
    assert segmentation.GetSegmentation().GetNumberOfSegments() == 3
    assert grade_of(segmentation, volume) is None
    same(masks_of(segmentation, study), Masks(empty, empty))
    assert outside_ml(segmentation, study) == 0
    del lesions


def test_masks_of_another_study_are_refused_and_the_old_ones_stay():
    _, masks, volume, segmentation = reading()
    with pytest.raises(StudyRefused, match="another study"):
        show_masks(Masks(masks.lungs[1:], masks.lesions[1:]), volume)
    assert segmentations_of(volume) == [segmentation]


def test_under_a_transform_masks_are_refused():
    study, _, _, segmentation = reading()
    transform = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLLinearTransformNode")
    segmentation.SetAndObserveTransformNodeID(transform.GetID())
    with pytest.raises(StudyRefused, match="transform"):
        masks_of(segmentation, study)


def test_new_masks_replace_the_earlier_ones_and_leave_nothing_of_them(empty_scene):
    _, masks, volume, _ = reading()
    count = empty_scene.GetNumberOfNodes()
    for _ in range(3):
        segmentation = show_masks(masks, volume)
        assert empty_scene.GetNumberOfNodes() == count
        assert segmentations_of(volume) == [segmentation]


def test_a_saved_scene_brings_the_masks_back_but_not_the_probability(tmp_path):
    for name in ("LAS", "oblique 17°"):
        study, masks, _, segmentation = reading(ORIENTATIONS[name])
        set_corrected(segmentation)
        assert slicer.util.saveScene(str(tmp_path / f"{name}.mrb"))
        slicer.mrmlScene.Clear(False)
        assert slicer.util.loadScene(str(tmp_path / f"{name}.mrb"))
        volumes = slicer.util.getNodesByClass("vtkMRMLScalarVolumeNode")
        assert [volume.GetName() for volume in volumes] == [study.name]
        (again,) = segmentations_of(volumes[0])
        assert is_corrected(again)
        assert made_by(again) == MODEL
        assert study_of(volumes[0]).affine.tolist() == study.affine.tolist()
        same(masks_of(again, study_of(volumes[0])), Masks(masks.lungs, masks.lesions))
        grade = grade_of(again, volumes[0])
        assert grade == grade_study(study, Masks(masks.lungs, masks.lesions))
        assert grade.interval_percent is None
        slicer.mrmlScene.Clear(False)


def test_the_model_is_kept_as_plain_json():
    _, _, _, segmentation = reading()
    assert json.loads(segmentation.GetAttribute(MASKS))["model"]["name"] == "net"


def test_a_box_is_as_small_as_it_can_be():
    mask = np.zeros((5, 6, 7), np.uint8)
    assert box_of(mask) is None
    mask[1, 2, 3] = mask[3, 4, 3] = 2
    assert box_of(mask) == (slice(1, 4), slice(2, 5), slice(3, 4))


def test_a_label_map_beside_the_grid_counts_as_none():
    image = to_labelmap(np.ones((2, 2, 2), np.uint8), (slice(50, 52),) * 3, np.eye(4))
    assert on_grid(image, np.eye(4), (10, 10, 10)) is None
    assert on_grid(slicer.vtkOrientedImageData(), np.eye(4), (10, 10, 10)) is None
