"""What .venv is wanted to hold, and whether it does: asked at every start, so nothing slow is imported here."""

import sys
from pathlib import Path
from typing import NamedTuple

from . import locks
from .stamp import Stamp


class Wanted(NamedTuple):
    """What the virtual environment must hold.

    Of torch: "none" if nothing needs it; "auto" for it where an NVIDIA GPU is there, which is found out when .venv is
    made; "any" for it on any machine; "cpu" or "cuda" for that build. The one that is there stays, unless a build is
    asked for that is not its own.
    """

    group: str = "product"  # a name in locks.LOCK_FILES
    torch: str = "auto"  # or "any", "cpu", "cuda", "none"
    wheels: Path | None = None  # a folder of wheels to install from, instead of the network
    this_python: bool = False  # with the running Python's version, not just with a supported one


def serves(held: Stamp | None, wanted: Wanted, root: Path) -> bool:
    """Whether a whole virtual environment holds what is wanted, in the versions that are locked now."""
    return (
        held is not None
        and locks.holds(held.group, wanted.group)
        and held.fingerprint == locks.fingerprint(root, held.group, held.torch != "none")
        and (wanted.torch in ("none", "auto", held.torch) or (wanted.torch == "any" and held.torch != "none"))
        and (not wanted.this_python or same_python(held))
    )


def same_python(held: Stamp) -> bool:
    """Whether the environment's Python is of the running one's minor version."""
    return held.python.split(".")[:2] == [str(number) for number in sys.version_info[:2]]
