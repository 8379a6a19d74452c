"""Which MONAI bundle segments: one of the module's own, or one from outside, after a question."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import qt
import slicer

from ..errors import MosMedError
from ..segmentation.bundle import DEFAULT_BUNDLE, MODELS, Bundle
from . import messages

ANOTHER = "Choose another folder…"


class BundleChoice:
    """A combo box of bundles; chosen: is told the folder, and whether it may run its own code.

    A bundle from outside stays in the box, and is trusted, until the application ends: nothing keeps it longer.
    confirm: asks whether a bundle is trusted; a test may answer for the reader.
    """

    def __init__(self, box: object, chosen: Callable[[Path, bool], None]) -> None:
        self.confirm: Callable[[str], bool] = messages.trusted
        self._box, self._chosen = box, chosen
        folders = {DEFAULT_BUNDLE, *(config.resolve().parents[1] for config in MODELS.glob("*/configs/metadata.json"))}
        self._folders = sorted(folders, key=lambda folder: (folder != DEFAULT_BUNDLE, folder.name))
        self._current = 0
        for folder in self._folders:
            box.addItem(_title(folder))
        box.addItem(ANOTHER)
        self._show()
        box.connect("currentIndexChanged(int)", self._picked)

    @property
    def folder(self) -> Path:
        """The folder of the bundle that is in use."""
        return self._folders[self._current]

    def choose(self, folder: Path) -> bool:
        """Takes a bundle; whether it is in use now. One from outside is asked about, once."""
        folder = folder.resolve()
        if folder not in self._folders:
            try:
                name, _ = name_of(folder), Bundle(folder).channels  # or it says why it cannot segment
            except MosMedError as error:
                messages.tell(str(error))
                return False
            if not self.confirm(
                f"“{name}” in {folder} is not one of this module's own models. A model's configuration can run any "
                "code on this computer. Use it only if you trust where it comes from. Use it?"
            ):
                return False
            self._folders.append(folder)
            self._box.insertItem(len(self._folders) - 1, name)
        self._current = self._folders.index(folder)
        self._show()
        self._chosen(folder, not Bundle(folder).is_ours)
        return True

    def _picked(self, index: int) -> None:
        if index < len(self._folders):
            self.choose(self._folders[index])
            return
        self._show()  # until it is really chosen, the one before is in use
        path = qt.QFileDialog.getExistingDirectory(
            slicer.util.mainWindow(), "The folder of a MONAI bundle", str(MODELS)
        )
        if path:
            self.choose(Path(path))

    def _show(self) -> None:
        blocked = self._box.blockSignals(True)
        self._box.setCurrentIndex(self._current)
        self._box.blockSignals(blocked)
        self._box.setToolTip(f"The model that segments: {self.folder}")


def name_of(folder: Path) -> str:
    """What a bundle calls itself. SetupError where the folder holds none."""
    metadata = Bundle(folder).metadata
    return f"{metadata.get('name') or folder.name} {metadata.get('version', '')}".strip()


def _title(folder: Path) -> str:
    """What one of the module's own bundles is called in the box; the worker says what is wrong with a damaged one."""
    try:
        return name_of(folder)
    except MosMedError:
        return folder.name
