"""Qt's mouse and key events, told to a VTK interactor in its own words."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QInputEvent, QKeyEvent, QMouseEvent, QWheelEvent
from vtkmodules.vtkCommonCore import vtkCommand
from vtkmodules.vtkRenderingUI import vtkGenericRenderWindowInteractor

NOTCH = 120  # of a wheel, in Qt's eighths of a degree; a touchpad sends parts of it

BUTTONS = {
    Qt.MouseButton.LeftButton: "LeftButton",
    Qt.MouseButton.MiddleButton: "MiddleButton",
    Qt.MouseButton.RightButton: "RightButton",
}
ENDINGS = {
    QEvent.Type.MouseButtonPress: "PressEvent",
    QEvent.Type.MouseButtonDblClick: "DoubleClickEvent",
    QEvent.Type.MouseButtonRelease: "ReleaseEvent",
}
KEY_NAMES = {
    Qt.Key.Key_Left: "Left",
    Qt.Key.Key_Right: "Right",
    Qt.Key.Key_Up: "Up",
    Qt.Key.Key_Down: "Down",
    Qt.Key.Key_PageUp: "Prior",
    Qt.Key.Key_PageDown: "Next",
    Qt.Key.Key_Home: "Home",
    Qt.Key.Key_End: "End",
    Qt.Key.Key_Space: "space",
    Qt.Key.Key_Return: "Return",
    Qt.Key.Key_Enter: "KP_Enter",
    Qt.Key.Key_Escape: "Escape",
    Qt.Key.Key_Backspace: "BackSpace",
    Qt.Key.Key_Delete: "Delete",
    Qt.Key.Key_Shift: "Shift_L",
    Qt.Key.Key_Control: "Control_L",
    Qt.Key.Key_Alt: "Alt_L",
    Qt.Key.Key_Plus: "plus",
    Qt.Key.Key_Minus: "minus",
    Qt.Key.Key_BracketLeft: "bracketleft",
    Qt.Key.Key_BracketRight: "bracketright",
    Qt.Key.Key_BraceLeft: "braceleft",
    Qt.Key.Key_BraceRight: "braceright",
}


class MouseAndKeys:
    """Forwards the events of a widget to an interactor. Positions are pixels of the screen, from below."""

    def __init__(self, interactor: vtkGenericRenderWindowInteractor) -> None:
        self._interactor = interactor
        self._wheel = 0
        self._shift_told = False

    def mouse(self, event: QMouseEvent, ratio: float) -> None:
        """A press, a release, a double click, or a move."""
        self._place(event.position(), event, ratio)
        if event.type() == QEvent.Type.MouseMove:
            self._tell_of_shift(event)
            self._interactor.InvokeEvent(vtkCommand.MouseMoveEvent)
        elif event.button() in BUTTONS:
            self._interactor.InvokeEvent(BUTTONS[event.button()] + ENDINGS[event.type()])

    def wheel(self, event: QWheelEvent, ratio: float) -> None:
        """One VTK event for each whole notch."""
        self._place(event.position(), event, ratio)
        self._wheel += event.angleDelta().y()
        while abs(self._wheel) >= NOTCH:
            forward = self._wheel > 0
            self._wheel -= NOTCH if forward else -NOTCH
            self._interactor.InvokeEvent(
                vtkCommand.MouseWheelForwardEvent if forward else vtkCommand.MouseWheelBackwardEvent
            )

    def enter(self, position: QPointF, ratio: float) -> None:
        """The mouse comes in."""
        self._place(position, None, ratio)
        self._interactor.InvokeEvent(vtkCommand.EnterEvent)

    def leave(self) -> None:
        """The mouse is gone."""
        self._interactor.InvokeEvent(vtkCommand.LeaveEvent)

    def key(self, event: QKeyEvent) -> None:
        """A key goes down or up. (Without VTK's CharEvent: vtkInteractorStyleUser would fly to a renderer at F.)"""
        key = Qt.Key(event.key())
        text = event.text()
        name = KEY_NAMES.get(key) or (chr(key).lower() if key < 0x80 else "")
        if not name:
            return
        self._modifiers(event)
        character = text if len(text) == 1 and text.isascii() else "\0"
        self._interactor.SetKeyEventInformation(
            self._interactor.GetControlKey(), self._interactor.GetShiftKey(), character, int(event.isAutoRepeat()), name
        )
        pressed = event.type() == QEvent.Type.KeyPress
        if key == Qt.Key.Key_Shift:
            self._shift_told = pressed
        self._interactor.InvokeEvent(vtkCommand.KeyPressEvent if pressed else vtkCommand.KeyReleaseEvent)

    def _tell_of_shift(self, event: QMouseEvent) -> None:
        """After a drag Slicer's crosshair waits for Shift to go down, which a view without the focus never hears."""
        held = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        hovers = event.buttons() == Qt.MouseButton.NoButton
        if held and hovers and not self._shift_told:
            self._interactor.SetKeyEventInformation(
                self._interactor.GetControlKey(), 1, "\0", 0, KEY_NAMES[Qt.Key.Key_Shift]
            )
            self._interactor.InvokeEvent(vtkCommand.KeyPressEvent)
        self._shift_told = held and hovers

    def _place(self, position: QPointF, event: QInputEvent | None, ratio: float) -> None:
        x, y = round(position.x() * ratio), round(position.y() * ratio)
        self._interactor.SetEventInformationFlipY(x, y, 0, 0, "\0", 0, None)
        if event:
            self._modifiers(event)

    def _modifiers(self, event: QInputEvent) -> None:
        held = event.modifiers()
        self._interactor.SetControlKey(bool(held & Qt.KeyboardModifier.ControlModifier))
        self._interactor.SetShiftKey(bool(held & Qt.KeyboardModifier.ShiftModifier))
        self._interactor.SetAltKey(bool(held & Qt.KeyboardModifier.AltModifier))
