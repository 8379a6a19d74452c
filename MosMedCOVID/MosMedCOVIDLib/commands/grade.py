"""`grade PATH…`: read, audit, segment, grade, save; one study, several, or folders of studies."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..errors import Cancelled, MosMedError, SaveError, SetupError, StudyRefused, UsageError, WorkerDied
from ..reporting.result import SCHEMA, refused_json, unread_study_json
from ..reporting.text import result_text
from ..saving.results import saved_result
from ..segmentation.bundle import Bundle
from ..segmentation.client import SegmentationWorker
from ..study.audit import audit_of_refusal
from ..study.mosmeddata import has_registry, read_dataset
from ..study.read import find_studies, must_exist, name_of
from .progress import ProgressBar
from .way import Wishes, grade_path


def run(options: argparse.Namespace) -> int:
    """Grades the studies and prints each result; the exit code."""
    wishes = Wishes(
        options.out, options.device, options.rule, options.force, series=options.series, debug=options.debug
    )
    bundle = chosen_bundle(options)
    studies = studies_at(options.paths)
    if options.series and len(studies) > 1:
        raise UsageError(f"--series is for one study, and here are {len(studies)}.")
    return grade_all(studies, wishes, options.json, bundle)


def chosen_bundle(options: argparse.Namespace) -> Bundle:
    """The bundle of --bundle, or our own. UsageError where there is none, SetupError where nobody said to trust it."""
    if not options.bundle:
        return Bundle()
    if not options.bundle.is_dir():
        raise UsageError(f"There is no folder {options.bundle}: --bundle names the folder of a MONAI bundle.")
    bundle = Bundle(options.bundle)
    bundle.must_be_trusted(options.trust_bundle)
    return bundle


def studies_at(paths: Sequence[Path]) -> list[Path]:
    """All studies at some paths, each once. UsageError where a path doesn't exist."""
    for path in paths:
        must_exist(path)
    # os.path.realpath, since Path.resolve fails on a link that leads to itself.
    found = {os.path.realpath(study): study for path in paths for study in _studies_in(path)}
    return list(found.values())


def _studies_in(path: Path) -> list[Path]:
    """The studies at a path; of a dataset those of its registry, and it is said what of them cannot be read."""
    if not has_registry(path):
        return find_studies(path)
    dataset = read_dataset(path)
    for note in dataset.notes:
        print(note, file=sys.stderr)
    return dataset.studies or [path]


def grade_all(studies: Sequence[Path], wishes: Wishes, as_json: bool, bundle: Bundle | None = None) -> int:
    """One after the other; a bad study doesn't stop the rest, and of several those that are done are not done again.

    bundle: ours, if none is given; the code of another one is run, so it must be trusted.
    """
    bundle, code = bundle or Bundle(), 0
    with SegmentationWorker(bundle.folder, trusted=True) as worker, ProgressBar(len(studies)) as bar:
        for path in studies:
            bar.begin(path.name)
            earlier = _earlier(path, wishes, bundle) if len(studies) > 1 else None
            result, ended = (earlier, 0) if earlier else _result(path, worker, wishes, bar)
            bar.write(json.dumps(result) if as_json else result_text(result) + "\n")
            code = max(code, ended)
            bar.end()
    return code


def _earlier(path: Path, wishes: Wishes, bundle: Bundle) -> dict[str, Any] | None:
    """The result of an earlier run that was asked the same of the same study with the same model."""
    result = saved_result(wishes.out, path, name_of(path), wishes.series)
    if not result or result.get("corrected") or result["rule"] != wishes.rule:
        return None  # a mask that a reader corrected is no answer to what the network finds
    said, now = result["model"], bundle.model(result["model"].get("device", "cpu"))
    if (said["sha256"], said.get("version")) != (now.sha256, now.version):
        return None
    if result.get("ct0_below_ml") != now.ct0_below_ml:
        return None
    forced = result["audit"]["verdict"] == "refused"
    return {**result, "resumed": True} if wishes.force or not forced else None


def _result(path: Path, worker: SegmentationWorker, wishes: Wishes, bar: ProgressBar) -> tuple[dict[str, Any], int]:
    """The result of one study, or what went wrong with it, and the exit code; what would meet the rest too is raised.

    A bad study must not stop the others, whatever it makes a library raise.
    """
    try:
        result = grade_path(path, worker, wishes, bar.show)
        return result, StudyRefused.exit_code if "refused" in result else 0
    except StudyRefused as refusal:
        return refused_json(unread_study_json(path), audit_of_refusal(refusal)), refusal.exit_code
    except (WorkerDied, UsageError) as error:
        return _failed(path, type(error).__name__, str(error)), error.exit_code
    except (SetupError, SaveError, Cancelled, ModuleNotFoundError, BrokenPipeError):
        raise
    except Exception as error:
        if wishes.debug:
            raise
        return _failed(path, "Defect", f"{type(error).__name__}: {error}"), MosMedError.exit_code


def _failed(path: Path, kind: str, message: str) -> dict[str, Any]:
    said = {"kind": kind, "message": message}
    return {"schema": SCHEMA, "study": unread_study_json(path), "error": said}
