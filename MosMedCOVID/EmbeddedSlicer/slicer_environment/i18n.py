"""Plays slicer.i18n: texts in the language of the application, English where no translation is installed."""

# ruff: noqa: N802

from __future__ import annotations

import functools
import inspect
from pathlib import Path

from PySide6.QtCore import QCoreApplication


def translate(context: str, text: str) -> str:
    return QCoreApplication.translate(context, text)


@functools.cache
def getContext(sourceFile: str) -> str:  # noqa: N803
    """The translation context of a Python file: its name, after the name of its package where it is in one."""
    path = Path(sourceFile)
    in_package = (path.parent / "__init__.py").is_file()
    return f"{path.parent.name}.{path.stem}" if in_package else path.stem


def tr(text: str) -> str:
    """The text in the context of the calling file; modules import it as `_`."""
    caller = inspect.currentframe().f_back
    return translate(getContext(caller.f_code.co_filename), text)
