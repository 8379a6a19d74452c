"""What is saved of a graded study: its masks and the figures, together and under one version."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ..segmentation.masks import Masks
from ..segmentation.protocol import Progress
from ..study.nifti import HEADER_ENDINGS, VOXEL_ENDINGS, study_name
from ..study.study import Study
from .nifti import write_volume
from .versions import Writer, save_together

RESULT_SUFFIXES = (".gz", ".nii", ".json", ".png")
PAIR_ENDINGS = HEADER_ENDINGS + VOXEL_ENDINGS
ENDINGS = {"lesions": "_mask.nii.gz", "lungs": "_lungs.nii.gz", "grade": "_grade.json"}


def save_results(
    folder: Path,
    study: Study,
    masks: Masks,
    result: Callable[[dict[str, str]], Mapping[str, Any]],
    more: Mapping[str, Writer] | None = None,
    on_progress: Callable[[Progress], None] = lambda progress: None,
) -> dict[str, str]:
    """Saves <study>_mask.nii.gz (lesions {0, 1}), _lungs.nii.gz ({0, 1 right, 2 left}), _grade.json, and more.

    result: makes the JSON from the files' paths; more: further writers by ending; on_progress: told of each file,
    and what it raises ends the saving. Returns the paths by what they
    are: "lesions", "lungs", "grade", and the ending's word for more ("_picture.png": "picture").
    SaveError where something could not be written; nothing is left then, and no older file is ever touched.
    """
    more = more or {}
    endings = {**ENDINGS, **{ending.strip("_").partition(".")[0]: ending for ending in more}}

    def files(names: Mapping[str, Path]) -> dict[str, str]:
        return {what: str(names[ending]) for what, ending in endings.items()}

    def volume(values: np.ndarray, what: str, percent: float) -> Writer:
        def write(path: Path, names: Mapping[str, Path]) -> None:
            on_progress(Progress(f"saving the {what}", percent))
            write_volume(path, values, study)

        return write

    def figures(path: Path, names: Mapping[str, Path]) -> None:
        on_progress(Progress("saving the grade", 98.0))
        path.write_text(json.dumps(result(files(names)), indent=1) + "\n", encoding="utf-8")

    own = (volume(masks.lesions, "lesions", 0.0), volume(masks.lungs, "lungs", 45.0), figures)
    return files(save_together(folder, study.name, {**dict(zip(ENDINGS.values(), own, strict=True)), **more}))


def source_of(study: Path, series: str | None = None) -> dict[str, str]:
    """Which study a result is of: its absolute path, a stamp that changes with any of its files, and the series.

    The stamp is made of names, sizes and times; results that lie beside DICOM files don't count. series: as it was
    asked for, None for the one that is read unasked.
    """
    stamp = hashlib.sha256()
    for path in _files_of(study):
        with contextlib.suppress(OSError):
            if path.is_file():
                name = os.path.relpath(path, study)
                about = path.stat()
                stamp.update(repr((name, about.st_size, about.st_mtime_ns)).encode())
    source = {"path": os.path.abspath(study), "stamp": stamp.hexdigest()}  # noqa: PTH100, resolve() fails on loops
    return {**source, "series": series} if series else source


def _files_of(study: Path) -> list[Path]:
    """What a study is made of: a folder's files, all that a DICOMDIR may list, both files of a pair, or one file."""
    folder = study if study.is_dir() else study.parent if study.name.upper() == "DICOMDIR" else None
    if folder is not None:
        return sorted(path for path in folder.rglob("*") if path.suffix.lower() not in RESULT_SUFFIXES)
    if study.name.lower().endswith(PAIR_ENDINGS):
        alike = (path for path in study.parent.glob("*") if path.name.lower().endswith(PAIR_ENDINGS))
        return sorted(path for path in alike if study_name(path) == study_name(study))
    return [study]


def saved_result(folder: Path, study: Path, stem: str, series: str | None = None) -> dict[str, Any] | None:
    """The newest result in a folder of this very study and series, unchanged since; None where there is none."""
    source = source_of(study, series)
    for path in sorted(folder.glob("*_grade*.json"), key=lambda found: found.stat().st_mtime, reverse=True):
        if not path.name.startswith(f"{stem}_grade"):
            continue
        try:
            result = dict(json.loads(path.read_text(encoding="utf-8")))
            same = result["source"] == source
            complete = all(Path(file).exists() for file in result["files"].values())
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            continue  # not one of ours, or half deleted
        if same and complete:
            return result
    return None
