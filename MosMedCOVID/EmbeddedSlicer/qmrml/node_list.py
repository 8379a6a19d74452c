"""The combo box inside a node selector: nodes, and beneath a line what can be done with them."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QStandardItem
from PySide6.QtWidgets import QComboBox, QWidget

ACTION = Qt.ItemDataRole.UserRole + 1  # holds an action's name in rows that are no node; Qt.UserRole the node's ID


class NodeList(QComboBox):
    """Rows are added with a node's ID, "" for none. An action can be chosen in the open list only.

    Thus neither the wheel nor an arrow key deletes a node by the way.
    """

    nodeChosen = Signal(str)  # noqa: N815
    actionChosen = Signal(str)  # noqa: N815

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)
        self._row = -1
        self.activated.connect(self._activated)

    def fill(self, nodes: Iterable[tuple[str, str]], actions: Iterable[tuple[str, str]]) -> None:
        """Rows anew: (text, node ID) above, (text, action's name) below the line. Nothing is chosen then."""
        self.clear()
        for text, node_id in nodes:
            self.addItem(text, node_id)
        if actions and self.model().rowCount():
            self.insertSeparator(self.model().rowCount())
        for text, action in actions:
            item = QStandardItem(text)
            item.setData(action, ACTION)
            self.model().appendRow(item)
        self._enable_actions(False)
        self.choose(-1)

    def choose(self, row: int) -> None:
        self._row = row
        self.setCurrentIndex(row)

    def showPopup(self) -> None:  # noqa: N802
        self._enable_actions(True)
        super().showPopup()

    def hidePopup(self) -> None:  # noqa: N802
        super().hidePopup()
        self._enable_actions(False)

    def _enable_actions(self, enabled: bool) -> None:
        for row in range(self.model().rowCount()):
            if self.itemData(row, ACTION):
                self.model().item(row).setEnabled(enabled)

    def _activated(self, row: int) -> None:
        action = self.itemData(row, ACTION)
        if action:
            self.setCurrentIndex(self._row)
            self.actionChosen.emit(action)
        else:
            self._row = row
            self.nodeChosen.emit(self.itemData(row))
