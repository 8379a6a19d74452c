"""The bar over the views: layout, what a left drag does, crosshair, fit. It shows what the scene's nodes say."""

from __future__ import annotations

from collections.abc import Callable

import slicer
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QToolBar, QToolButton, QWidget
from vtkmodules.vtkCommonCore import vtkCommand

from .core import Core
from .icons import icon
from .layout_manager import LayoutManager

Interaction = slicer.vtkMRMLInteractionNode
Crosshair = slicer.vtkMRMLCrosshairNode
WITHOUT_ARROW = "QToolButton::menu-indicator { image: none; }"  # Fusion's droops below the text
TEXTS = {
    "window_level": ("Window/level", "Left drag: window sideways, level up and down."),
    "pointer": ("Pointer", "Left drag leaves the grey values alone."),
    "crosshair": ("Crosshair", "Shows the crosshair. Shift + move puts it under the mouse; the other views follow."),
    "fit": ("Fit", "Fits the whole volume into each slice view."),
    "cube": ("Reset 3D", "Brings everything into the 3D view again."),
}


class ViewToolBar(QToolBar):
    def __init__(self, core: Core, layout_manager: LayoutManager, layout_menu: QMenu, parent: QWidget) -> None:
        super().__init__("Views", parent)
        self.setObjectName("ViewToolBar")
        self.setMovable(False)
        self.setIconSize(QSize(16, 16))
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self._core = core
        self._observed: list[tuple[slicer.vtkMRMLNode, int]] = []
        self._add_layout_button(layout_menu)
        self.addSeparator()
        self.window_level = self._add_mode("window_level", Interaction.AdjustWindowLevel)
        self.pointer = self._add_mode("pointer", Interaction.ViewTransform)
        modes = QActionGroup(self)
        for action in (self.window_level, self.pointer):
            modes.addAction(action)
        self.addSeparator()
        self.crosshair = self._add("crosshair", self._set_crosshair)
        self.crosshair.setCheckable(True)
        self.addSeparator()
        self._add("fit", lambda checked: layout_manager.resetSliceViews())
        self._add("cube", lambda checked: layout_manager.resetThreeDViews())
        self._scene_tags = [
            core.scene.AddObserver(event, lambda caller, name: self._observe())
            for event in (slicer.vtkMRMLScene.EndCloseEvent, slicer.vtkMRMLScene.EndImportEvent)
        ]
        self._observe()

    def stop(self) -> None:
        """Lets go of the scene, which is about to be taken down."""
        for tag in self._scene_tags:
            self._core.scene.RemoveObserver(tag)
        self._forget_nodes()

    def _add_layout_button(self, menu: QMenu) -> None:
        button = QToolButton()
        button.setText("Layout ▾")
        button.setStyleSheet(WITHOUT_ARROW)
        button.setIcon(icon("layout"))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setToolTip("Which views are shown.")
        button.setMenu(menu)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.addWidget(button)

    def _add(self, name: str, function: Callable[[bool], None]) -> QAction:
        text, tip = TEXTS[name]
        action = self.addAction(icon(name), text)
        action.setToolTip(tip)
        action.triggered.connect(function)
        return action

    def _add_mode(self, name: str, mode: int) -> QAction:
        action = self._add(name, lambda checked: self._core.interaction_node.SetCurrentInteractionMode(mode))
        action.setCheckable(True)
        action.setData(mode)
        return action

    def _set_crosshair(self, on: bool) -> None:
        self._core.crosshair_node.SetCrosshairMode(Crosshair.ShowBasic if on else Crosshair.NoCrosshair)

    def _observe(self) -> None:
        """Follows the nodes that are in the scene now: a scene that was loaded may have brought its own."""
        self._forget_nodes()
        nodes = [self._core.interaction_node, self._core.crosshair_node]
        self._observed = [
            (node, node.AddObserver(vtkCommand.ModifiedEvent, lambda caller, event: self._show())) for node in nodes
        ]
        self._show()

    def _forget_nodes(self) -> None:
        for node, tag in self._observed:
            node.RemoveObserver(tag)
        self._observed = []

    def _show(self) -> None:
        mode = self._core.interaction_node.GetCurrentInteractionMode()
        for action in (self.window_level, self.pointer):
            action.setChecked(action.data() == mode)
        self.crosshair.setChecked(self._core.crosshair_node.GetCrosshairMode() != Crosshair.NoCrosshair)
