"""Leaving a study: what the reader corrected is never lost unasked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import slicer

from ..errors import MosMedError
from ..scene.reading import Reading
from ..study.read import RESULTS_FOLDER
from . import messages


class Leaving:
    """Asks what becomes of unsaved corrections. save: saves them; whether they are on the disk then.

    ask: the question; a test may answer for the reader.
    """

    def __init__(self, reading: Reading, save: Callable[[], bool]) -> None:
        self._reading, self._save = reading, save
        self.ask: Callable[[str], str] = messages.what_about_unsaved

    def may_leave(self) -> bool:
        """Whether the study before the reader may be left."""
        if not self._reading.unsaved:
            return True
        answer = self.ask(self._reading.name)
        return answer == messages.DISCARD or (answer == messages.SAVE and self._save())

    def may_close(self) -> bool:
        """Whether all may be closed: unsaved corrections are asked about only once."""
        if not self.may_leave():
            return False
        self._reading.unsaved = False
        return True

    def scene_will_close(self) -> None:
        """The scene is about to be emptied: no application waits for an answer then, but saving is still possible."""
        if self._reading.unsaved and self.ask(self._reading.name) == messages.SAVE and not self._save():
            self._rescue()
        self._reading.unsaved = False

    def _rescue(self) -> None:
        """Where the reader wanted the files they cannot be: another place is better than none, as the scene closes."""
        for folder in (Path.home() / RESULTS_FOLDER, Path(slicer.app.temporaryPath) / RESULTS_FOLDER):
            try:
                files = self._reading.save(folder)
            except (MosMedError, OSError):
                continue
            messages.tell(f"The corrections were saved in {Path(files['lesions']).parent} instead.")
            return
