"""A widget that paints what a view has drawn and forwards mouse and keys. It plays ctkVTKAbstractView."""

# ruff: noqa: N802, N815

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import (
    QEnterEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget
from vtkmodules.vtkRenderingCore import vtkRenderWindow
from vtkmodules.vtkRenderingUI import vtkGenericRenderWindowInteractor

from ..views.layer import Kind, Layer
from ..views.slice_view import SliceView
from ..views.three_d_view import ThreeDView
from .mouse_and_keys import MouseAndKeys

FORMATS = {
    Kind.GREY: QImage.Format.Format_Grayscale8,
    Kind.RGB: QImage.Format.Format_RGB888,
    Kind.RGBA: QImage.Format.Format_RGBA8888,
    Kind.RGBA_PREMULTIPLIED: QImage.Format.Format_RGBA8888_Premultiplied,
    Kind.RGBX: QImage.Format.Format_RGBX8888,
}


class BlitView(QWidget):
    """VTK draws at most once for each time Qt paints, however much has changed in between."""

    def __init__(self, shown: SliceView | ThreeDView, paint_over: Callable[[QPainter, QSize], None]) -> None:
        """shown: what is drawn. paint_over: writes over it; it is given the painter and the widget's size."""
        super().__init__()
        self._shown = shown
        self._paint_over = paint_over
        self._forward = MouseAndKeys(shown.view.interactor)
        self._image = QImage()
        self._is_due = True
        self._pauses = 0
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.WheelFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(80, 60)
        shown.view.on_change(self.scheduleRender)
        shown.logic.AddObserver("ModifiedEvent", lambda caller, event: self.scheduleRender())

    def interactor(self) -> vtkGenericRenderWindowInteractor:
        """What mouse and keys go to."""
        return self._shown.view.interactor

    def renderWindow(self) -> vtkRenderWindow:
        """What VTK draws into; the picture on the screen is put together from it and from the images of the view."""
        return self._shown.view.window

    def scheduleRender(self) -> None:
        """Draws when Qt paints next, which it does soon."""
        self._is_due = True
        if not self._pauses:
            self.update()

    def forceRender(self) -> None:
        """Draws and paints now."""
        self._draw()
        self.repaint()

    def setRenderPaused(self, pause: bool) -> None:
        """Counts: it draws again when it was resumed as often as it was paused."""
        self._pauses = max(0, self._pauses + (1 if pause else -1))
        if self._is_due and not self._pauses:
            self.update()

    def pauseRender(self) -> None:
        """Paints the old picture from now on."""
        self.setRenderPaused(True)

    def resumeRender(self) -> None:
        """Takes one pause back."""
        self.setRenderPaused(False)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._is_due and not self._pauses:
            self._draw()
        painter = QPainter(self)
        painter.fillRect(self.rect(), Qt.GlobalColor.black)
        painter.drawImage(0, 0, self._image)
        self._paint_over(painter, self.size())
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.resize_view()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self.resize_view()
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._forward.mouse(event, self.devicePixelRatioF())

    mouseReleaseEvent = mouseDoubleClickEvent = mouseMoveEvent = mousePressEvent

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._forward.wheel(event, self.devicePixelRatioF())

    def enterEvent(self, event: QEnterEvent) -> None:
        self._forward.enter(event.position(), self.devicePixelRatioF())

    def leaveEvent(self, event: QEvent) -> None:
        self._forward.leave()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self._forward.key(event)
        event.ignore()  # the window may have a use for it too

    keyReleaseEvent = keyPressEvent

    def resize_view(self) -> None:
        """Gives the view the size of the widget, in pixels of the screen."""
        size = self.size() * self.devicePixelRatioF()
        self._shown.resize(size.width(), size.height())
        self.scheduleRender()

    def _draw(self) -> None:
        self._is_due = False
        self._image = put_together(self._shown.draw(), *self.renderWindow().GetSize())
        self._image.setDevicePixelRatio(self.devicePixelRatioF())


def put_together(layers: list[Layer], width: int, height: int) -> QImage:
    """One image, the right way up, of layers of pixels, over black."""
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.black)
    painter = QPainter(image)
    for pixels, kind in layers:
        pixels = np.ascontiguousarray(pixels)
        painter.drawImage(0, 0, QImage(pixels.data, *pixels.shape[1::-1], pixels.strides[0], FORMATS[kind]))
    painter.end()
    image.flip(Qt.Orientation.Vertical)  # VTK's first row is the lowest
    return image
