"""The Segment Editor as a panel and a reader use it: Slicer's names, and the mouse in the slice views."""

import json
from types import SimpleNamespace

import numpy as np
import pytest

pytest.importorskip("slicer")
pytest.importorskip("PySide6")

import slicer
from EmbeddedSlicer.core import Core
from EmbeddedSlicer.segment_editor.engine import SegmentEditing
from EmbeddedSlicer.segment_editor.range_boxes import RangeBoxes
from EmbeddedSlicer.segment_editor.threshold_in_slice import taken_in_slice
from EmbeddedSlicer.segment_editor.voxels import array_of
from EmbeddedSlicer.segment_editor.widget import qMRMLSegmentEditorWidget
from EmbeddedSlicer.start import start
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QLabel,
    QMainWindow,
    QSlider,
    QTableWidget,
    QToolButton,
    QWidget,
)
from segmentation_scenes import AFFINES, SHAPE, edited_scene
from slice_views import ORIENTATIONS, SliceViews
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkCommonCore import vtkUnsignedCharArray

PLANES = list(ORIENTATIONS)
OVERWRITE_NONE = slicer.vtkMRMLSegmentEditorNode.OverwriteNone


@pytest.fixture(scope="module")
def application():
    return QApplication.instance() or QApplication([])


@pytest.fixture
def views(application, monkeypatch):
    core = Core()
    views = SliceViews(core)
    views.core = core
    monkeypatch.setattr(slicer, "app", SimpleNamespace(layoutManager=lambda: views), raising=False)
    yield views
    views.close()
    core.close()


@pytest.fixture
def editors(views):
    """Makes editors, and ends them before the views go."""
    made = []

    def make(world):
        editor = qMRMLSegmentEditorWidget()
        editor.setMRMLScene(world.scene)
        editor.setMRMLSegmentEditorNode(world.editor_node)
        world.editor_node.SetOverwriteMode(OVERWRITE_NONE)
        editor.setupViewObservations()
        made.append(editor)
        return editor

    yield make
    for editor in made:
        editor.removeViewObservations()
        editor.setMRMLSegmentEditorNode(None)
        editor.setMRMLScene(None)
        editor.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def world(views):
    made = edited_scene(views.core.scene, AFFINES["LAS 8 mm"])
    for name in PLANES:
        views.sliceWidget(name).show(made.volume, made.ras(6, 28, 20))
    return made


@pytest.fixture
def editor(editors, world):
    return editors(world)


@pytest.fixture
def red(views):
    return views.sliceWidget("Red")


def drag(view, *pixels, **keys):
    view.mouse("LeftButtonPress", *pixels[0], **keys)
    for pixel in pixels[1:]:
        view.mouse("MouseMove", *pixel, **keys)
    view.mouse("LeftButtonRelease", *pixels[-1], **keys)


def paint(editor, diameter, effect="Paint"):
    editor.setActiveEffectByName(effect)
    editor.activeEffect().setCommonParameter("BrushAbsoluteDiameter", diameter)


def disc(view, world, diameter, *pixels):
    """The voxels of one layer whose centres are as near to the mouse's way as the brush is wide."""
    to_ras = array_of(view.mrmlSliceNode().GetXYToRAS())
    normal = array_of(view.mrmlSliceNode().GetSliceToRAS())[:3, 2]
    places = [(to_ras @ [x, y, 0, 1])[:3] for x, y in pixels]
    k, j, i = np.indices(SHAPE)
    offsets = np.stack([i, j, k], -1) @ world.affine[:3, :3].T + world.affine[:3, 3]
    layer = np.abs((offsets - places[0]) @ normal) / np.abs(normal @ world.affine[:3, :3]).max()
    covered = np.zeros(SHAPE, bool)
    for first, last in zip(places, [*places[1:], places[-1]], strict=True):
        away, way = offsets - first, last - first
        away = away - (away @ normal)[..., None] * normal
        part = np.clip(away @ way / max(way @ way, 1e-9), 0, 1)
        covered |= np.linalg.norm(away - part[..., None] * way, axis=-1) <= diameter / 2 + 1e-6
    return covered & (layer < 0.5)


def assert_same(found, expected):
    assert {name: int((mask ^ expected[name]).sum()) for name, mask in found.items()} == dict.fromkeys(expected, 0)


