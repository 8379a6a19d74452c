"""The files that a DICOMDIR names: those of its own medium, and no others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ...errors import StudyRefused
from .deflated import FIRST_BYTES, inflates_sanely
from .quiet import quiet
from .sources import BoundedFile, Source, name_of_folder


def files_of_dicomdir(path: Path) -> Source:
    """The files of a medium. StudyRefused where its DICOMDIR cannot be read, or names nothing that is there."""
    try:
        with quiet():
            named = [file for record in _records(path) if (file := _parts(record))]
    except PermissionError as error:
        raise StudyRefused("readable", f"{path.name} may not be opened: no permission.") from error
    except Exception as error:  # pydicom raises many kinds on broken files
        raise StudyRefused("readable", f"{path.name} is damaged: open its folder instead.") from error
    if not named:
        raise StudyRefused("readable", f"{path.name} names no files: open its folder instead.")
    root, listings = path.parent, dict[Path, dict[str, str]]()
    entries = dict.fromkeys(entry for parts in named if (entry := _entry(root, parts, listings)))
    if not entries:
        raise StudyRefused("readable", f"None of the {len(named)} files that {path.name} names is there.")
    lost = len({*map(tuple, named)}) - len(entries)
    notes = [f"{lost} of the {len(named)} files that the DICOMDIR names are not in its folder."] if lost > 0 else []
    return Source(name_of_folder(root), root, list(entries), notes)


def _records(path: Path) -> Any:
    import pydicom

    with BoundedFile(path) as file:
        if not inflates_sanely(file, file.read(FIRST_BYTES)):
            raise ValueError("inflates to more than any directory")
        file.seek(0)
        return pydicom.dcmread(file).get("DirectoryRecordSequence") or ()


def _parts(record: Any) -> list[str]:
    """The path that a record names, part by part; empty where it names none."""
    named = record.get("ReferencedFileID")
    return [] if not named else [named] if isinstance(named, str) else [str(part) for part in named]


def _entry(root: Path, parts: list[str], listings: dict[Path, dict[str, str]]) -> str | None:
    """The name in the folder of a file that is named in parts; None where it is not there, or lies outside.

    Some systems show a CD's names in small letters.
    """
    here = root
    for part in parts:
        if here not in listings:
            try:
                listings[here] = {path.name.lower(): path.name for path in here.iterdir()}
            except OSError:
                listings[here] = {}
        name = listings[here].get(part.lower())  # never "..", nor anything with a separator
        if name is None:
            return None
        here = here / name
    inside = here.is_file() and root.resolve() in here.resolve().parents  # a link may lead out
    return str(here.relative_to(root)) if inside else None
