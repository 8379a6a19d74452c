"""Measures the window: how soon it is there, and what scrolling, turning and painting take beside plain VTK views."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

import window_programs
from asked import P001, Asked
from budgets import START, in_seconds
from figures import in_turn, load
from MosMedCOVIDLib.commands.phantom import save_phantom
from MosMedCOVIDLib.commands.show import viewer_command
from MosMedCOVIDLib.study.phantom import thorax_phantom

SIZES = (40, 400)  # slices of 512×512: of MosMedData, 8 mm apart, and of a thin-slice CT, 0.7 mm apart


def measure(asked: Asked) -> None:
    """Prints all figures of the window."""
    if not window_programs.is_possible("The window"):
        return
    print(f"\nThe window, 1280 × 800, drawn into memory; load of the machine {load()}", flush=True)
    with tempfile.TemporaryDirectory(dir=asked.folder) as folder:
        measure_start(asked.rounds, Path(folder))
    for slices in SIZES:
        window_programs.run("window_steps.py", slices, "--rounds", asked.rounds)


def measure_start(rounds: int, folder: Path) -> None:
    """From the start of the process to the first painted views: of the empty window, and of one with a study."""
    small = folder / "mosmed_like.nii.gz"
    save_phantom(thorax_phantom(35.0, shape=(40, 512, 512), spacing_mm=(8.0, 0.74, 0.74)), small)
    studies = {"start of the window": [], "first picture, 40": [str(small)]}
    if P001.is_dir():
        studies["first picture, P001"] = [str(P001)]
    environment = window_programs.environment()
    steps = {name: lambda paths=paths: wait_until_painted(paths, environment) for name, paths in studies.items()}
    for name, taken in in_turn(rounds, steps).items():
        print(f"  {name:<22}{in_seconds(taken, None if studies[name] else START)}", flush=True)


def wait_until_painted(paths: list[str], environment: dict[str, str]) -> None:
    """Starts the application, with studies to open; returns as it says that they are painted, and it has ended."""
    command = viewer_command([*paths, "--testing", "--python-script", str(window_programs.HERE / "painted.py")])
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        said = process.stdout.readline()
        process.kill()
    if said != "painted\n":
        raise RuntimeError(f"The application ended with code {process.returncode} before it was painted.")
