"""A dataset as a list of studies: from its registry, or from its folders; what is wrong with a row stands in it."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from ...errors import StudyRefused, one_line
from ..nifti import ENDINGS, study_name
from .places import Place, Places, category_named, category_of, is_category, look_around
from .registry import REGISTRIES, Entry, read_registry

STUDIES = "studies"
MASK = "_mask"
NO_CATEGORY = "–"
TWICE, UNKNOWN, NO_MASK = "twice", "category?", "no mask"  # faults, beside those of places


@dataclass(frozen=True)
class Row:
    """A study of a dataset. key: its path as the registry has it, the same wherever the dataset lies.

    study: its file, None where it cannot be opened. fault, reason: a word and a sentence on what is wrong with it.
    """

    key: str
    name: str
    category: str
    study: Path | None
    mask: Path | None = None
    fault: str = ""
    reason: str = ""

    def faulty(self, fault: str, reason: str) -> Row:
        """The same row with something wrong; what was found wrong first stays."""
        return self if self.fault else replace(self, fault=fault, reason=one_line(reason))


@dataclass(frozen=True)
class Dataset:
    """Rows in the order of the registry. notes: sentences on how it was read."""

    root: Path
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()

    @property
    def studies(self) -> list[Path]:
        """The files of all studies that are there, each once."""
        return [row.study for row in self.rows if row.study]

    @property
    def categories(self) -> dict[str, int]:
        """How many studies each category has, in the order of their names."""
        return dict(sorted(Counter(row.category for row in self.rows).items()))


def is_dataset(path: Path) -> bool:
    """Whether a folder is the root of MosMedData or of a mirror of it; cheap, also where it holds anything else."""
    return has_registry(path) or any(_is_of_category(folder) for folder in (*_below(path / STUDIES), *_below(path)))


def has_registry(path: Path) -> bool:
    """Whether a folder holds the registry of MosMedData."""
    return any(os.path.isfile(path / name) for name in REGISTRIES)  # noqa: PTH113, Path's own fails on some paths


def read_dataset(root: Path) -> Dataset:
    """The studies of a dataset, whose root may be given or its folder of studies. StudyRefused where there are none."""
    if root.name == STUDIES and not has_registry(root) and has_registry(root.parent):
        root = root.parent
    places = look_around(root)
    notes: list[str] = []
    rows = _from_registry(root, places, notes)
    if rows is None:
        notes.append(f"{root.name} has no registry that can be read: its studies are listed by their folders.")
        rows = _from_folders(places)
    if not rows:
        raise StudyRefused("readable", f"{root.name} holds no studies: neither a registry nor folders CT-0 to CT-4.")
    away = [row for row in rows if row.study is None]
    if away:
        notes.append(f"{len(away)} of {len(rows)} rows cannot be opened; the first: {away[0].reason}")
    return Dataset(root, tuple(rows), tuple(notes))


def _from_registry(root: Path, places: Places, notes: list[str]) -> list[Row] | None:
    """Rows of the first registry that can be read; None where there is none."""
    for path in (root / name for name in REGISTRIES if (root / name).is_file()):
        try:
            return _without_doubles((_row(entry, places) for entry in read_registry(path)), places)
        except StudyRefused as refusal:
            notes.append(str(refusal))
        except ModuleNotFoundError as missing:
            notes.append(f"{path.name} was not read: the package {missing.name} is not installed.")
    return None


def _row(entry: Entry, places: Places) -> Row:
    category = category_named(entry.category) or NO_CATEGORY
    place = places.find(entry.study_file, category)
    mask = places.find(entry.mask_file) if entry.mask_file else Place(None)
    key = entry.study_file.replace("\\", "/").strip("/") or f"line {entry.line}"
    name = study_name(Path(key)) if entry.study_file else entry.study_id or key
    row = Row(key, name, category, place.path, mask.path, place.fault, one_line(place.reason))
    if not is_category(category):
        row = row.faulty(UNKNOWN, f"“{entry.category}” is no category of MosMedData (CT-0 to CT-4).")
    return row.faulty(NO_MASK, f"Its expert mask cannot be shown: {mask.reason}") if mask.reason else row


def _from_folders(places: Places) -> list[Row]:
    """All studies in folders that are named like a category, by name; masks go by their names, doubles are told."""
    rows = []
    for path in places.paths:
        name = study_name(Path(path))
        if category_of(path) and not name.lower().endswith(MASK):
            masks = places.named(name + MASK)
            mask = places.root / masks[0] if len(masks) == 1 else None
            rows.append(Row(path, name, category_of(path), places.root / path, mask))
    return _without_doubles(sorted(rows, key=lambda row: (row.name, row.key)), places)


def _without_doubles(rows: Iterable[Row], places: Places) -> list[Row]:
    """A file that is listed again can be opened where it stands first; two files of one name are told apart."""
    kept: list[Row] = []
    first: dict[str, int] = {}  # the row, counted from 1, of a file, of a name and of a key
    for number, row in enumerate(rows, 1):
        file = places.links.get(row.study, row.study) if row.study else number
        same_file, same_name, same_key = (first.setdefault(of, number) for of in (f"file {file}", row.name, row.key))
        if same_file != number:
            row = replace(row, study=None).faulty(TWICE, f"{row.name} is the same file as in row {same_file}.")
        elif same_name != number:
            row = row.faulty(TWICE, f"Row {same_name} is named {row.name} as well.")
        kept.append(row if same_key == number else replace(row, key=f"{row.key} (row {number})"))
    return kept


def _below(folder: Path) -> list[Path]:
    """The folders in a folder that are named like a category; none where it cannot be opened."""
    try:
        with os.scandir(folder) as entries:
            return [Path(entry.path) for entry in entries if _names_category(entry.name) and entry.is_dir()]
    except OSError:
        return []


def _names_category(name: str) -> bool:
    return not name.isdigit() and is_category(name)


def _is_of_category(folder: Path) -> bool:
    """Whether a folder named like a category holds a NIfTI file."""
    try:
        with os.scandir(folder) as entries:
            return any(entry.name.lower().endswith(ENDINGS) for entry in entries)
    except OSError:
        return False
