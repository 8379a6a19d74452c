"""What the brush paints in a slice view is what numpy says, and is undone bit for bit."""

import numpy as np
import pytest

pytest.importorskip("slicer")
pytest.importorskip("PySide6")

import slicer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from segmentation_scenes import AFFINES, edited_scene
from slice_views import ORIENTATIONS

from .strokes import assert_same, disc, drag, paint


@pytest.mark.parametrize("name", ORIENTATIONS)
@pytest.mark.parametrize("affine", AFFINES)
def test_a_painted_disc_is_what_numpy_says_and_is_undone_bit_for_bit(views, editors, affine, name):
    world = edited_scene(views.core.scene, AFFINES[affine])
    view = views.sliceWidget(name)
    view.show(world.volume, world.ras(6.1, 28.2, 31.1))
    editor = editors(world)
    paint(editor, 13.0)
    before = world.masks()
    pixel = view.pixel(world.ras(6.1, 28.2, 31.1))
    drag(view, pixel)
    covered = disc(view, world, 13.0, pixel)
    assert covered.sum() > 3
    painted = {**before, "lesion": before["lesion"] | covered}
    assert_same(world.masks(), painted)
    editor.undo()
    assert_same(world.masks(), before)
    editor.redo()
    assert_same(world.masks(), painted)


def test_a_fast_drag_is_one_stroke_without_gaps(world, editor, red):
    paint(editor, 5.0)
    before = world.mask("lesion")
    way = (60, 120), (180, 130), (120, 60)
    drag(red, *way)
    assert np.array_equal(world.mask("lesion"), before | disc(red, world, 5.0, *way))
    editor.undo()
    assert np.array_equal(world.mask("lesion"), before)


def test_erasing(world, editor, red):
    paint(editor, 4.0, "Erase")
    before = world.masks()
    pixel = red.pixel(world.ras(6, 28, 15))
    drag(red, pixel)
    removed = before["lesion"] & disc(red, world, 4.0, pixel)
    assert removed.any()
    assert_same(world.masks(), {**before, "lesion": before["lesion"] & ~removed})


def test_a_sphere_reaches_the_neighbouring_slices(world, editor, red):
    paint(editor, 20.0)
    editor.activeEffect().setCommonParameter("BrushSphere", 1)
    before = world.mask("lesion")
    drag(red, red.pixel(world.ras(6, 20, 45)))
    assert np.flatnonzero((world.mask("lesion") ^ before).any((1, 2))).tolist() == [5, 6, 7]


def test_a_relative_brush_is_a_part_of_the_view(world, editor, red):
    paint(editor, 12.0)
    editor.activeEffect().setCommonParameter("BrushDiameterIsRelative", 1)
    editor.activeEffect().setCommonParameter("BrushRelativeDiameter", 25)
    before = world.mask("lesion")
    drag(red, (120, 120))
    diameter = red.mrmlSliceNode().GetFieldOfView()[1] / 4
    assert np.array_equal(world.mask("lesion"), before | disc(red, world, diameter, (120, 120)))


def test_lungs_confine_the_brush_and_are_not_eaten(world, editor, red):
    world.editor_node.SetMaskMode(slicer.vtkMRMLSegmentationNode.EditAllowedInsideAllSegments)
    paint(editor, 30.0)
    before = world.masks()
    pixel = red.pixel(world.ras(6, 28, 31))
    drag(red, pixel)
    covered, lungs = disc(red, world, 30.0, pixel), before["right"] | before["left"]
    assert (covered & ~lungs).any()
    assert_same(world.masks(), {**before, "lesion": before["lesion"] | (covered & lungs)})


def test_an_intensity_range_confines_the_brush(world, editor, red):
    world.editor_node.SetSourceVolumeIntensityMaskRange(-400, 0)
    editor.toggleSourceVolumeIntensityMaskEnabled()
    paint(editor, 30.0)
    before = world.mask("lesion")
    pixel = red.pixel(world.ras(6, 28, 31))
    drag(red, pixel)
    inside = (world.hu >= -400) & (world.hu <= 0)
    assert np.array_equal(world.mask("lesion"), before | (disc(red, world, 30.0, pixel) & inside))


