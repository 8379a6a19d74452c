"""The section Save: the mask as NIfTI, and where it went."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import qt

from ..scene.reading import Reading


class SaveSection:
    """Saves, says where, and shows the folder."""

    def __init__(self, ui: object, save: Callable[[], None]) -> None:
        self.ui, self._files = ui, {}
        ui.saveButton.connect("clicked()", save)
        ui.showFolderButton.connect("clicked()", self.show_folder)

    @property
    def folder(self) -> Path:
        """Where the reader wants the files."""
        return Path(self.ui.folderButton.directory)

    def show(self, reading: Reading, busy: bool) -> None:
        """Shows whether there is something to save."""
        ui = self.ui
        ui.saveButton.setEnabled(reading.segmentation is not None and not busy)
        ui.saveButton.setText("Sa&ve corrected mask" if reading.unsaved else "Sa&ve mask")

    def new_study(self, reading: Reading) -> None:
        """Files of the study before are no longer spoken of; the folder is the one beside this study."""
        self.show_files({})
        there = reading.volume is not None
        self.ui.folderButton.setEnabled(there)
        self.ui.folderButton.text = "" if there else "Beside the study"  # without a text it shows the folder
        if there:
            self.ui.folderButton.directory = str(reading.folder())

    def show_files(self, files: dict[str, str]) -> None:
        """Says where the files went."""
        ui = self.ui
        self._files = files
        ui.savedLabel.setVisible(bool(files))
        ui.showFolderButton.setEnabled(bool(files))
        if files:
            folder = str(Path(files["lesions"]).parent)
            names = [Path(path).name for path in files.values()]
            ui.savedLabel.setText("\n".join(["Saved:", *map(breakable, names), breakable(f"in {folder}")]))
            ui.savedLabel.setToolTip("\n".join(files.values()))

    def show_folder(self) -> None:
        """Opens the folder with the saved files in the system's own browser."""
        folder = Path(self._files["lesions"]).parent if self._files else self.folder
        qt.QDesktopServices.openUrl(qt.QUrl.fromLocalFile(str(folder)))


def breakable(path: str) -> str:
    """A path that a label may wrap after each of its parts, by blanks without width."""
    return re.sub(r"([/\\_.-])", "\\1\u200b", path)
