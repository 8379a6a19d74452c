"""Measures reading NIfTI beside bare inflating and nibabel's get_fdata, by the way of storing and by the slices."""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
from figures import in_turn

SLICES = (40, 148, 400)  # of 512×512
CHEST_MM = 296.0
GZIP = 31  # zlib's word for: as gzip


def measure_nifti_reading(rounds: int, folder: Path) -> None:
    """Prints the tables; folder: for the files."""
    from MosMedCOVIDLib.study.phantom import thorax_phantom

    print(f"\nReading NIfTI of 512 × 512 × slices, inflated by {' and '.join(inflaters())}")
    for slices in SLICES:
        made = thorax_phantom(35.0, shape=(slices, 512, 512), spacing_mm=(CHEST_MM / slices, 0.74, 0.74)).study
        show(f"{slices} slices, int16", written(folder / "study.nii.gz", made.hu, made.affine), rounds)
        if slices != SLICES[0]:
            continue
        packed, exact = (made.hu + 1024).astype(np.uint16), made.hu.astype(np.float32)
        show("  scaled uint16", written(folder / "packed.nii.gz", packed, made.affine, -1024), rounds)
        show("  float32", written(folder / "float.nii.gz", exact, made.affine), rounds)
        show("  not compressed", written(folder / "plain.nii", made.hu, made.affine), rounds)


def written(path: Path, values: np.ndarray, affine: np.ndarray, intercept: float | None = None) -> Path:
    """A file of [slice, row, column] as nibabel writes it."""
    import nibabel

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
    import nibabel
    from MosMedCOVIDLib.study.nifti import read_nifti

    steps: dict[str, Callable[[], object]] = {
        "read": lambda: read_nifti(file),
        "get_fdata": lambda: np.asarray(nibabel.load(file).get_fdata()),
    }
    if file.suffix == ".gz":
        steps |= {
            f"inflating, {library}": lambda inflate=inflate: inflate(file.read_bytes(), GZIP)
            for library, inflate in inflaters().items()
        }
        if "isal" in sys.modules:
            steps["read without ISA-L"] = lambda: without_isal(lambda: read_nifti(file))
    else:
        steps["bare reading"] = lambda: np.fromfile(file, np.int16)
    taken = in_turn(rounds, steps)
    print(f"  {name:<22}{taken['read']}", flush=True)
    for step in list(steps)[1:]:
        print(f"      {taken['read'].ratio_to(taken[step])} {step}", flush=True)


def without_isal(action: Callable[[], object]) -> None:
    """Does something as where ISA-L is not installed, in 3D Slicer for one."""
    found = sys.modules["isal"]
    sys.modules["isal"] = None  # type: ignore[assignment]
    try:
        action()
    finally:
        sys.modules["isal"] = found
