"""Measures reading DICOM in each compression, beside GDCM's own reading of a series, and how it grows."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import numpy as np
import SimpleITK
from asked import P001, Asked
from dicom_made import compressions, write_slices
from figures import in_turn
from growth import Growth, middle
from MosMedCOVIDLib.study.dicom import list_series, read_dicom
from table import heading, row

GROWING = ("uncompressed", "JPEG Lossless", "JPEG-LS", "JPEG 2000")
GDCM = "GDCM by SimpleITK"
SIZES = (50, 100, 200, 400)  # slices


def measure(asked: Asked) -> None:
    """Prints a table of the largest series; and of P001, which is real, where it is there."""
    slices = max(asked.slices)
    heading(f"DICOM, 512 × 512 × {slices}")
    for compression in compressions():
        with tempfile.TemporaryDirectory(dir=asked.folder) as folder:
            write_slices(Path(folder), compression, slices)
            show(compression, Path(folder), asked.rounds)
    if P001.is_dir():
        show("P001 of 148 slices, JPEG Lossless", P001, asked.rounds)


def show(name: str, folder: Path, rounds: int) -> None:
    """One line: reading it, and the part of that which is headers."""
    steps = {
        "read": lambda: read_dicom(folder),
        "headers": lambda: list_series(folder),
        GDCM: lambda: read_by_gdcm(folder),
    }
    taken = in_turn(rounds, steps)
    headers = f"headers {taken['headers'].part_of(taken['read'])}"
    row(name, taken["read"], f"{taken['read'].times(taken[GDCM])} {GDCM}", headers)


def grow(asked: Asked) -> Growth:
    """Seconds by the slices, and GDCM's."""
    growth = Growth("DICOM", "slices of 512 × 512", GDCM)
    for compression in GROWING:
        if compression not in compressions():
            continue
        with tempfile.TemporaryDirectory(dir=asked.folder) as folder:
            whole = Path(folder) / "whole"
            write_slices(whole, compression, max(SIZES))
            files = sorted(whole.iterdir())
            for size in SIZES:
                part = Path(folder) / str(size)
                part.mkdir()
                for file in files[:size]:
                    os.link(file, part / file.name)
                steps = {"read": lambda part=part: read_dicom(part), GDCM: lambda part=part: read_by_gdcm(part)}
                taken = in_turn(asked.rounds, steps)
                growth.add(compression, size, middle(taken["read"]))
                growth.add_yardstick(compression, size, middle(taken[GDCM]))
    return growth


def read_by_gdcm(folder: Path) -> np.ndarray:
    """HU of the series in a folder, in the order that GDCM finds; on one core, as SimpleITK reads it."""
    reader = SimpleITK.ImageSeriesReader()
    reader.SetImageIO("GDCMImageIO")
    reader.SetFileNames(reader.GetGDCMSeriesFileNames(os.fspath(folder)))
    return SimpleITK.GetArrayFromImage(reader.Execute())
