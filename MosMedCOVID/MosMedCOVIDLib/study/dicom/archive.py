"""A .zip with DICOM files: what it claims is checked before any is unpacked, and names in it never become paths."""

from __future__ import annotations

import io
import shutil
import threading
import zipfile
from pathlib import Path
from typing import BinaryIO

from ...errors import StudyRefused
from .sources import Source

LARGEST_BYTES = 8 << 30  # of all members, unpacked: a patient's whole examination stays below
LARGEST_MEMBER = 1 << 30  # it may be unpacked in memory
MOST_MEMBERS = 200_000
# Uncompressed CT shrinks to a third, an empty picture to a hundredth; an archive made to harm to a thousandth and less.
HIGHEST_RATIO = 100
RATIO_FROM_BYTES = 64 << 20  # less does no harm, whatever the ratio
FIRST_BYTES = 256 << 10  # the header of an image is shorter; else the whole member is read
LOCKED = 1  # the flag of a member that needs a password


class Archive(Source):
    """The members of a .zip. They are read in memory; images that are decoded go to the private folder, numbered."""

    gives_beginnings = True

    def __init__(self, path: Path) -> None:
        try:
            self._zip = zipfile.ZipFile(path)
        except PermissionError as error:
            raise StudyRefused("readable", f"{path.name} may not be opened: no permission.") from error
        except Exception as error:  # zipfile raises many kinds on broken files
            raise StudyRefused("readable", f"{path.name} is damaged, or not a zip archive.") from error
        members = [member for member in self._zip.infolist() if not member.is_dir()]
        try:
            _check(path, members)
        except StudyRefused:
            self._zip.close()
            raise
        # Several members may have one name, which never holds a zero byte: the others are known by their place.
        self._members: dict[str, zipfile.ZipInfo] = {}
        for number, member in enumerate(members):
            again = member.filename in self._members
            self._members[f"\0{number}/{member.filename}" if again else member.filename] = member
        self._numbers = {entry: number for number, entry in enumerate(self._members)}
        super().__init__(path.name, path.parent, list(self._members))

    def open(self, entry: str) -> BinaryIO:
        """The beginning of a member."""
        return io.BytesIO(self._read(entry, FIRST_BYTES))

    def whole(self, entry: str) -> BinaryIO:
        """A whole member, in memory."""
        return io.BytesIO(self._read(entry, -1))

    def path(self, entry: str) -> Path:
        """A member as a file in the private folder."""
        path = self.scratch / f"{self._numbers[entry]:06}"
        if path.exists():
            return path
        unfinished = path.with_suffix(f".{threading.get_ident()}")
        try:
            with self._zip.open(self._members[entry]) as member, unfinished.open("wb") as file:
                shutil.copyfileobj(member, file, 1 << 20)
            unfinished.replace(path)
        except OSError as error:
            raise StudyRefused("readable", f"{self.name} could not be unpacked: is the disk full?") from error
        except Exception as error:  # each way of packing has its own kinds
            raise self._damaged() from error
        return path

    def close(self) -> None:
        """The archive is closed, the private folder gone."""
        self._zip.close()
        super().close()

    def _read(self, entry: str, count: int) -> bytes:
        # zipfile gives no more bytes than the member claims to hold, and compares the checksum at its end.
        try:
            with self._zip.open(self._members[entry]) as member:
                return member.read(count)
        except Exception as error:  # each way of packing has its own kinds
            raise self._damaged() from error

    def _damaged(self) -> StudyRefused:
        return StudyRefused("readable", f"{self.name} is damaged: a file in it cannot be unpacked.")


def _check(path: Path, members: list[zipfile.ZipInfo]) -> None:
    """StudyRefused for an archive that may do harm, or that cannot be read."""
    total, packed = sum(member.file_size for member in members), path.stat().st_size
    largest = max((member.file_size for member in members), default=0)
    if len(members) > MOST_MEMBERS:
        reason = f"{path.name} holds {len(members)} files, more than {MOST_MEMBERS}: unpack what is needed."
    elif total > LARGEST_BYTES:
        gigabytes = f"{total / (1 << 30):.1f} GB, more than {LARGEST_BYTES >> 30} GB"
        reason = f"{path.name} would unpack to {gigabytes}: unpack what is needed."
    elif largest > LARGEST_MEMBER:
        reason = f"{path.name} holds a file of {largest / (1 << 30):.1f} GB, as no image is: unpack what is needed."
    # Against the size of the archive itself: members that share their bytes are counted each time.
    elif total > RATIO_FROM_BYTES and total > HIGHEST_RATIO * packed:
        reason = f"{path.name} would unpack to {total / packed:.0f} times its size, as no CT does: it is not opened."
    elif any(member.flag_bits & LOCKED for member in members):
        reason = f"{path.name} is locked with a password: unpack it first."
    else:
        return
    raise StudyRefused("readable", reason)
