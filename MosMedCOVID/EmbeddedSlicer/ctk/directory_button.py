# ruff: noqa: N801, N802, N815
"""ctkDirectoryButton: shows a folder; a click chooses another one."""

from __future__ import annotations

from PySide6.QtCore import Property, QDir, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QSizePolicy, QStyle, QWidget


class ctkDirectoryButton(QWidget):
    """`directory` is the folder; `text`, where given, stands on the button in its place."""

    directoryChanged = Signal(str)
    directorySelected = Signal(str)  # by the user

    def __init__(self, directory: str | QWidget = ".", parent: QWidget | None = None) -> None:
        if isinstance(directory, QWidget):  # ctkDirectoryButton(parent), as Qt writes it
            directory, parent = ".", directory
        super().__init__(parent)
        self._directory = QDir(directory).path()
        self._text = ""
        self._caption = ""
        self._button = QPushButton(self.style().standardIcon(QStyle.StandardPixmap.SP_DirIcon), "", self)
        self._button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._button)
        self.setFocusProxy(self._button)
        self._button.clicked.connect(self.browse)
        self._show()

    @Slot()
    def browse(self) -> None:
        """Asks the user for a folder."""
        chosen = QFileDialog.getExistingDirectory(self, self._caption or self.toolTip(), self._directory)
        if chosen:
            self._set_directory(chosen)
            self.directorySelected.emit(chosen)

    def _set_directory(self, directory: str) -> None:
        path = QDir(directory).path()
        if path != self._directory:
            self._directory = path
            self._show()
            self.directoryChanged.emit(path)

    def _set_text(self, text: str) -> None:
        self._text = text
        self._show()

    def _set_caption(self, caption: str) -> None:
        self._caption = caption

    directory = Property(str, lambda self: self._directory, _set_directory, user=True)
    text = Property(str, lambda self: self._text or self._directory, _set_text)
    caption = Property(str, lambda self: self._caption, _set_caption)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show()

    def _show(self) -> None:
        whole = self._text or QDir.toNativeSeparators(self._directory)
        room = self._button.width() - self._button.iconSize().width() - 24
        shown = self.fontMetrics().elidedText(whole, Qt.TextElideMode.ElideMiddle, room)
        self._button.setText(shown)
        self._button.setAccessibleName(whole)
        self._button.setToolTip(whole if shown != whole else "")  # else the widget's own comes up