@pytest.mark.parametrize("name", PLANES)
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
    for name in PLANES:
        views.sliceWidget(name).show(world.volume, world.ras(*place))
    paint(editor, 12.0)
    before = {name: green(views.sliceWidget(name)) for name in PLANES}
    renders = {name: views.sliceWidget(name).renders for name in PLANES}
    red.mouse("LeftButtonPress", *red.pixel(world.ras(*place)))
    for name in PLANES:
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


def pixels_of(view, color):
    """How many pixels of the overlay have about this colour, and their box (x, y, width, height)."""
    view.renderWindow().Render()
    width, height = view.renderWindow().GetSize()
    read = vtkUnsignedCharArray()
    view.renderWindow().GetRGBACharPixelData(0, 0, width - 1, height - 1, 0, read)
    image = vtk_to_numpy(read).reshape(height, width, 4)[..., :3].astype(int)
    y, x = np.nonzero(np.abs(image - np.array(color)).max(-1) < 40)
    return len(x), (x.min(), y.min(), np.ptp(x), np.ptp(y)) if len(x) else None


def test_the_outline_follows_the_mouse_in_true_size_and_colour(world, editor, red):
    for segment in world.segmentation.GetSegmentIDs():
        world.node.GetDisplayNode().SetSegmentVisibility(segment, False)
    world.volume.GetDisplayNode().AutoWindowLevelOff()
    world.volume.GetDisplayNode().SetWindowLevel(1, 5000)  # the slice is black
    world.segmentation.GetSegment("lesion").SetColor(0, 1, 0)
    paint(editor, 20.0)
    assert pixels_of(red, (0, 255, 0))[0] == 0
    red.mouse("Enter", 100, 110)
    red.mouse("MouseMove", 100, 110)
    mm_per_pixel = red.mrmlSliceNode().GetFieldOfView()[0] / 240
    count, (x, y, width, height) = pixels_of(red, (0, 255, 0))
    assert count > 20
    assert width == pytest.approx(20 / mm_per_pixel, abs=2)
    assert height == pytest.approx(20 / mm_per_pixel, abs=2)
    assert (x + width / 2, y + height / 2) == pytest.approx((100, 110), abs=1.5)
    red.mouse("MouseMove", 130, 90)
    _, (x, y, width, height) = pixels_of(red, (0, 255, 0))
    assert (x + width / 2, y + height / 2) == pytest.approx((130, 90), abs=1.5)
    renders = red.renders
    red.mouse("Leave", 130, 90)
    assert pixels_of(red, (0, 255, 0))[0] == 0
    assert red.renders > renders, "the view is asked to draw itself without it"


@pytest.mark.parametrize("ending", ["None", "Threshold", "leave the panel", "read only"])
def test_the_outline_does_not_linger(world, editor, red, ending):
    for segment in world.segmentation.GetSegmentIDs():
        world.node.GetDisplayNode().SetSegmentVisibility(segment, False)
    world.segmentation.GetSegment("lesion").SetColor(0, 1, 0)
    paint(editor, 20.0)
    red.mouse("MouseMove", 100, 110)
    assert pixels_of(red, (0, 255, 0))[0] > 20
    if ending == "leave the panel":
        editor.removeViewObservations()
    elif ending == "read only":
        editor.setReadOnly(True)
    else:
        editor.setActiveEffectByName(ending)
        editor.activeEffect() and editor.activeEffect().setParameter("MinimumThreshold", 5000)
        editor.activeEffect() and editor.activeEffect().setParameter("MaximumThreshold", 5000)
    assert pixels_of(red, (0, 255, 0))[0] == 0


def test_another_layout_has_the_brush_too_and_a_left_panel_none(views, world, editor):
    views.shown = ["Red"]
    views.layoutChanged.emit(1)
    paint(editor, 12.0)
    before = world.masks()
    drag(views.sliceWidget("Green"), (100, 120))
    assert_same(world.masks(), before)
    views.shown = PLANES
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


