"""Reading, segmenting, grading and saving: P001, where it is, and phantoms; each step with its yardstick in turn."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from statistics import median

import nibabel
import numpy as np
from asked import MODULE, P001, Asked
from figures import in_turn, run_with_peak_memory
from lungmask_yardstick import r231
from MosMedCOVIDLib.commands.phantom import save_phantom
from MosMedCOVIDLib.commands.way import read_and_audit
from MosMedCOVIDLib.grading.grade import grade_study
from MosMedCOVIDLib.saving.results import save_results
from MosMedCOVIDLib.segmentation.client import SegmentationWorker
from MosMedCOVIDLib.segmentation.masks import Masks
from MosMedCOVIDLib.study.phantom import thorax_phantom
from MosMedCOVIDLib.study.quick_lungs import find_quick_lungs
from MosMedCOVIDLib.study.read import read_study
from MosMedCOVIDLib.study.study import Study
from phantoms import CHEST_MM, PIXEL_MM

YARDSTICK_SLICES = 20  # one batch of lungmask; it takes as long for each further one


def measure(asked: Asked) -> None:
    """Prints a table for each study."""
    rounds = asked.rounds
    for title, make in studies(asked.slices):
        with tempfile.TemporaryDirectory(dir=asked.folder) as folder:
            print(f"\n{title}", flush=True)
            path = make(Path(folder))
            study = measure_reading(path, rounds)
            masks = measure_segmenting(path, study, rounds, Path(folder))
            measure_the_rest(study, masks, rounds, Path(folder))
            measure_cold(path, rounds, Path(folder))


def studies(slices: Sequence[int]) -> Iterator[tuple[str, Callable[[Path], Path]]]:
    """What is measured, each with what puts it into a folder and says where."""
    if P001.is_dir():
        yield "P001, DICOM, 512 × 512 × 148", lambda folder: P001
    else:
        print("\nP001: not measured, ../shared/data is not there")
    for count in slices:
        yield f"phantom, .nii.gz, 512 × 512 × {count}", partial(phantom, count)


def phantom(slices: int, folder: Path) -> Path:
    """A teaching phantom of so many slices as a file."""
    file = folder / "phantom.nii.gz"
    save_phantom(
        thorax_phantom(35.0, shape=(slices, 512, 512), spacing_mm=(CHEST_MM / slices, PIXEL_MM, PIXEL_MM)), file
    )
    return file


def measure_reading(path: Path, rounds: int) -> Study:
    """Reading, beside nibabel where it is a NIfTI, and the quick lung finder; the study."""
    steps: dict[str, Callable[[], object]] = {"read": lambda: read_study(path)}
    if path.is_file():
        steps["get_fdata"] = lambda: np.asarray(nibabel.load(path).get_fdata())
    taken = in_turn(rounds, steps)
    beside = f"   {taken['read'].ratio_to(taken['get_fdata'])} nibabel's get_fdata" if path.is_file() else ""
    show("reading", f"{taken['read']}{beside}")
    study = read_study(path)
    show("quick lung finder", in_turn(rounds, {"quick": lambda: find_quick_lungs(study)})["quick"])
    return study


def measure_segmenting(path: Path, study: Study, rounds: int, folder: Path) -> Masks:
    """By a warm worker, lungs and lesions, beside lungmask's lungs alone; and with reading and grading; the masks."""
    with SegmentationWorker() as worker:
        masks = worker.segment(study, "cpu")  # warm
        steps: dict[str, Callable[[], object]] = {"segment": lambda: worker.segment(study, "cpu")}
        lungmask = r231(folder)
        if lungmask:
            steps["lungmask"] = lambda: lungmask(study.hu[:YARDSTICK_SLICES])
        taken = in_turn(rounds, steps)
        show("segmenting, warm", taken["segment"])
        if lungmask:
            ratio = taken["lungmask"].ratio_to(taken["segment"], work=YARDSTICK_SLICES / len(study.hu))
            show("lungmask R231", f"{taken['lungmask']}   for {YARDSTICK_SLICES} slices: {ratio} ours a slice")
        else:
            show("lungmask R231", "not measured: lungmask is not there (it needs Python 3.11)")
        whole = {"warm": lambda: grade_study(study, worker.segment(read_and_audit(path)[0], "cpu"))}
        show("file to grade, warm", in_turn(rounds, whole)["warm"])
    return masks


def measure_the_rest(study: Study, masks: Masks, rounds: int, folder: Path) -> None:
    """What comes after the masks."""
    steps = {
        "grading": lambda: grade_study(study, masks),
        "saving": lambda: save_results(folder / "out", study, masks, lambda files: files),
    }
    for name, seconds in in_turn(rounds, steps).items():
        show(name, seconds)


def measure_cold(path: Path, rounds: int, folder: Path) -> None:
    """From the command line to the saved grade, everything started anew, and the most memory on the way."""
    command = [sys.executable, str(MODULE), "grade", str(path), "--device", "cpu", "--out", str(folder / "all")]
    peaks: list[float] = []
    whole = in_turn(rounds, {"cold": lambda: peaks.append(run_with_peak_memory(command))})
    show("file to grade, cold", whole["cold"])
    peak = f"{median(peaks):8.0f} MB ({min(peaks):.0f} to {max(peaks):.0f}) in the larger of its two processes"
    show("peak memory", peak if all(peaks) else "unmeasured here")


def show(name: str, value: object) -> None:
    """One line of the table."""
    print(f"  {name:<22}{value}", flush=True)
