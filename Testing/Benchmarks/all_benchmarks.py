"""Sets up what is needed, then measures what was asked for, and prints tables."""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from asked import ROOT, Asked
from MosMedCOVIDLib.environment.start import inside
from MosMedCOVIDLib.environment.wanted import Wanted
from MosMedCOVIDLib.errors import SetupError

# Files with a function `measure`, which prints; and those with `grow`, for the plot. Imported once .venv is there.
MEASURES = {
    "segmentation": "study_benchmarks",
    "nifti": "nifti_reading",
    "dicom": "dicom_reading",
    "audit": "auditing",
    "registry": "registry_benchmarks",
    "opening": "opening_benchmarks",
    "window": "window_benchmarks",
}
GROWTHS = {
    "segmentation": "segmentation_growth",
    "registry": "registry_benchmarks",
    "dicom": "dicom_reading",
    "audit": "auditing",
}


def main(benchmarks: str, arguments: Sequence[str]) -> int:
    """Sets up what is needed, then measures; the exit code."""
    parser = argparse.ArgumentParser(prog="python3 Testing/Benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(MEASURES)}; without any, all")
    parser.add_argument("--rounds", type=int, default=3, help="how often each step is measured (3)")
    parser.add_argument(
        "--slices", type=int, nargs="*", default=[40, 148, 400], help="phantoms' slices of 512×512 (40 148 400)"
    )
    parser.add_argument("--rows", type=int, nargs="*", default=[1110, 10000], help="registries' rows (1110 10000)")
    parser.add_argument("--growth", type=Path, metavar="FILE.svg", help="then how they grow with their size, as a plot")
    options = parser.parse_args(arguments)
    unknown = [name for name in options.names if name not in MEASURES]
    if unknown:
        parser.error(f"{unknown[0]} is none of {', '.join(MEASURES)}")
    try:
        inside(ROOT, Wanted("benchmarks", torch="any", this_python=True), benchmarks, arguments)
    except SetupError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    sys.path.append(str(ROOT / "Testing"))  # what the tests write their files with
    print(f"{platform.platform()}, Python {platform.python_version()}, {os.cpu_count()} cores; {options.rounds} rounds")
    print("seconds are medians (fastest to slowest); ratios are of the same rounds")
    names = options.names or list(MEASURES)
    with tempfile.TemporaryDirectory() as folder:
        asked = Asked(options.rounds, options.slices, options.rows, Path(folder))
        for name in names:
            import_module(MEASURES[name]).measure(asked)
        if options.growth:
            from growth import draw, show

            growths = [import_module(module).grow(asked) for name, module in GROWTHS.items() if name in names]
            growths = [growth for growth in growths if growth.lines]  # some cannot be measured everywhere
            for growth in growths:
                show(growth)
            if growths:
                draw(growths, options.growth)
    return 0
