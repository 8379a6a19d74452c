# ruff: noqa: N801, N802, N815
"""qMRMLNodeComboBox: chooses a node of the scene."""

from __future__ import annotations

from PySide6.QtCore import Property, QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QInputDialog, QWidget
from slicer import vtkMRMLNode, vtkMRMLScene

from .node_kinds import has_attributes, is_of_kind, nodes_in, type_name
from .node_list import NodeList
from .observations import Observations


def _switch(name: str) -> Property:
    """A bool property that the list of nodes depends on."""

    def write(self: qMRMLNodeComboBox, on: bool) -> None:
        self._switches[name] = on
        self._update()

    return Property(bool, lambda self: self._switches[name], write)


class qMRMLNodeComboBox(QWidget):
    """Lists the scene's nodes of `nodeTypes` in the scene's order, and follows it.

    Without `noneEnabled` the first node is chosen by itself, and another one when the chosen one goes.
    """

    currentNodeChanged = Signal((object,), (bool,))  # (vtkMRMLNode*), (bool)
    currentNodeIDChanged = Signal(str)
    currentNodeRenamed = Signal(str)
    nodeActivated = Signal(object)  # vtkMRMLNode*: by the user
    nodeAdded = Signal(object)  # vtkMRMLNode*
    nodeAddedByUser = Signal(object)  # vtkMRMLNode*
    nodeAboutToBeEdited = Signal(object)  # vtkMRMLNode*

    addEnabled = _switch("add")
    removeEnabled = _switch("remove")
    renameEnabled = _switch("rename")
    editEnabled = _switch("edit")
    noneEnabled = _switch("none")
    showHidden = _switch("hidden")
    showChildNodeTypes = _switch("children")
    selectNodeUponCreation = _switch("select")

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scene: vtkMRMLScene | None = None
        self._switches = {"add": True, "remove": True, "rename": False, "edit": False, "none": False, "hidden": False}
        self._switches |= {"children": True, "select": True}
        self._node_types: list[str] = []
        self._hidden_types: list[str] = []
        self._attributes: dict[tuple[str, str], str | None] = {}
        self._none_display = "None"
        self._base_name = ""
        self._nodes: list[vtkMRMLNode] = []
        self._current_id = ""
        self._scene_events, self._node_events = Observations(), Observations()
        self._list = NodeList(self)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._list)
        self.setFocusProxy(self._list)
        self._list.nodeChosen.connect(self._chosen_by_user)
        self._list.actionChosen.connect(lambda action: getattr(self, action)())

    def mrmlScene(self) -> vtkMRMLScene | None:
        return self._scene

    @Slot(object)
    def setMRMLScene(self, scene: vtkMRMLScene | None) -> None:
        self._scene_events.clear()
        self._scene = scene
        if scene:
            for event in (scene.NodeAddedEvent, scene.NodeRemovedEvent, scene.EndBatchProcessEvent):
                self._scene_events.add(scene, event, self._follow_scene)
        self._update()

    def currentNode(self) -> vtkMRMLNode | None:
        return self._scene.GetNodeByID(self._current_id) if self._scene and self._current_id else None

    @Slot(object)
    def setCurrentNode(self, node: vtkMRMLNode | None) -> None:
        self.setCurrentNodeID(node.GetID() if node else "")

    @Slot(str)
    def setCurrentNodeID(self, node_id: str | None) -> None:
        """None is chosen where the node is not in the list."""
        if node_id and node_id not in self._ids():
            self._update()  # in the middle of a batch
        self._choose(node_id or "")

    @Slot(int)
    def setCurrentNodeIndex(self, index: int) -> None:
        self.setCurrentNode(self.nodeFromIndex(index))

    def nodeCount(self) -> int:
        return len(self._nodes)

    def nodeFromIndex(self, index: int) -> vtkMRMLNode | None:
        return self._nodes[index] if 0 <= index < len(self._nodes) else None

    def addAttribute(self, node_type: str, name: str, value: str | None = None) -> None:
        """Nodes of that type are listed only if they have the attribute (with that value, where given)."""
        self._attributes[node_type, name] = value
        self._update()

    def removeAttribute(self, node_type: str, name: str) -> None:
        self._attributes.pop((node_type, name), None)
        self._update()

    @Slot()
    def addNode(self) -> vtkMRMLNode:
        """A new node of the first type, chosen if `selectNodeUponCreation`."""
        name = self._scene.GenerateUniqueName(self._base_name or self._type_name())
        node = self._scene.AddNewNodeByClass(self._node_types[0], name)
        if self._switches["select"]:
            self.setCurrentNode(node)
        self.nodeAddedByUser.emit(node)
        return node

    @Slot()
    def removeCurrentNode(self) -> None:
        if self.currentNode():
            self._scene.RemoveNode(self.currentNode())

    @Slot()
    def renameCurrentNode(self) -> None:
        node = self.currentNode()
        name, accepted = QInputDialog.getText(self, "Rename", "New name:", text=node.GetName()) if node else ("", False)
        if accepted and name:
            node.SetName(name)

    @Slot()
    def editCurrentNode(self) -> None:
        self.nodeAboutToBeEdited.emit(self.currentNode())

    def _set_node_types(self, types: list[str]) -> None:
        self._node_types = list(types)
        self._update()

    def _set_hidden_types(self, types: list[str]) -> None:
        self._hidden_types = list(types)
        self._update()

    def _set_none_display(self, text: str) -> None:
        self._none_display = text
        self._update()

    def _set_base_name(self, name: str) -> None:
        self._base_name = name

    nodeTypes = Property("QStringList", lambda self: self._node_types, _set_node_types)
    hideChildNodeTypes = Property("QStringList", lambda self: self._hidden_types, _set_hidden_types)
    noneDisplay = Property(str, lambda self: self._none_display, _set_none_display)
    baseName = Property(str, lambda self: self._base_name, _set_base_name)
    currentNodeID = Property(str, lambda self: self._current_id, setCurrentNodeID, user=True)

    def _of_kind(self) -> list[vtkMRMLNode]:
        derived = self._switches["children"]
        return [n for n in nodes_in(self._scene) if is_of_kind(n, self._node_types, self._hidden_types, derived)]

    def _is_listed(self, node: vtkMRMLNode) -> bool:
        """Whether a node of the right kind is in the list: that may change with the node."""
        shown = self._switches["hidden"] or not node.GetHideFromEditors()
        return bool(shown and has_attributes(node, self._attributes))

    def _follow_scene(self) -> None:
        if not self._scene.IsBatchProcessing():  # the end of a batch is an event as well
            self._update()

    def _follow_nodes(self) -> None:
        """A node was modified: the list is made anew only if that changes something in it."""
        name = self._list.currentText()
        shown = [self._list.itemText(row) for row in range(len(self._ids()))]
        if self._nodes != [n for n in self._of_kind() if self._is_listed(n)] or shown != [t for t, _ in self._texts()]:
            self._update()
            node = self.currentNode()
            if node and node.GetName() != name:
                self.currentNodeRenamed.emit(node.GetName())

    def _update(self) -> None:
        """The list anew, after whatever has changed; the choice stays where it can."""
        ids_before = self._ids()
        of_kind = self._of_kind()
        self._node_events.clear()
        for node in of_kind:
            self._node_events.add(node, "ModifiedEvent", self._follow_nodes)
        self._nodes = [node for node in of_kind if self._is_listed(node)]
        with QSignalBlocker(self._list):
            self._list.fill(self._texts(), self._actions())
        added = [node for node in self._nodes if node.GetID() not in ids_before]
        self._choose(self._current_id if self._current_id in self._ids() else self._instead(ids_before))
        for node in added:
            self.nodeAdded.emit(node)

    def _instead(self, ids_before: list[str]) -> str:
        """The ID to choose when the chosen node has gone, or the first one has come."""
        ids = self._ids()
        if not ids or "" in ids or (ids_before and not self._current_id):
            return ""
        row = ids_before.index(self._current_id) if self._current_id in ids_before else 0
        return ids[min(row, len(ids) - 1)]

    def _choose(self, node_id: str) -> None:
        ids = self._ids()
        with QSignalBlocker(self._list):
            self._list.choose(ids.index(node_id) if node_id in ids else -1)
        node_id = node_id if node_id in ids else ""
        if node_id != self._current_id:
            self._current_id = node_id
            node = self.currentNode()
            self.currentNodeChanged[object].emit(node)
            self.currentNodeChanged[bool].emit(node is not None)
            self.currentNodeIDChanged.emit(node_id)

    def _chosen_by_user(self, node_id: str) -> None:
        self._choose(node_id)
        self.nodeActivated.emit(self.currentNode())

    def _ids(self) -> list[str]:
        return ([""] if self._switches["none"] else []) + [node.GetID() for node in self._nodes]

    def _texts(self) -> list[tuple[str, str]]:
        none = [(self._none_display, "")] if self._switches["none"] else []
        return none + [(node.GetName() or node.GetID(), node.GetID()) for node in self._nodes]

    def _actions(self) -> list[tuple[str, str]]:
        kind = self._type_name()
        texts = {
            "add": (f"Create new {kind}", "addNode"),
            "edit": (f"Edit current {kind}…", "editCurrentNode"),
            "rename": (f"Rename current {kind}…", "renameCurrentNode"),
            "remove": (f"Delete current {kind}", "removeCurrentNode"),
        }
        return [action for name, action in texts.items() if self._switches[name] and self._node_types]

    def _type_name(self) -> str:
        return type_name(self._scene, self._node_types[0] if self._node_types else "")
