"""A slice view with its bar. It plays qMRMLSliceWidget, and its view plays qMRMLSliceView."""

# ruff: noqa: N802, N803

from __future__ import annotations

from collections.abc import Sequence

import slicer
from PySide6.QtCore import QSize
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ..core import Core
from ..views.slice_facts import slice_facts
from ..views.slice_view import SliceView
from .blit_view import BlitView
from .corner_texts import RESEARCH_ONLY, CornerTexts
from .slice_bar import SliceBar


class SliceBlitView(BlitView):
    """The picture of a slice, with its corners. XYZ are pixels of the screen from the lower left, and the slice."""

    def __init__(self, shown: SliceView) -> None:
        super().__init__(shown, self._paint_corners)

    def mrmlSliceNode(self) -> slicer.vtkMRMLSliceNode:
        """The slice node shown."""
        return self._shown.node

    def interactorObserver(self) -> slicer.vtkMRMLSliceViewInteractorStyle:
        """Slicer's interactor style."""
        return self._shown.view.style

    def displayableManagerByClassName(self, className: str) -> slicer.vtkMRMLAbstractDisplayableManager | None:
        """One of what draws here."""
        return self._shown.view.group.GetDisplayableManagerByClassName(className)

    def convertDeviceToXYZ(self, xy: Sequence[int]) -> list[float]:
        """From the interactor's position."""
        return self._convert("ConvertDeviceToXYZ", int(xy[0]), int(xy[1]))

    def convertXYZToRAS(self, xyz: Sequence[float]) -> list[float]:
        """To mm in the patient."""
        return self._convert("ConvertXYZToRAS", list(xyz))

    def convertRASToXYZ(self, ras: Sequence[float]) -> list[float]:
        """From mm in the patient."""
        return self._convert("ConvertRASToXYZ", list(ras))

    def _convert(self, method: str, *arguments: object) -> list[float]:
        result = [0.0, 0.0, 0.0]
        getattr(self.displayableManagerByClassName("vtkMRMLCrosshairDisplayableManager"), method)(*arguments, result)
        return result

    def _paint_corners(self, painter: QPainter, size: QSize) -> None:
        texts = CornerTexts(painter, size)
        facts = slice_facts(self._shown.logic)
        if facts is None:
            texts.corner("top left", [self._shown.node.GetName()])
            return
        texts.corner("top left", [facts.volume, facts.window_level])
        texts.corner("top right", [facts.position, facts.number, facts.slab])
        texts.corner("bottom left", [RESEARCH_ONLY])
        texts.edges(facts.edges)
        if self._shown.node.GetRulerType() != slicer.vtkMRMLAbstractViewNode.RulerTypeNone:
            texts.ruler(facts.millimetres * self.devicePixelRatioF())


class SlicePane(QWidget):
    """Bar above, picture below."""

    def __init__(self, core: Core, node: slicer.vtkMRMLSliceNode) -> None:
        super().__init__()
        self.setObjectName(f"qMRMLSliceWidget{node.GetLayoutName()}")
        self._shown = SliceView(core, node)
        self._bar = SliceBar(core, self._shown)
        self._view = SliceBlitView(self._shown)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._bar)
        column.addWidget(self._view, 1)

    def sliceLogic(self) -> slicer.vtkMRMLSliceLogic:
        """What computes the picture."""
        return self._shown.logic

    def mrmlSliceNode(self) -> slicer.vtkMRMLSliceNode:
        """Where and how it is cut."""
        return self._shown.node

    def mrmlAbstractViewNode(self) -> slicer.vtkMRMLAbstractViewNode:
        """The same, by the name that all panes have."""
        return self._shown.node

    def mrmlSliceCompositeNode(self) -> slicer.vtkMRMLSliceCompositeNode:
        """Which volumes it shows."""
        return self._shown.logic.GetSliceCompositeNode()

    def sliceView(self) -> SliceBlitView:
        """The picture."""
        return self._view

    def sliceController(self) -> SliceBar:
        """The bar."""
        return self._bar

    def shows_intersections(self) -> bool:
        """Whether it shows the lines in which the other slices cut it."""
        display = self._shown.logic.GetSliceDisplayNode()
        return display is not None and bool(display.GetIntersectingSlicesVisibility())

    def fitSliceToBackground(self) -> None:
        """Shows the whole volume."""
        self._shown.fit()

    def setRenderPaused(self, pause: bool) -> None:
        """See BlitView."""
        self._view.setRenderPaused(pause)

    def set_node(self, node: slicer.vtkMRMLSliceNode) -> None:
        """Shows another node of the same name."""
        self._shown.set_node(node)
        self._bar.set_node(node)
        self._view.resize_view()

    def stop(self) -> None:
        """Lets go of the scene; nothing is painted any more."""
        self.hide()
        self._shown.close()