def test_parameters_lie_in_the_node_under_slicers_names(world, editor):
    editor.setActiveEffectByName("Threshold")
    editor.activeEffect().setParameter("MinimumThreshold", -300)
    assert world.editor_node.GetAttribute("Threshold.MinimumThreshold") == "-300"
    assert world.editor_node.GetActiveEffectName() == "Threshold"
    paint_effect = editor.effectByName("Paint")
    paint_effect.setCommonParameter("BrushSphere", 1)
    assert world.editor_node.GetAttribute("BrushSphere") == "1"
    assert editor.effectByName("Erase").integerParameter("BrushSphere") == 1
    paint_effect.setParameter("BrushSphere", 0)
    assert world.editor_node.GetAttribute("Paint.BrushSphere") == "0"
    assert paint_effect.integerParameter("BrushSphere") == 0
    with pytest.raises(KeyError, match="Paint has no parameter 'Brushsize'"):
        paint_effect.parameter("Brushsize")


def test_a_relative_brush_is_a_part_of_the_view(world, editor, red):
    paint(editor, 12.0)
    editor.activeEffect().setCommonParameter("BrushDiameterIsRelative", 1)
    editor.activeEffect().setCommonParameter("BrushRelativeDiameter", 25)
    before = world.mask("lesion")
    drag(red, (120, 120))
    diameter = red.mrmlSliceNode().GetFieldOfView()[1] / 4
    assert np.array_equal(world.mask("lesion"), before | disc(red, world, diameter, (120, 120)))


def test_threshold_is_seen_before_it_is_applied(world, editor, red):
    for segment in world.segmentation.GetSegmentIDs():
        world.node.GetDisplayNode().SetSegmentVisibility(segment, False)
    world.volume.GetDisplayNode().AutoWindowLevelOff()
    world.volume.GetDisplayNode().SetWindowLevel(1, 5000)
    world.segmentation.GetSegment("lesion").SetColor(0, 1, 0)
    preview = (0, 110, 0)
    editor.setActiveEffectByName("Threshold")
    threshold = editor.activeEffect()
    threshold.setParameter("MinimumThreshold", -2000)
    threshold.setParameter("MaximumThreshold", 2000)
    everything, _ = pixels_of(red, preview)
    threshold.setParameter("MaximumThreshold", -400)
    half, _ = pixels_of(red, preview)
    assert 0.3 * everything < half < 0.7 * everything
    assert everything > 1000
    threshold.self().onApply()
    assert np.array_equal(world.mask("lesion"), world.hu <= -400)
    editor.setActiveEffectByName("None")
    assert editor.activeEffect() is None
    assert pixels_of(red, preview)[0] == 0


@pytest.mark.parametrize("name", PLANES)
@pytest.mark.parametrize("affine", AFFINES)
@pytest.mark.parametrize("area", ["Everywhere", "InsideAllSegments", "InsideSingleSegment"])
def test_the_preview_is_what_apply_makes_of_this_slice(views, affine, name, area):
    world = edited_scene(views.core.scene, AFFINES[affine])
    view = views.sliceWidget(name)
    view.show(world.volume, world.ras(6, 28, 20))
    world.editor_node.SetSelectedSegmentID("empty")
    world.editor_node.SetMaskMode(getattr(slicer.vtkMRMLSegmentationNode, f"EditAllowed{area}"))
    world.editor_node.SetMaskSegmentID("right")
    world.editor_node.SetSourceVolumeIntensityMask(True)
    world.editor_node.SetSourceVolumeIntensityMaskRange(-900, 0)
    to_ras = array_of(view.mrmlSliceNode().GetXYToRAS())
    taken = taken_in_slice(world.editor_node, (-700.0, 200.0), to_ras, (240, 240))
    editing = SegmentEditing()
    editing.use(world.editor_node)
    editing.threshold(-700.0, 200.0)
    y, x = np.indices((240, 240))
    places = np.stack([x, y, 0 * x, 0 * x + 1], -1) @ (np.linalg.inv(world.affine) @ to_ras).T
    i, j, k = np.rint(places[..., :3]).astype(int).transpose(2, 0, 1)
    within = ((np.stack([k, j, i]).T >= 0) & (np.stack([k, j, i]).T < SHAPE)).all(-1).T
    expected = within & world.mask("empty")[tuple(np.where(within, index, 0) for index in (k, j, i))]
    assert taken.sum() > 100
    off_ties = np.abs(places[..., :3] % 1 - 0.5).min(-1) > 1e-3
    assert np.array_equal(taken[off_ties], expected[off_ties])


