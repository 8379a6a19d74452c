"""Masks become segments and come back exact; the grade of the segments is the grade of the masks."""

import json
from dataclasses import replace

import numpy as np
import pytest
import slicer
from MosMedCOVIDLib.errors import StudyRefused
from MosMedCOVIDLib.grading.grade import grade_study
from MosMedCOVIDLib.scene.beside import DENSE, LESION_PROBABILITY, kept_beside
from MosMedCOVIDLib.scene.labelmaps import on_grid, to_labelmap
from MosMedCOVIDLib.scene.masks import (
    MASKS,
    grade_of,
    is_corrected,
    made_by,
    masks_of,
    outside_ml,
    remove_masks,
    segmentations_of,
    set_corrected,
    show_masks,
    volume_of,
)
from MosMedCOVIDLib.scene.segments import LEFT_LUNG, LESIONS, NAMES, RIGHT_LUNG
from MosMedCOVIDLib.scene.volume import show_study, study_of
from MosMedCOVIDLib.segmentation.density import dense_by_density
from MosMedCOVIDLib.segmentation.masks import IntervalSettings, Masks, Model
from MosMedCOVIDLib.study.boxes import box_of
from MosMedCOVIDLib.study.study import Study
from orientations import ORIENTATIONS
from shapes import two_lungs

pytestmark = pytest.mark.usefixtures("empty_scene")
MODEL = Model("net", "1.2", "abc", "cpu", 1.0, IntervalSettings(0.95, 0.05))
WHOLE = (slice(0, 22), slice(0, 40), slice(0, 64))  # the grid of `reading`


def reading(affine=None, right=700, left=40):
    """A study, its masks as the network gives them, and both in the scene: (study, masks, volume, segmentation)."""
    study, lungs, lesions = two_lungs(right, left)
    if affine is not None:
        study = Study(study.hu, affine, study.name, study.path, study.kind)
    rng = np.random.default_rng(3)
    probability = np.where(lesions > 0, rng.integers(128, 256, lungs.shape), rng.integers(0, 128, lungs.shape))
    dense = rng.integers(0, 2, lungs.shape).astype(np.uint8) * lesions
    masks = Masks(lungs, lesions, MODEL, np.where(lungs > 0, probability, 0).astype(np.uint8), dense)
    volume = show_study(study)
    return study, masks, volume, show_masks(masks, volume)


def labelmap(segmentation, segment):
    """The label map of a segment, shared: what an editor changes."""
    return slicer.util.arrayFromSegmentInternalBinaryLabelmap(segmentation, segment)


def paint(segmentation, values, box, affine, segment=LESIONS):
    """Puts another label map into a segment, as an editor does when a stroke leaves the old one's box."""
    image = to_labelmap(values, box, affine)
    segmentation.GetSegmentation().GetSegment(segment).AddRepresentation("Binary labelmap", image)


def also_dense(masks, study):
    """What is dense as the masks tell it of their lesions, and as the density tells it elsewhere."""
    return np.where(masks.lesions > 0, masks.dense, dense_by_density(study))


def same(found, wanted):
    assert np.array_equal(found.lungs, wanted.lungs)
    assert np.array_equal(found.lesions, wanted.lesions)
    assert found.model == wanted.model
    assert found.corrected == wanted.corrected
    assert np.array_equal(found.lesion_probability, wanted.lesion_probability)
    assert np.array_equal(found.lesions & found.dense, wanted.lesions & wanted.dense)


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
    corrected = replace(masks, lesions=edited, dense=also_dense(masks, study), corrected=True)
    expected = grade_study(study, corrected, rule)
    assert grade_of(segmentation, volume, rule) == expected
    assert expected.interval_percent is not None
    same(masks_of(segmentation, study), corrected)


def test_ground_glass_and_consolidation_follow_an_edit():
    study, masks, volume, segmentation = reading()
    before = grade_of(segmentation, volume).lungs["both"]
    labelmap(segmentation, LESIONS)[:] = 1  # the whole box of the lungs, between them as well
    box = box_of(masks.lungs)
    after = grade_of(segmentation, volume).lungs["both"]
    assert before.consolidation == np.count_nonzero(masks.lesions & masks.dense)
    assert after.consolidation == np.count_nonzero(also_dense(masks, study)[box])
    labelmap(segmentation, LESIONS)[:] = masks.lesions[box]
    assert grade_of(segmentation, volume).lungs["both"] == before


def test_where_a_lesion_grows_beyond_what_was_told_the_density_tells_what_is_dense():
    study, masks, volume, segmentation = reading()
    lesions = masks.lesions.copy()
    lesions[5, 36:39, 20:30] = 1  # soft tissue behind the lung: what the network took for no lung at all
    paint(segmentation, lesions, WHOLE, study.affine)
    both = grade_of(segmentation, volume).lungs["both"]
    assert both.consolidation == np.count_nonzero(masks.lesions & masks.dense) + 30
    found = masks_of(segmentation, study)
    assert np.count_nonzero(found.lesions & found.dense) == both.consolidation


