"""`window_steps.py SLICES [--rounds N]`: scrolls, turns and paints in the window, beside plain VTK views.

A program of its own: for its memory, and since a process has one scene.
"""

from __future__ import annotations

import argparse
import resource
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "Testing"))

from budgets import MEMORY_MB, SCROLL, SCROLL_WITH_OVERLAY, show, verdict  # noqa: E402, the path comes first
from hosted_window import HostedWindow  # noqa: E402
from phantoms import repeated_phantom  # noqa: E402
from reading_steps import Steps  # noqa: E402

SPACING_MM = {40: 8.0, 400: 0.7}  # from slice to slice: of MosMedData, and of a thin-slice CT


def main() -> None:
    """Measures a volume of 512×512 and so many slices."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("slices", type=int, choices=SPACING_MM)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    window = HostedWindow(ROOT / "MosMedCOVID")
    phantom = repeated_phantom(options.slices, SPACING_MM[options.slices])
    print(f"\n512 × 512 × {options.slices}, {SPACING_MM[options.slices]:g} mm", flush=True)
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


if __name__ == "__main__":
    main()
