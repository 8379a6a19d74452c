"""Mouse, keys and bars, as the radiologist uses them; and nothing is drawn without need."""

import pytest
import slicer
from EmbeddedSlicer.panes.corner_texts import MARGIN, CornerTexts, round_length
from EmbeddedSlicer.views.layer import Kind
from EmbeddedSlicer.views.slice_facts import Edges, slice_facts
from PySide6.QtCore import QEvent, QPoint, QPointF, QSize, Qt
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

NONE = Qt.KeyboardModifier.NoModifier
CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
LEFT, MIDDLE, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton, Qt.MouseButton.RightButton
INSIDE = 15.0  # mm: the block's middle along each axis


@pytest.fixture
def red(views, block):
    """The axial pane, with the block in it; the mouse is there, and the keys go there."""
    block()
    pane = views.layout_manager.sliceWidget("Red")
    view = pane.sliceView()
    view.setFocus()
    QTest.mouseMove(view, view.rect().center() - QPoint(5, 5))
    QTest.mouseMove(view, view.rect().center())
    return pane


def wheel(view, angle, modifiers=NONE):
    place = QPointF(view.rect().center())
    nowhere, turned = QPoint(0, 0), QPoint(0, angle)
    phase = Qt.ScrollPhase.NoScrollPhase
    no_button = Qt.MouseButton.NoButton
    event = QWheelEvent(place, view.mapToGlobal(place), nowhere, turned, no_button, modifiers, phase, False)
    QApplication.sendEvent(view, event)


def drag(view, button, by, modifiers=NONE):
    start = view.rect().center()
    QTest.mousePress(view, button, modifiers, start)
    for part in (0.5, 1.0):
        place = QPointF(start + by * part)
        event = QMouseEvent(QEvent.Type.MouseMove, place, view.mapToGlobal(place), button, button, modifiers)
        QApplication.sendEvent(view, event)
    QTest.mouseRelease(view, button, modifiers, start + by)


def hover(view, place, modifiers=NONE):
    place = QPointF(place)
    no_button = Qt.MouseButton.NoButton
    event = QMouseEvent(QEvent.Type.MouseMove, place, view.mapToGlobal(place), no_button, no_button, modifiers)
    QApplication.sendEvent(view, event)


def test_the_wheel_and_the_arrows_go_from_slice_to_slice(red):
    offset = red.sliceLogic().GetSliceOffset()
    wheel(red.sliceView(), 120)
    assert red.sliceLogic().GetSliceOffset() == pytest.approx(offset + 2)
    wheel(red.sliceView(), -60)
    assert red.sliceLogic().GetSliceOffset() == pytest.approx(offset + 2), "half a notch, as touchpads send"
    wheel(red.sliceView(), -60)
    assert red.sliceLogic().GetSliceOffset() == pytest.approx(offset)
    QTest.keyClick(red.sliceView(), Qt.Key.Key_Up)
    assert red.sliceLogic().GetSliceOffset() == pytest.approx(offset + 2)
    QTest.keyClick(red.sliceView(), Qt.Key.Key_Down)
    assert red.sliceLogic().GetSliceOffset() == pytest.approx(offset)


def test_a_left_drag_sets_window_and_level(red):
    display = slicer.util.getNode("CT").GetDisplayNode()
    drag(red.sliceView(), LEFT, QPoint(40, 0))
    assert display.GetWindow() > 1500
    assert display.GetLevel() == pytest.approx(-500)
    drag(red.sliceView(), LEFT, QPoint(0, 40))
    assert display.GetLevel() != pytest.approx(-500)


def test_a_frame_is_seen_while_it_is_drawn_to_set_the_window_from_what_is_in_it(red):
    view = red.sliceView()
    red.sliceLogic().SetSliceOffset(INSIDE)
    assert [layer.kind for layer in red._shown.draw()] == [Kind.GREY]
    start = view.rect().center()
    QTest.mousePress(view, LEFT, CONTROL, start)
    for step in (60, 120):  # to where the block is, and as far to the other side
        place = QPointF(start - QPoint(step, step))
        move = QMouseEvent(QEvent.Type.MouseMove, place, view.mapToGlobal(place), LEFT, LEFT, CONTROL)
        QApplication.sendEvent(view, move)
    layers = red._shown.draw()
    assert [layer.kind for layer in layers] == [Kind.GREY, Kind.RGBA_PREMULTIPLIED]
    assert layers[1].pixels[..., 3].any()
    QTest.mouseRelease(view, LEFT, CONTROL, start - QPoint(120, 120))
    assert [layer.kind for layer in red._shown.draw()] == [Kind.GREY]
    assert slicer.util.getNode("CT").GetDisplayNode().GetWindow() != 1500


