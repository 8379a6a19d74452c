"""A line of text with a dark rim, readable on bright and on dark pixels, as an image that is made once."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage, QPainter

TEXT = QColor(235, 235, 235)
SHADE = QColor(0, 0, 0, 220)
RIM = 1  # pixels, on each side
AROUND = [QPoint(x, y) for x in (-RIM, 0, RIM) for y in (-RIM, 0, RIM) if x or y]


def draw_shaded_text(painter: QPainter, area: QRect, alignment: Qt.AlignmentFlag, text: str) -> None:
    """Writes one line into an area, in the painter's font; the rim may lie outside."""
    image = _shaded(text, painter.font().toString(), painter.device().devicePixelRatioF())
    size = image.deviceIndependentSize().toSize() - QSize(2 * RIM, 2 * RIM)
    x, y = area.left(), area.top()
    if alignment & Qt.AlignmentFlag.AlignRight:
        x = area.right() + 1 - size.width()
    elif alignment & Qt.AlignmentFlag.AlignHCenter:
        x = area.center().x() - size.width() // 2
    if alignment & Qt.AlignmentFlag.AlignBottom:
        y = area.bottom() + 1 - size.height()
    elif alignment & Qt.AlignmentFlag.AlignVCenter:
        y = area.center().y() - size.height() // 2
    painter.drawImage(QPoint(x - RIM, y - RIM), image)


@lru_cache(maxsize=256)
def _shaded(text: str, font_description: str, ratio: float) -> QImage:
    """The text with its rim; only the position of the slice changes while a reader scrolls."""
    font = QFont()
    font.fromString(font_description)
    metrics = QFontMetrics(font)
    size = QSize(metrics.horizontalAdvance(text), metrics.height())
    image = QImage((size + QSize(2 * RIM, 2 * RIM)) * ratio, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setFont(font)
    place = QRect(QPoint(RIM, RIM), size)
    painter.setPen(SHADE)
    for step in AROUND:
        painter.drawText(place.translated(step), Qt.AlignmentFlag.AlignLeft, text)
    painter.setPen(TEXT)
    painter.drawText(place, Qt.AlignmentFlag.AlignLeft, text)
    painter.end()
    return image
