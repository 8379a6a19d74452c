"""What the door does once Python is known to be a supported one: goes into .venv, and hands the command line on."""

import sys
from collections.abc import Sequence
from pathlib import Path

from ..errors import MosMedError
from . import supported
from .start import inside
from .wanted import Wanted


def enter(module: str, arguments: Sequence[str]) -> int:
    """Runs the command line of the module in the folder `module`, in .venv unless it needs no package there."""
    try:
        if not needs_no_package(arguments):
            inside(Path(module).parent, Wanted(group_for(arguments)), module, arguments)
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
    return first_word(arguments) == "setup" or not {"-h", "--help", "--version"}.isdisjoint(arguments)


def group_for(arguments: Sequence[str]) -> str:
    """The packages that a command line needs: without a command the viewer is wanted, where there is one."""
    from ..commands.command_line import HELP

    return "product" if first_word(arguments) in HELP or supported.why_no_viewer() else "viewer"


def first_word(arguments: Sequence[str]) -> str:
    """The command, if there is one; else perhaps a path."""
    return next((argument for argument in arguments if not argument.startswith("-")), "")
