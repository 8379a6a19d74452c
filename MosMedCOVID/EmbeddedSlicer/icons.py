"""The toolbar's icons: drawn as lines in the colour of the theme's text, crisp at any size."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QGuiApplication, QIcon, QIconEngine, QPainter, QPalette, QPen, QPixmap, QPolygonF

Draw = Callable[[QPainter], None]


def icon(name: str) -> QIcon:
    """layout, window_level, pointer, crosshair, fit or cube."""
    return QIcon(_Lines(DRAWINGS[name]))


class _Lines(QIconEngine):
    """Draws anew each time, so that a change of the theme is followed. The drawing's field is 16 × 16."""

    def __init__(self, draw: Draw) -> None:
        super().__init__()
        self._draw = draw

    def clone(self) -> QIconEngine:
        return _Lines(self._draw)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        picture = QPixmap(size)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        self.paint(painter, QRect(0, 0, size.width(), size.height()), mode, state)
        painter.end()
        return picture

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        group = QPalette.ColorGroup.Disabled if mode == QIcon.Mode.Disabled else QPalette.ColorGroup.Normal
        color = QGuiApplication.palette().color(group, QPalette.ColorRole.ButtonText)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(rect.topLeft())
        painter.scale(rect.width() / 16, rect.height() / 16)
        painter.setPen(QPen(color, 1.2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        self._draw(painter)
        painter.restore()


def _layout(painter: QPainter) -> None:
    painter.drawRoundedRect(QRectF(1.5, 2.5, 13, 11), 1.5, 1.5)
    painter.drawLine(QPointF(8, 2.5), QPointF(8, 13.5))
    painter.drawLine(QPointF(1.5, 8), QPointF(14.5, 8))


def _window_level(painter: QPainter) -> None:
    circle = QRectF(2, 2, 12, 12)
    painter.drawEllipse(circle)
    painter.setBrush(painter.pen().color())
    painter.drawPie(circle, -90 * 16, 180 * 16)


def _pointer(painter: QPainter) -> None:
    points = ((4, 2), (4, 12.5), (6.7, 10), (8.6, 14), (10.3, 13.2), (8.5, 9.4), (12, 9))
    painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in points]))


def _crosshair(painter: QPainter) -> None:
    for start, end in ((1.5, 6), (10, 14.5)):
        painter.drawLine(QPointF(8, start), QPointF(8, end))
        painter.drawLine(QPointF(start, 8), QPointF(end, 8))
    painter.drawEllipse(QPointF(8, 8), 0.6, 0.6)


def _fit(painter: QPainter) -> None:
    for x, inward_x in ((2, 4), (14, -4)):
        for y, inward_y in ((2, 4), (14, -4)):
            painter.drawPolyline(QPolygonF([QPointF(x + inward_x, y), QPointF(x, y), QPointF(x, y + inward_y)]))
    painter.drawRect(QRectF(5.5, 5.5, 5, 5))


def _cube(painter: QPainter) -> None:
    outline = ((8, 1.5), (13.7, 4.7), (13.7, 11.3), (8, 14.5), (2.3, 11.3), (2.3, 4.7))
    painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in outline]))
    for x, y in ((2.3, 4.7), (13.7, 4.7), (8, 14.5)):
        painter.drawLine(QPointF(8, 8), QPointF(x, y))


DRAWINGS: dict[str, Draw] = {
    "layout": _layout,
    "window_level": _window_level,
    "pointer": _pointer,
    "crosshair": _crosshair,
    "fit": _fit,
    "cube": _cube,
}
