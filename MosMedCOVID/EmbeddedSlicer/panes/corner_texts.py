"""Texts, letters and ruler over a view: readable on bright and on dark pixels, cut short rather than overlapping."""

from __future__ import annotations

import math

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter

from ..views.slice_facts import SliceFacts

MARGIN = 6
LETTER_ROOM = 16  # kept free beside a letter in the middle of an edge
TEXT = QColor(235, 235, 235)
SHADE = QColor(0, 0, 0, 200)
AROUND = [QPoint(x, y) for x in (-1, 0, 1) for y in (-1, 0, 1) if x or y]
RESEARCH_ONLY = "Research use only"
LONGEST_RULER = 0.3  # of the view's width

CORNERS = {
    "top left": Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft,
    "top right": Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignRight,
    "bottom left": Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft,
    "bottom right": Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignRight,
}
EDGES = {
    "left": Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft,
    "right": Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight,
    "top": Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignHCenter,
    "bottom": Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignHCenter,
}


class CornerTexts:
    """Paints the corners of one view."""

    def __init__(self, painter: QPainter, size: QSize) -> None:
        self._painter = painter
        self._area = QRect(QPoint(0, 0), size).adjusted(MARGIN, MARGIN - 2, -MARGIN, 2 - MARGIN)
        font = QFont(painter.font())
        font.setPixelSize(11)
        painter.setFont(font)
        self._metrics = QFontMetrics(font)

    def corner(self, name: str, lines: list[str]) -> None:
        """Lines of text in a corner, each cut short before the letter in the middle of the edge."""
        longest = self._area.width() // 2 - LETTER_ROOM
        lines = [self._metrics.elidedText(line, Qt.TextElideMode.ElideRight, longest) for line in lines if line]
        self._write(CORNERS[name], "\n".join(lines))

    def edges(self, facts: SliceFacts) -> None:
        """Where in the patient the edges lie."""
        font = QFont(self._painter.font())
        font.setPixelSize(13)
        font.setBold(True)
        plain = self._painter.font()
        self._painter.setFont(font)
        for name, alignment in EDGES.items():
            self._write(alignment, getattr(facts, name))
        self._painter.setFont(plain)

    def ruler(self, millimetres_per_pixel: float) -> None:
        """A bar of a round length with that length over it, in the corner at the lower right."""
        length = round_length(LONGEST_RULER * self._area.width() * millimetres_per_pixel)
        right, y = self._area.right(), self._area.bottom()
        left = right - round(length / millimetres_per_pixel)
        self._painter.fillRect(QRect(left - 1, y - 5, right - left + 3, 6), SHADE)
        for bar in (QRect(left, y - 2, right - left + 1, 1), QRect(left, y - 4, 1, 4), QRect(right, y - 4, 1, 4)):
            self._painter.fillRect(bar, TEXT)
        text = f"{length / 10:g} cm" if length >= 10 else f"{length:g} mm"
        self._write(CORNERS["bottom right"], text, self._area.adjusted(0, 0, 0, -7))

    def _write(self, alignment: Qt.AlignmentFlag, text: str, area: QRect | None = None) -> None:
        area = area or self._area
        self._painter.setPen(SHADE)
        for step in AROUND:
            self._painter.drawText(area.translated(step), alignment, text)
        self._painter.setPen(TEXT)
        self._painter.drawText(area, alignment, text)


def round_length(longest: float) -> float:
    """The greatest of 1, 2, 5, 10, 20, 50 … (or their tenths …) that is not longer."""
    power = 10.0 ** math.floor(math.log10(longest))
    return max(step * power for step in (1, 2, 5) if step * power <= longest)
