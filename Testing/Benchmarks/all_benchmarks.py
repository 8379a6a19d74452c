"""Sets up what is needed, then measures studies and the window, and prints tables."""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from MosMedCOVIDLib.environment.start import inside
from MosMedCOVIDLib.environment.wanted import Wanted
from MosMedCOVIDLib.errors import SetupError


def main(benchmarks: str, arguments: Sequence[str]) -> int:
    """Sets up what is needed, then measures; the exit code."""
    parser = argparse.ArgumentParser(prog="python3 Testing/Benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="how often each step is measured (3)")
    parser.add_argument(
        "--slices", type=int, nargs="*", default=[40, 148, 400], help="phantoms' slices of 512×512 (40 148 400)"
    )
    parser.add_argument("--growth", type=Path, metavar="FILE.svg", help="only how it grows with the slices, as a plot")
    options = parser.parse_args(arguments)
    module = Path(benchmarks).parents[1] / "MosMedCOVID"
    try:
        inside(module.parent, Wanted("benchmarks", torch="any", this_python=True), benchmarks, arguments)
    except SetupError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    print(f"{platform.platform()}, Python {platform.python_version()}, {os.cpu_count()} cores; {options.rounds} rounds")
    print("seconds are medians (fastest to slowest); ratios are of the same rounds")
    if options.growth:
        from growth import measure_growth

        measure_growth(options.rounds, options.growth)
        return 0
    from nifti_reading import measure_nifti_reading
    from study_benchmarks import measure_studies
    from window_benchmarks import measure_window

    measure_studies(module, options.slices, options.rounds)
    with tempfile.TemporaryDirectory() as folder:
        measure_nifti_reading(options.rounds, Path(folder))
        measure_window(options.rounds, Path(folder))
    return 0
