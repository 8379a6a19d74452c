"""The stamp: a file in .venv, written last, that says what is in it. Without a stamp nothing there is trusted."""

import json
import os
from pathlib import Path
from typing import Any, NamedTuple

FOLDER = ".venv"
NAME = "mosmedcovid.json"


class Stamp(NamedTuple):
    """What a finished virtual environment holds."""

    group: str
    fingerprint: str  # of the group's lock file
    pins: list[str]
    python: str  # such as 3.11.7
    torch: str  # "cpu", "cuda" or "none"
    torch_version: str  # such as 2.13.0+cpu
    torch_why: str  # where it came from, and why from there
    packages: str  # the folder of installed packages, relative to .venv
    entries: list[str]  # what lay in that folder when all was done
    ways_to_draw: dict[str, Any] = {}  # noqa: RUF012 (never changed) how the viewer drew here, by display and system


def write(folder: Path, stamp: Stamp) -> None:
    """Writes the stamp, after everything before it has reached the disk. Raises OSError."""
    if hasattr(os, "sync"):
        os.sync()
    part = folder / f"{NAME}.part"
    with part.open("w", encoding="utf-8") as file:
        json.dump(stamp._asdict(), file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    part.replace(folder / NAME)


def read(folder: Path) -> Stamp | None:
    """The stamp of a virtual environment that is whole, else None."""
    try:
        stamp = Stamp(**json.loads((folder / NAME).read_text(encoding="utf-8")))
        whole = set(stamp.entries) <= set(entries(folder / stamp.packages))
    except (OSError, ValueError, TypeError):
        return None
    return stamp if whole and python_of(folder).exists() else None


def entries(packages: Path) -> list[str]:
    """What lies in the folder of installed packages. Raises OSError."""
    return sorted(os.listdir(packages))  # noqa: PTH208 (half the time)


def remove(folder: Path) -> None:
    """From now on the virtual environment counts as unfinished. Raises OSError."""
    (folder / NAME).unlink(missing_ok=True)


def python_of(folder: Path) -> Path:
    """The Python of a virtual environment."""
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
