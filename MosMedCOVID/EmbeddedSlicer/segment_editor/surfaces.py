"""Keeps closed surfaces up to date without making the mouse wait."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication

from .engine import SegmentEditing

DELAY = 300  # ms from the end of an edit until surfaces are made again, unless another one begins


class SurfaceUpdates(QTimer):
    """`start` after an edit, `stop` when the next one begins."""

    def __init__(self, editing: SegmentEditing, parent: QObject) -> None:
        super().__init__(parent)
        self._editing = editing
        self.setSingleShot(True)
        self.setInterval(DELAY)
        self.timeout.connect(self._update)

    def _update(self) -> None:
        if self._editing.has_stale_surfaces and not self._editing.in_stroke:
            QApplication.setOverrideCursor(Qt.CursorShape.WaitCursor)
            try:
                self._editing.update_surfaces()
            finally:
                QApplication.restoreOverrideCursor()
