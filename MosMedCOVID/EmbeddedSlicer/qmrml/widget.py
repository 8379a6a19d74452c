# ruff: noqa: N801, N802, N815
"""qMRMLWidget: a widget that has a scene, and tells of it."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget
from slicer import vtkMRMLScene


class qMRMLWidget(QWidget):
    """Its MRML children get the scene if the .ui file connects mrmlSceneChanged to their setMRMLScene, as in Slicer."""

    mrmlSceneChanged = Signal(object)  # vtkMRMLScene*

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scene: vtkMRMLScene | None = None

    def mrmlScene(self) -> vtkMRMLScene | None:
        return self._scene

    @Slot(object)
    def setMRMLScene(self, scene: vtkMRMLScene | None) -> None:
        if scene is not self._scene:
            self._scene = scene
            self.mrmlSceneChanged.emit(scene)
