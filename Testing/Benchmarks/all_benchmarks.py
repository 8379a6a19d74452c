"""Measures reading, segmenting, grading and saving on phantoms of two sizes, then the window, and prints tables."""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from MosMedCOVIDLib.environment.start import inside
from MosMedCOVIDLib.environment.wanted import Wanted
from MosMedCOVIDLib.errors import SetupError

CHEST_MM = 296.0  # feet to head, whatever the number of slices
YARDSTICK_SLICES = 20  # one batch of lungmask; it takes as long for each further one


def main(benchmarks: str, arguments: Sequence[str]) -> int:
    """Sets up what is needed, then measures; the exit code."""
    parser = argparse.ArgumentParser(prog="python3 Testing/Benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="how often each step is measured (3)")
    parser.add_argument("--slices", type=int, nargs="*", default=[40, 148], help="slices of 512×512 (40 and 148)")
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
    for slices in options.slices:
        with tempfile.TemporaryDirectory() as folder:
            measure(slices, options.rounds, Path(folder), module)
    from nifti_reading import measure_nifti_reading
    from window_benchmarks import measure_window

    with tempfile.TemporaryDirectory() as folder:
        measure_nifti_reading(options.rounds, Path(folder))
        measure_window(options.rounds, Path(folder))
    return 0


def measure(slices: int, rounds: int, folder: Path, module: Path) -> None:
    """One size: makes the phantom, measures every step in turn with its yardstick, prints as it goes."""
    import nibabel
    import numpy as np
    from figures import in_turn, run_with_peak_memory
    from lungmask_yardstick import r231
    from MosMedCOVIDLib.commands.phantom import save_phantom
    from MosMedCOVIDLib.grading.grade import grade_study
    from MosMedCOVIDLib.saving.results import save_results
    from MosMedCOVIDLib.segmentation.client import SegmentationWorker
    from MosMedCOVIDLib.study.phantom import thorax_phantom
    from MosMedCOVIDLib.study.quick_lungs import find_quick_lungs
    from MosMedCOVIDLib.study.read import read_study

    print(f"\n512 × 512 × {slices}, .nii.gz", flush=True)
    file = folder / "phantom.nii.gz"
    save_phantom(thorax_phantom(35.0, shape=(slices, 512, 512), spacing_mm=(CHEST_MM / slices, 0.74, 0.74)), file)

    read = in_turn(
        rounds, {"read": lambda: read_study(file), "get_fdata": lambda: np.asarray(nibabel.load(file).get_fdata())}
    )
    show("reading", f"{read['read']}   {read['read'].ratio_to(read['get_fdata'])} nibabel's get_fdata")
    study = read_study(file)
    show("quick lung finder", in_turn(rounds, {"quick": lambda: find_quick_lungs(study)})["quick"])

    with SegmentationWorker() as worker:
        masks = worker.segment(study, "cpu")  # warm
        steps = {"segment": lambda: worker.segment(study, "cpu")}
        lungmask = r231(folder)
        if lungmask:
            steps["lungmask"] = lambda: lungmask(study.hu[:YARDSTICK_SLICES])
        taken = in_turn(rounds, steps)
        show("segmenting, warm", taken["segment"])
        if lungmask:
            ratio = taken["lungmask"].ratio_to(taken["segment"], work=YARDSTICK_SLICES / slices)
            show("lungmask R231", f"{taken['lungmask']}   for {YARDSTICK_SLICES} slices: {ratio} ours a slice")
        else:
            show("lungmask R231", "not measured: lungmask is not there (it needs Python 3.11)")

    steps = {
        "grade": lambda: grade_study(study, masks),
        "save": lambda: save_results(folder / "out", study, masks, lambda files: files),
    }
    for name, seconds in in_turn(rounds, steps).items():
        show({"grade": "grading", "save": "saving"}[name], seconds)
    command = [sys.executable, str(module), "grade", str(file), "--device", "cpu", "--out", str(folder / "all")]
    peaks: list[float] = []
    whole = in_turn(rounds, {"cold": lambda: peaks.append(run_with_peak_memory(command))})
    show("file to grade, cold", whole["cold"])
    peak = f"{median(peaks):8.0f} MB ({min(peaks):.0f} to {max(peaks):.0f}) in the larger of its two processes"
    show("peak memory", peak if all(peaks) else "unmeasured here")


def show(name: str, value: object) -> None:
    """One line of the table."""
    print(f"  {name:<22}{value}", flush=True)
