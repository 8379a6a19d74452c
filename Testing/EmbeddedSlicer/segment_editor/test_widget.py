"""The Segment Editor's widget as a panel uses it: Slicer's names, nodes, keys, and which of its parts are shown."""

import json

import numpy as np
import pytest

pytest.importorskip("slicer")
pytest.importorskip("PySide6")

import slicer
from EmbeddedSlicer.segment_editor.edited_nodes import EditedNodes
from EmbeddedSlicer.segment_editor.range_boxes import RangeBoxes
from EmbeddedSlicer.segment_editor.widget import qMRMLSegmentEditorWidget
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QMainWindow,
    QSlider,
    QTableWidget,
    QToolButton,
    QWidget,
)
from segmentation_scenes import AFFINES, edited_scene

from .strokes import drag


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


def test_its_names_are_slicers(root):
    facts = root.parent / "shared" / "slicer_api" / "slicer_api.json"
    if not facts.is_file():
        pytest.skip("the facts about Slicer (../shared) are not there")
    slicers = json.loads(facts.read_text())["classes"]["qMRMLSegmentEditorWidget"]
    own = {**vars(EditedNodes), **vars(qMRMLSegmentEditorWidget)}
    methods = slicers["m"].split()
    properties = slicers["p"].split()
    signals = [signature.partition("(")[0] for signature in slicers["s"].split()]
    for name, member in own.items():
        if name.startswith("_") or name == "staticMetaObject":
            continue
        kind = type(member).__name__
        expected = {"Property": properties, "Signal": signals}.get(kind, methods)
        assert name in expected, f"{name} ({kind})"
