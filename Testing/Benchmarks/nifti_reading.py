"""Measures reading NIfTI beside bare inflating and nibabel's get_fdata, by the way of storing and by the slices."""

from __future__ import annotations

import sys
import tempfile
import zlib
from collections.abc import Callable
from pathlib import Path

import nibabel
import numpy as np
from asked import Asked
from figures import in_turn
from MosMedCOVIDLib.study.nifti import read_nifti
from MosMedCOVIDLib.study.phantom import thorax_phantom
from phantoms import CHEST_MM, PIXEL_MM
from table import heading, row

GZIP = 31  # zlib's word for: as gzip


def measure(asked: Asked) -> None:
    """Prints a table."""
    heading("NIfTI, 512 × 512 × slices")
    with tempfile.TemporaryDirectory(dir=asked.folder) as temporary:
        folder = Path(temporary)
        for slices in asked.slices:
            spacing = CHEST_MM / slices, PIXEL_MM, PIXEL_MM
            made = thorax_phantom(35.0, shape=(slices, 512, 512), spacing_mm=spacing).study
            show(f"{slices} slices, int16", written(folder / "study.nii.gz", made.hu, made.affine), asked.rounds)
            if slices != asked.slices[0]:
                continue
            packed, exact = (made.hu + 1024).astype(np.uint16), made.hu.astype(np.float32)
            show("  scaled uint16", written(folder / "packed.nii.gz", packed, made.affine, -1024), asked.rounds)
            show("  float32", written(folder / "float.nii.gz", exact, made.affine), asked.rounds)
            show("  not compressed", written(folder / "plain.nii", made.hu, made.affine), asked.rounds)


def written(path: Path, values: np.ndarray, affine: np.ndarray, intercept: float | None = None) -> Path:
    """A file of [slice, row, column] as nibabel writes it."""
    image = nibabel.Nifti1Image(values.T, affine)
    if intercept is not None:
        image.header.set_slope_inter(1, intercept)
    nibabel.save(image, path)
    return path


def inflaters() -> dict[str, Callable[..., bytes]]:
    """What a whole file can be inflated with at once: zlib, and ISA-L where it is installed."""
    found: dict[str, Callable[..., bytes]] = {"zlib": zlib.decompress}
    try:
        from isal import isal_zlib
    except ImportError:
        return found
    return {**found, "ISA-L": isal_zlib.decompress}


def show(name: str, file: Path, rounds: int) -> None:
    """One line: seconds of reading, and its ratio to each yardstick."""
    steps: dict[str, Callable[[], object]] = {
        "read": lambda: read_nifti(file),
        "get_fdata": lambda: np.asarray(nibabel.load(file).get_fdata()),
    }
    if file.suffix == ".gz":
        steps |= {
            f"inflating by {library}": lambda inflate=inflate: inflate(file.read_bytes(), GZIP)
            for library, inflate in inflaters().items()
        }
        if "isal" in sys.modules:
            steps["reading without ISA-L"] = lambda: without_isal(lambda: read_nifti(file))
    else:
        steps["bare reading"] = lambda: np.fromfile(file, np.int16)
    taken = in_turn(rounds, steps)
    row(name, taken["read"], *(f"{taken['read'].times(taken[step])} {step}" for step in list(steps)[1:]))


def without_isal(action: Callable[[], object]) -> None:
    """Does something as where ISA-L is not installed, in 3D Slicer for one."""
    found = sys.modules["isal"]
    sys.modules["isal"] = None  # type: ignore[assignment]
    try:
        action()
    finally:
        sys.modules["isal"] = found
