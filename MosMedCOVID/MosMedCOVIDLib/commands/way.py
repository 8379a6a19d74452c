"""The way of one study, from its path to its result: read, audit, segment, grade, save."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import StudyRefused
from ..grading.grade import grade_study
from ..reporting.picture import write_picture
from ..reporting.result import graded_json, refused_json, study_json, unread_study_json
from ..reporting.text import headline
from ..saving.results import save_results, source_of
from ..segmentation.client import SegmentationWorker
from ..segmentation.protocol import Progress
from ..study.audit import Audit, audit_of_refusal, audit_study
from ..study.quick_lungs import find_quick_lungs
from ..study.read import read_study
from ..study.study import Study


@dataclass(frozen=True)
class Wishes:
    """How studies are to be graded.

    force: also what the audit refuses, without a grade; picture: draw one as well; series: of DICOM, which is read.
    """

    out: Path
    device: str = "auto"
    rule: str = "total"
    force: bool = False
    picture: bool = False
    series: str | None = None
    debug: bool = False  # a defect of ours shows its traceback


def read_and_audit(path: Path, series: str | None = None) -> tuple[Study, Audit]:
    """A study and its audit. StudyRefused if it cannot be read."""
    study = read_study(path, series=series)
    return study, audit_study(study, find_quick_lungs(study))


def grade_path(
    path: Path, worker: SegmentationWorker, wishes: Wishes, show: Callable[[Progress], None]
) -> dict[str, Any]:
    """The result of the study at a path as the command line's JSON: graded, or refused with the reason."""
    begin = time.monotonic()
    show(Progress("reading", 0.0))
    source = source_of(path, wishes.series)
    try:
        study, audit = read_and_audit(path, wishes.series)
    except StudyRefused as refusal:
        return refused_json(unread_study_json(path), audit_of_refusal(refusal))
    if audit.refusal and not wishes.force:
        return refused_json(study_json(study), audit)
    read = time.monotonic()
    masks = worker.segment(study, wishes.device, show)
    segmented = time.monotonic()
    show(Progress("saving", 99.0))
    withheld = f"the audit refused it. {audit.refusal.message}" if audit.refusal else None
    grade = grade_study(study, masks, wishes.rule, withheld)

    def result(files: Mapping[str, str]) -> dict[str, Any]:
        seconds = {"read": read - begin, "segment": segmented - read, "save": time.monotonic() - segmented}
        seconds["total"] = sum(seconds.values())
        return graded_json(study, grade, audit, masks.model, files, seconds, source)

    def picture(place: Path, names: Mapping[str, Path]) -> None:
        write_picture(place, study, masks, headline(grade.as_json()))

    pictures = {"_picture.png": picture} if wishes.picture else {}
    return result(save_results(wishes.out, study, masks, result, pictures))
