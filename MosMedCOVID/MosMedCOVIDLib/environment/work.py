"""The right to change .venv: held by one process at a time, and what that process needs for its work."""

import errno
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ..errors import SetupError
from .file_lock import only_one
from .processes import Finished, Run
from .progress import Progress

LOCK = "mosmedcovid.lock"


@dataclass(frozen=True)
class Work:
    """One process's work on the virtual environment `folder`."""

    folder: Path
    progress: Progress
    runner: Run
    keep_open: int | None  # the lock's file descriptor, if it is held

    def run(self, command: Sequence[str], on_line: Callable[[str], None]) -> Finished:
        """Runs a program that shares the lock, and shows that it is alive. Raises OSError if it cannot start."""
        return self.runner(command, on_line=on_line, tick=self.progress.tick, keep_open=self.keep_open)


@contextmanager
def working_on(folder: Path, progress: Progress, runner: Run) -> Iterator[Work]:
    """Waits until no other process works on `folder`. What the system refuses meanwhile becomes a SetupError."""

    def wait() -> None:
        progress.show(f"another MosMedCOVID is setting up {folder}: waiting for it")
        progress.tick()

    try:
        folder.mkdir(exist_ok=True)
        with only_one(folder / LOCK, wait) as descriptor:
            yield Work(folder, progress, runner, descriptor)
    except OSError as error:
        raise SetupError(refused(error, folder)) from error
    finally:
        progress.close()


def refused(error: OSError, folder: Path) -> str:
    """One sentence on what the system refused."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return (
            f"The disk is full: make room for {folder} (about 2 GB, with torch 3 GB, with CUDA 9 GB) and start again."
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return (
            f"Cannot write {error.filename or folder}: the packages go into {folder}, so close every other MosMedCOVID "
            "and make that folder writable for you, or copy MosMedCOVID to where you may write."
        )
    return f"Cannot set up {folder}: {error.strerror or error} ({error.filename or folder})."