def test_the_crosshair_is_drawn_over_the_picture(views, red):
    views.core.crosshair_node.SetCrosshairMode(slicer.vtkMRMLCrosshairNode.ShowBasic)
    views.core.crosshair_node.SetCrosshairRAS(0, 0, 0)
    layers = red._shown.draw()
    assert layers[-1].kind == Kind.RGBA_PREMULTIPLIED
    assert layers[-1].pixels[..., 3].any()
    views.core.crosshair_node.SetCrosshairMode(slicer.vtkMRMLCrosshairNode.NoCrosshair)
    assert [layer.kind for layer in red._shown.draw()] == [Kind.GREY]


def test_in_the_other_mode_a_left_drag_leaves_the_window_alone(views, red):
    views.core.interaction_node.SetCurrentInteractionMode(slicer.vtkMRMLInteractionNode.ViewTransform)
    drag(red.sliceView(), LEFT, QPoint(40, 40))
    display = slicer.util.getNode("CT").GetDisplayNode()
    assert (display.GetWindow(), display.GetLevel()) == (1500, -500)


def test_a_right_drag_and_control_wheel_zoom(red):
    node = red.mrmlSliceNode()
    whole = node.GetFieldOfView()[1]
    drag(red.sliceView(), RIGHT, QPoint(0, 40))
    assert node.GetFieldOfView()[1] < 0.95 * whole
    red.fitSliceToBackground()
    assert node.GetFieldOfView()[1] == pytest.approx(whole)
    wheel(red.sliceView(), -120, CONTROL)
    assert node.GetFieldOfView()[1] != pytest.approx(whole)


def test_a_middle_drag_moves_the_picture(red):
    drag(red.sliceView(), MIDDLE, QPoint(30, 0))
    x, y, _ = red.mrmlSliceNode().GetXYZOrigin()
    millimetres = red.mrmlSliceNode().GetFieldOfView()[0] / red.mrmlSliceNode().GetDimensions()[0]
    assert (x, y) == (pytest.approx(-30 * millimetres), 0)
    red.fitSliceToBackground()
    assert red.mrmlSliceNode().GetXYZOrigin() == (0, 0, 0)


def test_shift_and_the_mouse_take_the_other_views_along(views, red):
    green, yellow = (views.layout_manager.sliceWidget(name).sliceLogic() for name in ("Green", "Yellow"))
    view = red.sliceView()
    QTest.keyPress(view, Qt.Key.Key_Shift)
    place = view.rect().center() + QPoint(-50, -30)
    hover(view, place, SHIFT)
    ras = view.convertXYZToRAS(view.convertDeviceToXYZ([place.x(), view.height() - 1 - place.y()]))
    assert ras[0] > 5, "the screen's left is the patient's right"
    assert ras[1] > 5, "above is anterior"
    assert green.GetSliceOffset() == pytest.approx(ras[1])
    assert yellow.GetSliceOffset() == pytest.approx(-ras[0])
    assert view.convertRASToXYZ(ras)[:2] == pytest.approx([place.x(), view.height() - 1 - place.y()])


@pytest.mark.parametrize("button", [LEFT, MIDDLE, RIGHT])
def test_shift_and_the_mouse_do_so_after_a_drag_too_wherever_the_keys_go(views, red, button):
    view, green = red.sliceView(), views.layout_manager.sliceWidget("Green").sliceLogic()
    drag(view, button, QPoint(10, 10))
    places = []
    for y in (-30, 30):
        hover(view, view.rect().center() + QPoint(0, y), SHIFT)
        places.append(green.GetSliceOffset())
    assert places[0] > places[1] + 5
    hover(view, view.rect().center())
    assert green.GetSliceOffset() == places[1]


def test_a_double_click_shows_one_view_alone_and_another_one_all_again(views, red):
    view = red.sliceView()
    small = view.size()
    QTest.mouseDClick(view, LEFT, NONE, view.rect().center())
    views.application.processEvents()
    assert view.width() > 1.8 * small.width()
    shown = [name for name in ("Red", "Green", "Yellow") if views.layout_manager.sliceWidget(name).isVisible()]
    assert shown == ["Red"]
    assert min(red.mrmlSliceNode().GetFieldOfView()[:2]) == pytest.approx(60), "the volume fills the larger view"
    QTest.mouseDClick(view, LEFT, NONE, view.rect().center())
    views.application.processEvents()
    assert view.size() == small
    assert views.layout_manager.threeDWidget(0).isVisible()


