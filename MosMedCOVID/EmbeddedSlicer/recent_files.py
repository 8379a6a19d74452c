"""File ▸ Open recent: the last ten files and folders that were opened, newest first; kept in the user's settings."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QMenu, QWidget

KEY = "RecentFiles"
MOST = 10


def recent_files() -> list[Path]:
    """Newest first; a single one comes back from an .ini file as text, none as None."""
    kept = QSettings().value(KEY) or []
    return [Path(path) for path in ([kept] if isinstance(kept, str) else kept)]


def add_recent_file(path: Path) -> None:
    path = path.absolute()
    others = [other for other in recent_files() if other != path]
    QSettings().setValue(KEY, [str(each) for each in [path, *others][:MOST]])


class RecentFilesMenu(QMenu):
    """Filled anew each time it opens, since files come and go; those that are gone are greyed."""

    def __init__(self, open_path: Callable[[Path], object], parent: QWidget) -> None:
        super().__init__("Open &recent", parent)
        self._open_path = open_path
        self.aboutToShow.connect(self.fill)

    def fill(self) -> None:
        self.clear()
        paths = recent_files()
        for number, path in enumerate(paths, start=1):
            parent = path.parent.name
            name = f"{parent}/{path.name}" if parent else str(path)
            action = self.addAction(f"&{number % 10}  {name.replace('&', '&&')}")
            action.setStatusTip(str(path))
            action.setEnabled(path.exists())
            action.triggered.connect(lambda checked=False, path=path: self._open_path(path))
        self.addSeparator()
        forget = self.addAction("Clear this list")
        forget.setEnabled(bool(paths))
        forget.triggered.connect(lambda checked=False: QSettings().remove(KEY))
