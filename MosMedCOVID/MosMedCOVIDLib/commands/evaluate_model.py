"""`evaluate-model DIR`: how well the network does on labelled cases; no audit. A refused case doesn't stop the rest."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

from ..errors import StudyRefused, UsageError
from ..grading.agreement import Agreement
from ..grading.grade import grade_study
from ..reporting.result import SCHEMA
from ..segmentation.client import SegmentationWorker
from ..segmentation.protocol import Progress
from ..study.labelled import LabelledCase, find_labelled_cases, read_mask
from ..study.nifti import read_nifti
from .grade import chosen_bundle
from .progress import ProgressBar


def run(options: argparse.Namespace) -> int:
    """Prints the figures of each patient, their mean and the worst, and what was refused; the exit code."""
    if not options.folder.is_dir():
        raise UsageError(f"There is no folder {options.folder}.")
    bundle = chosen_bundle(options)
    cases = find_labelled_cases(options.folder)
    patients, refused = [], []
    model: dict[str, Any] = {}
    with SegmentationWorker(bundle.folder, trusted=True) as worker, ProgressBar(len(cases)) as bar:
        for case in cases:
            bar.begin(case.name)
            try:
                patient, model = _evaluate(case, worker, options.device, bar.show)
                patients.append(patient)
            except StudyRefused as refusal:
                refused.append({"patient": case.name, "check": refusal.check, "reason": str(refusal)})
            bar.end()
    report = {"schema": SCHEMA, **_summary(patients), "patients": patients, "model": model}
    report |= {"refused": refused} if refused else {}
    print(json.dumps(report) if options.json else _table(report))
    for left_out in refused:
        print(f"{left_out['patient']} was left out: {left_out['reason']}", file=sys.stderr)
    return StudyRefused.exit_code if refused else 0


def _evaluate(
    case: LabelledCase, worker: SegmentationWorker, device: str, show: Callable[[Progress], None]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """One patient's figures and the model that was judged.

    The truth's share is of the true lungs, or of those found where nobody outlined them; true lesions count as lung.
    """
    study = read_nifti(case.ct)
    true_lesions = read_mask(case.lesions, study) > 0
    masks = worker.segment(study, device, show)
    grade = grade_study(study, masks)
    lungs = (read_mask(case.lungs, study) if case.lungs else masks.lungs) | true_lesions
    lung_dice = Agreement.of(masks.lungs, lungs).dice if case.lungs else None
    truth = Agreement.of(true_lesions, lungs)
    patient = {
        "patient": case.name,
        "lesion_dice": _rounded(Agreement.of(masks.lesions, true_lesions).dice),
        "lung_dice": _rounded(lung_dice),
        "involvement_percent": _rounded(grade.involvement_percent),
        "truth_percent": _rounded(100 * truth.common / truth.true if truth.true else None),
    }
    return patient, asdict(masks.model) if masks.model else {}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _summary(patients: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Means, and the worst patient's figure: the lowest Dice, the largest error of involvement in points."""

    def known(values: Sequence[float | None]) -> list[float]:
        return [value for value in values if value is not None]

    dice = {key: known([patient[key] for patient in patients]) for key in ("lesion_dice", "lung_dice")}
    errors = [
        abs(patient["involvement_percent"] - patient["truth_percent"])
        for patient in patients
        if patient["truth_percent"] is not None
    ]
    mean = {key: _rounded(sum(values) / len(values)) if values else None for key, values in dice.items()}
    worst = {key: min(values, default=None) for key, values in dice.items()}
    mean["involvement_error"] = _rounded(sum(errors) / len(errors)) if errors else None
    worst["involvement_error"] = _rounded(max(errors, default=None))
    return {"mean": mean, "worst": worst}


def _table(report: dict[str, Any]) -> str:
    def cell(value: float | None, digits: int) -> str:
        return f"{value:12.{digits}f}" if value is not None else f"{'–':>12}"

    lines = [f"{'patient':28}{'lesion Dice':>12}{'lung Dice':>12}{'found %':>12}{'true %':>12}"]
    for patient in report["patients"]:
        dice = cell(patient["lesion_dice"], 3) + cell(patient["lung_dice"], 3)
        shares = cell(patient["involvement_percent"], 2) + cell(patient["truth_percent"], 2)
        lines.append(f"{patient['patient']:28}{dice}{shares}")
    for which in ("mean", "worst"):
        row = report[which]
        dice = cell(row["lesion_dice"], 3) + cell(row["lung_dice"], 3)
        lines.append(f"{which:28}{dice}{cell(row['involvement_error'], 2)} points off")
    return "\n".join(lines)
