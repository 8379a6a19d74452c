"""The bytes of a file, inflated on the way where it is gzip by its mark, whatever its name says; damage is found."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

MARK = b"\x1f\x8b"  # of gzip
GZIP = 31  # zlib's word for: as gzip, with its checksum and length
PIECE = 256 << 10  # bytes of the file at once
LONGEST_PIECE = 4 << 20  # inflated: a bomb must not fill the memory
MOST_INFLATED = 1032  # times: what deflate can make of a byte


class DamagedError(ValueError):
    """The compressed data are cut short, or not what they were when they were written: the text says which."""


class Contents:
    """What a file holds, from its beginning to its end; to be closed as files are."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")
        self.compressed = self._file.read(len(MARK)) == MARK
        self._file.seek(0)
        size = os.fstat(self._file.fileno()).st_size
        self.most = size * MOST_INFLATED if self.compressed else size
        self.left_out = False  # whether something else follows the compressed data
        self._pieces = self._inflated() if self.compressed else iter(partial(self._file.read, PIECE), b"")
        self._given = memoryview(b"")

    def __enter__(self) -> Contents:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Lets the file go."""
        self._file.close()

    def fill(self, target: memoryview) -> None:
        """The next bytes, as many as the target has. EOFError where there are fewer, DamagedError."""
        done = 0
        while done < len(target):
            given = self._next()[: len(target) - done]
            if not given:
                raise EOFError
            target[done : done + len(given)] = given
            self._given = self._given[len(given) :]
            done += len(given)

    def take(self, count: int) -> bytes:
        """The next bytes."""
        taken = bytearray(count)
        self.fill(memoryview(taken))
        return bytes(taken)

    def skip(self, count: int) -> None:
        """Goes on, without the next bytes."""
        while count:
            step = min(count, PIECE)
            self.take(step)
            count -= step

    def holds_more_than(self, padding: int) -> bool:
        """Whether more follows than so many zeros; if not, all is read, and what was compressed has proven whole."""
        while given := self._next():
            padding -= len(given)
            if padding < 0 or any(given):
                return True
            self._given = given[len(given) :]
        return False

    def _next(self) -> memoryview:
        """What is at hand of the bytes that follow; empty at the end."""
        if not self._given:
            self._given = memoryview(next(self._pieces, b""))
        return self._given

    def _inflated(self) -> Iterator[bytes]:
        """One gzip after the other; zeros between and behind them belong to none, other things are left out."""
        zlib = _fastest_zlib()
        data = self._file.read(PIECE)
        while data:
            inflater = zlib.decompressobj(GZIP)
            yield from _one_gzip(self._file, inflater, data, zlib.error)
            data = (inflater.unused_data + self._file.read(PIECE)).lstrip(b"\0") or _behind_zeros(self._file)
            if data and not data.startswith(MARK):
                self.left_out = True
                return


def _one_gzip(file: BinaryIO, inflater: Any, data: bytes, error: type[Exception]) -> Iterator[bytes]:
    """What one gzip holds, in pieces: it begins with some data and goes on in the file."""
    while not inflater.eof:
        try:
            piece = inflater.decompress(data, LONGEST_PIECE)
        except error as wrong:
            raise DamagedError("its compressed data cannot be inflated, or fail their checksum") from wrong
        if piece:
            yield piece
        if not inflater.eof:
            data = inflater.unconsumed_tail or file.read(PIECE)
            if not data and not piece:
                raise DamagedError("its compressed data end too early")


def _behind_zeros(file: BinaryIO) -> bytes:
    """The next data of a file that are not zero."""
    while data := file.read(PIECE):
        if data := data.lstrip(b"\0"):
            return data
    return b""


def _fastest_zlib() -> Any:
    """ISA-L inflates about twice as fast; 3D Slicer's Python has zlib only."""
    try:
        from isal import isal_zlib
    except ImportError:
        import zlib

        return zlib
    return isal_zlib
