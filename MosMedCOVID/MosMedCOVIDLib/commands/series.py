"""`series PATH`: the series of a DICOM folder, DICOMDIR or .zip, and which one is read if none is named."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from ..errors import StudyRefused
from ..reporting.result import SCHEMA, unread_study_json
from ..segmentation.protocol import Progress
from ..study.dicom import Series, holds_dicom, list_series
from ..study.read import must_exist
from .progress import ProgressBar


def run(options: argparse.Namespace) -> int:
    """Prints the series; 3 where none is fit, or there is no DICOM."""
    found = series_at(options.path)
    if options.json:
        said = [series.as_json() for series in found]
        print(json.dumps({"schema": SCHEMA, "study": unread_study_json(options.path), "series": said}))
    else:
        print("\n".join(line for series in found for line in _lines(series)))
    return 0 if any(not series.refused for series in found) else StudyRefused.exit_code


def series_at(path: Path) -> list[Series]:
    """The series at a path. UsageError where it doesn't exist, StudyRefused where it holds no DICOM."""
    must_exist(path)
    if not path.is_dir() and not holds_dicom(path):
        raise StudyRefused("readable", f"{path.name} is no DICOM: a folder, a DICOMDIR or a .zip of it is needed.")
    with ProgressBar(1) as bar:
        bar.begin(path.name, "listing")
        return list_series(path, lambda share: bar.show(Progress("listing", 100 * share)))


def _lines(series: Series) -> list[str]:
    mark = "*" if series.recommended else "-" if series.refused else " "
    facts = [f"{series.slices} slices" if series.slices > 1 else "1 slice"]
    if series.thickness_mm:
        facts.append(f"{series.thickness_mm:g} mm thick")
    if series.spacing_mm:
        slice_mm, row_mm, column_mm = series.spacing_mm
        facts.append(f"{slice_mm:.4g} × {row_mm:.4g} × {column_mm:.4g} mm apart")
    facts += filter(None, [series.orientation, series.kernel])
    head = f"{mark} {series.number or '?'}  {series.modality or '?'}  {series.description}".rstrip()
    return [f"{head} ({', '.join(facts)})", f"      {series.why}", *([f"      {series.uid}"] if series.uid else [])]
