"""The segments' table shows a segmentation, follows it, and lets the user change it."""

import pytest

pytest.importorskip("slicer")
pytest.importorskip("PySide6")

import slicer
from EmbeddedSlicer.qmrml import qMRMLSegmentsTableView
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QColorDialog, QDoubleSpinBox, QLineEdit

VISIBLE, COLOR, OPACITY, NAME, STATUS = range(5)
pytestmark = pytest.mark.usefixtures("application")


@pytest.fixture
def segmentation(scene):
    node = scene.AddNewNodeByClass("vtkMRMLSegmentationNode", "segmentation")
    node.CreateDefaultDisplayNodes()
    for name, color in (("right", (0, 0, 1)), ("left", (0, 1, 0)), ("lesions", (1, 0, 0))):
        add_segment(node, name, color)
    return node


def add_segment(node, name, color=(1, 1, 0)):
    segment = slicer.vtkSegment()
    segment.SetName(name)
    segment.SetColor(*color)
    node.GetSegmentation().AddSegment(segment, name)


@pytest.fixture
def table(scene, segmentation):
    widget = qMRMLSegmentsTableView()
    widget.setMRMLScene(scene)
    widget.setSegmentationNode(segmentation)
    widget.resize(400, 200)
    widget.show()
    yield widget
    widget.close()
    widget.setSegmentationNode(None)


def cell(table, row, column):
    return table.tableWidget().item(row, column)


def color_of(table, row):
    return cell(table, row, COLOR).icon().pixmap(8, 8).toImage().pixelColor(2, 2).getRgb()[:3]


def names(table):
    return [cell(table, row, NAME).text() for row in range(table.segmentCount)]


def test_the_table_shows_the_segments(table, segmentation):
    assert names(table) == ["right", "left", "lesions"]
    assert [color_of(table, row) for row in range(3)] == [(0, 0, 255), (0, 255, 0), (255, 0, 0)]
    assert {cell(table, row, VISIBLE).checkState() for row in range(3)} == {Qt.CheckState.Checked}
    assert cell(table, 0, STATUS).text() == "Not started"
    assert (table.rowForSegmentID("left"), table.segmentIDForRow(1)) == (1, "left")
    assert (table.rowForSegmentID("none"), table.segmentIDForRow(7)) == (-1, "")
    assert table.segmentationNode() is segmentation


def test_the_table_follows_the_segmentation(table, segmentation):
    segments, display = segmentation.GetSegmentation(), segmentation.GetDisplayNode()
    segments.GetSegment("left").SetName("left lung")
    segments.GetSegment("left").SetColor(1, 1, 1)
    display.SetSegmentVisibility("right", False)
    display.SetSegmentOpacity("right", 0.25)
    assert names(table) == ["right", "left lung", "lesions"]
    assert color_of(table, 1) == (255, 255, 255)
    assert cell(table, 0, VISIBLE).checkState() == Qt.CheckState.Unchecked
    assert cell(table, 0, OPACITY).data(Qt.ItemDataRole.DisplayRole) == 0.25
    add_segment(segmentation, "new")
    segments.RemoveSegment("right")
    assert names(table) == ["left lung", "lesions", "new"]


def test_the_selection_is_by_segment_and_survives_changes(table, segmentation):
    heard = []
    table.connect("selectionChanged(QItemSelection,QItemSelection)", lambda selected, deselected: heard.append(1))
    table.setSelectedSegmentIDs(["lesions"])
    assert table.selectedSegmentIDs() == ["lesions"]
    assert heard == [1]
    segmentation.GetSegmentation().RemoveSegment("right")
    segmentation.GetSegmentation().GetSegment("left").SetName("other")
    assert table.selectedSegmentIDs() == ["lesions"]
    table.setSelectedSegmentIDs(["left", "lesions"])
    assert table.selectedSegmentIDs() == ["left", "lesions"]
    table.clearSelection()
    assert table.selectedSegmentIDs() == []


def test_a_click_selects_a_row(table):
    rectangle = table.tableWidget().visualItemRect(cell(table, 1, NAME))
    QTest.mouseClick(table.tableWidget().viewport(), Qt.MouseButton.LeftButton, pos=rectangle.center())
    assert table.selectedSegmentIDs() == ["left"]


def test_the_user_changes_segments(table, segmentation, monkeypatch):
    segments, display = segmentation.GetSegmentation(), segmentation.GetDisplayNode()
    inner = table.tableWidget()
    inner.setCurrentCell(2, VISIBLE)
    QTest.keyClick(inner, Qt.Key.Key_Space)
    assert not display.GetSegmentVisibility("lesions")
    edit_cell(table, 2, NAME, QLineEdit, "foci")
    assert segments.GetSegment("lesions").GetName() == "foci"
    edit_cell(table, 2, OPACITY, QDoubleSpinBox, "0.5")
    assert display.GetSegmentOpacity3D("lesions") == 0.5
    edit_cell(table, 2, OPACITY, QDoubleSpinBox, "7")
    assert display.GetSegmentOpacity3D("lesions") == 1.0
    monkeypatch.setattr(QColorDialog, "getColor", lambda *arguments: QColor(0, 255, 255))
    inner.cellActivated.emit(2, COLOR)
    assert segments.GetSegment("lesions").GetColor() == (0.0, 1.0, 1.0)
    monkeypatch.setattr(QColorDialog, "getColor", lambda *arguments: QColor())  # cancelled
    inner.cellActivated.emit(2, COLOR)
    assert segments.GetSegment("lesions").GetColor() == (0.0, 1.0, 1.0)


def edit_cell(table, row, column, editor, text):
    inner = table.tableWidget()
    inner.editItem(cell(table, row, column))
    field = inner.viewport().findChild(editor)
    field.selectAll()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)
    QApplication.processEvents()  # Qt takes the text over once the key has been dealt with
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def test_read_only_it_can_only_be_looked_at(table, segmentation):
    table.readOnly = True
    editable = Qt.ItemFlag.ItemIsEditable | Qt.ItemFlag.ItemIsUserCheckable
    assert not any(cell(table, 0, column).flags() & editable for column in range(5))
    table.tableWidget().cellActivated.emit(0, COLOR)  # opens no dialog
    table.setReadOnly(False)
    assert cell(table, 0, NAME).flags() & editable


@pytest.mark.parametrize("part", ["visibilityColumn", "colorColumn", "opacityColumn", "statusColumn", "header"])
def test_parts_can_be_left_out(table, part):
    setattr(table, f"{part}Visible", False)
    assert getattr(table, f"{part}Visible") is False
    getattr(table, f"set{part[0].upper()}{part[1:]}Visible")(True)
    assert getattr(table, f"{part}Visible") is True


def test_a_node_that_leaves_the_scene_leaves_the_table(table, scene, segmentation):
    scene.RemoveNode(segmentation)
    assert table.segmentationNode() is None
    assert table.segmentCount == 0


def test_closing_the_scene_empties_the_table(table, scene):
    scene.Clear(False)
    assert table.segmentCount == 0
