"""How far the reading of a study is, for whoever shows it: a share from 0 to 1, told on the way."""

from __future__ import annotations

import io
from collections.abc import Callable

# Told how much is read, 0 to 1. What it raises ends the reading, so that a reader can cancel.
OnProgress = Callable[[float], None]

PIECE = 4 << 20  # bytes between two words


def silent(share: float) -> None:
    """Tells nobody."""


class ToldStream(io.RawIOBase):
    """A stream of known length that tells how far it was read; nibabel would read it in one long silent call."""

    def __init__(self, stream: io.BufferedIOBase, length: int, on_progress: OnProgress) -> None:
        self._stream, self._length, self._on_progress = stream, max(1, length), on_progress

    def readable(self) -> bool:
        """It is only read."""
        return True

    def readinto(self, buffer) -> int:  # type: ignore[no-untyped-def]
        """Fills a buffer piece by piece; the number of bytes, fewer only at the stream's end."""
        view = memoryview(buffer).cast("B")
        done = 0
        while done < len(view):
            got = self._stream.readinto(view[done : done + PIECE])
            if not got:
                break
            done += got
            self._on_progress(min(1.0, self._stream.tell() / self._length))
        return done

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """To a place in the uncompressed file."""
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        """The place in the uncompressed file."""
        return self._stream.tell()
