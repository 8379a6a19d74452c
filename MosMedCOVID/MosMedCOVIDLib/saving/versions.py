"""New files that never replace old ones: written beside their place, flushed, checked, then given their name."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from uuid import uuid4

from ..errors import SaveError

UNFINISHED, A_DAY = ".unfinished-", 24 * 3600  # seconds

# Writes, and checks, one file at the first path; the second argument tells the names that all files will have.
Writer = Callable[[Path, Mapping[str, Path]], None]


def save_together(folder: Path, stem: str, writers: Mapping[str, Writer]) -> dict[str, Path]:
    """Writes files that belong together: <stem><ending>, or all as _v02, _v03… where one of them exists already.

    writers: for each ending, such as "_mask.nii.gz", what writes that file. The version stands before the
    extension: study_mask_v02.nii.gz. Returns the files by ending. SaveError if one could not be written: then none
    of them is left.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _remove_left_overs(folder)
        for targets in _versions(folder, stem, writers):
            if _saved(targets, writers):
                return targets
    except OSError as error:
        reason = error.strerror or str(error)
        raise SaveError(f"The results could not be written to {folder}: {reason}. Choose another folder.") from error
    raise AssertionError("versions never end")


def _remove_left_overs(folder: Path) -> None:
    """What a process that was killed while it wrote has left; a day later nobody is writing it any more."""
    for path in folder.glob(f"{UNFINISHED}*"):
        with contextlib.suppress(OSError):
            if time.time() - path.stat().st_mtime > A_DAY:
                path.unlink()


def _versions(folder: Path, stem: str, endings: Mapping[str, Writer]) -> Iterator[dict[str, Path]]:
    """The names of each version none of whose files exists."""
    version = 1
    while True:
        suffix = "" if version == 1 else f"_v{version:02}"
        dots = {ending: ending.index(".") for ending in endings}
        targets = {ending: folder / f"{stem}{ending[:dot]}{suffix}{ending[dot:]}" for ending, dot in dots.items()}
        if not any(os.path.lexists(target) for target in targets.values()):
            yield targets
        version += 1


def _saved(targets: Mapping[str, Path], writers: Mapping[str, Writer]) -> bool:
    """Writes all files and then names them; False where another process took one of the names meanwhile."""
    unfinished = {
        ending: target.with_name(f"{UNFINISHED}{uuid4().hex}{ending[ending.index('.') :]}")
        for ending, target in targets.items()
    }
    named: list[Path] = []
    try:
        for ending, path in unfinished.items():
            writers[ending](path, targets)
            _flush(path)
        for ending, path in unfinished.items():
            _rename_without_replacing(path, targets[ending])
            named.append(targets[ending])
        _flush_folder(named[0].parent)
    except FileExistsError:
        return False
    finally:
        if len(named) < len(targets):
            for target in named:
                target.unlink()
        for path in unfinished.values():
            path.unlink(missing_ok=True)
    return True


def _rename_without_replacing(path: Path, target: Path) -> None:
    """Renaming would replace a file that came into being a moment ago; a link does not."""
    try:
        os.link(path, target)
    except FileExistsError:
        raise
    except OSError:  # FAT and some network shares know no hard links
        target.open("xb").close()
        path.replace(target)


def _flush(path: Path) -> None:
    """To the disk, not only to the system's memory: a power cut must not leave an empty file with a good name."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _flush_folder(folder: Path) -> None:
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
