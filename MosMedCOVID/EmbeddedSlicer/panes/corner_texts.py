"""Texts, letters and ruler over a view: readable on bright and on dark pixels, cut short rather than overlapping."""

from __future__ import annotations

import math

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter

from ..views.slice_facts import Edges
from .shaded_text import RIM, SHADE, TEXT, draw_shaded_text

MARGIN = 6
LETTER_ROOM = 16  # kept free on each side of the middle of an edge, for its letters
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
        self._plain, self._bold = QFont(painter.font()), QFont(painter.font())
        self._plain.setPixelSize(11)
        self._bold.setPixelSize(13)
        self._bold.setBold(True)
        self._metrics = QFontMetrics(self._plain)

    def corner(self, name: str, lines: list[str]) -> None:
        """Lines of text in a corner, cut short at the middle of the view, or before the letter that stands there."""
        lines = [line for line in lines if line]
        beside_letter = 0 if CORNERS[name] & Qt.AlignmentFlag.AlignTop else len(lines) - 1
        down = self._metrics.height()
        self._painter.setFont(self._plain)
        for number, line in enumerate(lines):
            longest = self._area.width() // 2 - (LETTER_ROOM if number == beside_letter else RIM)
            line = self._metrics.elidedText(line, Qt.TextElideMode.ElideRight, longest)
            room = self._area.adjusted(0, number * down, 0, (1 + number - len(lines)) * down)
            draw_shaded_text(self._painter, room, CORNERS[name], line)

    def edges(self, edges: Edges) -> None:
        """Where in the patient the edges lie."""
        self._painter.setFont(self._bold)
        for name, alignment in EDGES.items():
            draw_shaded_text(self._painter, self._area, alignment, getattr(edges, name))

    def ruler(self, millimetres_per_pixel: float) -> None:
        """A bar of a round length with that length over it, in the corner at the lower right."""
        length = round_length(LONGEST_RULER * self._area.width() * millimetres_per_pixel)
        right, y = self._area.right(), self._area.bottom()
        left = right - round(length / millimetres_per_pixel)
        self._painter.fillRect(QRect(left - 1, y - 5, right - left + 3, 6), SHADE)
        for bar in (QRect(left, y - 2, right - left + 1, 1), QRect(left, y - 4, 1, 4), QRect(right, y - 4, 1, 4)):
            self._painter.fillRect(bar, TEXT)
        text = f"{length / 10:g} cm" if length >= 10 else f"{length:g} mm"
        self._painter.setFont(self._plain)
        draw_shaded_text(self._painter, self._area.adjusted(0, 0, 0, -7), CORNERS["bottom right"], text)


def round_length(longest: float) -> float:
    """The greatest of 1, 2, 5, 10, 20, 50 … (or their tenths …) that is not longer."""
    power = 10.0 ** math.floor(math.log10(longest))
    return max(step * power for step in (1, 2, 5) if step * power <= longest)
