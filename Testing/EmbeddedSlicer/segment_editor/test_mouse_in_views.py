"""With a brush the mouse paints in whatever slice views there are, and does all else that it does without one."""

import numpy as np
import pytest

pytest.importorskip("slicer")
pytest.importorskip("PySide6")

import slicer
from EmbeddedSlicer.segment_editor.widget import qMRMLSegmentEditorWidget
from EmbeddedSlicer.start import start
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from segmentation_scenes import AFFINES, edited_scene
from slice_views import ORIENTATIONS

from .strokes import assert_same, disc, drag, paint


def green(view):
    """How many pixels of the picture, segments included, are green rather than anything else."""
    total = 0
    for layer in view.view.draw():
        pixels = np.asarray(layer.pixels).astype(int)
        if pixels.ndim == 3:
            total += int((pixels[..., 1] > pixels[..., 0] + 60).sum())
    return total


@pytest.mark.parametrize("place", [(6, 28, 22), (6, 50, 60)])
def test_each_step_is_seen_before_the_button_is_up_in_all_views(views, world, editor, red, place):
    for segment in ("right", "left"):
        world.node.GetDisplayNode().SetSegmentVisibility(segment, False)
    world.segmentation.GetSegment("lesion").SetColor(0, 1, 0)
    for name in ORIENTATIONS:
        views.sliceWidget(name).show(world.volume, world.ras(*place))
    paint(editor, 12.0)
    before = {name: green(views.sliceWidget(name)) for name in ORIENTATIONS}
    renders = {name: views.sliceWidget(name).renders for name in ORIENTATIONS}
    red.mouse("LeftButtonPress", *red.pixel(world.ras(*place)))
    for name in ORIENTATIONS:
        assert green(views.sliceWidget(name)) > before[name] + 50, name
        assert views.sliceWidget(name).renders > renders[name], name
    red.mouse("LeftButtonRelease", *red.pixel(world.ras(*place)))


def window_level(world):
    display = world.volume.GetDisplayNode()
    return display.GetWindow(), display.GetLevel()


def test_without_an_effect_the_left_button_sets_the_window(world, editor, red):
    world.volume.GetDisplayNode().AutoWindowLevelOff()
    before, masks = window_level(world), world.masks()
    red.mouse("Enter", 100, 100)
    red.mouse("MouseMove", 100, 100)
    drag(red, (100, 100), (120, 130), (140, 150))
    assert window_level(world) != before
    assert_same(world.masks(), masks)


def test_with_a_brush_the_window_stays_and_all_else_goes_on(views, world, editor, red):
    world.volume.GetDisplayNode().AutoWindowLevelOff()
    paint(editor, 12.0)
    node = red.mrmlSliceNode()
    before = window_level(world)
    red.mouse("Enter", 100, 100)
    red.mouse("MouseMove", 100, 100)
    drag(red, (100, 100), (120, 130), (140, 150))
    assert window_level(world) == before
    masks = world.masks()
    green = views.sliceWidget("Green").mrmlSliceNode()
    offset = green.GetSliceOffset()
    red.mouse("MouseMove", 60, 60, shift=True)
    red.mouse("MouseMove", 61, 61, shift=True)
    assert green.GetSliceOffset() != offset
    offset = node.GetSliceOffset()
    red.mouse("MouseWheelForward", 100, 100)
    assert abs(node.GetSliceOffset() - offset) == pytest.approx(8.0)
    field = node.GetFieldOfView()
    red.mouse("RightButtonPress", 100, 100)
    red.mouse("MouseMove", 100, 140)
    red.mouse("RightButtonRelease", 100, 140)
    assert node.GetFieldOfView() != field
    seen = red.pixel(world.ras(6, 28, 20))
    red.mouse("MiddleButtonPress", 100, 100)
    red.mouse("MouseMove", 130, 140)
    red.mouse("MiddleButtonRelease", 130, 140)
    assert red.pixel(world.ras(6, 28, 20)) == pytest.approx((seen[0] + 30, seen[1] + 40), abs=2)
    assert_same(world.masks(), masks)


def test_shift_and_a_drag_do_not_paint(world, editor, red):
    paint(editor, 12.0)
    before = world.masks()
    drag(red, (100, 100), (120, 120), shift=True)
    drag(red, (100, 100), (120, 120), control=True)
    assert_same(world.masks(), before)


def test_shift_and_the_wheel_change_the_brush_not_the_slice(world, editor, red):
    paint(editor, 10.0)
    offset = red.mrmlSliceNode().GetSliceOffset()
    red.mouse("MouseWheelForward", 100, 100, shift=True)
    assert editor.activeEffect().doubleParameter("BrushAbsoluteDiameter") == pytest.approx(12.0)
    red.mouse("MouseWheelBackward", 100, 100, shift=True)
    assert editor.activeEffect().doubleParameter("BrushAbsoluteDiameter") == pytest.approx(10.0)
    assert red.mrmlSliceNode().GetSliceOffset() == offset


def test_another_layout_has_the_brush_too_and_a_left_panel_none(views, world, editor):
    views.shown = ["Red"]
    views.layoutChanged.emit(1)
    paint(editor, 12.0)
    before = world.masks()
    drag(views.sliceWidget("Green"), (100, 120))
    assert_same(world.masks(), before)
    views.shown = ORIENTATIONS
    views.layoutChanged.emit(3)
    drag(views.sliceWidget("Green"), (100, 120))
    assert world.mask("lesion").sum() > before["lesion"].sum()
    after = world.masks()
    editor.removeViewObservations()
    drag(views.sliceWidget("Green"), (150, 120))
    assert_same(world.masks(), after)


def test_in_the_host_qts_mouse_paints_and_a_double_click_enlarges_no_view():
    host = start(testing=True)
    slicer.mrmlScene.Clear(False)
    host.window.resize(900, 700)
    host.window.show()
    world = edited_scene(slicer.mrmlScene, AFFINES["LAS 8 mm"])
    slicer.util.setSliceViewerLayers(background=world.volume, fit=True)
    QApplication.processEvents()
    widget = host.layout_manager.sliceWidget("Red")
    widget.mrmlSliceNode().JumpSliceByOffsetting(*world.ras(6, 28, 31))
    editor = qMRMLSegmentEditorWidget()
    editor.setMRMLScene(slicer.mrmlScene)
    editor.setMRMLSegmentEditorNode(world.editor_node)
    editor.setupViewObservations()
    paint(editor, 12.0)
    before, view = world.mask("lesion"), widget.sliceView()
    middle = view.rect().center()
    for press in (QTest.mousePress, QTest.mouseDClick):
        press(view, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, middle)
        QTest.mouseRelease(view, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, middle)
    pixel = view.interactor().GetEventPosition()
    assert np.array_equal(world.mask("lesion"), before | disc(widget, world, 12.0, pixel))
    assert host.layout_manager.sliceWidget("Green").isVisible()
    editor.undo()
    assert np.array_equal(world.mask("lesion"), before)
    editor.removeViewObservations()
    editor.setMRMLSegmentEditorNode(None)
    editor.deleteLater()
    host.window.hide()
    slicer.mrmlScene.Clear(False)
