"""All that lies below a folder, in the order of names; links to folders are not followed, since they may lead round."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

DEEPEST = 64  # folders in folders; Python's own walk gives up with an exception at a thousand


def walk(top: Path, closed: list[str] | None = None) -> Iterator[tuple[str, list[str], list[str]]]:
    """Each folder from the top, with the folders and files in it; whoever empties the list of folders goes no deeper.

    closed: is told the folders that could not be opened, or lie too deep.
    """
    missed = [] if closed is None else closed
    root = os.fspath(top)
    for here, below, names in os.walk(root, onerror=lambda error: missed.append(str(error.filename))):
        if here[len(root) :].count(os.sep) >= DEEPEST:
            missed.extend(os.path.join(here, name) for name in below)  # noqa: PTH118, a Path for each takes long
            below.clear()
        below.sort()
        yield here, below, sorted(names)