def test_the_preview_follows_the_mask_and_what_is_visible(world, editor, red):
    world.volume.GetDisplayNode().AutoWindowLevelOff()
    world.volume.GetDisplayNode().SetWindowLevel(1, 5000)
    world.node.GetDisplayNode().SetOpacity(0.0)
    world.segmentation.GetSegment("lesion").SetColor(0, 1, 0)
    preview = (0, 110, 0)
    editor.setActiveEffectByName("Threshold")
    editor.activeEffect().setParameter("MinimumThreshold", -2000)
    everything, _ = pixels_of(red, preview)
    world.editor_node.SetMaskMode(slicer.vtkMRMLSegmentationNode.EditAllowedInsideVisibleSegments)
    lungs, _ = pixels_of(red, preview)
    assert 100 < lungs < 0.9 * everything
    world.node.GetDisplayNode().SetSegmentVisibility("left", False)
    assert pixels_of(red, preview)[0] < 0.7 * lungs
    world.editor_node.SetSelectedSegmentID("")
    world.node.GetSegmentation().RemoveAllSegments()
    assert pixels_of(red, preview)[0] == 0


def test_ranges_have_the_unit_of_the_source_volume(world, editor):
    def suffixes():
        return {box.suffix() for box in editor.findChildren(QDoubleSpinBox) if isinstance(box.parent(), RangeBoxes)}

    assert suffixes() == {" HU"}
    unit = slicer.vtkCodedEntry()
    unit.SetValueSchemeMeaning("g/ml", "UCUM", "SUV")
    world.volume.SetVoxelValueUnits(unit)
    editor.updateWidgetFromMRML()
    assert suffixes() == {" SUV"}
    editor.setSourceVolumeNode(None)
    assert suffixes() == {""}


def test_the_tab_key_goes_from_top_to_bottom(editor):
    editor.setEffectNameOrder(["Threshold", "Paint", "Erase"])
    order, widget = [], editor
    while (widget := widget.nextInFocusChain()) is not editor:
        if isinstance(widget, (QToolButton, QSlider, QComboBox, QAbstractSpinBox, QCheckBox, QTableWidget)):
            order.append(widget)
    names = [widget.text() for widget in order if isinstance(widget, QToolButton) and not widget.isHidden()]
    assert names == ["Read", "Threshold", "Paint", "Erase", "↶", "↷"]
    places = [
        next(n for n, widget in enumerate(order) if found(widget))
        for found in (
            lambda widget: isinstance(widget, QTableWidget),
            lambda widget: isinstance(widget, QToolButton) and widget.text() == "Read",
            lambda widget: isinstance(widget, QToolButton) and widget.text() == "↷",
            lambda widget: isinstance(widget, QSlider),
            lambda widget: isinstance(widget, QCheckBox) and widget.text().startswith("Sphere"),
            lambda widget: isinstance(widget, QAbstractSpinBox) and isinstance(widget.parent(), RangeBoxes),
            lambda widget: isinstance(widget, QComboBox) and widget.toolTip().startswith("Where painting"),
            lambda widget: isinstance(widget, QCheckBox) and widget.text() == "Intensities",
        )
    ]
    assert places == sorted(places)


def test_the_surface_is_made_again_soon_after_the_stroke(world, editor, red):
    world.node.CreateClosedSurfaceRepresentation()
    surface = world.segmentation.GetSegment("lesion").GetRepresentation("Closed surface")
    paint(editor, 12.0)
    drag(red, (120, 120), (140, 120))
    assert world.segmentation.GetSegment("lesion").GetRepresentation("Closed surface") is surface
    QTest.qWait(600)
    assert world.segmentation.GetSegment("lesion").GetRepresentation("Closed surface") is not surface


def test_the_first_segment_and_the_reference_volume_are_chosen(world, editor):
    heard = []
    editor.segmentationNodeChanged.connect(lambda node: heard.append(("segmentation", node)))
    editor.currentSegmentIDChanged.connect(lambda segment: heard.append(("segment", segment)))
    editor.sourceVolumeNodeChanged.connect(lambda node: heard.append(("volume", node)))
    other = edited_scene(world.scene, AFFINES["LPS 0.7 mm"])
    editor.setSourceVolumeNode(None)
    editor.setSegmentationNode(other.node)
    assert editor.sourceVolumeNode() is other.volume
    assert editor.segmentationNode() is other.node
    other.segmentation.RemoveSegment("lesion")
    assert editor.currentSegmentID() == "right"
    assert heard == [
        ("volume", None),
        ("segmentation", other.node),
        ("volume", other.volume),
        ("segment", "right"),
    ]


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


