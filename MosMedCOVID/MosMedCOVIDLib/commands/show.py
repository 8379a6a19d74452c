"""`[PATH]`: the whole way on a study, or on a teaching phantom whose truth is printed beside what was found."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..grading.agreement import Agreement
from ..grading.grade import grade_study
from ..reporting.text import percent_text, result_text
from ..segmentation.client import SegmentationWorker
from ..segmentation.masks import Masks
from ..study.labelled import read_mask
from ..study.phantom import thorax_phantom
from ..study.read import read_study
from .grade import grade_all, studies_at
from .phantom import save_phantom
from .progress import ProgressBar
from .way import Wishes, grade_path

PHANTOM = "teaching_phantom"


def run(options: argparse.Namespace) -> int:
    """Grades and saves, with a picture; the exit code."""
    wishes = Wishes(options.out, options.device, picture=True, debug=options.debug)
    if options.path:
        return grade_all(studies_at([options.path]), wishes, as_json=False)
    with SegmentationWorker() as worker, ProgressBar(1) as bar:
        bar.begin("teaching phantom", "drawing it")
        phantom = wishes.out / f"{PHANTOM}_ct.nii.gz"
        if not phantom.exists():
            save_phantom(thorax_phantom(name=PHANTOM), phantom)
        result = grade_path(phantom, worker, wishes, bar.show)
    print(result_text(result))
    print("\n".join(["", *beside_the_truth(phantom, result)]))
    return 0


def beside_the_truth(phantom: Path, result: Mapping[str, Any]) -> list[str]:
    """What was found beside what is true, both read from their files; the network was never shown this phantom."""
    study = read_study(phantom)

    def masks(files: Mapping[str, Path]) -> Masks:
        return Masks(read_mask(files["lungs"], study), read_mask(files["lesions"], study))

    found = masks({what: Path(result["files"][what]) for what in ("lungs", "lesions")})
    true = masks({what: phantom.with_name(f"{PHANTOM}_{what}.nii.gz") for what in ("lungs", "lesions")})
    truth = grade_study(study, true).as_json()
    rows = zip(_figures(result), _figures(truth), strict=True)
    agreement = {
        "lungs": Agreement.of(found.lungs, true.lungs).dice,
        "lesions": Agreement.of(found.lesions, true.lesions).dice,
    }
    return [
        "  What the network found, and what is true (neither was fitted to the other):",
        f"  {'':16}{'found':>12}{'true':>12}",
        *(f"  {name:16}{found_:>12}{true_:>12}" for (name, found_), (_, true_) in rows),
        *(f"  Dice of the {what}: {dice or 0:.3f}" for what, dice in agreement.items()),
    ]


def _figures(grade: Mapping[str, Any]) -> list[tuple[str, str]]:
    lungs = grade["lungs"]
    return [
        ("grade", str(grade["grade"])),
        ("involvement", percent_text(grade["involvement_percent"])),
        *((f"{side} lung", f"{lungs[side]['lung_ml']:.0f} ml") for side in ("right", "left")),
        *((f"{side} lesions", f"{lungs[side]['lesion_ml']:.0f} ml") for side in ("right", "left")),
    ]
