"""The brush in one slice view: the mouse moves it and paints with it, before Slicer's own mouse actions are asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import slicer
from vtkmodules.vtkCommonCore import vtkCommand, vtkObject

from .brush_outline import BrushOutline
from .effects import BrushEffect
from .voxels import CannotEdit

PRIORITY = 1.0  # above the interactor style, which has 0
FACTOR = 1.2  # a notch of the wheel


class Editor(Protocol):
    """What a view asks of the editor that it belongs to."""

    def active_brush(self) -> BrushEffect | None:
        """The brush in use; None while reading."""

    def color(self) -> tuple[float, float, float]:
        """Of the segment that is edited."""

    def stroke_begins(self) -> None: ...

    def stroke_goes_on(self) -> None: ...

    def stroke_ends(self) -> None: ...

    def show_problem(self, sentence: str) -> None: ...


class BrushInView:
    """Without a brush in use all events go by, so that reading works as ever.

    With one the left button paints (with Shift, Ctrl or Alt it does not), Shift and the wheel change its size;
    all else goes on to Slicer: scrolling, zooming, panning, the crosshair.
    """

    def __init__(self, slice_widget: object, editor: Editor) -> None:
        self._view = slice_widget.sliceView()
        self._logic: slicer.vtkMRMLSliceLogic = slice_widget.sliceLogic()
        self._interactor = self._view.interactor()
        self._editor = editor
        self._last: tuple[int, int] | None = None  # where the stroke has got to
        self.outline = BrushOutline(self._view.renderWindow().GetRenderers().GetFirstRenderer())
        self._observers: list[tuple[vtkObject, int]] = []
        for event, action in (
            (vtkCommand.LeftButtonPressEvent, self._press),
            (vtkCommand.LeftButtonDoubleClickEvent, self._press),
            (vtkCommand.MouseMoveEvent, self._move),
            (vtkCommand.LeftButtonReleaseEvent, self._release),
            (vtkCommand.MouseWheelForwardEvent, lambda brush: self._resize(brush, FACTOR)),
            (vtkCommand.MouseWheelBackwardEvent, lambda brush: self._resize(brush, 1 / FACTOR)),
            (vtkCommand.LeaveEvent, self._leave),
        ):
            self._observe(event, action)
        self._observers.append((self._logic, self._logic.AddObserver("ModifiedEvent", self._on_slice_changed)))

    @property
    def _node(self) -> slicer.vtkMRMLSliceNode:
        """Another one after a scene was loaded."""
        return self._logic.GetSliceNode()

    def update(self) -> None:
        """Draws the outline anew after brush, colour or slice have changed."""
        brush = self._editor.active_brush()
        if self.outline.is_visible:
            if brush:
                self._show(brush)
            else:
                self._hide()

    def remove(self) -> None:
        """Ends the stroke and leaves nothing in the view."""
        self._end()
        for observed, tag in self._observers:
            observed.RemoveObserver(tag)
        self._observers.clear()
        self.outline.remove()
        self._view.scheduleRender()

    def _observe(self, event: int, action: Callable[[BrushEffect], bool]) -> None:
        """The action says whether it used the event up."""

        def on_event(caller: vtkObject, name: str) -> None:
            brush = self._editor.active_brush()
            if brush and action(brush):
                self._interactor.GetCommand(tag).SetAbortFlag(True)

        tag = self._interactor.AddObserver(event, on_event, PRIORITY)
        self._observers.append((self._interactor, tag))

    def _press(self, brush: BrushEffect) -> bool:
        pressed = self._interactor
        if pressed.GetShiftKey() or pressed.GetControlKey() or pressed.GetAltKey():
            return False
        try:
            brush.editing.begin()
        except CannotEdit as problem:
            self._editor.show_problem(str(problem))
            return True
        self._editor.stroke_begins()
        self._last = self._interactor.GetEventPosition()
        self._paint(brush, self._last)
        return True

    def _move(self, brush: BrushEffect) -> bool:
        if self._last is not None:
            self._paint(brush, self._interactor.GetEventPosition())
        self._show(brush)
        return self._last is not None

    def _release(self, brush: BrushEffect) -> bool:
        painted = self._last is not None
        self._end()
        return painted

    def _leave(self, brush: BrushEffect) -> bool:
        self._hide()
        return False

    def _resize(self, brush: BrushEffect, factor: float) -> bool:
        if not self._interactor.GetShiftKey():
            return False
        brush.scale(factor)
        self._show(brush)
        return True

    def _paint(self, brush: BrushEffect, position: tuple[int, int]) -> None:
        try:
            brush.stroke(self._node, self._last, position)
        except CannotEdit as problem:
            self._editor.show_problem(str(problem))
        self._last = position
        self._editor.stroke_goes_on()

    def _end(self) -> None:
        if self._last is not None:
            self._last = None
            self._editor.stroke_ends()

    def _show(self, brush: BrushEffect) -> None:
        x, y = self._interactor.GetEventPosition()
        self.outline.show(x, y, brush.outline_radius(self._node), self._editor.color())
        self._view.scheduleRender()

    def _hide(self) -> None:
        self.outline.hide()
        self._view.scheduleRender()

    def _on_slice_changed(self, caller: vtkObject, event: str) -> None:
        self.update()
