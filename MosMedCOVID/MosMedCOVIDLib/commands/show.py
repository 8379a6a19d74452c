"""`[PATH…]`: opens the viewer; without a display it goes the whole way on each study there, and takes its picture.

Without PATH and display the study is a teaching phantom, whose truth is printed beside what was found. The viewer is a
process of its own: a graphics driver that fails takes its process along. What is slow to import is imported late.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from ..environment import supported, viewer
from ..errors import MosMedError, SetupError, UsageError

MODULE = Path(__file__).resolve().parents[2]
OPEN_SERIES = MODULE / "MosMedCOVIDLib" / "panel" / "open_series.py"
WHOLE_WAY = MODULE / "MosMedCOVIDLib" / "panel" / "whole_way.py"
PHANTOM = "teaching_phantom"
PICTURE_SIZE = "1280x800"  # of the window whose picture is taken
SECONDS_TO_END = 10
STOPPED = tuple(-getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGKILL") if hasattr(signal, name))


def run(options: argparse.Namespace) -> int:
    """Opens the viewer, or goes the whole way; the exit code."""
    for path in options.paths:
        if not os.path.exists(path):  # noqa: PTH110, Path.exists raises where a path is too long
            from ..study.read import must_exist

            must_exist(path)
    reason = supported.why_no_viewer()
    if reason:
        return without_viewer(options, reason)
    way = viewer.way_to_draw(MODULE.parent)
    if options.series and len(options.paths) != 1:
        raise UsageError("--series is for one study: give its path.")
    if way.display:
        paths = [os.path.abspath(path) for path in options.paths]  # noqa: PTH100, see source_of
        words = ["--python-script", str(OPEN_SERIES), *paths, options.series] if options.series else paths
        return in_viewer(words, way)
    return whole_way(options, way)


def whole_way(options: argparse.Namespace, way: viewer.WayToDraw) -> int:
    """Each study at the paths, or the phantom, from its file to its result in a viewer without display."""
    from .grade import studies_at

    phantom = None if options.paths else phantom_in(options.out)
    code = 0
    for study in studies_at([phantom] if phantom else options.paths):
        print(f"{study.name}: the whole way in the viewer, which has no display here", file=sys.stderr)
        ended, result = result_of_viewer(study, options, way)
        code = max(code, ended)
        if result:
            tell(result, phantom)
    return code


def result_of_viewer(
    study: Path, options: argparse.Namespace, way: viewer.WayToDraw
) -> tuple[int, dict[str, Any] | None]:
    """The exit code of one study's whole way, and its result; None if it ended before there was one."""
    words = [os.path.abspath(study), "--out", str(options.out), "--device", options.device, "--json"]  # noqa: PTH100
    words += ["--series", options.series] if options.series else []
    with tempfile.TemporaryFile() as output:
        code = in_viewer(["--testing", "--size", PICTURE_SIZE, "--python-script", str(WHOLE_WAY), *words], way, output)
        output.seek(0)
        *said, last = ["", *output.read().decode("utf-8", "replace").splitlines()]
    try:
        result = dict(json.loads(last))
    except ValueError:
        said.append(last)
        result = None
    print("".join(f"{line}\n" for line in said if line), end="", file=sys.stderr)
    if result is None and code == 0:
        raise MosMedError("A defect of MosMedCOVID: the viewer ended without a result.")
    return code, result