def test_painting_into_an_empty_segment(world, editor, red):
    editor.setCurrentSegmentID("empty")
    paint(editor, 12.0)
    before = world.masks()
    pixel = red.pixel(world.ras(6, 28, 31))
    drag(red, pixel)
    assert_same(world.masks(), {**before, "empty": disc(red, world, 12.0, pixel)})


def test_a_segmentation_without_a_grid_takes_that_of_the_volume(world, editor, red):
    fresh = world.scene.AddNewNodeByClass("vtkMRMLSegmentationNode")
    fresh.CreateDefaultDisplayNodes()
    fresh.GetSegmentation().AddEmptySegment("new", "new")
    editor.setSegmentationNode(fresh)
    editor.setSourceVolumeNode(world.volume)
    paint(editor, 12.0)
    drag(red, (120, 120))
    assert fresh.GetSegmentation().GetSegment("new").GetRepresentation("Binary labelmap") is not None
    world.node = fresh
    assert np.array_equal(world.mask("new"), disc(red, world, 12.0, (120, 120)))


def test_who_listens_hears_each_step_undo_and_redo(world, editor, red):
    heard = []
    world.segmentation.AddObserver(
        slicer.vtkSegmentation.SourceRepresentationModified, lambda caller, event: heard.append(event)
    )
    paint(editor, 12.0)
    drag(red, (100, 120), (110, 120), (120, 120))
    assert len(heard) == 3
    editor.undo()
    editor.redo()
    assert len(heard) == 5


def test_the_surface_is_made_again_soon_after_the_stroke(world, editor, red):
    world.node.CreateClosedSurfaceRepresentation()
    surface = world.segmentation.GetSegment("lesion").GetRepresentation("Closed surface")
    paint(editor, 12.0)
    drag(red, (120, 120), (140, 120))
    assert world.segmentation.GetSegment("lesion").GetRepresentation("Closed surface") is surface
    QTest.qWait(600)
    assert world.segmentation.GetSegment("lesion").GetRepresentation("Closed surface") is not surface


def test_what_cannot_be_painted_is_a_sentence_in_the_widget(world, editor, red):
    world.editor_node.SetAndObserveSourceVolumeNode(None)
    world.editor_node.SetSourceVolumeIntensityMask(True)
    paint(editor, 12.0)
    before = world.masks()
    drag(red, (120, 120), (130, 120))
    assert_same(world.masks(), before)
    shown = [label.text() for label in editor.findChildren(QLabel) if label.isVisibleTo(editor)]
    assert [text for text in shown if "Choose the volume" in text]
    world.editor_node.SetSourceVolumeIntensityMask(False)
    drag(red, (120, 120))
    shown = [label.text() for label in editor.findChildren(QLabel) if label.isVisibleTo(editor)]
    assert not [text for text in shown if "Choose the volume" in text]


def test_closing_the_scene_in_the_middle_of_a_stroke_harms_nothing(world, editor, red):
    paint(editor, 12.0)
    red.mouse("LeftButtonPress", 120, 120)
    world.scene.Clear(False)
    red.mouse("MouseMove", 130, 120)
    red.mouse("LeftButtonRelease", 130, 120)
    assert editor.mrmlSegmentEditorNode() is None
    assert editor.segmentationNode() is None
    assert editor.activeEffect() is None
    editor.undo()


def test_undo_can_be_limited_and_switched_off(world, editor, red):
    paint(editor, 8.0)
    editor.setMaximumNumberOfUndoStates(1)
    assert editor.maximumNumberOfUndoStates == 1
    drag(red, (100, 120))
    once = world.mask("lesion")
    drag(red, (150, 120))
    editor.undo()
    editor.undo()
    assert np.array_equal(world.mask("lesion"), once)
    editor.setUndoEnabled(False)
    editor.redo()
    assert np.array_equal(world.mask("lesion"), once)


def test_read_only_nothing_is_edited(world, editor, red):
    paint(editor, 8.0)
    editor.setReadOnly(True)
    assert editor.readOnly
    editor.setActiveEffectByName("Paint")
    assert editor.activeEffect() is None
    before = world.masks()
    drag(red, (100, 120))
    assert_same(world.masks(), before)
    editor.setReadOnly(False)
    editor.setActiveEffectByName("Paint")
    assert editor.activeEffect().name == "Paint"
