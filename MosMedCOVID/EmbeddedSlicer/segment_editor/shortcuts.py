"""The keys of the Segment Editor, as in Slicer."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget


class Shortcuts:
    """Keys of a window, until they are removed."""

    def __init__(self, window: QWidget, actions: Mapping[str, Callable[[], object]]) -> None:
        """actions: by their keys, as QKeySequence reads them."""
        self._window = window
        self._shortcuts: list[QShortcut] = []
        for keys, action in actions.items():
            self._add(keys, unless_on_button(action) if keys == "Space" else action)

    def _add(self, keys: str, action: Callable[[], object]) -> None:
        shortcut = QShortcut(QKeySequence(keys), self._window)
        shortcut.activated.connect(action)
        self._shortcuts.append(shortcut)

    def remove(self) -> None:
        for shortcut in self._shortcuts:
            shortcut.setEnabled(False)
            shortcut.deleteLater()
        self._shortcuts.clear()


def unless_on_button(action: Callable[[], object]) -> Callable[[], object]:
    """Where a button has the focus the key still presses the button."""

    def on_key() -> None:
        focused = QApplication.focusWidget()
        if isinstance(focused, QAbstractButton):
            focused.click()
        else:
            action()

    return on_key
