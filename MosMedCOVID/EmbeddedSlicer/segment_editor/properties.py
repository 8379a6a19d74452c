"""Kinds of properties that the Segment Editor's widget has several of."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Property, Slot
from PySide6.QtWidgets import QWidget


def shows(control: str) -> tuple[Property, Callable[..., None]]:
    """Property and slot that show or hide one of the widget's controls."""

    @Slot(bool)
    def write(self: QWidget, visible: bool) -> None:
        self._controls.set_visible(control, visible)

    return Property(bool, lambda self: self._controls.is_visible(control), write), write


def lacks(what: str) -> tuple[Property, Callable[..., None]]:
    """Property and slot of what the host lacks: they can only be switched off."""

    @Slot(bool)
    def write(self: QWidget, on: bool) -> None:
        if on:
            raise NotImplementedError(f"EmbeddedSlicer's segment editor has no {what}: it is there only in 3D Slicer")

    return Property(bool, lambda self: False, write), write
