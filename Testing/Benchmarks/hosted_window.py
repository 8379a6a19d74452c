"""The window of this process, driven and waited for as a reader sees it: until what was asked for is painted."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from EmbeddedSlicer.start import start
from painted import Painted
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

WINDOW = 1280, 800
PATIENCE = 60.0  # seconds


class HostedWindow:
    """The application with the module's panel, and its views by name."""

    def __init__(self, module: Path) -> None:
        self._host = start([module], testing=True)
        self._host.window.resize(*WINDOW)
        self._host.window.show()
        import slicer

        slicer.util.selectModule("MosMedCOVID")
        self.panel = slicer.modules.mosmedcovid.widgetRepresentation().self().panel
        layout = slicer.app.layoutManager()
        self.panes = {name: layout.sliceWidget(name) for name in layout.sliceViewNames()}
        self.three_d = layout.threeDWidget(0).threeDView()
        views = [self.three_d, *(pane.sliceView() for pane in self.panes.values())]
        self._painted = {view: Painted(view) for view in views}
        self.settle()

    def until(self, true: Callable[[], bool]) -> None:
        """Lets the window work until something is true."""
        end = time.monotonic() + PATIENCE
        while not true():
            if time.monotonic() > end:
                raise TimeoutError("The window did not get there.")
            self._host.application.processEvents()

    def until_painted(self, view: QWidget, action: Callable[[], object]) -> None:
        """Does something, and returns once the view has been painted after it."""
        painted = self._painted[view]
        before = painted.times
        action()
        self.until(lambda: painted.times > before)

    def until_all_painted(self, action: Callable[[], object]) -> None:
        """Does something, and returns once all views have been painted after it."""
        before = {view: painted.times for view, painted in self._painted.items()}
        action()
        self.until(lambda: all(painted.times > before[view] for view, painted in self._painted.items()))

    def settle(self) -> None:
        """Lets the window do all that it has before it."""
        for _ in range(5):
            self._host.application.processEvents()
        self.until(lambda: not self.panel.correct_section.pending)

    def move(self, view: QWidget, place: QPoint) -> None:
        """The mouse moves, with or without a button held."""
        QTest.mouseMove(view, place)

    def press(self, view: QWidget, place: QPoint) -> None:
        """The left button goes down."""
        QTest.mousePress(view, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)

    def release(self, view: QWidget, place: QPoint) -> None:
        """The left button comes up."""
        QTest.mouseRelease(view, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)

    def close(self) -> None:
        """Ends the application."""
        self._host.close()
