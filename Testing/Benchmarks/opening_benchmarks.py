"""Measures the first picture: from a study that is opened in the window until its slices are painted."""

from __future__ import annotations

import tempfile
from pathlib import Path

import window_programs
from asked import P001, Asked
from dicom_made import write_slices
from MosMedCOVIDLib.saving.nifti import write_volume
from phantoms import repeated_phantom
from table import heading


def measure(asked: Asked) -> None:
    """Prints a table: of the smallest and the largest NIfTI, a large DICOM, and P001, where it is there."""
    if not window_programs.is_possible("The first picture"):
        return
    heading("First picture of 512 × 512 × slices")
    with tempfile.TemporaryDirectory(dir=asked.folder) as folder:
        studies = {}
        for slices in sorted({min(asked.slices), max(asked.slices)}):
            study, file = repeated_phantom(slices).study, Path(folder) / f"{slices}.nii.gz"
            write_volume(file, study.hu, study)
            studies[f"{slices} slices, .nii.gz"] = file
        series = Path(folder) / "series"
        write_slices(series, "uncompressed", max(asked.slices))
        studies[f"{max(asked.slices)} slices, DICOM"] = series
        if P001.is_dir():
            studies["P001 of 148 slices, DICOM"] = P001
        named = [f"{name}={path}" for name, path in studies.items()]
        window_programs.run("opening_steps.py", *named, "--rounds", asked.rounds)
