"""What the bars above all views have: the view's label on its colour, and buttons."""

from __future__ import annotations

import slicer
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from ..core import Core

HEIGHT = 26


class ViewBar(QWidget):
    """The label at the left; more is added to the right of it."""

    def __init__(self, core: Core, node: slicer.vtkMRMLAbstractViewNode) -> None:
        super().__init__()
        self._core = core
        self.setFixedHeight(HEIGHT)
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(0, 0, 2, 0)
        self.row.setSpacing(4)
        self._label = QLabel()
        self._label.setFixedSize(22, HEIGHT)
        self._label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.row.addWidget(self._label)
        self.set_node(node)

    def set_node(self, node: slicer.vtkMRMLAbstractViewNode) -> None:
        """Shows the label and the colour of a view."""
        self._node = node
        color = QColor.fromRgbF(*node.GetLayoutColor())
        self._label.setText(node.GetLayoutLabel())
        self._label.setToolTip(f"The {node.GetName()} view. Double click in it: this view alone, and back.")
        self._label.setStyleSheet(f"background: {color.name()}; color: black; font-weight: bold")

    def add_button(self, text: str, tip: str) -> QToolButton:
        """A button at the right end."""
        button = QToolButton()
        button.setText(text)
        button.setToolTip(tip)
        button.setAutoRaise(True)
        self.row.addWidget(button)
        return button
