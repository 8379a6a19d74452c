"""The keys of the Segment Editor, as in Slicer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

if TYPE_CHECKING:
    from .widget import qMRMLSegmentEditorWidget

EFFECT_KEYS = 9


def editor_keys(
    editor: qMRMLSegmentEditorWidget, toggle_effect: Callable[[int], None], toggle_last_effect: Callable[[], None]
) -> dict[str, Callable[[], object]]:
    """What each key does. toggle_effect: takes or lays down the effect at a place of the row."""
    return {
        **{str(number): partial(toggle_effect, number - 1) for number in range(1, EFFECT_KEYS + 1)},
        "Esc": lambda: editor.setActiveEffect(None),
        "Space": toggle_last_effect,
        "Z": editor.undo,
        "Ctrl+Z": editor.undo,
        "Y": editor.redo,
        "Ctrl+Shift+Z": editor.redo,
        "Q": editor.selectPreviousSegment,
        "W": editor.selectNextSegment,
        "I": editor.toggleSourceVolumeIntensityMaskEnabled,
    }


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
