"""Runs a program, hands over each line it prints, and gives a sign of life while it is silent."""

import os
import queue
import subprocess
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import IO, Protocol

SECONDS_BETWEEN_TICKS = 0.5


@dataclass(frozen=True)
class Finished:
    """How a program ended: its exit code and all that it printed."""

    code: int
    lines: list[str]


class Run(Protocol):
    """What runs a program; the tests put their own in its place."""

    def __call__(
        self, command: Sequence[str], *, on_line: Callable[[str], None], tick: Callable[[], None], keep_open: int | None
    ) -> Finished: ...


def run(
    command: Sequence[str], *, on_line: Callable[[str], None], tick: Callable[[], None], keep_open: int | None
) -> Finished:
    """Runs `command` to its end; `keep_open` is a file descriptor that it inherits, and with it the lock on that file.

    If this process is killed, an orphaned pip so keeps the lock until it has ended too. Raises OSError.
    """
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=clean_environment(),
        pass_fds=(keep_open,) if os.name == "posix" and keep_open is not None else (),
        encoding="utf-8",
        errors="replace",
    )
    try:
        assert process.stdout
        lines = _follow(process.stdout, on_line, tick)
        return Finished(process.wait(), lines)
    except BaseException:
        _stop(process)
        raise


def clean_environment() -> dict[str, str]:
    """The environment without what would lead Python or pip out of the virtual environment."""
    strangers = ("PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "__PYVENV_LAUNCHER__", "PIP_TARGET", "PIP_PREFIX")
    kept = {name: value for name, value in os.environ.items() if name not in strangers}
    return {**kept, "PIP_USER": "0", "PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1"}


def _follow(output: IO[str], on_line: Callable[[str], None], tick: Callable[[], None]) -> list[str]:
    # A pipe cannot be read with a time limit on Windows, so a thread reads it.
    waiting: queue.Queue[str | None] = queue.Queue()

    def read() -> None:
        for line in output:
            waiting.put(line.rstrip())
        waiting.put(None)

    threading.Thread(target=read, daemon=True).start()
    lines: list[str] = []
    while True:
        try:
            line = waiting.get(timeout=SECONDS_BETWEEN_TICKS)
        except queue.Empty:
            tick()
            continue
        if line is None:
            return lines
        lines.append(line)
        on_line(line)


def _stop(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
