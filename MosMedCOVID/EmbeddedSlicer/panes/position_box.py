"""A box for the position of a slice, as radiologists write it: "R 53.2 mm"."""

# ruff: noqa: N802

from __future__ import annotations

import re

from PySide6.QtCore import Qt
from PySide6.QtGui import QValidator
from PySide6.QtWidgets import QDoubleSpinBox

from ..views.slice_facts import coordinate_text, number_text

SUFFIX = " mm"
ROUNDING = 0.05  # mm: what is written may lie so far from what is meant
SIDES = "RL", "AP", "SI"  # of each axis of RAS, its positive side first
TYPED = re.compile(r"([RLAPSI]?)\s*([-−+]?)\s*(\d+(?:[.,]\d*)?|[.,]\d+)", re.IGNORECASE)
PARTLY_TYPED = re.compile(r"[RLAPSI]?\s*[-−+]?\s*[.,]?", re.IGNORECASE)


class PositionBox(QDoubleSpinBox):
    """Its value is the offset along the view's normal, in mm; what is written is the coordinate in the patient.

    A number that is typed without a letter lies on the side that is shown, with a minus sign on the other one. Where
    the view is oblique there are no letters, and the number is the offset.
    """

    def __init__(self) -> None:
        super().__init__()
        self._axis: tuple[int, int] | None = None
        self.setDecimals(1)
        self.setSuffix(SUFFIX)
        self.setKeyboardTracking(False)
        self.setButtonSymbols(QDoubleSpinBox.ButtonSymbols.NoButtons)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setFixedWidth(92)

    def set_axis(self, axis: tuple[int, int] | None) -> None:
        """The axis of RAS along which the normal runs, and which way: as straight_axis gives them."""
        if axis != self._axis:
            self._axis = axis
            self.setValue(self.value())  # written anew

    def textFromValue(self, value: float) -> str:
        if self._axis is None:
            return number_text(value, 1)
        axis, sign = self._axis
        return coordinate_text(axis, value * sign)

    def valueFromText(self, text: str) -> float:
        letter, sign, number = TYPED.fullmatch(self._without_suffix(text)).groups()
        distance = float(number.replace(",", ".")) * (-1 if sign in ("-", "−") else 1)
        if self._axis is None:
            return distance
        axis, way = self._axis
        side = letter.upper() or self.textFromValue(self.value())[0]
        return distance * way * (1 if side == SIDES[axis][0] else -1)

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """A letter of another axis is no position yet: with Return the box goes back to where it was."""
        number = self._without_suffix(text)
        typed = TYPED.fullmatch(number)
        letters = SIDES[self._axis[0]] if self._axis else ""
        lowest, highest = self.minimum() - ROUNDING, self.maximum() + ROUNDING
        if typed and typed[1].upper() in ("", *letters) and lowest <= self.valueFromText(text) <= highest:
            state = QValidator.State.Acceptable
        elif typed or PARTLY_TYPED.fullmatch(number):
            state = QValidator.State.Intermediate
        else:
            state = QValidator.State.Invalid
        return state, text, position

    def _without_suffix(self, text: str) -> str:
        return text.strip().removesuffix(SUFFIX.strip()).strip()
