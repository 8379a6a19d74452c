"""The way into .venv: makes sure that it is whole, then runs the same program again with its Python."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from . import stamp
from .wanted import Wanted, serves

STRANGERS = ("PYTHONHOME", "__PYVENV_LAUNCHER__")  # those of the outer Python would lead the inner one astray


def inside(root: Path, wanted: Wanted, program: str, arguments: Sequence[str]) -> None:
    """Returns once this process runs in a virtual environment at `root` that holds what is wanted.

    If it does not run there yet, `program` is started there with the same arguments and this process ends as it
    does. Raises SetupError.
    """
    folder = root / stamp.FOLDER
    if not serves(stamp.read(folder), wanted, root):
        from .virtual_environment import ensure  # slow to import, and seldom needed

        ensure(root, wanted)
    if Path(sys.prefix).resolve() == folder.resolve():
        return
    command = [str(stamp.python_of(folder)), program, *arguments]
    environment = {name: value for name, value in os.environ.items() if name not in STRANGERS}
    if os.name == "posix":
        os.execve(command[0], command, environment)
    sys.exit(_wait_for(command, environment))


def _wait_for(command: Sequence[str], environment: dict[str, str]) -> int:
    import subprocess

    process = subprocess.Popen(command, env=environment)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            pass  # Ctrl-C reached the inner program too, which ends in its own way
