"""The node combo box lists the scene's nodes, follows them, and lets the user choose."""

import gc
import weakref

import pytest

pytest.importorskip("slicer")
pytest.importorskip("PySide6")

from EmbeddedSlicer.qmrml import qMRMLNodeComboBox
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QInputDialog

VOLUME, LABELS, MODEL = "vtkMRMLScalarVolumeNode", "vtkMRMLLabelMapVolumeNode", "vtkMRMLModelNode"
pytestmark = pytest.mark.usefixtures("application")


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
