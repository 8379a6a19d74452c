"""Lets one process at a time work on the virtual environment; the system frees the lock when its holder dies."""

import errno
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

if sys.platform == "win32":
    import msvcrt

    def take(descriptor: int) -> None:
        """Takes the lock, or raises OSError at once."""
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def take(descriptor: int) -> None:
        """Takes the lock, or raises OSError at once."""
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


SECONDS_BETWEEN_TRIES = 0.2
TAKEN = (errno.EAGAIN, errno.EACCES, errno.EDEADLK)


@contextmanager
def only_one(path: Path, wait: Callable[[], None]) -> Iterator[int]:
    """Holds the lock file at `path`, and calls `wait` again and again while another has it. Gives its descriptor.

    Raises OSError if the file cannot be written.
    """
    with path.open("a+b") as file:
        while not _taken_by_us(file.fileno()):
            wait()
            time.sleep(SECONDS_BETWEEN_TRIES)
        yield file.fileno()


def _taken_by_us(descriptor: int) -> bool:
    try:
        take(descriptor)
    except OSError as error:
        # A file system that knows no locks must not keep anyone from starting.
        return error.errno not in TAKEN
    return True
