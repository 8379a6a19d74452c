"""The views of the window, arranged as the scene's layout node says. It plays qSlicerLayoutManager."""

# ruff: noqa: N802

from __future__ import annotations

import slicer
from PySide6.QtCore import Property, QObject, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget
from vtkmodules.vtkCommonCore import vtkCollection

from .core import Core
from .layouts import ViewPlace, parse_layout
from .panes.arranged import arranged
from .panes.slice_pane import SlicePane
from .panes.three_d_pane import ThreeDPane

PANES = {"vtkMRMLSliceNode": SlicePane, "vtkMRMLViewNode": ThreeDPane}


class LayoutManager(QObject):
    """Makes a pane for each view node of the scene and keeps it, whatever layout shows it."""

    layoutChanged = Signal(int)  # noqa: N815

    def __init__(self, core: Core, parent: QWidget | None = None) -> None:
        """parent: of the viewport, which is empty until it is shown somewhere."""
        super().__init__(parent)
        self._core = core
        self._panes: dict[ViewPlace, SlicePane | ThreeDPane] = {}
        self._shown = ""  # the description of what is arranged now
        self._viewport = QWidget(parent)
        QVBoxLayout(self._viewport).setContentsMargins(0, 0, 0, 0)
        self._arranged: QWidget | None = None
        self._logic = slicer.vtkMRMLLayoutLogic()
        self._logic.SetMRMLScene(core.scene)  # makes the layout node and the view nodes that lack, also after a close
        self._node: slicer.vtkMRMLLayoutNode | None = None
        self._node_tag = 0
        scene = slicer.vtkMRMLScene
        events = (scene.EndBatchProcessEvent, scene.EndCloseEvent, scene.EndRestoreEvent)
        self._scene_tags = [core.scene.AddObserver(event, self._on_scene_changed) for event in events]
        self._scene_tags.append(core.scene.AddObserver(scene.NodeRemovedEvent, self._on_node_removed))
        self._follow_scene()
        if self.layout == slicer.vtkMRMLLayoutNode.SlicerLayoutInitialView:
            self.setLayout(slicer.vtkMRMLLayoutNode.SlicerLayoutFourUpView)  # the same, by its own number

    def _get_layout(self) -> int:
        return self._node.GetViewArrangement()

    def setLayout(self, layout: int) -> None:
        """Shows a layout by its number; views that were made full are part of their layout again."""
        if not self._node.IsLayoutDescription(layout):
            raise ValueError(f"There is no layout {layout}.")
        with slicer.util.NodeModify(self._node):
            self._node.RemoveAllMaximizedViewNodes()
            self._node.SetViewArrangement(layout)

    layout = Property(int, _get_layout, setLayout)
    threeDViewCount = Property(int, lambda self: len(self._three_d_panes()))  # noqa: N815
    tableViewCount = Property(int, lambda self: 0)  # noqa: N815
    plotViewCount = Property(int, lambda self: 0)  # noqa: N815

    def layoutLogic(self) -> slicer.vtkMRMLLayoutLogic:
        """Holds the layout node, to which further layouts can be added."""
        return self._logic

    def mrmlScene(self) -> slicer.vtkMRMLScene:
        """Whose views these are."""
        return self._core.scene

    def mrmlSliceLogics(self) -> vtkCollection:
        """The logics of the slice views."""
        return self._core.application_logic.GetSliceLogics()

    def mrmlViewLogics(self) -> vtkCollection:
        """The logics of the 3D views."""
        return self._core.application_logic.GetViewLogics()

    def viewport(self) -> QWidget:
        """The widget that the views are arranged in."""
        return self._viewport

    def sliceViewNames(self) -> list[str]:
        """Red, Green, Yellow, and what further layouts have brought."""
        return [place.name for place, pane in self._panes.items() if isinstance(pane, SlicePane)]

    def sliceWidget(self, name: str) -> SlicePane | None:
        """A slice view by its name."""
        return self._panes.get(ViewPlace("vtkMRMLSliceNode", name))

    def threeDWidget(self, view: int | str) -> ThreeDPane | None:
        """A 3D view by its number, from 0, or by its name."""
        if isinstance(view, str):
            return next((pane for pane in self._three_d_panes() if pane.mrmlViewNode().GetName() == view), None)
        return self._three_d_panes()[view] if 0 <= view < len(self._three_d_panes()) else None

    def viewWidget(self, node: slicer.vtkMRMLAbstractViewNode) -> SlicePane | ThreeDPane | None:
        """The pane of a view node."""
        return self._panes.get(_place_of(node))

    def addMaximizedViewNode(self, node: slicer.vtkMRMLAbstractViewNode) -> None:
        """Shows one view alone."""
        self._node.AddMaximizedViewNode(node)

    def removeMaximizedViewNode(self, node: slicer.vtkMRMLAbstractViewNode) -> None:
        """Shows all views of the layout again."""
        self._node.RemoveMaximizedViewNode(node)

    def resetSliceViews(self) -> None:
        """Shows the whole volume in each slice view."""
        for name in self.sliceViewNames():
            self.sliceWidget(name).fitSliceToBackground()

    def resetThreeDViews(self) -> None:
        """Shows all that there is in each 3D view."""
        for pane in self._three_d_panes():
            pane.reset()

    def setRenderPaused(self, pause: bool) -> None:
        """Counts: the views paint again when they were resumed as often as they were paused."""
        for pane in self._panes.values():
            pane.setRenderPaused(pause)

    def pauseRender(self) -> None:
        """The views paint their old pictures from now on."""
        self.setRenderPaused(True)

    def resumeRender(self) -> None:
        """Takes one pause back."""
        self.setRenderPaused(False)

    def close(self) -> None:
        """Lets go of the scene; the views are gone afterwards."""
        for tag in self._scene_tags:
            self._core.scene.RemoveObserver(tag)
        self._observe(None)
        for pane in self._panes.values():
            pane.stop()
        self._panes.clear()
        self._logic.SetMRMLScene(None)

    def _three_d_panes(self) -> list[ThreeDPane]:
        return [pane for pane in self._panes.values() if isinstance(pane, ThreeDPane)]

    def _on_scene_changed(self, caller: slicer.vtkMRMLScene, event: str) -> None:
        if not caller.IsBatchProcessing():
            self._follow_scene()

    def _on_node_removed(self, caller: slicer.vtkMRMLScene, event: str) -> None:
        if not caller.IsBatchProcessing():  # a scene that closes brings its views back
            self._drop_panes()

    def _follow_scene(self) -> None:
        """The layout node that is in the scene now says what is shown; its slice nodes may be of another window."""
        self._observe(self._logic.GetLayoutNode())
        self._arrange()
        self._drop_panes()
        for name in self.sliceViewNames():
            self.sliceWidget(name).sliceView().resize_view()

    def _make_panes(self) -> None:
        """A pane for each view node that is in the scene now; after a close or a load a pane may get another node."""
        for node_class, kind in PANES.items():
            for node in slicer.util.getNodesByClass(node_class, self._core.scene):
                place = _place_of(node)
                if place not in self._panes:
                    self._panes[place] = kind(self._core, node)
                    if kind is SlicePane:
                        self._panes[place].sliceLogic().AddObserver("ModifiedEvent", self._on_slice_moved)
                elif self._panes[place].mrmlAbstractViewNode() is not node:
                    self._panes[place].set_node(node)

    def _drop_panes(self) -> None:
        """The panes of view nodes that are gone go with them."""
        for place, pane in list(self._panes.items()):
            node = pane.mrmlAbstractViewNode()
            if node is None or not self._core.scene.IsNodePresent(node):
                del self._panes[place]
                pane.stop()
                pane.setParent(None)
                pane.deleteLater()

    def _on_slice_moved(self, caller: slicer.vtkMRMLSliceLogic, event: str) -> None:
        """Other views are drawn anew only where they show the line in which this one cuts them."""
        for pane in self._panes.values():
            if isinstance(pane, ThreeDPane):
                pane.threeDView().follow_slices()
            elif pane.sliceLogic() is not caller and pane.shows_intersections():
                pane.sliceView().scheduleRender()

    def _observe(self, node: slicer.vtkMRMLLayoutNode | None) -> None:
        if node is self._node:
            return
        if self._node is not None:
            self._node.RemoveObserver(self._node_tag)
        self._node = node
        if node is not None:
            self._node_tag = node.AddObserver("ModifiedEvent", lambda caller, event: self._arrange())

    def _arrange(self) -> None:
        """Puts the panes where the layout node says, if that is not where they are."""
        if self._core.scene.IsBatchProcessing():
            return
        self._make_panes()
        description = self._node.GetCurrentLayoutDescription() or ""
        for number in range(self._node.GetNumberOfMaximizedViewNodes()):
            alone = self._node.GetMaximizedViewNode(number)
            description = self._logic.GetMaximizedViewLayoutDescription(alone, description)
        if not description or description == self._shown:
            return
        self._shown = description
        for pane in self._panes.values():
            pane.setParent(self._viewport)
            pane.hide()
            pane.mrmlAbstractViewNode().SetMappedInLayout(False)
        if self._arranged is not None:
            self._arranged.deleteLater()
            self._viewport.layout().removeWidget(self._arranged)
        self._arranged = arranged(parse_layout(description), self._map)
        self._viewport.layout().addWidget(self._arranged)
        self._arranged.show()
        self.layoutChanged.emit(self._node.GetViewArrangement())

    def _map(self, place: ViewPlace) -> QWidget | None:
        """The pane of a place, now in the layout; None for views that only Slicer has."""
        pane = self._panes.get(place)
        if pane is not None:
            pane.mrmlAbstractViewNode().SetMappedInLayout(True)
        return pane


def _place_of(node: slicer.vtkMRMLAbstractViewNode) -> ViewPlace:
    return ViewPlace(node.GetClassName(), node.GetLayoutName())
