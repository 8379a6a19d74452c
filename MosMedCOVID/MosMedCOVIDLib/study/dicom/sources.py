"""Where DICOM files lie: below a folder, on a medium with a DICOMDIR, in a .zip; opened as one thing."""

from __future__ import annotations

import io
import itertools
import os
import tempfile
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from ...errors import StudyRefused
from ..folders import walk

MARK = b"DICM"  # after 128 bytes that may be anything
DICOMDIR = "DICOMDIR"
ZIP_ENDING = ".zip"
MANY_FILES = 50  # of a .zip: more are not looked at to know what it is
# What the oldest files begin with, that lack the mark: group 0002 or 0008, and a text code or a length of two bytes.
FIRST_GROUPS = (b"\x02\x00", b"\x08\x00", b"\x00\x08")
LONGEST_FIRST_VALUE = 64
LARGEST_VALUE = 64 << 20  # of a header, in bytes; the places of 10,000 frames take a tenth


class Source:
    """Files that belong together, by their names in it.

    name: as the reader is told; notes: what was left out; gives_beginnings: whether `open` gives no more than that.
    """

    gives_beginnings = False

    def __init__(self, name: str, root: Path, entries: list[str], notes: list[str] | None = None) -> None:
        self.name, self.root, self.entries = name, root, entries
        self.notes = notes or []
        self._making_scratch = threading.Lock()
        self._scratch: tempfile.TemporaryDirectory[str] | None = None

    def open(self, entry: str) -> BinaryIO:
        """A file's bytes from their beginning; as many as a header may need, or more."""
        return BoundedFile(self.root / entry)

    def whole(self, entry: str) -> BinaryIO:
        """All of a file's bytes."""
        return self.open(entry)

    def path(self, entry: str) -> Path:
        """A file on the disk with these bytes."""
        return self.root / entry

    @property
    def scratch(self) -> Path:
        """A private folder that goes when the source is closed."""
        with self._making_scratch:  # several threads decode, and want the same one
            if self._scratch is None:
                self._scratch = tempfile.TemporaryDirectory(prefix="mosmedcovid-", ignore_cleanup_errors=True)
            return Path(self._scratch.name)

    def close(self) -> None:
        """Nothing is left of it."""
        if self._scratch is not None:
            self._scratch.cleanup()


class BoundedFile(io.BufferedReader):
    """A file for pydicom, which asks for as many bytes as a header claims, and Python makes room for them first."""

    def __init__(self, path: Path) -> None:
        super().__init__(io.FileIO(path))
        self._size = os.fstat(self.fileno()).st_size

    def read(self, size: int | None = -1, /) -> bytes:
        """So many bytes, or what is there. ValueError where no header's value is as long."""
        size = -1 if size is None else min(size, self._size)
        if size > LARGEST_VALUE:
            raise ValueError("a value longer than any header's")
        return super().read(size)


@contextmanager
def opened(path: Path) -> Iterator[Source]:
    """The source at a path: a folder, a .zip, a DICOMDIR, or a single DICOM file. StudyRefused where it is none."""
    source = _source(path)
    try:
        yield source
    finally:
        source.close()


def _source(path: Path) -> Source:
    if path.is_dir():
        return _folder(path)
    if path.name.lower().endswith(ZIP_ENDING):
        from .archive import Archive

        return Archive(path)
    if path.name.upper().startswith(DICOMDIR):
        from .dicomdir import files_of_dicomdir

        return files_of_dicomdir(path)
    return Source(path.name, path.parent, [path.name])  # a multi-frame file, or a single slice


def _folder(folder: Path) -> Source:
    """All regular files below a folder. Links to files count, links to folders don't: they may lead in a circle."""
    entries: list[str] = []
    closed: list[str] = []
    top = os.fspath(folder)
    for here, _, names in walk(folder, closed):
        inside = here[len(top) :].lstrip(os.sep)
        inside += os.sep if inside else ""
        # A pipe would wait for ever. Strings, since a Path for each of 100,000 files takes as long as reading them.
        entries += [inside + name for name in names if os.path.isfile(f"{here}{os.sep}{name}")]  # noqa: PTH113
    if top in closed:
        why = "no permission" if folder.is_dir() else "it is gone"
        raise StudyRefused("readable", f"The folder {name_of_folder(folder)} may not be opened: {why}.")
    which = "1 folder" if len(closed) == 1 else f"{len(closed)} folders"
    notes = [f"{which} could not be opened; what lies there was not read."] if closed else []
    return Source(name_of_folder(folder), folder, entries, notes)


def name_of_folder(folder: Path) -> str:
    """What a folder is called, also where it was given as "." or through a link that has no name."""
    return folder.resolve().name or str(folder)


def is_dicom(path: Path) -> bool:
    """Whether a file carries DICOM's mark after its preamble."""
    try:
        if not path.is_file():
            return False  # a pipe would wait for ever
        with path.open("rb") as file:
            return file.read(132)[128:] == MARK
    except OSError:
        return False


def holds_dicom(file: Path) -> bool:
    """Whether a file is DICOM, or a .zip in which some of the first files are."""
    if not file.name.lower().endswith(ZIP_ENDING):
        return is_dicom(file)
    if not file.is_file():
        return False  # a pipe would wait for ever
    try:
        with zipfile.ZipFile(file) as archive:
            members = (member for member in archive.infolist() if not member.is_dir())
            return any(_marked(archive, member) for member in itertools.islice(members, MANY_FILES))
    except Exception:  # zipfile raises many kinds on broken files
        return True  # reading it says what is wrong


def _marked(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bool:
    """Whether a member carries DICOM's mark; one that cannot be unpacked may."""
    try:
        with archive.open(member) as file:
            return file.read(132)[128:] == MARK
    except Exception:  # each way of packing has its own kinds
        return True


def may_be_dicom(first: bytes) -> bool:
    """Whether a file that begins with these 132 bytes carries DICOM's mark, or may be an old file without it."""
    if first[128:132] == MARK:
        return True
    if first[:2] not in FIRST_GROUPS or len(first) < 132:
        return False
    lengths = [int.from_bytes(first[4:8], order) for order in ("little", "big")]
    return (first[4:6].isalpha() and first[4:6].isupper()) or min(lengths) <= LONGEST_FIRST_VALUE
