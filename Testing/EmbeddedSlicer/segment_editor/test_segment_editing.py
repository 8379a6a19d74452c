"""Strokes and thresholds change exactly the voxels that numpy says, by Slicer's rules, and are undone bit for bit."""

import numpy as np
import pytest

pytest.importorskip("slicer")

import slicer
from EmbeddedSlicer.segment_editor.engine import SegmentEditing
from EmbeddedSlicer.segment_editor.masking import Change
from EmbeddedSlicer.segment_editor.voxels import CannotEdit
from segmentation_scenes import AFFINES, SHAPE, add_segment, edited_scene, labelmap, vtk_matrix

from .strokes import assert_same

EVERYWHERE = slicer.vtkMRMLSegmentationNode.EditAllowedEverywhere
INSIDE_ALL = slicer.vtkMRMLSegmentationNode.EditAllowedInsideAllSegments
INSIDE_VISIBLE = slicer.vtkMRMLSegmentationNode.EditAllowedInsideVisibleSegments
OUTSIDE_ALL = slicer.vtkMRMLSegmentationNode.EditAllowedOutsideAllSegments
OUTSIDE_VISIBLE = slicer.vtkMRMLSegmentationNode.EditAllowedOutsideVisibleSegments
INSIDE_SINGLE = slicer.vtkMRMLSegmentationNode.EditAllowedInsideSingleSegment
OVERWRITE_ALL = slicer.vtkMRMLSegmentEditorNode.OverwriteAllSegments
OVERWRITE_VISIBLE = slicer.vtkMRMLSegmentEditorNode.OverwriteVisibleSegments
OVERWRITE_NONE = slicer.vtkMRMLSegmentEditorNode.OverwriteNone


@pytest.fixture(params=AFFINES)
def world(scene, request):
    return edited_scene(scene, AFFINES[request.param])


@pytest.fixture
def small_world(scene):
    return edited_scene(scene, AFFINES["LAS 8 mm"])


def editing_of(world, mask_mode=EVERYWHERE, overwrite=OVERWRITE_NONE):
    world.editor_node.SetMaskMode(mask_mode)
    world.editor_node.SetOverwriteMode(overwrite)
    editing = SegmentEditing()
    editing.use(world.editor_node)
    return editing


def stroke(editing, world, *voxels, change=Change.ADD, radius=8.0):
    """A sphere drawn from voxel (k, j, i) to voxel; where it went, as numpy says."""
    places = [world.ras(*voxel) for voxel in voxels]
    editing.begin()
    for start, end in zip([places[0], *places], places, strict=False):
        editing.brush(change, start, end, radius)
    editing.end()
    k, j, i = np.indices(SHAPE)
    centres = np.stack([i, j, k], -1) @ world.affine[:3, :3].T + world.affine[:3, 3]
    covered = np.zeros(SHAPE, bool)
    for start, end in zip([places[0], *places], places, strict=False):
        way = end - start
        along = np.clip((centres - start) @ way / max(way @ way, 1e-9), 0, 1)
        covered |= np.linalg.norm(centres - start - along[..., None] * way, axis=-1) <= radius + 1e-6
    return covered


def test_painted_undone_redone(world):
    editing = editing_of(world)
    before = world.masks()
    covered = stroke(editing, world, (6, 28, 20), (6, 40, 50))
    painted = {**before, "lesion": before["lesion"] | covered}
    assert_same(world.masks(), painted)
    assert (covered & before["right"]).any(), "the lungs were under the brush and are still there"
    editing.undo()
    assert_same(world.masks(), before)
    editing.redo()
    assert_same(world.masks(), painted)
    assert not editing.history.can_redo


def test_erased_undone_redone(world):
    editing = editing_of(world)
    before = world.masks()
    covered = stroke(editing, world, (6, 26, 13), change=Change.REMOVE, radius=2.5)
    erased = {**before, "lesion": before["lesion"] & ~covered}
    assert 0 < (before["lesion"] & covered).sum() < before["lesion"].sum()
    assert_same(world.masks(), erased)
    editing.undo()
    assert_same(world.masks(), before)
    editing.redo()
    assert_same(world.masks(), erased)