def test_in_3d_a_left_drag_turns_and_reset_looks_from_the_front_again(views, red):
    view = views.layout_manager.threeDWidget(0).threeDView()
    front = view.cameraNode().GetPosition()
    hover(view, view.rect().center())
    drag(view, LEFT, QPoint(60, 20))
    assert view.cameraNode().GetPosition() != pytest.approx(front, rel=0.05)
    views.layout_manager.resetThreeDViews()
    x, y, z = (a - b for a, b in zip(view.cameraNode().GetPosition(), view.cameraNode().GetFocalPoint(), strict=True))
    assert y > 0, "the camera stands before the patient"
    assert (x, z) == pytest.approx((0, 0), abs=1e-6)


def test_the_bar_shows_and_moves_the_position(red):
    bar, logic = red.sliceController(), red.sliceLogic()
    logic.SetSliceOffset(INSIDE)
    assert bar.position.value() == pytest.approx(INSIDE)
    assert bar.slider.value() == 22
    bar.slider.setValue(0)
    assert logic.GetSliceOffset() == pytest.approx(-29)
    bar.position.setValue(5.0)
    assert logic.GetSliceOffset() == pytest.approx(5)
    assert all(widget.toolTip() for widget in (bar.slider, bar.position))


@pytest.mark.parametrize(
    ("name", "shown", "typed", "offset"),
    [
        ("Red", "S 5.0 mm", "7", 7),
        ("Red", "S 5.0 mm", "-7,5", -7.5),
        ("Red", "S 5.0 mm", "i12 mm", -12),
        ("Green", "A 5.0 mm", "P 3.26", -3.3),
        ("Yellow", "L 5.0 mm", "R 20 mm", -20),
        ("Yellow", "L 5.0 mm", "20", 20),
        ("Yellow", "L 5.0 mm", "A 20", 5),
        ("Red", "S 5.0 mm", "S 700", 5),
        ("Red", "S 5.0 mm", "", 5),
    ],
)
def test_a_position_is_typed_as_the_corner_writes_it(views, red, name, shown, typed, offset):
    pane = views.layout_manager.sliceWidget(name)
    pane.sliceLogic().SetSliceOffset(5.0)
    box = pane.sliceController().position
    assert box.text() == shown == slice_facts(pane.sliceLogic()).position
    box.selectAll()
    QTest.keyClick(box, Qt.Key.Key_Delete)
    QTest.keyClicks(box, typed)
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert pane.sliceLogic().GetSliceOffset() == pytest.approx(offset, abs=0.06)
    assert box.text() == slice_facts(pane.sliceLogic()).position


def test_an_oblique_position_has_no_letter(red):
    red.mrmlSliceNode().SetSliceToRASByNTP(0, 0.6, 0.8, 1, 0, 0, 0, 0, -10, 0)
    assert red.sliceController().position.text() == "−8.0 mm"


def test_the_bar_is_of_no_use_without_a_volume(views, red):
    assert red.sliceController().isEnabled()
    views.core.scene.Clear(False)
    assert not red.sliceController().isEnabled()


def test_fit_stays_on_the_slice_that_is_shown(red):
    red.sliceLogic().SetSliceOffset(INSIDE)
    red.fitSliceToBackground()
    assert red.sliceLogic().GetSliceOffset() == INSIDE


class Drawings:
    """Counts how often views are drawn."""

    def __init__(self, monkeypatch, layout_manager):
        self.count = dict.fromkeys(("Red", "Green", "Yellow", "3D"), 0)
        for name in self.count:
            pane = layout_manager.threeDWidget(0) if name == "3D" else layout_manager.sliceWidget(name)
            monkeypatch.setattr(pane._shown, "draw", lambda name=name, draw=pane._shown.draw: self._draw(name, draw))

    def _draw(self, name, draw):
        self.count[name] += 1
        return draw()


def test_many_changes_are_one_drawing_and_the_other_views_are_left_alone(views, red, monkeypatch):
    views.application.processEvents()
    drawings = Drawings(monkeypatch, views.layout_manager)
    for _ in range(5):
        wheel(red.sliceView(), 120)
    views.application.processEvents()
    assert drawings.count == {"Red": 1, "Green": 0, "Yellow": 0, "3D": 0}
    red.sliceView().repaint()
    assert drawings.count["Red"] == 1, "painted once more, as when a window was over it"


