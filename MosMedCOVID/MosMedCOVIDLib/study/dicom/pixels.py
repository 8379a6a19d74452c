"""Pixels into HU, exactly slope × stored value + intercept of each slice, on all cores.

Plain values are taken as they stand in the file; compressed ones are decoded by GDCM (in SimpleITK), which lets other
threads work meanwhile, so threads serve as well as processes and need no copies.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed

import numpy as np

from ...cores import usable_cores
from ...errors import StudyRefused
from ..progress import OnProgress
from .decoding import decoded_together, values_of
from .grid import Grid
from .image import Image
from .padding import without_padding
from .sources import Source
from .tilt import Straightening

INT16 = np.iinfo(np.int16)
LONGEST_RUN = 8  # slices between two words to whoever waits


def volume_of(
    grid: Grid, straightening: Straightening, source: Source, on_progress: OnProgress
) -> tuple[np.ndarray, list[str]]:
    """HU int16 [slice, row, column], and notes on what had to be changed."""
    try:
        hu = np.empty((len(grid.slices), *straightening.shape), np.int16)
    except MemoryError as error:
        shape = "×".join(map(str, (*straightening.shape, len(grid.slices))))
        raise StudyRefused("readable", f"{source.name} is {shape} voxels: that doesn't fit into memory.") from error

    def read(numbers: list[int]) -> set[str]:
        first = [grid.slices[number][0] for number in numbers]
        notes: set[str] = set()
        for number, values in zip(numbers, values_of(first, source), strict=True):
            whole, said = _hu(values, grid.slices[number][0])
            _must_be_copies(whole, grid.slices[number], source)
            straightening.place(whole, hu[number], number)
            notes |= said
        return notes

    return hu, sorted(_on_all_cores(read, _runs(grid), on_progress))


def _runs(grid: Grid) -> list[list[int]]:
    """The numbers of the slices, in runs of neighbours that are decoded together."""
    longest = max(1, min(LONGEST_RUN, len(grid.slices) // (4 * usable_cores())))
    runs: list[list[int]] = []
    for number, (image, *_) in enumerate(grid.slices):
        run = runs[-1] if runs else []
        if run and len(run) < longest and decoded_together(grid.slices[run[0]][0], image):
            run.append(number)
        else:
            runs.append([number])
    return runs


def _on_all_cores(read: Callable[[list[int]], set[str]], runs: list[list[int]], on_progress: OnProgress) -> set[str]:
    """What `read` gives for each run, joined. What it or on_progress raises ends the work at once."""
    notes: set[str] = set()
    pool = ThreadPoolExecutor(usable_cores())
    try:
        futures = {pool.submit(read, run): len(run) for run in runs}
        done, count = 0, sum(map(len, runs))
        for future in as_completed(futures):
            notes |= future.result()
            done += futures[future]
            on_progress(done / count)
    finally:
        pool.shutdown(cancel_futures=True)
    return notes


def _must_be_copies(hu: np.ndarray, images: tuple[Image, ...], source: Source) -> None:
    """StudyRefused where another image of the same place has other HU."""
    for other in images[1:]:
        if not np.array_equal(hu, _hu(values_of([other], source)[0], other)[0]):
            raise StudyRefused(
                "slice_gap",
                f"Two slices lie at the same place and differ: {images[0].label} and {other.label}. "
                "The series was merged from several.",
            )


def _hu(values: np.ndarray, image: Image) -> tuple[np.ndarray, set[str]]:
    """Values of a slice as int16 HU, and notes on what had to be changed."""
    notes: set[str] = set()
    if values.dtype.kind == "f":
        whole = np.rint(values)
        if not np.array_equal(whole, values):
            notes.add("Values between whole Hounsfield units were rounded.")
        values = whole
    values, padded = without_padding(values, image)
    if padded is not None:
        notes.add(f"What lies outside the reconstruction circle (marked by {padded} HU) is read as −1024 HU.")
    if values.min() < INT16.min or values.max() > INT16.max:
        notes.add("Values outside −32768…32767 were cut to these limits.")
        values = np.clip(values, INT16.min, INT16.max)
    return values.astype(np.int16, copy=False), notes
