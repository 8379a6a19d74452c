# ruff: noqa: N801, N802, N815
"""ctkComboBox: a combo box with a text for when nothing is chosen."""

from __future__ import annotations

from PySide6.QtCore import Property, Slot
from PySide6.QtWidgets import QComboBox


class ctkComboBox(QComboBox):
    @Slot(str)
    def setCurrentUserDataAsString(self, data: str) -> None:
        """Chooses the item whose data reads like this; none where there's no such item."""
        self.setCurrentIndex(next((i for i in range(QComboBox.count(self)) if str(self.itemData(i)) == data), -1))

    def _data_as_string(self) -> str:
        data = self.itemData(QComboBox.currentIndex(self))
        return "" if data is None else str(data)

    currentUserDataAsString = Property(str, _data_as_string, setCurrentUserDataAsString)
    defaultText = Property(str, QComboBox.placeholderText, QComboBox.setPlaceholderText)
