"""Two spin boxes for a range of intensities, from the lower to the upper end."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QDoubleSpinBox, QHBoxLayout, QLabel, QWidget

WIDEST = 100000.0  # beyond all CT numbers; the range is nobody's business but the user's


class RangeBoxes(QWidget):
    """The lower end never exceeds the upper one: the other end goes along."""

    changed = Signal(float, float)

    def __init__(self, low_hint: str, high_hint: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.low, self.high = self._box(low_hint), self._box(high_hint)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.low, 1)
        row.addWidget(QLabel("to", self))
        row.addWidget(self.high, 1)
        self.low.valueChanged.connect(lambda value: self._settle(value, max(value, self.high.value())))
        self.high.valueChanged.connect(lambda value: self._settle(min(value, self.low.value()), value))

    def show_values(self, low: float, high: float) -> None:
        """Without a signal."""
        with QSignalBlocker(self.low), QSignalBlocker(self.high):
            self.low.setValue(low)
            self.high.setValue(high)

    def show_unit(self, unit: str) -> None:
        """Behind the numbers; empty for none."""
        for box in (self.low, self.high):
            box.setSuffix(f" {unit}" if unit else "")

    def _settle(self, low: float, high: float) -> None:
        self.show_values(low, high)
        self.changed.emit(low, high)

    def _box(self, hint: str) -> QDoubleSpinBox:
        box = QDoubleSpinBox(self)
        box.setRange(-WIDEST, WIDEST)
        box.setDecimals(0)
        box.setSingleStep(10)
        box.setKeyboardTracking(False)
        box.setMinimumWidth(70)
        box.setToolTip(hint)
        return box