def test_keys(world, editors, views, application):
    editor = editors(world)
    window = QMainWindow()
    window.setCentralWidget(editor)
    window.show()
    window.activateWindow()
    assert QTest.qWaitForWindowActive(window)
    editor.installKeyboardShortcuts(window)
    QTest.keyClick(window, Qt.Key.Key_1)
    assert editor.activeEffect().name == "Paint"
    QTest.keyClick(window, Qt.Key.Key_2)
    assert editor.activeEffect().name == "Erase"
    QTest.keyClick(window, Qt.Key.Key_2)
    assert editor.activeEffect() is None
    QTest.keyClick(window, Qt.Key.Key_3)
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert editor.activeEffect() is None
    QTest.keyClick(window, Qt.Key.Key_1)
    before = world.mask("lesion")
    drag(views.sliceWidget("Red"), (120, 120))
    painted = world.mask("lesion")
    QTest.keyClick(window, Qt.Key.Key_Z)
    assert np.array_equal(world.mask("lesion"), before)
    QTest.keyClick(window, Qt.Key.Key_Y)
    assert np.array_equal(world.mask("lesion"), painted)
    QTest.keyClick(window, Qt.Key.Key_Q)
    assert editor.currentSegmentID() == "left"
    QTest.keyClick(window, Qt.Key.Key_W)
    assert editor.currentSegmentID() == "lesion"
    editor.uninstallKeyboardShortcuts()
    QTest.keyClick(window, Qt.Key.Key_2)
    assert editor.activeEffect().name == "Paint"
    window.takeCentralWidget()
    window.deleteLater()


def test_the_effects_offered_and_their_order(editor):
    assert editor.availableEffectNames() == ["Paint", "Erase", "Threshold"]
    editor.setEffectNameOrder(["Erase", "Paint", "Scissors"])
    editor.unorderedEffectsVisible = False
    assert editor.effectNameOrder() == ["Erase", "Paint", "Scissors"]
    assert not editor.unorderedEffectsVisible
    buttons = [button for button in editor.findChildren(QToolButton) if button.isCheckable() and not button.isHidden()]
    assert [button.text() for button in buttons] == ["Read", "Erase", "Paint"]


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


def test_what_is_not_needed_can_be_hidden_and_what_is_lacking_is_refused(editor):
    editor.setSegmentationNodeSelectorVisible(False)
    editor.setSourceVolumeNodeSelectorVisible(False)
    editor.setAddRemoveSegmentButtonsVisible(False)
    editor.setMaskingSectionVisible(False)
    editor.setSwitchToSegmentationsButtonVisible(False)
    editor.setShow3DButtonVisible(False)
    editor.setSpecifyGeometryButtonVisible(False)
    assert not editor.segmentationNodeSelectorVisible
    assert not editor.maskingSectionVisible
    with pytest.raises(NotImplementedError, match="only in 3D Slicer"):
        editor.setShow3DButtonVisible(True)


def test_it_fits_a_narrow_panel_and_every_control_has_a_tooltip(editor):
    for effect in ("Paint", "Threshold", "None"):
        editor.setActiveEffectByName(effect)
        assert editor.minimumSizeHint().width() <= 380
    interactive = ("QAbstractButton", "QComboBox", "QAbstractSpinBox", "QAbstractItemView")
    for child in editor.findChildren(QWidget):
        if any(child.inherits(kind) for kind in interactive) and child.isVisibleTo(editor):
            owners = [child]
            while owners[-1] is not editor:
                owners.append(owners[-1].parentWidget())
            assert any(owner.toolTip() for owner in owners), f"{child} has no tooltip"


def test_its_names_are_slicers(root):
    facts = root.parent / "shared" / "slicer_api" / "slicer_api.json"
    if not facts.is_file():
        pytest.skip("the facts about Slicer (../shared) are not there")
    slicers = json.loads(facts.read_text())["classes"]["qMRMLSegmentEditorWidget"]
    own = qMRMLSegmentEditorWidget
    methods = slicers["m"].split()
    properties = slicers["p"].split()
    signals = [signature.partition("(")[0] for signature in slicers["s"].split()]
    for name, member in vars(own).items():
        if name.startswith("_") or name == "staticMetaObject":
            continue
        kind = type(member).__name__
        expected = {"Property": properties, "Signal": signals}.get(kind, methods)
        assert name in expected, f"{name} ({kind})"
