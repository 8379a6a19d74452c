"""Makes sure that .venv holds what is wanted: reuses it at once, repairs it, or makes it anew."""

import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from ..errors import SetupError
from . import locks, pip, stamp, system_libraries, torch_choice, viewer
from .inspection import Found, inspect
from .processes import Run
from .processes import run as run_process
from .progress import Progress
from .stamp import FOLDER, Stamp
from .wanted import Wanted, same_python, serves
from .work import LOCK, Work, working_on


def ensure(root: Path, wanted: Wanted, run: Run = run_process, progress: Progress | None = None) -> Path:
    """The Python of a virtual environment at `root` that holds what is wanted, made or repaired if need be.

    Raises SetupError, a sentence for the user, if that cannot be.
    """
    folder = root / FOLDER
    if not serves(stamp.read(folder), wanted, root):
        with working_on(folder, progress or Progress(sys.stderr), run) as work:
            # While this process waited, another one may have done it.
            if not serves(stamp.read(folder), wanted, root):
                build(root, wanted, work)
    return stamp.python_of(folder)


def examine(
    root: Path, wanted: Wanted, run: Run = run_process, progress: Progress | None = None
) -> tuple[Stamp, Found]:
    """Does what `ensure` does, and really imports each package; makes the environment anew if one is damaged.

    Looks for an NVIDIA GPU even if there was none when the environment was made. Gives what was installed and what is
    there. Raises SetupError.
    """
    folder = root / FOLDER
    with working_on(folder, progress or Progress(sys.stderr), run) as work:
        held = stamp.read(folder)
        wanted = wanted._replace(torch=torch_to_have(wanted, held))
        if held and serves(held, wanted, root):
            found = inspect(work, locks.modules(held.group, held.torch != "none"))
            if not found.errors:
                return held, found
            work.progress.say(f"{folder} is damaged: {' and '.join(found.errors)} cannot be imported")
            stamp.remove(folder)
        return build(root, wanted, work)


def build(root: Path, wanted: Wanted, work: Work) -> tuple[Stamp, Found]:
    """Brings a whole environment up to date, or makes a new one; it counts only once all of it has been imported.

    Gives what was installed and what is there. Raises SetupError and OSError.
    """
    held = stamp.read(work.folder)
    group = held.group if held and locks.holds(held.group, wanted.group) else wanted.group
    if group == "benchmarks" and sys.version_info < (3, 11):
        raise SetupError("The benchmarks compare with lungmask, which needs Python 3.11 or newer: start them with one.")
    viewer.require(root, wanted, group, work)
    torch = torch_to_have(wanted, held)
    lock_files = locks.lock_files(root, group, torch != "none")
    grows = held is not None and can_grow(held, wanted, torch, locks.pins(lock_files))
    if grows:
        work.progress.say(f"bringing {work.folder} up to date")
        stamp.remove(work.folder)
    else:
        make_empty(work)
    try:
        pip.install_locks(work, lock_files, wanted.wheels)
        why = install_torch(work, torch, held if grows else None, wanted.wheels) if torch != "none" else ""
    except pip.NothingChanged:
        if held and grows:
            # As whole as before, so that the next try need not start anew.
            stamp.write(work.folder, held._replace(entries=stamp.entries(work.folder / held.packages)))
        raise
    return finish(root, group, wanted, why, work)


def torch_to_have(wanted: Wanted, held: Stamp | None) -> str:
    """Which torch the environment is to hold: "cpu", "cuda", "any" that fits the machine, or "none"."""
    if wanted.torch in ("cpu", "cuda"):
        return wanted.torch
    if held and held.torch != "none":
        return held.torch
    if wanted.torch == "auto":
        return "any" if torch_choice.worthwhile(wanted.wheels) else "none"
    return wanted.torch


def can_grow(held: Stamp, wanted: Wanted, torch: str, pins: Sequence[str]) -> bool:
    """Whether it is enough to add and update packages; else something would be left over, so all is made anew."""
    torch_stays = held.torch in ("none", torch)
    return torch_stays and set(held.pins) <= set(pins) and (not wanted.this_python or same_python(held))


def make_empty(work: Work) -> None:
    """A new virtual environment with nothing but pip, in the place of whatever lies there. Raises SetupError."""
    system_libraries.provide(system_libraries.venv_packages(), "Setting up .venv", work)
    left_over = [path for path in work.folder.iterdir() if path.name != LOCK]
    work.progress.say(f"making {work.folder} {'anew: it is unfinished or does not fit' if left_over else ''}".rstrip())
    stamp.remove(work.folder)  # first, so that a deletion that is broken off is not taken for whole
    for path in left_over:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    done = work.run([base_python(), "-m", "venv", str(work.folder)], lambda line: None)
    if done.code:
        raise SetupError(f"Python could not make {work.folder}: {' '.join(done.lines[-3:])}")


def base_python() -> str:
    """The Python below any virtual environment; with its version in the name, so that an upgrade does not swap it."""
    python = getattr(sys, "_base_executable", None) or sys.executable
    return python if os.name == "nt" else os.path.realpath(python)


def install_torch(work: Work, asked: str, held: Stamp | None, wheels: Path | None) -> str:
    """Installs torch unless it is there already; gives where it is from and why. Raises SetupError."""
    if held and held.torch_version.split("+")[0] == locks.TORCH:
        return held.torch_why
    work.progress.show(f"{torch_choice.requirement()}: looking for where to take it from")
    choice = torch_choice.from_folder(wheels) if wheels else torch_choice.choose(asked)
    work.progress.say(f"{torch_choice.requirement()}: {choice.why}")
    pip.install_torch(work, torch_choice.requirement(), choice.options, wheels)
    return choice.why


def finish(root: Path, group: str, wanted: Wanted, torch_why: str, work: Work) -> tuple[Stamp, Found]:
    """Imports everything, and only then writes the stamp. Raises SetupError if something cannot be imported."""
    found = inspect(work, locks.modules(group, bool(torch_why)))
    if found.errors:
        name, error = next(iter(found.errors.items()))
        raise SetupError(f"{name} was installed into {work.folder} but cannot be imported: {error}")
    if wanted.torch == "cuda" and found.torch != "cuda":
        raise SetupError(f"torch with CUDA was asked for, but pip found {found.versions['torch']}: {torch_why}.")
    packages = Path(found.packages)
    held = Stamp(
        group=group,
        fingerprint=locks.fingerprint(root, group, bool(torch_why)),
        pins=locks.pins(locks.lock_files(root, group, bool(torch_why))),
        python=found.python,
        torch=found.torch,
        torch_version=found.versions.get("torch", ""),
        torch_why=torch_why,
        packages=os.path.relpath(packages, work.folder),
        entries=stamp.entries(packages),
    )
    stamp.write(work.folder, held)
    work.progress.say(f"{work.folder} is ready")
    return held, found
