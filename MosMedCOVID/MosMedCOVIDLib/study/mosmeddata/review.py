"""What a reader has done of a dataset: the status of each study, and where they were last; kept outside the dataset."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

from ...errors import SaveError

TO_READ, READ, CORRECTED = "to read", "read", "corrected"
STATUSES = (TO_READ, READ, CORRECTED)


class Review:
    """Of the dataset at a root, in a file below a folder of the user's own; known by the root's real path.

    Studies are named by their keys (Row.key). Each change is written at once, whole or not at all.
    """

    def __init__(self, folder: Path, root: Path) -> None:
        real = os.path.realpath(root)
        name = re.sub(r"\W+", "_", Path(real).name) or "root"
        self.path = folder / f"{name}-{hashlib.sha256(real.encode(errors='surrogateescape')).hexdigest()[:16]}.json"
        self._position, self._statuses = "", dict[str, str]()
        with contextlib.suppress(OSError):  # the first change says so, and leaves the file as it is
            self._read()

    @property
    def position(self) -> str:
        """The study that was read last; "" where there is none yet."""
        return self._position

    def status(self, key: str) -> str:
        """One of STATUSES."""
        return self._statuses.get(key, TO_READ)

    def set_status(self, key: str, status: str) -> None:
        """Remembers what has become of a study. SaveError where it could not be written; it holds until the end."""

        def change() -> None:
            self._statuses[key] = status

        self._change(change)

    def set_position(self, key: str) -> None:
        """Remembers where the reader is. SaveError where it could not be written."""

        def change() -> None:
            self._position = key

        self._change(change)

    def _change(self, change: Callable[[], None]) -> None:
        unfinished = self.path.with_name(f".{self.path.name}.{uuid4().hex}")
        try:
            try:
                self._read()  # another window may have written meanwhile
            finally:
                change()
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with unfinished.open("w", encoding="utf-8") as file:
                json.dump({"schema": 1, "position": self._position, "statuses": self._statuses}, file, indent=1)
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(self.path)
        except OSError as error:
            with contextlib.suppress(OSError):
                unfinished.unlink(missing_ok=True)
            raise SaveError(
                f"What you have read could not be written to {self.path.parent}: {error.strerror or error}."
            ) from error

    def _read(self) -> None:
        """Takes what the file holds; a damaged one is put aside. OSError where one that is there cannot be read."""
        try:
            said: Any = json.loads(self.path.read_text(encoding="utf-8"))
            position, statuses = str(said["position"]), dict(said["statuses"])
        except FileNotFoundError:
            return
        except (ValueError, KeyError, TypeError, RecursionError):
            with contextlib.suppress(OSError):
                self.path.replace(self.path.with_suffix(".damaged"))
            return
        self._position = position
        self._statuses = {str(key): status for key, status in statuses.items() if status in STATUSES}
