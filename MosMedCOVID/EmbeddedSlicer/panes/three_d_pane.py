"""A 3D view with its bar. It plays qMRMLThreeDWidget, and its view plays qMRMLThreeDView."""

# ruff: noqa: N802, N803

from __future__ import annotations

import slicer
from PySide6.QtCore import QSize
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ..core import Core
from ..views.three_d_view import ThreeDView
from .blit_view import BlitView
from .corner_texts import RESEARCH_ONLY, CornerTexts
from .view_bar import ViewBar


class ThreeDBlitView(BlitView):
    """The picture in 3D."""

    def __init__(self, shown: ThreeDView) -> None:
        super().__init__(shown, self._paint_corners)
        self._volume_name = ""

    def mrmlViewNode(self) -> slicer.vtkMRMLViewNode:
        """The view node shown."""
        return self._shown.node

    def cameraNode(self) -> slicer.vtkMRMLCameraNode | None:
        """From where it is seen."""
        return self._shown.camera_node

    def interactorObserver(self) -> slicer.vtkMRMLThreeDViewInteractorStyle:
        """Slicer's interactor style."""
        return self._shown.view.style

    def displayableManagerByClassName(self, className: str) -> slicer.vtkMRMLAbstractDisplayableManager | None:
        """One of what draws here."""
        return self._shown.view.group.GetDisplayableManagerByClassName(className)

    def resetFocalPoint(self) -> None:
        """Turns about the middle of what is shown."""
        self._shown.reset_focal_point()
        self.scheduleRender()

    def resetCamera(
        self, resetRotation: bool = True, resetTranslation: bool = True, resetDistance: bool = True
    ) -> None:
        """From the front, with everything in sight."""
        self._shown.reset_camera(resetRotation, resetTranslation, resetDistance)
        self.scheduleRender()

    def follow_slices(self) -> None:
        """Writes the volume's name anew where the slice views show another one; nothing is drawn for it."""
        if self._shown.volume_name() != self._volume_name:
            self.update()

    def _paint_corners(self, painter: QPainter, size: QSize) -> None:
        """Nothing where there is nothing to see."""
        self._volume_name = self._shown.volume_name()
        edges = self._shown.edges()
        if edges is not None:
            texts = CornerTexts(painter, size)
            texts.corner("top left", [self._volume_name])
            texts.corner("bottom left", [RESEARCH_ONLY])
            texts.edges(edges)


class ThreeDPane(QWidget):
    """Bar above, picture below."""

    def __init__(self, core: Core, node: slicer.vtkMRMLViewNode) -> None:
        super().__init__()
        self.setObjectName(f"ThreeDWidget{node.GetLayoutName()}")
        self._shown = ThreeDView(core, node)
        self._bar = ViewBar(core, node)
        self._view = ThreeDBlitView(self._shown)
        self._bar.row.addStretch(1)
        reset = self._bar.add_button("Reset", "All that is shown, seen from the front.")
        reset.clicked.connect(lambda checked=False: self.reset())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._bar)
        column.addWidget(self._view, 1)

    def threeDView(self) -> ThreeDBlitView:
        """The picture."""
        return self._view

    def threeDController(self) -> ViewBar:
        """The bar."""
        return self._bar

    def viewLogic(self) -> slicer.vtkMRMLViewLogic:
        """Of this view."""
        return self._shown.logic

    def mrmlViewNode(self) -> slicer.vtkMRMLViewNode:
        """Its colours and markers."""
        return self._shown.node

    def mrmlAbstractViewNode(self) -> slicer.vtkMRMLAbstractViewNode:
        """The same, by the name that all panes have."""
        return self._shown.node

    def reset(self) -> None:
        """All that is shown, seen from the front."""
        self._view.resetFocalPoint()
        self._view.resetCamera()

    def setRenderPaused(self, pause: bool) -> None:
        """See BlitView."""
        self._view.setRenderPaused(pause)

    def set_node(self, node: slicer.vtkMRMLViewNode) -> None:
        """Shows another node of the same name."""
        self._shown.set_node(node)
        self._bar.set_node(node)

    def stop(self) -> None:
        """Lets go of the scene; nothing is painted any more."""
        self.hide()
        self._shown.close()
