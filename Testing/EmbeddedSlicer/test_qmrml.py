"""The MRML widgets follow the scene, and the scene follows them."""

import gc
import weakref

import pytest

pytest.importorskip("slicer")
pytest.importorskip("PySide6")

import slicer
from EmbeddedSlicer import qt_module as qt
from EmbeddedSlicer.qmrml import qMRMLNodeComboBox, qMRMLSegmentsTableView, qMRMLWidget
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QColorDialog, QComboBox, QDoubleSpinBox, QInputDialog, QLineEdit

VOLUME, LABELS, MODEL = "vtkMRMLScalarVolumeNode", "vtkMRMLLabelMapVolumeNode", "vtkMRMLModelNode"


@pytest.fixture(autouse=True, scope="module")
def application():
    return QApplication.instance() or QApplication(["tests"])


@pytest.fixture
def scene():
    scene = slicer.vtkMRMLScene()
    logic = slicer.vtkSlicerSegmentationsModuleLogic()
    logic.SetMRMLScene(scene)  # tells the scene of the segmentation's node classes
    yield scene
    scene.Clear(True)
    logic.SetMRMLScene(None)


def add(scene, name, class_name=VOLUME):
    return scene.AddNewNodeByClass(class_name, name)


@pytest.fixture
def selector(scene):
    widget = qMRMLNodeComboBox()
    widget.nodeTypes = [VOLUME]
    widget.setMRMLScene(scene)
    yield widget
    widget.setMRMLScene(None)


def listed(selector):
    return [selector.nodeFromIndex(row).GetName() for row in range(selector.nodeCount())]


def rows(selector):
    """All that stands in the list, actions too."""
    inner = selector.findChild(QComboBox)
    return [inner.itemText(row) for row in range(inner.count) if inner.itemText(row)]


def test_the_list_follows_the_scene(scene, selector):
    first = add(scene, "first")
    add(scene, "a model", MODEL)
    second = add(scene, "second")
    assert listed(selector) == ["first", "second"]
    second.SetName("renamed")
    assert rows(selector)[:2] == ["first", "renamed"]
    scene.RemoveNode(first)
    assert listed(selector) == ["renamed"]
    scene.Clear(False)
    assert listed(selector) == []
    assert selector.currentNode() is None
    assert selector.currentNodeID == ""


def test_nodes_of_a_batch_are_listed_at_its_end_and_can_be_chosen_before(scene, selector):
    scene.StartState(scene.BatchProcessState)
    add(scene, "first")
    node = add(scene, "second")
    selector.setCurrentNode(node)
    assert selector.currentNode() is node
    scene.EndState(scene.BatchProcessState)
    assert listed(selector) == ["first", "second"]
    assert selector.currentNode() is node


def test_without_none_the_first_node_is_chosen_and_another_when_it_goes(scene, selector):
    heard = []
    assert selector.connect("currentNodeChanged(vtkMRMLNode*)", heard.append)
    first, second, third = (add(scene, name) for name in ("first", "second", "third"))
    assert heard == [first]
    selector.setCurrentNode(second)
    scene.RemoveNode(second)
    assert selector.currentNode() is third
    scene.RemoveNode(third)
    assert selector.currentNode() is first
    assert heard == [first, second, third, first]


def test_with_none_nothing_is_chosen_by_itself(scene, selector):
    selector.noneEnabled = True
    selector.noneDisplay = "No volume"
    node = add(scene, "first")
    assert selector.currentNode() is None
    assert rows(selector)[:2] == ["No volume", "first"]
    selector.currentNodeID = node.GetID()
    assert selector.currentNode() is node
    scene.RemoveNode(node)
    assert selector.currentNode() is None


def test_each_change_is_told_once_in_all_three_ways(scene, selector):
    selector.noneEnabled = True
    node, heard = add(scene, "first"), []
    selector.connect("currentNodeChanged(vtkMRMLNode*)", lambda node: heard.append(node))
    selector.connect("currentNodeChanged(bool)", lambda valid: heard.append(valid))
    selector.connect("currentNodeIDChanged(QString)", lambda node_id: heard.append(node_id))
    selector.currentNodeChanged.connect(lambda node: heard.append(("bound", node)))
    selector.setCurrentNode(node)
    selector.setCurrentNodeID(node.GetID())
    assert heard == [node, ("bound", node), True, node.GetID()]
    del heard[:]
    selector.setCurrentNode(None)
    assert heard == [None, ("bound", None), False, ""]


def test_what_is_not_listed_cannot_be_chosen(scene, selector):
    selector.noneEnabled = True
    selector.setCurrentNode(add(scene, "volume"))
    selector.setCurrentNode(add(scene, "model", MODEL))
    assert selector.currentNode() is None