def in_viewer(words: Sequence[str], way: viewer.WayToDraw, output: IO[bytes] | None = None) -> int:
    """Runs the viewer to its end; its exit code. What it prints goes to `output`, if given.

    Raises NoViewer where it crashed and cannot draw any more, MosMedError for another crash, KeyboardInterrupt.
    """
    paths = [str(MODULE), *filter(None, [os.environ.get("PYTHONPATH")])]
    # Safe path: else Python would import what lies in the current folder, which is a folder of anybody's studies.
    own = {"PYTHONPATH": os.pathsep.join(paths), "PYTHONSAFEPATH": "1"}
    environment = {**way.variables, **os.environ, **own}
    alone = os.name == "posix"  # in a session of its own Ctrl-C reaches it once, through this process
    with subprocess.Popen(viewer_command(words), env=environment, stdout=output, start_new_session=alone) as process:
        code = follow(process)
    if code in STOPPED:
        raise KeyboardInterrupt
    if code < 0 or code == 0xC0000005:
        if viewer.way_to_draw(MODULE.parent, again=True) != way:
            raise SetupError("The viewer lost its display: start it again to go on without one, or bring it back.")
        name = signal.Signals(-code).name if code < 0 else "access violation"
        raise MosMedError(f"A defect of MosMedCOVID: the viewer crashed ({name}), though the graphics driver draws.")
    return code


def viewer_command(words: Sequence[str]) -> list[str]:
    """The command line of the host that shows the module."""
    return [sys.executable, "-m", "EmbeddedSlicer", "--additional-module-path", str(MODULE), *words]


def follow(process: subprocess.Popen[bytes]) -> int:
    """Waits for a process, hands Ctrl-C on to it, and kills it if it does not end then; its exit code."""
    stopped = False
    while True:
        try:
            code = process.wait(SECONDS_TO_END if stopped else None)
            break
        except KeyboardInterrupt:
            if stopped:
                process.kill()
            elif os.name == "posix":
                process.send_signal(signal.SIGINT)
            stopped = True
        except subprocess.TimeoutExpired:
            process.kill()
    if stopped:
        raise KeyboardInterrupt
    return code


def without_viewer(options: argparse.Namespace, reason: str) -> int:
    """Where there is no viewer to be had: the whole way without it, and a plain picture. SetupError with a display."""
    from ..segmentation.client import SegmentationWorker
    from .grade import grade_all, studies_at
    from .progress import ProgressBar
    from .way import Wishes, grade_path

    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        raise SetupError(reason)
    print(reason, file=sys.stderr)
    wishes = Wishes(options.out, options.device, picture=True, series=options.series, debug=options.debug)
    if options.paths:
        return grade_all(studies_at(options.paths), wishes, as_json=False)
    phantom = phantom_in(options.out)
    with SegmentationWorker() as worker, ProgressBar(1) as bar:
        bar.begin("teaching phantom")
        result = grade_path(phantom, worker, wishes, bar.show)
    tell(result, phantom)
    return 0


def phantom_in(folder: Path) -> Path:
    """The teaching phantom's CT in a folder, drawn if it is not there yet."""
    from ..study.phantom import thorax_phantom
    from .phantom import save_phantom

    file = folder / f"{PHANTOM}_ct.nii.gz"
    if not file.exists():
        print("drawing a teaching phantom", file=sys.stderr)
        save_phantom(thorax_phantom(name=PHANTOM), file)
    return file


def tell(result: Mapping[str, Any], phantom: Path | None) -> None:
    """Prints the result of a study, or of the phantom."""
    from ..reporting.text import result_text

    print(result_text(result))
    if phantom and "files" in result:
        print("\n".join(["", *beside_the_truth(phantom, result)]))


def beside_the_truth(phantom: Path, result: Mapping[str, Any]) -> list[str]:
    """What was found beside what is true, both read from their files; the network was never shown this phantom."""
    from ..grading.agreement import Agreement
    from ..grading.grade import grade_study
    from ..segmentation.masks import Masks
    from ..study.labelled import read_mask
    from ..study.read import read_study

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
    from ..reporting.text import percent_text

    lungs = grade["lungs"]
    return [
        ("grade", str(grade["grade"])),
        ("involvement", percent_text(grade["involvement_percent"])),
        *((f"{side} lung", f"{lungs[side]['lung_ml']:.0f} ml") for side in ("right", "left")),
        *((f"{side} lesions", f"{lungs[side]['lesion_ml']:.0f} ml") for side in ("right", "left")),
    ]
