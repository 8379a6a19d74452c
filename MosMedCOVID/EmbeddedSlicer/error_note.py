"""Errors that nobody caught: on standard error, and as a note in the status bar that shows the details when clicked."""

from __future__ import annotations

import sys
import traceback
from collections import deque
from types import TracebackType

from PySide6.QtWidgets import QMessageBox, QToolButton

LONGEST = 80  # characters in the status bar
MOST = 20  # errors whose details are kept; an observer may fail at each move of the mouse


class ErrorNote(QToolButton):
    """Hidden until something goes wrong; clicked, it shows what, and is hidden again."""

    def __init__(self) -> None:
        super().__init__()
        self._details: deque[str] = deque(maxlen=MOST)
        self.setStyleSheet("QToolButton { color: white; background: #b3261e; border-radius: 3px; padding: 1px 6px; }")
        self.hide()
        self.clicked.connect(self._show_details)

    def add(self, summary: str, details: str) -> None:
        self._details.append(details)
        self.setText(summary if len(summary) <= LONGEST else summary[: LONGEST - 1] + "…")
        self.setToolTip("An error of the program. Click for the details.")
        self.show()

    def _show_details(self) -> None:
        box = QMessageBox(
            QMessageBox.Icon.Warning, "Error", "Something went wrong in the program.", parent=self.window()
        )
        box.setInformativeText("Saving the scene (File ▸ Save scene…) and starting again is the safe way on.")
        box.setDetailedText("\n".join(self._details))
        self._details.clear()
        self.hide()
        box.exec()


class ExceptionHook:
    """Takes the place of sys.excepthook: Qt and VTK call it with what a slot or an observer raised."""

    def __init__(self, note: ErrorNote | None) -> None:
        self._note = note

    def __call__(self, kind: type[BaseException], error: BaseException, at: TracebackType | None) -> None:
        sys.__excepthook__(kind, error, at)
        if self._note is not None and issubclass(kind, Exception):
            text = str(error) or kind.__name__
            self._note.add(f"Error: {text.splitlines()[0]}", "".join(traceback.format_exception(kind, error, at)))
