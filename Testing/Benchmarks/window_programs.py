"""Programs of the benchmarks with a window of their own: a process has one scene, and one peak of memory."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from asked import MODULE, ROOT
from MosMedCOVIDLib.environment import supported
from MosMedCOVIDLib.environment.viewer import way_to_draw

HERE = Path(__file__).resolve().parent


def is_possible(what: str) -> bool:
    """Whether a window can be opened here; says if not that something was not measured, and why."""
    reason = supported.why_no_viewer()
    if reason:
        print(f"\n{what} was not measured: {reason}")
    return not reason


def environment() -> dict[str, str]:
    """What such a program is run with: it draws into memory, and finds the module."""
    drawn = {"QT_QPA_PLATFORM": "offscreen", **os.environ, **way_to_draw(ROOT).variables}
    return {**drawn, "PYTHONPATH": str(MODULE)}


def run(program: str, *arguments: object) -> None:
    """Runs one to its end; it prints its own tables."""
    subprocess.run(_command(program, arguments), env=environment(), check=True)


def output(program: str, *arguments: object) -> str:
    """What one says on standard output."""
    command = _command(program, arguments)
    return subprocess.run(command, env=environment(), check=True, stdout=subprocess.PIPE, text=True).stdout


def _command(program: str, arguments: tuple[object, ...]) -> list[str]:
    return [sys.executable, str(HERE / program), *map(str, arguments)]
