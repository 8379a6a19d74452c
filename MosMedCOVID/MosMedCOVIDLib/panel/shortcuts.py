"""Keys of the panel: single letters for what is done all day. They live while the module is the one in front."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import qt
import slicer


class Shortcuts:
    """Keys over the whole main window; `install` on entering the module, `remove` on leaving it."""

    def __init__(self, keys: Mapping[str, Callable[[], None]]) -> None:
        self._keys = keys
        self._shortcuts: list[qt.QShortcut] = []

    def install(self) -> None:
        """Listens to the keys from now on."""
        if self._shortcuts or slicer.util.mainWindow() is None:
            return
        for key, action in self._keys.items():
            shortcut = qt.QShortcut(slicer.util.mainWindow())
            shortcut.setKey(qt.QKeySequence(key))
            shortcut.connect("activated()", action)
            self._shortcuts.append(shortcut)

    def remove(self) -> None:
        """Leaves the keys to others."""
        for shortcut in self._shortcuts:
            shortcut.setParent(None)
            shortcut.deleteLater()
        self._shortcuts = []