def test_overwriting_takes_from_the_others_and_undo_gives_it_back(world):
    editing = editing_of(world, overwrite=OVERWRITE_ALL)
    before = world.masks()
    covered = stroke(editing, world, (6, 28, 30))
    after = {name: mask & ~covered for name, mask in before.items()} | {"lesion": before["lesion"] | covered}
    assert_same(world.masks(), after)
    editing.undo()
    assert_same(world.masks(), before)
    editing.redo()
    assert_same(world.masks(), after)


def test_a_segment_painted_over_its_neighbour_in_the_same_labelmap(world):
    world.editor_node.SetSelectedSegmentID("right")
    editing = editing_of(world)
    before = world.masks()
    covered = stroke(editing, world, (6, 28, 32), (7, 28, 40))
    assert (covered & before["left"]).any()
    assert_same(world.masks(), {**before, "right": before["right"] | covered})
    editing.undo()
    assert_same(world.masks(), before)


def test_an_empty_segment_grows_with_the_strokes(world):
    world.editor_node.SetSelectedSegmentID("empty")
    editing = editing_of(world)
    before = world.masks()
    covered = stroke(editing, world, (3, 8, 9)) | stroke(editing, world, (12, 50, 60))
    assert_same(world.masks(), {**before, "empty": covered})
    editing.undo()
    editing.undo()
    assert_same(world.masks(), before)


def test_at_the_border_of_the_volume(world):
    editing = editing_of(world)
    before = world.masks()
    covered = stroke(editing, world, (0, 0, 0), (13, 59, 63), radius=20.0)
    assert covered[0, 0, 0]
    assert covered[13, 59, 63]
    assert_same(world.masks(), {**before, "lesion": before["lesion"] | covered})


def slicers_own(world, covered, mode):
    """The masks after Slicer's own editor logic, which works on the whole volume, made the same edit."""
    logic = slicer.vtkSlicerSegmentEditorLogic()
    logic.SetMRMLScene(world.scene)
    logic.SetSegmentEditorNode(world.editor_node)
    modifier = labelmap(world.affine, (0, 0, 0), covered.astype(np.uint8))
    logic.ModifySegmentByLabelmap(world.node, "lesion", modifier, mode, False, False)
    return world.masks()


@pytest.mark.parametrize("ranged", [False, True])
@pytest.mark.parametrize("overwrite", [OVERWRITE_ALL, OVERWRITE_VISIBLE, OVERWRITE_NONE])
@pytest.mark.parametrize(
    "mask_mode", [EVERYWHERE, INSIDE_ALL, INSIDE_VISIBLE, OUTSIDE_ALL, OUTSIDE_VISIBLE, INSIDE_SINGLE]
)
@pytest.mark.parametrize("change", [Change.ADD, Change.REMOVE])
def test_the_rules_are_slicers(small_world, change, mask_mode, overwrite, ranged):
    world = small_world
    world.node.GetDisplayNode().SetSegmentVisibility("left", False)
    world.editor_node.SetMaskSegmentID("right")
    world.editor_node.SetSourceVolumeIntensityMask(ranged)
    world.editor_node.SetSourceVolumeIntensityMaskRange(-700, -100)
    editing = editing_of(world, mask_mode, overwrite)
    before = world.masks()
    covered = stroke(editing, world, (6, 26, 10), (6, 26, 40), change=change, radius=5.0)
    found = world.masks()
    editing.undo()
    assert_same(world.masks(), before)
    logic = slicer.vtkSlicerSegmentEditorLogic
    expected = slicers_own(
        world, covered, logic.ModificationModeAdd if change is Change.ADD else logic.ModificationModeRemove
    )
    assert_same(found, expected)