def test_while_paused_the_old_picture_is_painted(views, red, monkeypatch):
    views.application.processEvents()
    drawings = Drawings(monkeypatch, views.layout_manager)
    views.layout_manager.pauseRender()
    views.layout_manager.pauseRender()
    wheel(red.sliceView(), 120)
    red.sliceView().grab()
    views.layout_manager.resumeRender()
    views.application.processEvents()
    assert drawings.count["Red"] == 0
    views.layout_manager.resumeRender()
    views.application.processEvents()
    assert drawings.count["Red"] == 1


def test_a_segment_is_painted_over_the_picture(views, red):
    segmentation = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSegmentationNode")
    segmentation.CreateDefaultDisplayNodes()
    volume = slicer.util.getNode("CT")
    segmentation.SetReferenceImageGeometryParameterFromVolumeNode(volume)
    segment = segmentation.GetSegmentation().AddEmptySegment("Lesions", "Lesions", (1.0, 0.0, 0.0))
    block = slicer.util.arrayFromVolume(volume) > 0
    slicer.util.updateSegmentBinaryLabelmapFromArray(block.astype("uint8"), segmentation, segment, volume)
    red.sliceLogic().SetSliceOffset(INSIDE)
    view = red.sliceView()
    view.forceRender()
    x, y, _ = view.convertRASToXYZ([INSIDE, INSIDE, INSIDE])
    color = view._image.pixelColor(round(x), view.height() - 1 - round(y))
    assert color.red() > color.green() + 50
    x, y, _ = view.convertRASToXYZ([-INSIDE, INSIDE, INSIDE])
    color = view._image.pixelColor(round(x), view.height() - 1 - round(y))
    assert color.red() == color.green() == color.blue()


def corner_of_3d(views):
    """How many pixels the name at the top left of the 3D view has."""
    view = views.layout_manager.threeDWidget(0).threeDView()
    image = view.grab().toImage()
    return sum(image.pixelColor(x, y).lightness() > 128 for x in range(image.width() // 3) for y in range(20))


def test_the_3d_view_is_black_until_there_is_something_and_then_says_whose_it_is(views, red, monkeypatch):
    view = views.layout_manager.threeDWidget(0).threeDView()
    image = view.grab().toImage()
    assert {image.pixel(x, y) for x in range(image.width()) for y in range(image.height())} == {0xFF000000}
    monkeypatch.setattr(view._shown, "edges", lambda: Edges("R", "L", "I", "S"))
    short = corner_of_3d(views)
    drawings = Drawings(monkeypatch, views.layout_manager)
    slicer.util.getNode("CT").SetName("A name that is longer")
    views.application.processEvents()
    assert view._volume_name == "A name that is longer"
    assert drawings.count["3D"] == 0, "written anew, without drawing"
    assert corner_of_3d(views) > 2 * short > 0


def test_drops_are_left_to_the_window(red):
    assert not red.acceptDrops()
    assert not red.sliceView().acceptDrops()


def written(paint):
    """Columns and rows of a small view that something is written in."""
    image = QImage(300, 220, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.black)
    painter = QPainter(image)
    paint(CornerTexts(painter, QSize(300, 220)))
    painter.end()
    return {(x, y) for x in range(300) for y in range(220) if image.pixelColor(x, y).lightness() > 0}


def test_corners_of_a_small_view_never_touch_one_another_or_the_letters(views):
    long = "A name of a study that is far too long to be written out in such a small view"
    parts = [
        written(lambda texts, corner=corner: texts.corner(corner, [long, long, long]))
        for corner in ("top left", "top right", "bottom left")
    ]
    parts.append(written(lambda texts: texts.ruler(1.0)))

    class Facts:
        left, right, top, bottom = "RA", "LP", "RS", "LI"

    parts.append(written(lambda texts: texts.edges(Facts)))
    assert all(parts)
    for number, part in enumerate(parts):
        for other in parts[number + 1 :]:
            assert not part & other
        assert all(0 < x < 299 and 0 < y < 219 for x, y in part), "nothing is cut off"


def test_the_ruler_has_a_round_length_and_is_as_long_as_it_says(views):
    assert [round_length(longest) for longest in (1.0, 4.99, 50, 199.9, 0.3)] == [1, 2, 50, 100, 0.2]
    columns = {x for x, y in written(lambda texts: texts.ruler(1.0)) if y > 220 - MARGIN - 3}
    assert max(columns) - min(columns) == pytest.approx(50, abs=2)
