"""The section Save: the mask as NIfTI, and where it went."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import qt

from ..scene.reading import Reading

AFTER_A_CLICK_MS = 500  # the second click of a double click comes sooner, and must not save a second version


class SaveSection:
    """Saves, says where, and shows the folder."""

    def __init__(self, ui: object, save: Callable[[], object]) -> None:
        self.ui, self._save, self._files = ui, save, {}
        self._can_save, self._may_press = False, True
        self._resting = qt.QTimer()
        self._resting.setSingleShot(True)
        self._resting.setInterval(AFTER_A_CLICK_MS)
        self._resting.connect("timeout()", self._rested)
        ui.saveButton.connect("clicked()", self._pressed)
        ui.showFolderButton.connect("clicked()", self.show_folder)

    @property
    def folder(self) -> Path:
        """Where the reader wants the files."""
        return Path(self.ui.folderButton.directory)

    def show(self, reading: Reading, busy: bool) -> None:
        """Shows whether there is something to save."""
        ui = self.ui
        self._can_save = reading.segmentation is not None and not busy
        self._allow()
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

    def cleanup(self) -> None:
        """The panel is taken down."""
        self._resting.stop()

    def _pressed(self) -> None:
        self._may_press = False
        self._allow()
        try:
            self._save()
        finally:
            self._resting.start()  # only now: a click that came meanwhile is heard after this

    def _rested(self) -> None:
        self._may_press = True
        self._allow()

    def _allow(self) -> None:
        self.ui.saveButton.setEnabled(self._can_save and self._may_press)

    def show_folder(self) -> None:
        """Opens the folder with the saved files in the system's own browser."""
        folder = Path(self._files["lesions"]).parent if self._files else self.folder
        qt.QDesktopServices.openUrl(qt.QUrl.fromLocalFile(str(folder)))


def breakable(path: str) -> str:
    """A path that a label may wrap after each of its parts, by blanks without width."""
    return re.sub(r"([/\\_.-])", "\\1\u200b", path)
