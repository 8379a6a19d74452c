"""The row of buttons that says what the mouse does: read, paint, erase, threshold; and undo and redo."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QSizePolicy, QToolButton, QWidget

from .effects import Effect

NO_EFFECT = ""
IN_USE = """QToolButton:checked {
    background: palette(highlight); color: palette(highlighted-text);
    border: 1px solid palette(dark); border-radius: 3px
}"""


class EffectButtons(QWidget):
    """Buttons of the effects in their order; the first one ends editing."""

    effectChosen = Signal(str)  # noqa: N815
    undoChosen = Signal()  # noqa: N815
    redoChosen = Signal()  # noqa: N815

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setStyleSheet(IN_USE)  # Fusion's own mark is hardly seen in the dark theme
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._buttons: dict[str, QToolButton] = {}
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(2)
        self.undo_button = self._history_button("↶", "Undo the last edit (Z)", "Undo")
        self.redo_button = self._history_button("↷", "Redo the edit that was undone (Y)", "Redo")
        self.undo_button.clicked.connect(self.undoChosen)
        self.redo_button.clicked.connect(self.redoChosen)

    def show_effects(self, effects: Sequence[Effect]) -> None:
        """Buttons for these, numbered by their keys 1, 2…"""
        for button in self._buttons.values():
            self._group.removeButton(button)
            button.hide()
            button.deleteLater()
        self._buttons = {}
        self._add(NO_EFFECT, "Read", "No editing: the mouse reads the images (Esc; Space goes back to the last effect)")
        for number, effect in enumerate(effects, 1):
            self._add(effect.name, effect.title, f"{effect.helpText()} ({number})")

    def buttons(self) -> list[QToolButton]:
        """From left to right."""
        return [*self._buttons.values(), self.undo_button, self.redo_button]

    def choose(self, name: str) -> None:
        """Shows which effect is in use."""
        self._buttons.get(name, self._buttons[NO_EFFECT]).setChecked(True)

    def enable(self, effects: bool, undo: bool, redo: bool) -> None:
        for button in self._buttons.values():
            button.setEnabled(effects)
        self.undo_button.setEnabled(undo)
        self.redo_button.setEnabled(redo)

    def _add(self, name: str, text: str, hint: str) -> None:
        button = QToolButton(self)
        button.setText(text)
        button.setToolTip(hint)
        button.setCheckable(True)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        button.clicked.connect(lambda: self.effectChosen.emit(name))
        self._group.addButton(button)
        self._row.insertWidget(len(self._buttons), button)
        self._buttons[name] = button

    def _history_button(self, sign: str, hint: str, name: str) -> QToolButton:
        button = QToolButton(self)
        button.setText(sign)
        button.setToolTip(hint)
        button.setAccessibleName(name)
        self._row.addWidget(button)
        return button
