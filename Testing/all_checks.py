"""Runs the checks of the whole house in .venv, one after the other, and says which of them failed."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from MosMedCOVIDLib.environment import supported
from MosMedCOVIDLib.environment.start import inside
from MosMedCOVIDLib.environment.viewer import way_to_draw
from MosMedCOVIDLib.environment.wanted import Wanted
from MosMedCOVIDLib.errors import SetupError

CHECKS = {
    "Format": ["ruff", "format", "--check"],
    "Lint": ["ruff", "check"],
    "Types": ["mypy"],
}
# Each file of tests on one core, so that what its tests share is made once.
SIDE_BY_SIDE = ("-n", "auto", "--maxprocesses", "4", "--dist", "loadfile")
OF_THE_VIEWER = ("EmbeddedSlicer", "scene", "panel")  # tests that need its packages


def main(testing: str, arguments: Sequence[str]) -> int:
    """Runs all checks, or only pytest if there are arguments for it (paths: from the root). Gives the exit code."""
    root = Path(testing).parent
    for_pytest = [argument for argument in arguments if argument != "--without-torch"]
    torch = "none" if "--without-torch" in arguments else "any"  # on a CPU too: for the tests of training
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # first, so that nothing is asked for that a display needs
    try:
        inside(root, Wanted("testing", torch=torch, this_python=True), testing, arguments)
        tests = ["pytest", *for_pytest]
        if supported.why_no_viewer():
            tests += [f"--ignore=Testing/{folder}" for folder in OF_THE_VIEWER]
        else:
            for name, value in way_to_draw(root).variables.items():
                os.environ.setdefault(name, value)
        checks = {"Tests": tests} if for_pytest else {**CHECKS, "Tests": [*tests, *SIDE_BY_SIDE]}
        failed = [name for name, command in checks.items() if not passes(root, name, command)]
    except SetupError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    print(f"\nFailed: {', '.join(failed)}" if failed else "\nAll passed.", flush=True)
    return 1 if failed else 0


def passes(root: Path, name: str, command: Sequence[str]) -> bool:
    """Runs one check at the root, under a headline."""
    print(f"\n== {name}: {' '.join(command)}", flush=True)
    return subprocess.run([sys.executable, "-m", *command], cwd=root, stdin=subprocess.DEVNULL).returncode == 0
