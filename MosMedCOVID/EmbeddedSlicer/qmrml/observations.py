"""What a widget hears of VTK objects: until it lets go of them, or is no more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from weakref import WeakMethod

import shiboken6
from vtkmodules.vtkCommonCore import vtkObject


class Observations:
    """The observers of one widget. They don't keep it alive, and end once Qt has deleted it."""

    def __init__(self) -> None:
        self._observers: list[tuple[vtkObject, int]] = []

    def add(self, observed: vtkObject, event: int | str, method: Callable[[], Any]) -> None:
        """Calls a widget's method, without arguments, whenever the event happens."""
        reference = WeakMethod(method)

        def heard(caller: vtkObject, name: str) -> None:
            living = reference()
            if living is not None and shiboken6.isValid(living.__self__):
                living()
            else:
                caller.RemoveObserver(tag)

        tag = observed.AddObserver(event, heard)
        self._observers.append((observed, tag))

    def clear(self) -> None:
        """Lets go of everything."""
        for observed, tag in self._observers:
            observed.RemoveObserver(tag)
        self._observers.clear()
