"""Where the module keeps what is the user's own, and what can be made again; never beside anybody's studies."""

from __future__ import annotations

from pathlib import Path

import qt
import slicer

NAME = "MosMedCOVID"


def data_folder() -> Path:
    """What the user has done, and would miss."""
    return _folder("data", qt.QStandardPaths.GenericDataLocation)


def cache_folder() -> Path:
    """What can be made again: the system may remove it."""
    return _folder("cache", qt.QStandardPaths.GenericCacheLocation)


def _folder(kind: str, location: object) -> Path:
    """The same in Slicer and in the host; in a test one that is forgotten."""
    if slicer.app.testingEnabled():
        return Path(slicer.app.temporaryPath) / NAME / kind
    return Path(qt.QStandardPaths.writableLocation(location)) / NAME
