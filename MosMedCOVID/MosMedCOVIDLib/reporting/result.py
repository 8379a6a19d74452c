"""The result of one study as the JSON that panel and command line share: graded, or refused with the reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ..grading.grade import Grade
from ..segmentation.masks import Model
from ..study.audit import Audit
from ..study.dicom import holds_dicom
from ..study.read import is_nifti_name, name_of
from ..study.study import Study

SCHEMA = 1
SAID_BESIDE_THE_GRADE = ("ct0_below_ml", "interval")  # of the model


def graded_json(
    study: Study,
    grade: Grade,
    audit: Audit,
    model: Model | None,
    files: Mapping[str, str],
    seconds: Mapping[str, float],
    source: Mapping[str, str],
    corrected: bool = False,
) -> dict[str, Any]:
    """The result of a graded study. model: which made the masks, None for a reader alone; corrected: by a reader."""
    made_by = asdict(model) if model else None
    if made_by:
        made_by = {key: made_by[key] for key in made_by if key not in SAID_BESIDE_THE_GRADE}
    return {
        "schema": SCHEMA,
        "study": study_json(study),
        **grade.as_json(),
        "audit": audit.as_json(),
        "model": made_by,
        "corrected": corrected,
        "files": dict(files),
        "seconds": {step: round(value, 3) for step, value in seconds.items()},
        "source": dict(source),
    }


def study_json(study: Study) -> dict[str, Any]:
    """What is said of a study: nothing that came out of a header but its geometry."""
    return {
        "name": study.name,
        "path": str(study.path),
        "kind": study.kind,
        "shape": list(study.hu.shape),
        "spacing_mm": [round(mm, 6) for mm in study.spacing_mm],
    }


def unread_study_json(path: Path) -> dict[str, Any]:
    """What can be said of something that could not be read."""
    kind = "nifti" if is_nifti_name(path) else "dicom" if path.is_dir() or holds_dicom(path) else None
    return {"name": name_of(path), "path": str(path), "kind": kind}


def refused_json(study: Mapping[str, Any], audit: Audit) -> dict[str, Any]:
    """The result of a refused study."""
    refusal = audit.refusal
    assert refusal
    reason = {"check": refusal.check, "reason": refusal.message}
    return {"schema": SCHEMA, "study": dict(study), "refused": reason, "audit": audit.as_json()}
