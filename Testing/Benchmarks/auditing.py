"""Measures the technical audit, beside reading the same study, and how it grows with the slices."""

from __future__ import annotations

import tempfile
from pathlib import Path

from asked import P001, Asked
from figures import in_turn
from growth import Growth, middle
from MosMedCOVIDLib.saving.nifti import write_volume
from MosMedCOVIDLib.study.audit import audit_study
from MosMedCOVIDLib.study.quick_lungs import find_quick_lungs
from MosMedCOVIDLib.study.read import read_study
from MosMedCOVIDLib.study.study import Study
from phantoms import repeated_phantom
from table import heading, row

SIZES = (40, 100, 200, 400)  # slices
FINDER, CHECKS = "quick lung finder", "all checks"


def measure(asked: Asked) -> None:
    """Prints a table of phantoms; and of P001, which is real, where it is there."""
    heading("Technical audit of 512 × 512 × slices")
    with tempfile.TemporaryDirectory(dir=asked.folder) as folder:
        for slices in asked.slices:
            study, file = repeated_phantom(slices).study, Path(folder) / f"{slices}.nii.gz"
            write_volume(file, study.hu, study)
            show(f"{slices} slices", study, file, asked.rounds)
    if P001.is_dir():
        show("P001 of 148 slices", read_study(P001), P001, asked.rounds)


def show(name: str, study: Study, path: Path, rounds: int) -> None:
    """One line: finder and checks together, and the finder's part."""
    lungs = find_quick_lungs(study)
    steps = {
        "audit": lambda: audit_study(study, find_quick_lungs(study)),
        CHECKS: lambda: audit_study(study, lungs),
        "reading": lambda: read_study(path),
    }
    taken = in_turn(rounds, steps)
    reading = f"{taken['audit'].times(taken['reading'])} reading it"
    row(name, taken["audit"], reading, f"checks {taken[CHECKS].part_of(taken['audit'])}")


def grow(asked: Asked) -> Growth:
    """Seconds by the slices."""
    growth = Growth("Technical audit", "slices of 512 × 512")
    for size in SIZES:
        study = repeated_phantom(size).study
        lungs = find_quick_lungs(study)
        steps = {FINDER: lambda study=study: find_quick_lungs(study)}
        steps[CHECKS] = lambda study=study, lungs=lungs: audit_study(study, lungs)
        for name, taken in in_turn(asked.rounds, steps).items():
            growth.add(name, size, middle(taken))
    return growth