@pytest.mark.parametrize(
    ("mask_mode", "overwrite"),
    [(EVERYWHERE, OVERWRITE_NONE), (INSIDE_ALL, OVERWRITE_NONE), (EVERYWHERE, OVERWRITE_ALL)],
)
def test_threshold_is_what_has_the_intensities_within_the_editable_area(world, mask_mode, overwrite):
    editing = editing_of(world, mask_mode, overwrite)
    before = world.masks()
    editing.threshold(-300, 40)
    inside = (world.hu >= -300) & (world.hu <= 40)
    area = np.logical_or.reduce(list(before.values())) if mask_mode == INSIDE_ALL else np.ones(SHAPE, bool)
    expected = {**before, "lesion": (inside & area) | (before["lesion"] & ~area)}
    if overwrite == OVERWRITE_ALL:
        expected |= {name: before[name] & ~inside for name in ("right", "left", "empty")}
    assert_same(world.masks(), expected)
    editing.undo()
    assert_same(world.masks(), before)
    assert not editing.history.can_undo


def test_a_source_volume_of_another_grid_is_interpolated(small_world):
    world = small_world
    shifted = AFFINES["LAS 8 mm"].copy()
    shifted[:3, 3] = world.ras(0, 2, 3)
    other = edited_scene(world.scene, shifted)
    world.editor_node.SetAndObserveSourceVolumeNode(other.volume)
    editing = editing_of(world)
    editing.threshold(-300, 40)
    expected = np.zeros(SHAPE, bool)
    inside = (other.hu >= -300) & (other.hu <= 40)
    expected[:, 2:, 3:] = inside[:, :-2, :-3]
    assert np.array_equal(world.mask("lesion"), expected)


def test_what_is_painted_and_erased_again_in_one_edit_is_undone_as_well(small_world):
    world, editing = small_world, editing_of(small_world)
    before = world.masks()
    at = world.ras(6, 28, 22)
    editing.begin()
    editing.brush(Change.ADD, at, at, 12.0)
    editing.brush(Change.REMOVE, at, at, 6.0)
    editing.end()
    after = world.masks()
    assert (after["lesion"] ^ before["lesion"]).any()
    editing.undo()
    assert_same(world.masks(), before)
    editing.redo()
    assert_same(world.masks(), after)


def test_ten_edits_are_kept_and_the_eleventh_forgets_the_first(small_world):
    world, editing = small_world, editing_of(small_world)
    states = [world.mask("lesion")]
    for step in range(11):
        stroke(editing, world, (6, 8 + 4 * step, 30), radius=3.0)
        states.append(world.mask("lesion"))
    for state in reversed(states[1:-1]):
        editing.undo()
        assert np.array_equal(world.mask("lesion"), state)
    assert not editing.history.can_undo
    for state in states[2:]:
        editing.redo()
        assert np.array_equal(world.mask("lesion"), state)


def test_a_new_edit_ends_the_redo(small_world):
    world, editing = small_world, editing_of(small_world)
    stroke(editing, world, (6, 20, 30))
    editing.undo()
    stroke(editing, world, (9, 20, 30))
    assert editing.history.can_undo
    assert not editing.history.can_redo


def test_an_edit_that_changes_nothing_is_not_kept(small_world):
    editing = editing_of(small_world)
    stroke(editing, small_world, (11, 50, 60), change=Change.REMOVE)
    assert not editing.history.can_undo


def test_listeners_hear_of_each_step_after_it_was_made_and_of_undo_and_redo(small_world):
    world, editing = small_world, editing_of(small_world, overwrite=OVERWRITE_ALL)
    heard = []
    world.segmentation.AddObserver(
        slicer.vtkSegmentation.SourceRepresentationModified,
        lambda caller, event: heard.append((int(world.mask("lesion").sum()), int(world.mask("right").sum()))),
    )
    stroke(editing, world, (6, 28, 20))
    after = int(world.mask("lesion").sum()), int(world.mask("right").sum())
    assert set(heard) == {after}
    heard.clear()
    editing.undo()
    assert set(heard) == {(3 * 6 * 7, 10 * 40 * 22)}
    heard.clear()
    editing.redo()
    assert set(heard) == {after}


