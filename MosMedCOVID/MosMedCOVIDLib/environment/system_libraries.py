"""What pip cannot bring and the operating system must: installed as root on Debian and its kin, else asked for."""

import importlib.util
import os
import shutil
import sys
from collections.abc import Sequence

from ..errors import SetupError
from .work import Work


def venv_packages() -> list[str]:
    """Debian keeps what `python3 -m venv` needs in a package of its own: its name, if that is missing here."""
    found = importlib.util.find_spec("ensurepip")
    whole = found and found.origin  # an empty folder may be left of it
    return [] if whole else [f"python3.{sys.version_info[1]}-venv"]


def provide(packages: Sequence[str], purpose: str, work: Work) -> None:
    """Installs Debian packages as root, saying so; does nothing for an empty list.

    Raises SetupError, which names the exact command, if this user or this system cannot.
    """
    if not packages:
        return
    names = " ".join(packages)
    command = f"apt-get install -y --no-install-recommends {names}"
    if not shutil.which("apt-get"):
        raise SetupError(f"{purpose} needs what Debian calls {names}: install it and start again.")
    if not is_root():
        raise SetupError(f"{purpose} needs {names}: run `sudo {command}` and start again.")
    work.progress.say(f"installing system packages as root: {command}")
    # The package lists of a container are often empty, so a second try fetches them first.
    for attempt in (command, f"apt-get update && {command}"):
        done = work.run(["sh", "-c", f"export DEBIAN_FRONTEND=noninteractive; {attempt}"], work.progress.show)
        if done.code == 0:
            importlib.invalidate_caches()
            return
    said = "".join(f"\n    apt-get: {line}" for line in done.lines[-6:])
    raise SetupError(f"{purpose} needs {names}, and `{command}` failed as root.{said}")


def is_root() -> bool:
    """Whether this process may install system packages."""
    return hasattr(os, "geteuid") and os.geteuid() == 0
