"""All CT images and other DICOM objects of a source, by their headers alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any, BinaryIO

from ...errors import StudyRefused
from ..progress import OnProgress
from .deflated import FIRST_BYTES, inflates_sanely
from .frames import frames_of
from .headers import header_of
from .image import READ_TAGS, Image, image_of
from .quiet import quiet
from .sources import MARK, Source, may_be_dicom

DIRECTORY = "1.2.840.10008.1.3.10"  # a DICOMDIR
IMAGE_CLASSES = "1.2.840.10008.5.1.4.1.1."


@dataclass
class Scan:
    """What was found. notes: sentences about what could not be read."""

    images: list[Image] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def scanned(source: Source, on_progress: OnProgress) -> Scan:
    """Reads the headers of all DICOM files of a source. StudyRefused where there are none, or the source is gone."""
    scan = Scan(notes=list(source.notes))
    damaged: list[str] = []
    closed: list[str] = []
    with quiet():
        for number, entry in enumerate(source.entries):
            on_progress(number / len(source.entries))
            try:
                with source.open(entry) as file:
                    scan.images += _images(source, entry, file)
            except FileNotFoundError as error:
                raise gone(source, entry) from error
            except PermissionError:
                closed.append(entry)
            except OSError as error:
                reason = f"{PurePath(entry).name} cannot be read from the disk: {error.strerror or 'it is damaged'}."
                raise StudyRefused("readable", reason) from error
            except _Damaged:
                damaged.append(entry)
    if closed:
        scan.notes.append(f"{_files(closed)} could not be opened (no permission) and may be missing here.")
    if damaged:
        scan.notes.append(f"{_files(damaged)} could not be read (damaged DICOM) and may be missing here.")
    if not scan.images:
        left_out = f" {' '.join(scan.notes)}" if scan.notes else ""
        raise StudyRefused("readable", f"No DICOM images in {source.name}.{left_out}")
    return scan


def gone(source: Source, entry: str) -> StudyRefused:
    """The refusal of a source from which a file was taken away."""
    name = PurePath(entry).name
    return StudyRefused(
        "readable",
        f"{source.name} changed while it was read: {name} is gone. Is it still being copied, or the disk taken away?",
    )


def _files(entries: list[str]) -> str:
    names = ", ".join(PurePath(entry).name for entry in entries[:3])
    more = f" and {len(entries) - 3} more" if len(entries) > 3 else ""
    return f"{len(entries)} file{'s' * (len(entries) > 1)} ({names}{more})"


class _Damaged(Exception):
    """A file that is DICOM by its mark, and cannot be read."""


def _images(source: Source, entry: str, file: BinaryIO) -> list[Image]:
    """The images of a file; none where it is no DICOM, or a directory of it."""
    first = file.read(FIRST_BYTES)
    if not may_be_dicom(first):
        return []
    if not inflates_sanely(file, first):
        raise _Damaged
    file.seek(0)
    marked = first[128:132] == MARK
    header = header_of(file, READ_TAGS, force=not marked)
    if source.gives_beginnings and (header is None or _used_up(file)):  # it may go on
        file = source.whole(entry)
        with file:
            header = header_of(file, READ_TAGS, force=not marked)
            return _from(header, entry, file, marked)
    return _from(header, entry, file, marked)


def _from(header: Any, entry: str, file: BinaryIO, marked: bool) -> list[Image]:
    if header is None:
        if marked:
            raise _Damaged
        return []
    image = image_of(header, entry, file)
    if image.sop_class == DIRECTORY or (not marked and not image.sop_class.startswith(IMAGE_CLASSES)):
        return []
    if not (image.sop_class or image.modality or image.pixels):
        raise _Damaged
    return frames_of(header, image)


def _used_up(file: BinaryIO) -> bool:
    at = file.tell()
    more = file.read(1)
    file.seek(at)
    return not more