def test_closed_surfaces_stay_until_they_are_made_again(small_world):
    world, editing = small_world, editing_of(small_world)
    world.node.CreateClosedSurfaceRepresentation()

    def surface(segment):
        return world.segmentation.GetSegment(segment).GetRepresentation("Closed surface")

    old = {name: surface(name) for name in ("right", "left", "lesion")}
    size = old["lesion"].GetNumberOfPoints()
    stroke(editing, world, (6, 28, 16), (6, 28, 25))
    assert editing.has_stale_surfaces
    editing.update_surfaces()
    assert not editing.has_stale_surfaces
    assert surface("right") is old["right"]
    assert surface("left") is old["left"]
    assert surface("lesion").GetNumberOfPoints() != size


def test_without_surfaces_none_is_made(small_world):
    world, editing = small_world, editing_of(small_world)
    stroke(editing, world, (6, 28, 16))
    editing.update_surfaces()
    assert not world.segmentation.ContainsRepresentation("Closed surface")


def test_what_others_change_cannot_be_undone_here(small_world):
    world, editing = small_world, editing_of(small_world)
    stroke(editing, world, (6, 28, 16))
    add_segment(world.node, "other", labelmap(world.affine, (0, 0, 0), np.ones((1, 2, 2), np.uint8)), 1)
    assert editing.history.can_undo, "another segment does not matter"
    slicer.vtkSlicerSegmentationsModuleLogic.SetBinaryLabelmapToSegment(
        labelmap(world.affine, (0, 0, 0), np.ones((2, 2, 2), np.uint8)), world.node, "lesion"
    )
    assert not editing.history.can_undo


def test_another_segmentation_starts_a_new_history(small_world):
    world, editing = small_world, editing_of(small_world)
    stroke(editing, world, (6, 28, 16))
    world.editor_node.SetAndObserveSegmentationNode(edited_scene(world.scene, world.affine).node)
    editing.use(world.editor_node)
    assert not editing.history.can_undo


def test_under_a_linear_transform_the_brush_paints_where_it_is_seen(small_world):
    world, editing = small_world, editing_of(small_world)
    moved = world.scene.AddNewNodeByClass("vtkMRMLLinearTransformNode")
    shift = np.eye(4)
    shift[:3, 3] = world.ras(0, 4, 5) - world.ras(0, 0, 0)
    moved.SetMatrixTransformToParent(vtk_matrix(shift))
    world.node.SetAndObserveTransformNodeID(moved.GetID())
    before = world.mask("lesion")
    at = world.ras(6, 30, 30)
    editing.begin()
    editing.brush(Change.ADD, at, at, 0.3)
    editing.end()
    changed = np.argwhere(world.mask("lesion") ^ before).tolist()
    assert changed == [[6, 26, 25]]


def test_what_cannot_be_edited_is_a_sentence(small_world):
    world, editing = small_world, editing_of(small_world)
    world.editor_node.SetSelectedSegmentID("nothing")
    with pytest.raises(CannotEdit, match="Choose the segment"):
        editing.begin()
    world.editor_node.SetSelectedSegmentID("lesion")
    world.editor_node.SetAndObserveSourceVolumeNode(None)
    with pytest.raises(CannotEdit, match="Choose the volume"):
        editing.threshold(0, 1)
    world.editor_node.SetSourceVolumeIntensityMask(True)
    with pytest.raises(CannotEdit, match="Choose the volume"):
        editing.begin()
    world.editor_node.SetAndObserveSegmentationNode(None)
    with pytest.raises(CannotEdit, match="Choose the segmentation"):
        editing.begin()
    assert not editing.in_stroke
