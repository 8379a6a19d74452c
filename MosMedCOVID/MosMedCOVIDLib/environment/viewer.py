"""Whether the viewer can draw here: asked of the host's own probe, a program of its own, and remembered in the stamp.

What the probe misses in the operating system is installed as root on Debian and its kin, else asked for.
"""

import contextlib
import json
import os
import platform
import sys
from pathlib import Path
from typing import Any, NamedTuple

from ..errors import SetupError
from . import locks, stamp, supported, system_libraries
from .processes import Run
from .processes import run as run_process
from .progress import Progress
from .wanted import Wanted
from .work import Work, working_on

PROBE = Path("MosMedCOVID", "EmbeddedSlicer", "graphics.py")
# What may change how the viewer draws, beside the system itself.
SETTINGS = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "VTK_DEFAULT_OPENGL_WINDOW", "LD_LIBRARY_PATH")
REMEMBERED = 8  # answers, such as for a desktop and for several logins from afar


class NoViewer(SetupError):
    """The viewer cannot be had or cannot draw here; all other commands work."""


class WayToDraw(NamedTuple):
    """How the viewer was seen to draw: on a display or into memory, and with which environment variables."""

    display: bool
    variables: dict[str, str]


def require(root: Path, wanted: Wanted, group: str, work: Work) -> None:
    """Sees to what the packages of a group need of the machine, before they are downloaded. Raises NoViewer."""
    reason = supported.why_no_viewer()
    if wanted.wheels and not any(wanted.wheels.glob("slicer_core-*.whl")):
        reason = reason or f"The folder {wanted.wheels} holds no wheel of slicer-core, which the viewer needs."
    if reason and wanted.group == "viewer":
        raise NoViewer(reason)
    if locks.holds(group, "viewer") and not supported.why_no_viewer():
        provide(ask(root, sys.executable, work, "libraries")["missing"], work)


def way_to_draw(root: Path, again: bool = False, run: Run = run_process, progress: Progress | None = None) -> WayToDraw:
    """How the viewer draws with the packages in .venv: what is remembered, or (`again`, too) what a first try shows.

    Raises NoViewer, a sentence for the user, if it cannot.
    """
    folder = root / stamp.FOLDER
    held = stamp.read(folder)
    if held and not again and circumstances() in held.ways_to_draw:
        return WayToDraw(**held.ways_to_draw[circumstances()])
    work = Work(folder, progress or Progress(sys.stderr), run, keep_open=None)
    try:
        work.progress.show("trying whether the viewer can draw here")
        answer = ask(root, str(stamp.python_of(folder)), work)
        if answer["missing"]:
            provide(answer["missing"], work)
            answer = ask(root, str(stamp.python_of(folder)), work)
    finally:
        work.progress.close()
    if answer["reason"]:
        raise NoViewer(answer["reason"])
    way = WayToDraw(answer["display"], answer["variables"])
    if answer["lasting"]:
        with contextlib.suppress(SetupError):  # where others own .venv, it is tried at each start
            remember(way, folder, work)
    return way


def remember(way: WayToDraw, folder: Path, work: Work) -> None:
    """Writes into the stamp how the viewer was seen to draw. Raises SetupError."""
    with working_on(folder, work.progress, work.runner):
        held = stamp.read(folder)
        if held:
            ways = {**held.ways_to_draw, circumstances(): way._asdict()}
            stamp.write(folder, held._replace(ways_to_draw=dict(list(ways.items())[-REMEMBERED:])))


def circumstances() -> str:
    """Changes whenever the viewer may draw in another way."""
    return "|".join([platform.platform(), *(os.environ.get(name, "") for name in SETTINGS)])


def provide(missing: list[str], work: Work) -> None:
    """Installs the packages that bring some libraries. Raises NoViewer."""
    try:
        system_libraries.provide(system_libraries.packages(missing), "The viewer", work)
    except SetupError as error:
        raise NoViewer(str(error)) from error


def ask(root: Path, python: str, work: Work, *words: str) -> dict[str, Any]:
    """What the host's probe answers. Raises SetupError if it does not."""
    done = work.run([python, "-I", str(root / PROBE), *words], lambda line: None)
    for line in reversed(done.lines):
        if line.startswith("{"):
            return dict(json.loads(line))
    raise SetupError(f"{root / PROBE} did not say whether the viewer can draw here: {' '.join(done.lines[-3:])}")
