"""The registry of MosMedData, dataset_registry.csv or .xlsx, as it is written; nothing of it is believed yet."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ...errors import StudyRefused

# The .csv first where there are both: it holds the same, and needs no package.
REGISTRIES = ("dataset_registry.csv", "dataset_registry.xlsx")
STUDY_FILE = "study_file"
COLUMNS = ("study_id", "category", STUDY_FILE, "mask_file")
LARGEST_BYTES = 64 << 20  # unpacked; the real ones have 50,000 and 600,000


@dataclass(frozen=True)
class Entry:
    """A row of the registry, as written. line: its number in the table, as a spreadsheet shows it."""

    line: int
    study_id: str
    category: str
    study_file: str
    mask_file: str


def read_registry(path: Path) -> list[Entry]:
    """The rows of a registry. StudyRefused where it cannot be read as one; ModuleNotFoundError without the package."""
    try:
        table = _xlsx(path) if path.suffix.lower() == ".xlsx" else _csv(path)
    except (OSError, ValueError, csv.Error, zipfile.BadZipFile, RecursionError, NotImplementedError) as error:
        raise StudyRefused("readable", f"{path.name} is damaged or may not be read.") from error
    return _entries(path, table)


def _entries(path: Path, table: Iterable[Sequence[object]]) -> list[Entry]:
    """Below the first line that names the columns, in whatever order; rows without a word are left out."""
    places: dict[str, int] = {}
    entries = []
    for line, cells in enumerate(table, start=1):
        words = [_word(cell) for cell in cells]
        if not places:
            names = [word.lower() for word in words]
            if STUDY_FILE in names:
                places = {name: names.index(name) for name in COLUMNS if name in names}
            continue
        written = {name: words[place] for name, place in places.items() if place < len(words)}
        if any(written.values()):
            entries.append(Entry(line, *(written.get(name, "") for name in COLUMNS)))
    if not places:
        raise StudyRefused("readable", f"{path.name} is no registry of MosMedData: it has no column {STUDY_FILE}.")
    return entries


def _word(cell: object) -> str:
    """A cell as text; a spreadsheet holds the number 255 as 255.0."""
    whole = isinstance(cell, float) and cell.is_integer()
    return str(int(cell) if whole and isinstance(cell, float) else "" if cell is None else cell).strip()


def _csv(path: Path) -> list[list[str]]:
    if path.stat().st_size > LARGEST_BYTES:
        raise ValueError("too large for a registry")
    text = path.read_text(encoding="utf-8-sig", errors="replace")  # it begins with a byte order mark
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    return list(csv.reader(text.splitlines(), delimiter=delimiter))


def _xlsx(path: Path) -> list[list[object]]:
    from python_calamine import CalamineError, CalamineWorkbook

    with zipfile.ZipFile(path) as archive:
        if sum(member.file_size for member in archive.infolist()) > LARGEST_BYTES:
            raise ValueError("too large for a registry")
    try:
        return [list(row) for row in CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()]
    except CalamineError as error:
        raise ValueError(str(error)) from error
