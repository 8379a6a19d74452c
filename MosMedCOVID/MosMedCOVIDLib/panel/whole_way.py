"""A script for the application: opens a study in the panel, segments, saves, and takes a picture of the window.

`--python-script whole_way.py STUDY --out DIR [--device auto|cpu|cuda] [--series NUMBER]`. The last line on standard
output is the result as the command line's JSON; how far it is goes to standard error.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

import slicer

from MosMedCOVIDLib.errors import Cancelled, MosMedError, SaveError, StudyRefused
from MosMedCOVIDLib.panel.panel import Panel
from MosMedCOVIDLib.reporting.result import refused_json, study_json, unread_study_json
from MosMedCOVIDLib.segmentation.protocol import Progress
from MosMedCOVIDLib.study.audit import audit_of_refusal


def main(arguments: list[str]) -> int:
    """Goes the whole way; the exit code."""
    parser = argparse.ArgumentParser(prog="whole_way.py")
    parser.add_argument("study", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    parser.add_argument("--series", help="of DICOM, the series to read, by its number or UID")
    parser.add_argument("--json", action="store_true", help="as the last line, and the only one, on standard output")
    options = parser.parse_args(arguments)
    slicer.util.selectModule("MosMedCOVID")
    panel = slicer.modules.mosmedcovid.widgetRepresentation().self().panel
    try:
        result = whole_way(panel, options)
    except StudyRefused as refusal:
        result = refused_json(unread_study_json(options.study), audit_of_refusal(refusal))
    except MosMedError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    print(json.dumps(result), flush=True)
    return StudyRefused.exit_code if "refused" in result else 0


def whole_way(panel: Panel, options: argparse.Namespace) -> dict[str, Any]:
    """The result of a study as JSON. Raises what stands in the way."""
    reading = panel.reading
    tell("reading")
    reading.open(options.study, series=options.series)
    panel.new_study()
    if reading.audit.refusal:
        return refused_json(study_json(reading.study), reading.audit)
    reading.parameters.device = options.device
    segment(panel)
    panel.view_section.show_lesions_in_3d()
    panel.correct_section.next_lesion()
    tell("saving")
    files = reading.save(options.out, more={"_window.png": take_picture})
    panel.save_section.show_files(files)
    return dict(json.loads(Path(files["grade"]).read_text(encoding="utf-8")))


def segment(panel: Panel) -> None:
    """Presses the button and waits; raises what the reader would be told."""
    errors: list[MosMedError] = []
    panel.failed = errors.append
    stages: list[str] = []

    def show(progress: Progress) -> None:
        if progress.stage not in stages:
            stages.append(progress.stage)
            tell(progress.stage)

    panel.segment_section.show_progress = show
    panel.segment()
    while panel.worker.busy:
        slicer.app.processEvents()
        time.sleep(0.01)
    if errors:
        raise errors[0]
    if panel.reading.segmentation is None:  # somebody stopped it
        raise Cancelled("The segmentation was stopped; nothing was saved.")


def take_picture(path: Path, names: object) -> None:
    """A picture of the window as it is now."""
    for _ in range(3):  # layouts, then what they make the views do
        slicer.app.processEvents()
    if not slicer.util.mainWindow().grab().save(str(path)):
        raise SaveError(f"The picture {path} could not be written.")


def tell(stage: str) -> None:
    """Says on standard error what is being done."""
    print(f"{stage}…", file=sys.stderr, flush=True)


if __name__ == "__main__":
    slicer.util.exit(main(sys.argv[1:]))
