"""The module `qt` as Slicer has it: the names of QtCore, QtGui, QtWidgets, QtNetwork and QtUiTools in one namespace.

Classes are PySide6's own, patched to behave as PythonQt's (qt_patch); names are looked up when they are asked for.
"""

from __future__ import annotations

from typing import Any

import PySide6.QtGui
import PySide6.QtNetwork
import PySide6.QtWidgets
from PySide6.QtCore import Property, QObject, Signal, Slot

from . import qt_patch

__all__ = ["Property", "Signal", "Slot"]

qt_patch.install()


def __getattr__(name: str) -> Any:
    found = OWN[name]() if name in OWN else _in_pyside(name)
    globals()[name] = found
    return found


def _ui_loader() -> type:
    from .ui_loader import QUiLoader  # knows Slicer's widgets, which are not needed before a .ui file is read

    return QUiLoader


def _file_dialog() -> type:
    from .file_dialog import QFileDialog

    return QFileDialog


OWN = {"QUiLoader": _ui_loader, "QFileDialog": _file_dialog}


def _in_pyside(name: str) -> Any:
    """A Qt name, its class patched. AttributeError for names that are Python's or PySide6's own."""
    if name.startswith(("Q", "q")):
        for module in (PySide6.QtCore, PySide6.QtGui, PySide6.QtWidgets, PySide6.QtNetwork):
            found = getattr(module, name, None)
            if found is not None:
                if isinstance(found, type) and issubclass(found, QObject):
                    qt_patch.patch(found)
                return found
    raise AttributeError(f"EmbeddedSlicer has no qt.{name}")
