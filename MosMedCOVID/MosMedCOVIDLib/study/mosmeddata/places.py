"""Where the files of a dataset lie: what a registry names is found below the root, or it is said why not.

Only names that were seen below the root are ever given out, so no path of a registry can lead anywhere else.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path

from ...errors import StudyRefused
from ..nifti import ENDINGS, nifti_volumes

# Digits in their order: a mirror's CT-23 holds the studies of CT-2 and CT-3.
CATEGORY = re.compile(r"(?:CT)?[-_ ]?(?=[0-4])(0?1?2?3?4?)", re.IGNORECASE)
DEEPEST = 4  # folders below the root; the dataset itself has two
MOST_FILES = 300_000
LINK, FOLDER, FILE = "link", "folder", "file"
MISSING, OUTSIDE, SEVERAL = "missing", "outside", "several"


@dataclass(frozen=True)
class Place:
    """A file below the root, or why there is none: a word for it, and a sentence."""

    path: Path | None
    fault: str = ""
    reason: str = ""


@dataclass
class Places:
    """The NIfTI files below a root, of a pair its header: their paths from there; by their name in lower case."""

    root: Path
    paths: set[str] = field(default_factory=set)
    by_name: dict[str, list[str]] = field(default_factory=dict)
    links: dict[Path, Path] = field(default_factory=dict)  # to files below the root, and where they lead
    leads_outside: set[str] = field(default_factory=set)  # other links, by their path from the root

    def find(self, written: str, category: str = "") -> Place:
        """The file that a registry names: at its path, or elsewhere below the root where its name is there once.

        category: decides between files of the same name in folders of several categories.
        """
        parts = [part for part in written.replace("\\", "/").split("/") if part not in ("", ".")]
        if not parts:
            return Place(None, MISSING, "The registry names no file.")
        if ".." in parts or ":" in parts[0] or written.startswith(("//", "\\\\")):
            return Place(None, OUTSIDE, f"{written} leads outside the dataset's folder.")
        path = "/".join(parts)
        if path in self.paths:
            return Place(self.root / path)
        starts = {"/".join(parts[:end]).lower() for end in range(1, len(parts) + 1)}
        if starts & self.leads_outside:
            return Place(None, OUTSIDE, f"{written} leads outside the dataset's folder, by a link.")
        found = self.named(parts[-1])
        found = [other for other in found if other.lower() == path.lower()] or found
        if len(found) > 1:
            found = [other for other in found if category_of(other) == category] or found
        if len(found) > 1:
            return Place(None, SEVERAL, f"{parts[-1]} is there several times: {', '.join(sorted(found)[:3])}.")
        if not found:
            return Place(None, MISSING, f"{written} is not in the dataset's folder.")
        return Place(self.root / found[0])

    def named(self, name: str) -> list[str]:
        """The paths from the root of all files with a name, whichever of NIfTI's endings they have."""
        return self.by_name.get(_stem(name), [])


def category_of(path: str) -> str:
    """The category of the innermost folder that is named like one, such as CT-1, CT_1 and CT-23; "" without one."""
    folders = path.split("/")[:-1]
    return next((category_named(folder) for folder in reversed(folders) if is_category(folder)), "")


def is_category(word: str) -> bool:
    """Whether a word means one of the dataset's categories, or several of them."""
    return CATEGORY.fullmatch(word.strip()) is not None


def category_named(word: str) -> str:
    """A category as the dataset writes it, CT-0 to CT-4 or several of them such as CT-23; what is none, as it is."""
    found = CATEGORY.fullmatch(word.strip())
    return f"CT-{found[1]}" if found else word.strip()


def look_around(root: Path) -> Places:
    """All NIfTI files below a root. Links are followed where they lead to a file below it, folders' links never.

    StudyRefused where there are more files than any dataset has.
    """
    from ..read import RESULTS_FOLDER  # late, since reading knows of datasets

    places, real_root = Places(root), os.path.realpath(root)
    pending, seen = [""], 0
    while pending:
        folder = pending.pop()
        files = []
        for name, kind in _entries(root / folder):
            seen += 1
            if seen > MOST_FILES:
                raise StudyRefused("readable", f"{root.name} holds more than {MOST_FILES:,} files: it is no dataset.")
            inside = f"{folder}/{name}".lstrip("/")
            if kind == LINK:
                target = os.path.realpath(root / inside)
                if not _is_below(target, real_root):
                    places.leads_outside.add(inside.lower())
                    continue
                kind = FILE if os.path.isfile(target) else ""  # noqa: PTH113, Path's own fails on some links
                places.links[root / inside] = root / os.path.relpath(target, real_root)
            if kind == FOLDER and inside.count("/") < DEEPEST and name != RESULTS_FOLDER and not name.startswith("."):
                pending.append(inside)
            elif kind == FILE:
                files.append(name)
        for name in nifti_volumes(files):
            inside = f"{folder}/{name}".lstrip("/")
            places.paths.add(inside)
            places.by_name.setdefault(_stem(name), []).append(inside)
    return places


def _stem(name: str) -> str:
    """A file's name by which it is found, whichever of NIfTI's endings it has."""
    lower = name.lower()
    return next((lower.removesuffix(ending) for ending in ENDINGS if lower.endswith(ending)), lower)


def _entries(folder: Path) -> list[tuple[str, str]]:
    """Names and kinds of what lies in a folder; nothing where it may not be opened, or has just gone."""
    try:
        with os.scandir(folder) as entries:
            return [(entry.name, _kind(entry)) for entry in entries]
    except OSError:
        return []


def _kind(entry: os.DirEntry[str]) -> str:
    if entry.is_symlink():
        return LINK
    return FOLDER if entry.is_dir(follow_symlinks=False) else FILE if entry.is_file(follow_symlinks=False) else ""


def _is_below(path: str, root: str) -> bool:
    return path == root or path.startswith(root.rstrip(os.sep) + os.sep)