def test_which_nodes_are_listed(scene, selector):
    add(scene, "volume")
    add(scene, "labels", LABELS)
    add(scene, "hidden").SetHideFromEditors(True)
    add(scene, "CT").SetAttribute("modality", "CT")
    add(scene, "MR").SetAttribute("modality", "MR")
    assert listed(selector) == ["volume", "labels", "CT", "MR"]
    selector.showHidden = True
    assert listed(selector) == ["volume", "labels", "hidden", "CT", "MR"]
    selector.showHidden = False
    selector.hideChildNodeTypes = [LABELS]
    assert listed(selector) == ["volume", "CT", "MR"]
    selector.hideChildNodeTypes = []
    selector.showChildNodeTypes = False
    assert listed(selector) == ["volume", "CT", "MR"]
    selector.addAttribute(VOLUME, "modality")
    assert listed(selector) == ["CT", "MR"]
    selector.addAttribute(VOLUME, "modality", "CT")
    assert listed(selector) == ["CT"]
    selector.removeAttribute(VOLUME, "modality")
    assert listed(selector) == ["volume", "CT", "MR"]


def test_a_node_is_listed_as_soon_as_it_fits(scene, selector):
    selector.addAttribute(VOLUME, "modality", "CT")
    node, added = add(scene, "volume"), []
    selector.connect("nodeAdded(vtkMRMLNode*)", added.append)
    assert listed(selector) == []
    node.SetAttribute("modality", "CT")
    assert listed(selector) == ["volume"]
    assert added == [node]
    node.SetHideFromEditors(True)
    assert listed(selector) == []


def test_a_new_name_of_the_chosen_node_is_told(scene, selector):
    first, second, heard = add(scene, "first"), add(scene, "second"), []
    selector.connect("currentNodeRenamed(QString)", heard.append)
    second.SetName("other")
    first.SetName("chosen")
    first.Modified()
    assert heard == ["chosen"]


def test_the_user_chooses_with_the_keyboard(scene, selector):
    add(scene, "first")
    second, heard = add(scene, "second"), []
    selector.connect("nodeActivated(vtkMRMLNode*)", heard.append)
    inner = selector.findChild(QComboBox)
    QTest.keyClick(inner, Qt.Key.Key_Down)
    assert selector.currentNode() is second
    assert heard == [second]


def test_neither_key_nor_wheel_reaches_the_actions_of_a_closed_list(scene, selector):
    selector.renameEnabled = True
    node = add(scene, "only")
    inner = selector.findChild(QComboBox)
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_End):
        QTest.keyClick(inner, key)
    assert selector.currentNode() is node
    assert inner.currentText == "only"
    assert rows(selector) == ["only", "Create new Volume", "Rename current Volume…", "Delete current Volume"]


def choose_in_open_list(selector, text):
    inner = selector.findChild(QComboBox)
    selector.show()
    inner.showPopup()
    view = inner.view()
    index = view.model().index(inner.findText(text), 0)
    assert view.model().flags(index) & Qt.ItemFlag.ItemIsEnabled
    view.setCurrentIndex(index)
    QTest.keyClick(view, Qt.Key.Key_Return)
    selector.close()


def test_actions_of_the_open_list(scene, selector, monkeypatch):
    selector.renameEnabled = True
    selector.baseName = "mine"
    heard = []
    selector.connect("nodeAddedByUser(vtkMRMLNode*)", heard.append)
    add(scene, "first")
    choose_in_open_list(selector, "Create new Volume")
    assert [node.GetName() for node in heard] == ["mine"]
    assert selector.currentNode() is heard[0]
    monkeypatch.setattr(QInputDialog, "getText", lambda *arguments, **named: ("yours", True))
    choose_in_open_list(selector, "Rename current Volume…")
    assert listed(selector) == ["first", "yours"]
    choose_in_open_list(selector, "Delete current Volume")
    assert listed(selector) == ["first"]
    selector.addEnabled = selector.removeEnabled = selector.renameEnabled = False
    assert rows(selector) == ["first"]


def test_a_long_name_does_not_widen_the_panel(scene, selector):
    width = selector.sizeHint().width()
    add(scene, "a name that is far too long for any panel " * 5)
    assert selector.sizeHint().width() == width


def test_a_selector_that_is_gone_hears_nothing_more(scene, application, capfd):
    widget = qMRMLNodeComboBox()
    widget.setMRMLScene(scene)
    reference = weakref.ref(widget)
    widget.deleteLater()
    application.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    add(scene, "first").SetName("renamed")
    del widget
    gc.collect()
    assert reference() is None
    add(scene, "second")
    assert "Error" not in capfd.readouterr().err


def test_a_widget_tells_its_scene_once(scene):
    widget, heard = qMRMLWidget(), []
    widget.connect("mrmlSceneChanged(vtkMRMLScene*)", heard.append)
    widget.setMRMLScene(scene)
    widget.setMRMLScene(scene)
    assert widget.mrmlScene() is scene
    assert heard == [scene]


@pytest.fixture
def segmentation(scene):
    node = add(scene, "segmentation", "vtkMRMLSegmentationNode")
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


VISIBLE, COLOR, OPACITY, NAME, STATUS = range(5)


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


def test_a_mistyped_property_is_an_error(table, selector):
    with pytest.raises(AttributeError, match="noneEnable"):
        selector.noneEnable = True
    with pytest.raises(ValueError, match="currentNodeChanged"):
        selector.connect("currentNodeChange(vtkMRMLNode*)", print)
    with pytest.raises(AttributeError, match="headerShown"):
        table.headerShown = True
    assert isinstance(table, qt.QWidget)
