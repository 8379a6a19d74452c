# ruff: noqa: N801, N802, N815
"""ctkPathLineEdit: a path that is typed, or chosen with a button."""

from __future__ import annotations

from PySide6.QtCore import Property, QDir, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QToolButton, QWidget


class ctkPathLineEdit(QWidget):
    """`filters` says what may be chosen: with Files a file (to be written, with Writable), else a folder."""

    currentPathChanged = Signal(str)

    Dirs = QDir.Filter.Dirs
    Files = QDir.Filter.Files
    Readable = QDir.Filter.Readable
    Writable = QDir.Filter.Writable
    NoDotAndDotDot = QDir.Filter.NoDotAndDotDot

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._filters = QDir.Filter.AllEntries | QDir.Filter.NoDotAndDotDot | QDir.Filter.Readable
        self._name_filters: list[str] = []
        self._edit = QLineEdit(self)
        self._button = QToolButton(self)
        self._button.setText("…")
        self._button.setAccessibleName("Browse")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._edit)
        layout.addWidget(self._button)
        self.setFocusProxy(self._edit)
        self._edit.textChanged.connect(self.currentPathChanged)
        self._button.clicked.connect(self.browse)

    @Slot(str)
    def setCurrentPath(self, path: str) -> None:
        self._edit.setText(path)

    @Slot()
    def browse(self) -> None:
        """Asks the user for a file or a folder."""
        start, names = self._edit.text(), ";;".join(self._name_filters)
        if not self._filters & QDir.Filter.Files:
            chosen = QFileDialog.getExistingDirectory(self, self.toolTip(), start)
        elif self._filters & QDir.Filter.Writable:
            chosen, _ = QFileDialog.getSaveFileName(self, self.toolTip(), start, names)
        else:
            chosen, _ = QFileDialog.getOpenFileName(self, self.toolTip(), start, names)
        if chosen:
            self.setCurrentPath(chosen)

    def _set_filters(self, filters: QDir.Filter) -> None:
        self._filters = QDir.Filter(filters)

    def _set_name_filters(self, names: list[str]) -> None:
        self._name_filters = list(names)

    currentPath = Property(str, lambda self: self._edit.text(), setCurrentPath, user=True)
    filters = Property(QDir.Filter, lambda self: self._filters, _set_filters)
    nameFilters = Property("QStringList", lambda self: self._name_filters, _set_name_filters)
    showBrowseButton = Property(
        bool, lambda self: not self._button.isHidden(), lambda self, shown: self._button.setVisible(shown)
    )
