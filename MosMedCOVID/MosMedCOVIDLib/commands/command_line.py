"""`python3 MosMedCOVID …`: all commands and their arguments, and how a command's end is told.

Imports the standard library alone, so that help needs no package; a command's own file is imported when it runs.
"""

from __future__ import annotations

import argparse
import importlib
import io
import os
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from ..errors import Cancelled, MosMedError, SetupError

VERSION = "0.2.0"
RESULTS = Path("MosMedCOVID-results")
HELP = {
    "grade": "read, audit, segment, grade and save one study, several, or folders of studies",
    "audit": "say whether a study may be graded, and what to know about it",
    "series": "list the series of a DICOM folder, DICOMDIR or .zip, and which is recommended for lungs",
    "evaluate-model": "Dice and involvement against labelled cases",
    "phantom": "write a teaching phantom with a known answer",
    "setup": "set up .venv, or repair it, and say what is there",
}
EXIT_CODES = """exit codes: 0 done; 2 wrong usage, or no such path; 3 refused, or not a study; 4 set-up (package,
weights, device); 5 could not write; 130 cancelled; 1 a defect of ours"""


def main(arguments: Sequence[str]) -> int:
    """Runs what the arguments ask for; the exit code. A user reads a sentence; with --debug a traceback comes too."""
    debug = "--debug" in arguments
    _end_like_ctrl_c()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a file's name may hold bytes that are no text
    try:
        options = _parse([argument for argument in arguments if argument != "--debug"])
        options.debug = debug
        command = importlib.import_module(f"..{options.command.replace('-', '_')}", __name__)
        return int(command.run(options))
    except MosMedError as error:
        return _told(error, debug)
    except KeyboardInterrupt:
        return _told(Cancelled("Stopped; what was finished is kept, nothing is left half done."), debug)
    except ModuleNotFoundError as error:
        said = f"The package {error.name} is missing or damaged: run `python3 MosMedCOVID setup`."
        return _told(SetupError(said), debug, error)
    except BrokenPipeError:  # whoever read the output is gone; what is left undone counts as cancelled
        for stream in (sys.stdout, sys.stderr):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        return Cancelled.exit_code
    except Exception as error:
        said = f"A defect of MosMedCOVID ({type(error).__name__}: {error}); --debug shows where it arose."
        return _told(MosMedError(said), debug, error)


def _end_like_ctrl_c() -> None:
    """SIGTERM and a closed terminal end the program as Ctrl-C does: tidied up, with 130; nohup keeps its meaning."""
    if threading.current_thread() is threading.main_thread():
        for name in ("SIGTERM", "SIGHUP"):
            number = getattr(signal, name, None)
            if number and signal.getsignal(number) == signal.SIG_DFL:
                signal.signal(number, signal.default_int_handler)


def _told(error: MosMedError, debug: bool, cause: Exception | None = None) -> int:
    if debug:
        raise cause or error
    print(error, file=sys.stderr)
    return error.exit_code


def _parse(arguments: list[str]) -> argparse.Namespace:
    """The command and its options; argparse itself ends the program with 2 on wrong usage."""
    command = next((argument for argument in arguments if not argument.startswith("-")), "")
    if command not in HELP:
        return _viewer_parser().parse_args(arguments)
    parser = argparse.ArgumentParser(
        prog=f"python3 MosMedCOVID {command}", description=HELP[command], epilog=EXIT_CODES
    )
    parser.set_defaults(command=command)
    ADD_ARGUMENTS[command](parser)
    arguments.remove(command)
    return parser.parse_args(arguments)


def _viewer_parser() -> argparse.ArgumentParser:
    commands = "\n".join(f"  {name:<16}{text}" for name, text in HELP.items())
    parser = argparse.ArgumentParser(
        prog="python3 MosMedCOVID",
        description="Opens the viewer: lungs and COVID-19 lesions of a chest CT, graded CT-0 to CT-4. Without display: "
        "the whole way on the study, or on a teaching phantom, and a picture of the window.",
        epilog=f"commands (each has --help):\n{commands}\n\n{EXIT_CODES}\n",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="NIfTI files, DICOM folders, .zip")
    _series_option(parser)
    _device(parser)
    parser.add_argument("--out", type=Path, default=RESULTS, metavar="DIR", help="folder for results without a display")
    parser.add_argument("--version", action="version", version=f"MosMedCOVID {VERSION}")
    parser.set_defaults(command="show")
    return parser


def _grade(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "paths", nargs="+", type=Path, metavar="PATH", help="NIfTI, DICOM folder or .zip, or a folder of studies"
    )
    _series_option(parser)
    parser.add_argument("--out", type=Path, default=RESULTS, metavar="DIR", help="folder for the results")
    _json(parser)
    _device(parser)
    _bundle(parser)
    parser.add_argument("--rule", choices=("total", "worse_lung"), default="total", help="which lungs are judged")
    parser.add_argument("--force", action="store_true", help="segment what the audit refuses too, without a grade")


def _audit(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("path", type=Path, metavar="PATH", help="NIfTI, a DICOM folder or .zip")
    _series_option(parser)
    _json(parser)


def _series(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("path", type=Path, metavar="PATH", help="a DICOM folder, a DICOMDIR or a .zip")
    _json(parser)


def _evaluate_model(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, metavar="DIR", help="labelled cases, or the root of MosMedData")
    _json(parser)
    _device(parser)
    _bundle(parser)


def _phantom(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE.nii.gz", help="the CT; its masks are written beside it")
    parser.add_argument("--involvement", type=float, default=35.0, metavar="PERCENT", help="of both lungs (35)")


def _setup(parser: argparse.ArgumentParser) -> None:
    torch = "install torch, for training and other bundles too; unasked: for an NVIDIA GPU where there is one"
    parser.add_argument("--torch", choices=("cpu", "cuda"), help=torch)
    parser.add_argument("--wheels", type=Path, metavar="DIR", help="install from this folder of wheels, offline")
    _json(parser)


def _series_option(parser: argparse.ArgumentParser) -> None:
    listed = "of DICOM, the series to read, by its number or UID (the command series lists them)"
    parser.add_argument("--series", metavar="NUMBER", help=listed)


def _json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="JSON on standard output, one line each, nothing else")


def _device(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto", help="where the network runs")


def _bundle(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--bundle", type=Path, metavar="DIR", help="another MONAI bundle that gives lungs and lesions")
    parser.add_argument("--trust-bundle", action="store_true", help="run the code that its configuration may hold")


ADD_ARGUMENTS = {
    "grade": _grade,
    "audit": _audit,
    "series": _series,
    "evaluate-model": _evaluate_model,
    "phantom": _phantom,
    "setup": _setup,
}
