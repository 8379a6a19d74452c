# ruff: noqa: N801, N815
"""ctkMessageBox: a message that the user can ask not to see again; slicer.util shows all its messages in it."""

from __future__ import annotations

from PySide6.QtCore import Property, QSettings
from PySide6.QtWidgets import QCheckBox, QMessageBox, QWidget


class ctkMessageBox(QMessageBox):
    """With `dontShowAgainSettingsKey` a tick box is shown; once ticked, exec answers as the user did then, unseen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings_key = ""
        self._tick_box = QCheckBox("Don't show this message again")

    def exec_(self) -> int:
        answer = QSettings().value(self._settings_key) if self._settings_key else None
        if answer is not None:
            return int(answer)
        answer = super().exec()
        if self._settings_key and self._tick_box.isChecked():
            QSettings().setValue(self._settings_key, answer)
        return answer

    exec = exec_

    def _set_settings_key(self, key: str) -> None:
        self._settings_key = key
        self._set_visible(bool(key))

    def _set_visible(self, visible: bool) -> None:
        self.setCheckBox(self._tick_box if visible else None)

    dontShowAgainSettingsKey = Property(str, lambda self: self._settings_key, _set_settings_key)
    dontShowAgainVisible = Property(bool, lambda self: self.checkBox() is not None, _set_visible)
    dontShowAgain = Property(
        bool, lambda self: self._tick_box.isChecked(), lambda self, ticked: self._tick_box.setChecked(ticked)
    )
