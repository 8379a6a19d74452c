"""`window_steps.py SLICES [--rounds N]`: opens, scrolls, turns and paints in the window, beside plain VTK views.

A program of its own: for its memory, and since a process has one scene.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "Testing"))

import numpy as np  # noqa: E402, the path comes first
from budgets import (  # noqa: E402
    LARGE_STUDY,
    MEMORY_MB,
    SCROLL,
    SCROLL_WITH_OVERLAY,
    SMALL_STUDY,
    in_seconds,
    show,
    verdict,
)
from figures import Seconds, seconds_of  # noqa: E402
from hosted_window import HostedWindow  # noqa: E402
from MosMedCOVIDLib.commands.phantom import save_phantom  # noqa: E402
from MosMedCOVIDLib.study.phantom import Phantom, thorax_phantom  # noqa: E402
from MosMedCOVIDLib.study.study import Study  # noqa: E402
from reading_steps import Steps  # noqa: E402

P001 = ROOT.parent / "shared" / "data" / "covid-ct-md" / "P001"
SPACING_MM = {40: (8.0, 0.74, 0.74), 400: (0.7, 0.74, 0.74)}
DRAWN = 40  # slices of the phantom; a thinner one shows each of them several times


def main() -> None:
    """Measures a volume of 512×512 and so many slices."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("slices", type=int, choices=SPACING_MM)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    window = HostedWindow(ROOT / "MosMedCOVID")
    phantom = phantom_of(options.slices)
    print(f"\n512 × 512 × {options.slices}, {SPACING_MM[options.slices][0]:g} mm", flush=True)
    opening(window, phantom, options.rounds)
    steps = Steps(window, phantom, options.rounds)
    del phantom
    steps.scroll("scroll", SCROLL)
    steps.show_masks()
    steps.scroll("with overlay", SCROLL_WITH_OVERLAY)
    steps.slab()
    steps.turn()
    steps.strokes()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1024)
    show("peak memory", f"{memory:8.0f} MB{verdict(memory, MEMORY_MB, 'MB')}")
    window.close()


def phantom_of(slices: int) -> Phantom:
    """A thorax with its true lungs and lesions."""
    spacing = SPACING_MM[slices]
    times = slices // DRAWN
    drawn = thorax_phantom(35.0, shape=(DRAWN, 512, 512), spacing_mm=(spacing[0] * times, *spacing[1:]))
    if times == 1:
        return drawn
    affine = drawn.study.affine @ np.diag([1, 1, 1 / times, 1])
    hu, lungs, lesions = (np.repeat(values, times, axis=0) for values in (drawn.study.hu, drawn.lungs, drawn.lesions))
    return Phantom(Study(hu, affine, drawn.study.name, drawn.study.path, drawn.study.kind), lungs, lesions)


def opening(window: HostedWindow, phantom: Phantom, rounds: int) -> None:
    """From a file that is opened in the window to its painted slices."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "study.nii.gz"
        save_phantom(phantom, file)
        paths = {"a study shown": (file, SMALL_STUDY if len(phantom.study.hu) == DRAWN else None)}
        if P001.is_dir():
            paths["P001 shown"] = (P001, LARGE_STUDY)
        for name, (path, budget) in paths.items():
            taken = Seconds(tuple(seconds_to_show(window, path) for _ in range(rounds)))
            show(name, in_seconds(taken, budget))


def seconds_to_show(window: HostedWindow, path: Path) -> float:
    """Of one study; the worker that starts with it is ended before the next, or it would load torch beside that."""
    import slicer

    taken = seconds_of(lambda: window.until_all_painted(lambda: slicer.app.ioManager().open_path(path)))
    window.panel.worker.stop()
    return taken


if __name__ == "__main__":
    main()
