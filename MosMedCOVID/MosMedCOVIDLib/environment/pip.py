"""Drives the pip of .venv: the locked packages by their hashes, then torch."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from ..errors import SetupError
from . import locks
from .pip_failure import sentence
from .stamp import python_of
from .work import Work

SHOWN = r"^(Collecting|Processing|Downloading|Installing|WARNING: Retrying)[ :(]+(?:collected packages: )?(.*)"
OPTIONS = "--only-binary :all: --no-input --disable-pip-version-check --no-warn-script-location --progress-bar off"


class NothingChanged(SetupError):
    """pip failed before it touched what is installed."""


def install_locks(work: Work, files: Sequence[Path], wheels: Path | None) -> None:
    """Brings what lock files pin, each file by its hash, from a folder of wheels if given. Raises SetupError."""
    source = ["--no-index", "--find-links", str(wheels)] if wheels else []
    required = [word for file in files for word in ("--requirement", str(file))]
    options = [*source, "--require-hashes", "--no-deps", *required]
    install(work, options, teller(work, "packages", len(locks.pins(files))), wheels)


def install_torch(work: Work, requirement: str, source: Sequence[str], wheels: Path | None) -> None:
    """Brings torch, and with a CUDA build the packages that it names. Raises SetupError."""
    install(work, [*source, requirement], teller(work, requirement, 1), wheels)


def install(work: Work, options: Sequence[str], tell: Callable[[str], None], wheels: Path | None) -> None:
    """Runs `pip install`. Raises SetupError with pip's last lines if it fails."""
    command = [str(python_of(work.folder)), "-m", "pip", "install", *OPTIONS.split(), *options]
    done = work.run(command, tell)
    if done.code:
        touched = any(line.startswith("Installing collected packages") for line in done.lines)
        raise (SetupError if touched else NothingChanged)(sentence(done, work.folder, wheels))


def teller(work: Work, what: str, total: int) -> Callable[[str], None]:
    """Shows what pip is at, out of the lines that it prints."""
    work.progress.show(f"{what}: starting pip")
    collected = 0

    def tell(line: str) -> None:
        nonlocal collected
        found = re.match(SHOWN, line.strip())
        if not found:
            return
        doing, rest = found.groups()
        if doing == "Installing":
            work.progress.show(
                f"{what}: unpacking {rest.count(',') + 1} of them" if total > 1 else f"{what}: unpacking"
            )
            return
        if doing.startswith("WARNING"):
            work.progress.show(f"{what}: no answer, so pip tries again")
            return
        collected += doing in ("Collecting", "Processing")
        count = f" ({collected} of at most {total})" if total > 1 else ""
        work.progress.show(f"{what}{count}: {doing.lower()} {rest.split(' (from ')[0].rpartition('/')[2]}")

    return tell
