"""`grade PATH…`: read, audit, segment, grade, save; one study, several, or folders of studies."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..errors import StudyRefused, UsageError, WorkerDied
from ..reporting.text import result_text
from ..saving.results import saved_result
from ..segmentation.bundle import Bundle
from ..segmentation.client import SegmentationWorker
from ..study.audit import audit_of_refusal
from ..study.nifti import study_name
from ..study.read import find_studies
from .progress import ProgressBar
from .way import SCHEMA, Wishes, grade_path, refused_json, unread_study_json


def run(options: argparse.Namespace) -> int:
    """Grades the studies and prints each result; the exit code."""
    wishes = Wishes(options.out, options.device, options.rule, options.force)
    return grade_all(studies_at(options.paths), wishes, options.json)


def studies_at(paths: Sequence[Path]) -> list[Path]:
    """All studies at some paths, each once. UsageError where a path doesn't exist."""
    for path in paths:
        if not path.exists():
            raise UsageError(f"There is no file or folder {path}.")
    found = {study.resolve(): study for path in paths for study in find_studies(path)}
    return list(found.values())


def grade_all(studies: Sequence[Path], wishes: Wishes, as_json: bool) -> int:
    """One after the other; a bad study doesn't stop the rest, and of several those that are done are not done again."""
    code = 0
    with SegmentationWorker() as worker, ProgressBar(len(studies)) as bar:
        for path in studies:
            bar.begin(path.name)
            result = _earlier(path, wishes) if len(studies) > 1 else None
            result = result or _result(path, worker, wishes, bar)
            bar.write(json.dumps(result, ensure_ascii=False) if as_json else result_text(result) + "\n")
            code = max(code, _code(result))
            bar.end()
    return code


def _earlier(path: Path, wishes: Wishes) -> dict[str, Any] | None:
    """The result of an earlier run that was asked the same of the same study with the same model."""
    result = saved_result(wishes.out, path, study_name(path.resolve()))
    if result and result["rule"] == wishes.rule and result["model"]["sha256"] == Bundle().weights_sha256:
        return {**result, "resumed": True}
    return None


def _result(path: Path, worker: SegmentationWorker, wishes: Wishes, bar: ProgressBar) -> dict[str, Any]:
    """The result of one study, or what went wrong with this study alone; other errors would meet the rest as well."""
    try:
        return grade_path(path, worker, wishes, bar.show)
    except StudyRefused as refusal:
        return refused_json(unread_study_json(path), audit_of_refusal(refusal))
    except WorkerDied as error:
        said = {"kind": type(error).__name__, "message": str(error)}
        return {"schema": SCHEMA, "study": unread_study_json(path), "error": said}


def _code(result: dict[str, Any]) -> int:
    return StudyRefused.exit_code if "refused" in result else WorkerDied.exit_code if "error" in result else 0
