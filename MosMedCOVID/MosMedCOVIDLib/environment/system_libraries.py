"""What pip cannot bring and the operating system must: installed as root on Debian and its kin, else asked for."""

import importlib.util
import os
import shutil
import sys
from collections.abc import Sequence

from ..errors import SetupError
from .work import Work

# library -> what Debian and its kin call the package that brings it, and what Fedora and its kin do
PACKAGES = {
    "libglib-2.0.so.0": ("libglib2.0-0", "glib2"),
    "libEGL.so.1": ("libegl1", "libglvnd-egl"),
    "libGL.so.1": ("libgl1", "libglvnd-glx"),
    "libxkbcommon.so.0": ("libxkbcommon0", "libxkbcommon"),
    "libdbus-1.so.3": ("libdbus-1-3", "dbus-libs"),
    "libfontconfig.so.1": ("libfontconfig1", "fontconfig"),
    "libgssapi_krb5.so.2": ("libgssapi-krb5-2", "krb5-libs"),
    "libEGL_mesa.so.0": ("libegl-mesa0 libgl1-mesa-dri", "mesa-libEGL mesa-dri-drivers"),
    "libxkbcommon-x11.so.0": ("libxkbcommon-x11-0", "libxkbcommon-x11"),
    "libxcb-cursor.so.0": ("libxcb-cursor0", "xcb-util-cursor"),
    "libxcb-icccm.so.4": ("libxcb-icccm4", "xcb-util-wm"),
    "libxcb-keysyms.so.1": ("libxcb-keysyms1", "xcb-util-keysyms"),
    "libxcb-image.so.0": ("libxcb-image0", "xcb-util-image"),
    "libxcb-render-util.so.0": ("libxcb-render-util0", "xcb-util-renderutil"),
    "libxcb-shape.so.0": ("libxcb-shape0", "libxcb"),
}


def venv_packages() -> list[str]:
    """Debian keeps what `python3 -m venv` needs in a package of its own: its name, if that is missing here."""
    found = importlib.util.find_spec("ensurepip")
    whole = found and found.origin  # an empty folder may be left of it
    return [] if whole else [f"python3.{sys.version_info[1]}-venv"]


def packages(libraries: Sequence[str]) -> list[str]:
    """What Debian calls the packages that bring some of the libraries of PACKAGES."""
    return [name for library in libraries for name in PACKAGES[library][0].split()]


def fedora(packages: Sequence[str]) -> str:
    """What Fedora calls some of Debian's packages; nothing if that is not known of each."""
    known = {debian: name for both in PACKAGES.values() for debian, name in zip(*map(str.split, both), strict=True)}
    return " ".join(known[name] for name in packages) if known.keys() >= set(packages) else ""


def provide(packages: Sequence[str], purpose: str, work: Work) -> None:
    """Installs Debian packages as root, saying so; does nothing for an empty list.

    Raises SetupError, which names the exact command, if this user or this system cannot.
    """
    if not packages:
        return
    names = " ".join(packages)
    command = f"apt-get install -y --no-install-recommends {names}"
    if not shutil.which("apt-get"):
        if shutil.which("dnf") and fedora(packages):
            raise SetupError(f"{purpose} needs {names}: run `sudo dnf install -y {fedora(packages)}` and start again.")
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