def test_the_density_is_looked_at_only_where_a_lesion_is_that_nobody_told_of(monkeypatch):
    from MosMedCOVIDLib.scene import masks as masks_in_scene

    study, masks, volume, segmentation = reading()
    asked = []
    monkeypatch.setattr(
        masks_in_scene, "dense_by_density", lambda study, box: (asked.append(box), dense_by_density(study, box))[1]
    )
    lesions = masks.lesions.copy()
    lesions[5:7, 36:39, 20:30] = 1
    paint(segmentation, lesions, WHOLE, study.affine)
    grade_of(segmentation, volume)
    grade_of(segmentation, volume)
    assert asked == [(slice(5, 7), *WHOLE[1:])]
    lesions[9, 36:39, 20:30] = 1
    paint(segmentation, lesions, WHOLE, study.affine)
    both = grade_of(segmentation, volume).lungs["both"]
    assert asked[1:] == [(slice(9, 10), *WHOLE[1:])]
    assert both.consolidation == np.count_nonzero(masks.lesions & masks.dense) + 90


def test_of_a_mask_without_a_network_the_density_tells_what_is_dense():
    study, lungs, lesions = two_lungs(700, 40)
    study.hu[:, 20:] = -100
    volume = show_study(study)
    segmentation = show_masks(Masks(lungs, lesions), volume)
    dense = dense_by_density(study)
    assert 0 < np.count_nonzero(lesions & dense) < 740
    same(masks_of(segmentation, study), Masks(lungs, lesions, dense=dense))
    assert grade_of(segmentation, volume) == grade_study(study, Masks(lungs, lesions, dense=dense))


def test_a_corrected_mask_is_a_readers_and_still_says_who_made_it():
    _, _, volume, segmentation = reading()
    assert not is_corrected(segmentation)
    assert masks_of(segmentation, study_of(volume)).model == MODEL
    assert grade_of(segmentation, volume).ct0_below_ml == MODEL.ct0_below_ml
    set_corrected(segmentation)
    assert is_corrected(segmentation)
    assert masks_of(segmentation, study_of(volume)).corrected
    assert grade_of(segmentation, volume).ct0_below_ml == 0.1
    assert made_by(segmentation) == MODEL
    set_corrected(segmentation, False)
    assert not masks_of(segmentation, study_of(volume)).corrected


def test_lesions_beside_a_lung_become_lung_of_that_side_and_those_apart_of_theirs():
    study, masks, volume, segmentation = reading(right=0, left=0)
    lesions = masks.lesions.copy()
    lesions[4, 20, 4:12] = 1  # from the air left of the picture into the right lung
    lesions[4, 20, 52:60] = 1  # out of the left lung
    lesions[21, 2, 20] = 1  # apart, on the patient's right
    lesions[21, 2, 44] = 1
    paint(segmentation, lesions, WHOLE, study.affine)
    found = masks_of(segmentation, study)
    lungs = masks.lungs.copy()
    lungs[4, 20, 4:8], lungs[4, 20, 56:60], lungs[21, 2, 20], lungs[21, 2, 44] = 1, 2, 1, 2
    assert np.array_equal(found.lungs, lungs)
    assert np.array_equal(found.lesions, lesions)
    assert outside_ml(segmentation, study) == pytest.approx(10 * study.voxel_ml)
    expected = grade_study(study, Masks(lungs, lesions, MODEL, masks.lesion_probability, dense_by_density(study)))
    assert grade_of(segmentation, volume) == expected


@pytest.mark.parametrize("affine", ["LPS", "permuted SLP", "oblique 17°"])
def test_which_side_is_right_is_told_in_the_patient_not_in_the_array(affine):
    affine = ORIENTATIONS[affine]
    study, _, _, segmentation = reading(affine, 0, 0)
    x = np.einsum("c,cijk->ijk", affine[0, :3], np.indices(study.hu.shape[::-1])).transpose(2, 1, 0)
    corner = np.unravel_index(x.argmax(), x.shape)  # as far to the patient's right as the grid goes
    lungs, lesions = np.zeros(study.hu.shape, np.uint8), np.zeros(study.hu.shape, np.uint8)
    lesions[corner] = 1
    paint(segmentation, lungs, WHOLE, affine, RIGHT_LUNG)
    paint(segmentation, lungs, WHOLE, affine, LEFT_LUNG)
    paint(segmentation, lesions, WHOLE, affine)
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
    same(masks_of(segmentation, study), Masks(empty, empty, dense=empty))
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


def test_what_is_dense_is_told_once_and_leaves_with_its_masks(empty_scene):
    study, lungs, lesions = two_lungs(700, 40)
    volume = show_study(study)
    count = empty_scene.GetNumberOfNodes()
    segmentation = show_masks(Masks(lungs, lesions), volume)
    for _ in range(3):
        grade_of(segmentation, volume)
        assert kept_beside(segmentation, DENSE).box == box_of(lungs)
    paint(segmentation, lesions, WHOLE, study.affine)
    for _ in range(3):
        grade_of(segmentation, volume)
        assert kept_beside(segmentation, DENSE).box == WHOLE
    remove_masks(segmentation)
    assert empty_scene.GetNumberOfNodes() == count


def test_another_volume_is_never_taken_for_what_was_kept():
    study, masks, volume, segmentation = reading()
    for role in (DENSE, LESION_PROBABILITY):
        segmentation.SetNodeReferenceID(role, volume.GetID())  # as after a scene was loaded and another CT opened
    same(masks_of(segmentation, study), replace(masks, lesion_probability=None, dense=dense_by_density(study)))
    remove_masks(segmentation)
    assert slicer.mrmlScene.IsNodePresent(volume)


def test_a_saved_scene_brings_the_masks_back_and_the_density_tells_what_is_dense(tmp_path):
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
        expected = replace(masks, lesion_probability=None, dense=dense_by_density(study), corrected=True)
        same(masks_of(again, study_of(volumes[0])), expected)
        grade = grade_of(again, volumes[0])
        assert grade == grade_study(study, expected)
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
