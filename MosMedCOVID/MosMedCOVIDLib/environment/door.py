"""What the door does once Python is known to be a supported one: goes into .venv, and hands the command line on."""

import sys
from collections.abc import Sequence
from pathlib import Path

from ..errors import MosMedError
from .start import inside
from .wanted import Wanted


def enter(module: str, arguments: Sequence[str]) -> int:
    """Runs the command line of the module in the folder `module`, in .venv unless it needs no package there."""
    try:
        if not needs_no_package(arguments):
            inside(Path(module).parent, Wanted(), module, arguments)
        from ..commands import command_line

        return command_line.main(list(arguments))
    except MosMedError as error:
        if "--debug" in arguments:
            raise
        print(error, file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130


def needs_no_package(arguments: Sequence[str]) -> bool:
    """Whether the bare Python can answer: help, the version, and `setup`, which makes .venv itself."""
    command = next((argument for argument in arguments if not argument.startswith("-")), "")
    return command == "setup" or not {"-h", "--help", "--version"}.isdisjoint(arguments)
