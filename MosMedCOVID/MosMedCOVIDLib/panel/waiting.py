"""A longer step in this process: a bar with Cancel comes after half a second, and the window goes on painting."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import qt
import slicer

from ..errors import Cancelled

PATIENCE_MS = 500  # what is done sooner needs no bar
CANCELLED = "Stopped; what was there before is still there."


@contextlib.contextmanager
def wait_cursor() -> Iterator[None]:
    """For a shorter step; nothing else happens meanwhile, while slicer.util.WaitCursor lets the reader's clicks in."""
    qt.QApplication.setOverrideCursor(qt.QCursor(qt.Qt.WaitCursor))
    try:
        yield
    finally:
        qt.QApplication.restoreOverrideCursor()


class Waiting:
    """Used as a context; told the share that is done (0 to 1) it raises Cancelled once the reader pressed Cancel."""

    def __init__(self, what: str) -> None:
        self._what, self._percent = what, -1

    def __enter__(self) -> Waiting:
        qt.QApplication.setOverrideCursor(qt.QCursor(qt.Qt.WaitCursor))
        self._bar = qt.QProgressDialog(slicer.util.mainWindow())
        self._bar.setWindowTitle(self._what)
        self._bar.setLabelText(self._what)
        self._bar.setWindowModality(qt.Qt.ApplicationModal)
        self._bar.setMinimumDuration(PATIENCE_MS)
        self._bar.setAutoReset(False)
        return self

    def __exit__(self, *error: object) -> None:
        self._bar.close()
        self._bar.deleteLater()
        qt.QApplication.restoreOverrideCursor()

    @contextlib.contextmanager
    def paused(self) -> Iterator[None]:
        """While the reader is asked something: neither bar nor wait cursor are there."""
        self._bar.hide()
        qt.QApplication.restoreOverrideCursor()
        try:
            yield
        finally:
            qt.QApplication.setOverrideCursor(qt.QCursor(qt.Qt.WaitCursor))
            self._bar.show()

    def __call__(self, share: float, stage: str = "") -> None:
        if stage:
            self._bar.setLabelText(f"{self._what}: {stage}")
        percent = round(100 * share)
        if stage or percent != self._percent:
            self._percent = percent
            self._bar.setValue(percent)  # lets the window paint, which takes a millisecond
        if self._bar.wasCanceled:
            raise Cancelled(CANCELLED)
