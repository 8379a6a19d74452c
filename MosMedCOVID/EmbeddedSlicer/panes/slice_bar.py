"""The bar above a slice view: position slider, position in mm, fit. It plays qMRMLSliceControllerWidget."""

# ruff: noqa: N802

from __future__ import annotations

import slicer
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSlider

from ..core import Core
from ..views.slice_facts import straight_axis
from ..views.slice_view import SliceView
from .position_box import PositionBox
from .view_bar import ViewBar


class SliceBar(ViewBar):
    """Follows the slice logic, and moves it."""

    def __init__(self, core: Core, shown: SliceView) -> None:
        super().__init__(core, shown.node)
        self._shown = shown
        self._lowest, self._step = 0.0, 1.0
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setToolTip("Slice by slice through the volume (also: wheel, or arrow up and down in the view).")
        self.slider.valueChanged.connect(lambda value: self.setSliceOffsetValue(self._lowest + value * self._step))
        self.position = PositionBox()
        self.position.setToolTip("Position of the slice: type one to go there, such as R 20, or 20 for this side.")
        self.position.valueChanged.connect(self.setSliceOffsetValue)
        self.row.addWidget(self.slider, 1)
        self.row.addWidget(self.position)
        fit = self.add_button("Fit", "The whole volume in this view.")
        fit.clicked.connect(lambda checked=False: self.fitSliceToBackground())
        shown.logic.AddObserver("ModifiedEvent", lambda caller, event: self._follow())
        self._follow()

    def sliceLogic(self) -> slicer.vtkMRMLSliceLogic:
        """What the bar moves."""
        return self._shown.logic

    def mrmlSliceNode(self) -> slicer.vtkMRMLSliceNode:
        """Of the view below."""
        return self._shown.node

    def fitSliceToBackground(self) -> None:
        """Shows the whole volume."""
        self._shown.fit()

    def setSliceOffsetValue(self, offset: float) -> None:
        """Goes to a position along the view's normal, in mm."""
        logic = self._shown.logic
        logic.StartSliceOffsetInteraction()
        logic.SetSliceOffset(offset)
        logic.EndSliceOffsetInteraction()

    def _follow(self) -> None:
        """Shows where the logic is, without moving it; nothing while its node is taken away."""
        if self._shown.node is None:
            return
        self._lowest, highest, self._step = self._shown.offset_range()
        offset = self._shown.logic.GetSliceOffset()
        blocked = [widget.blockSignals(True) for widget in (self.slider, self.position)]
        self.slider.setRange(0, round((highest - self._lowest) / self._step))
        self.slider.setValue(round((offset - self._lowest) / self._step))
        self.position.setRange(min(self._lowest, offset), max(highest, offset))
        self.position.setSingleStep(self._step)
        self.position.set_axis(straight_axis(slicer.util.arrayFromVTKMatrix(self._shown.node.GetSliceToRAS())))
        self.position.setValue(offset)
        for widget, was in zip((self.slider, self.position), blocked, strict=True):
            widget.blockSignals(was)
        self.setEnabled(highest > self._lowest)
