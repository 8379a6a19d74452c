"""`opening_steps.py NAME=PATH… [--rounds N]`: opens studies in the window, beside reading them alone."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "Testing"))

from asked import P001  # noqa: E402, the path comes first
from budgets import LARGE_STUDY, SMALL_STUDY, verdict  # noqa: E402
from figures import Seconds, seconds_of  # noqa: E402
from growth import middle  # noqa: E402
from hosted_window import HostedWindow  # noqa: E402
from MosMedCOVIDLib.study.read import read_study  # noqa: E402
from table import row  # noqa: E402

SMALL = "40 slices"


def main() -> None:
    """Prints one line for each study."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("studies", nargs="+", metavar="NAME=PATH")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    window = HostedWindow(ROOT / "MosMedCOVID")
    for study in options.studies:
        name, _, path = study.partition("=")
        show(window, name, Path(path), options.rounds)
    window.close()


def show(window: HostedWindow, name: str, path: Path, rounds: int) -> None:
    """One line: until all views are painted, and the part of that which is reading."""
    opening, reading = [], []
    for _ in range(rounds):
        opening.append(seconds_to_show(window, path))
        reading.append(seconds_of(lambda: read_study(path)))
    taken = Seconds(tuple(opening))
    budget = SMALL_STUDY if name.startswith(SMALL) else LARGE_STUDY if path == P001 else None
    row(name, taken, f"reading {Seconds(tuple(reading)).part_of(taken)}", verdict(middle(taken), budget, "s").strip())


def seconds_to_show(window: HostedWindow, path: Path) -> float:
    """Of one study; the worker that starts with it is ended before the next, or it would load torch beside that."""
    import slicer

    taken = seconds_of(lambda: window.until_all_painted(lambda: slicer.app.ioManager().open_path(path)))
    window.panel.worker.stop()
    return taken


if __name__ == "__main__":
    main()
