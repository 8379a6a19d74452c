"""Measures the window: how soon it is there, and what scrolling, turning and painting take beside plain VTK views."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from budgets import START, in_seconds
from figures import in_turn
from MosMedCOVIDLib.commands.phantom import save_phantom
from MosMedCOVIDLib.commands.show import viewer_command
from MosMedCOVIDLib.environment import supported
from MosMedCOVIDLib.environment.viewer import way_to_draw
from MosMedCOVIDLib.study.phantom import thorax_phantom

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
P001 = ROOT.parent / "shared" / "data" / "covid-ct-md" / "P001"
SIZES = (40, 400)  # slices of 512×512: of MosMedData, 8 mm apart, and of a thin-slice CT, 0.7 mm apart


def measure_window(rounds: int, folder: Path) -> None:
    """Prints all figures of the window; folder: for a study to open."""
    reason = supported.why_no_viewer()
    if reason:
        print(f"\nThe window was not measured: {reason}")
        return
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    environment = {**os.environ, **way_to_draw(ROOT).variables, "PYTHONPATH": str(ROOT / "MosMedCOVID")}
    print(f"\nThe window, 1280 × 800, drawn into memory; load of the machine {load()}", flush=True)
    measure_start(rounds, folder, environment)
    for slices in SIZES:
        command = [sys.executable, str(HERE / "window_steps.py"), str(slices), "--rounds", str(rounds)]
        subprocess.run(command, env=environment, check=True)


def measure_start(rounds: int, folder: Path, environment: dict[str, str]) -> None:
    """From the start of the process to the first painted views: of the empty window, and of one with a study."""
    small = folder / "mosmed_like.nii.gz"
    save_phantom(thorax_phantom(35.0, shape=(40, 512, 512), spacing_mm=(8.0, 0.74, 0.74)), small)
    studies = {"start of the window": [], "first picture, 40": [str(small)]}
    if P001.is_dir():
        studies["first picture, P001"] = [str(P001)]
    steps = {name: lambda paths=paths: wait_until_painted(paths, environment) for name, paths in studies.items()}
    for name, taken in in_turn(rounds, steps).items():
        print(f"  {name:<22}{in_seconds(taken, None if studies[name] else START)}", flush=True)


def wait_until_painted(paths: list[str], environment: dict[str, str]) -> None:
    """Starts the application, with studies to open; returns as it says that they are painted, and it has ended."""
    command = viewer_command([*paths, "--testing", "--python-script", str(HERE / "painted.py")])
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        said = process.stdout.readline()
        process.kill()
    if said != "painted\n":
        raise RuntimeError(f"The application ended with code {process.returncode} before it was painted.")


def load() -> str:
    """How busy the machine is with other things."""
    return f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
