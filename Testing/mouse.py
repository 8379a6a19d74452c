"""A hand on the mouse in a slice view: places are RAS mm, events go the way of real ones, through Qt."""

import numpy as np
import slicer
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest


def show_slice(view_name, ras):
    """Brings a slice view to a place."""
    node = slicer.app.layoutManager().sliceWidget(view_name).mrmlSliceNode()
    node.JumpSliceByOffsetting(*ras)


def pixel_of(view_name, ras):
    """The pixel of the view that shows a place, and the place that this pixel shows."""
    widget = slicer.app.layoutManager().sliceWidget(view_name)
    to_ras = slicer.util.arrayFromVTKMatrix(widget.mrmlSliceNode().GetXYToRAS())
    x, y = np.rint((np.linalg.inv(to_ras) @ [*ras, 1])[:2]).astype(int)
    height = widget.sliceView().height()
    return QPoint(int(x), int(height - 1 - y)), (to_ras @ [x, y, 0, 1])[:3]


def click(view_name, ras):
    """Presses and releases the left button at a place; returns the place that was really hit."""
    view = slicer.app.layoutManager().sliceWidget(view_name).sliceView()
    pixel, hit = pixel_of(view_name, ras)
    QTest.mouseMove(view, pixel)
    QTest.mousePress(view, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, pixel)
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, pixel)
    return hit
