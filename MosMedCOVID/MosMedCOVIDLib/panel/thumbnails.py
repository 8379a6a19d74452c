"""Thumbnails for the rows in sight: from the folder where they are kept, or drawn there by a process that gives way."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import qt

from ..study.mosmeddata.thumbnail import picture_of
from ..study.mosmeddata.thumbnail_worker import WORKER_MODULE
from .worker_process import MODULE_FOLDER, PATIENCE_MS, python_program


class Thumbnails:
    """Draws one at a time, and only what is wanted now; show: is given the study and the file with its picture."""

    def __init__(self, folder: Path, show: Callable[[Path, Path], None]) -> None:
        self._folder, self._show = folder, show
        self._wanted: list[tuple[Path, Path]] = []  # studies and where their pictures go, the next one first
        self._asked: Path | None = None  # the picture that is being drawn
        self._failed: set[Path] = set()
        self._process: qt.QProcess | None = None
        self._unread = b""

    def want(self, studies: Sequence[Path]) -> None:
        """Shows what is there of these, and begins to draw the rest; what was wanted before is no longer."""
        self._wanted = []
        for study in studies:
            try:
                picture = picture_of(self._folder, study)
            except OSError:  # the file has gone
                continue
            if picture.is_file():
                self._show(study, picture)
            elif picture not in self._failed:
                self._wanted.append((study, picture))
        self._go_on()

    def stop(self) -> None:
        """Ends the process, if there is one; nothing more is shown."""
        self._wanted, self._asked = [], None
        process, self._process = self._process, None
        if process is not None:
            process.disconnect("readyReadStandardOutput()", self._read)
            process.disconnect("finished(int,QProcess::ExitStatus)", self._ended)
            process.closeWriteChannel()
            process.kill()
            process.waitForFinished(PATIENCE_MS)

    @property
    def busy(self) -> bool:
        """Whether a picture is being drawn."""
        return self._asked is not None

    def _go_on(self) -> None:
        if self._asked is not None or not self._wanted:
            return
        if self._process is None:
            self._start()
        study, self._asked = self._wanted.pop(0)
        self._process.write(f"{json.dumps({'study': str(study), 'picture': str(self._asked)})}\n".encode())

    def _start(self) -> None:
        process = qt.QProcess()
        process.setWorkingDirectory(str(MODULE_FOLDER))
        process.setStandardErrorFile(qt.QProcess.nullDevice())
        process.connect("readyReadStandardOutput()", self._read)
        process.connect("finished(int,QProcess::ExitStatus)", self._ended)
        process.start(python_program(), ["-m", WORKER_MODULE, str(self._folder)])
        self._process, self._unread = process, b""

    def _read(self) -> None:
        *lines, self._unread = (self._unread + self._process.readAllStandardOutput().data()).split(b"\n")
        for line in lines:
            if line.startswith(b"{") and self._process is not None:
                self._hear(json.loads(line))

    def _hear(self, answer: dict[str, object]) -> None:
        picture, self._asked = Path(str(answer["picture"])), None
        if answer["made"]:
            self._show(Path(str(answer["study"])), picture)
        else:
            self._failed.add(picture)
        self._go_on()

    def _ended(self, code: int, status: int) -> None:
        """It died: over that study, surely."""
        self._process = None
        if self._asked is not None:
            self._failed.add(self._asked)
            self._asked = None
        self._go_on()
