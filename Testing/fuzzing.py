"""Reads mutated files one after the other: `python fuzzing.py nifti|dicom FIRST COUNT`, a line of JSON for each.

A process of its own, with a limit to its memory and to the time for each file, since a defect may be a crash of a
library, endless or without bound. The line before each file names its seed; the line after it says how it ended.
"""

from __future__ import annotations

import contextlib
import faulthandler
import io
import json
import os
import re
import sys
import tempfile
import traceback
from pathlib import Path

TESTING = Path(__file__).resolve().parent
LONGEST_S = 120.0  # for each reading; an idle machine takes 0.1 s, one that runs much else a hundred times that
MOST_BYTES = 1 << 30  # beside what the libraries take
EACH_BY_COMMANDS = 10
COMMANDS = ("audit", "grade", "series")
CODES = (0, 3)  # done, refused
NO_SENTENCE = re.compile(r"Traceback|Error\b|Exception\b| at 0x|<class|<[A-Za-z_.]+ object|array\(|\bb'")


def complaint_of(path: Path, patient: str) -> tuple[str, str]:
    """How reading a file ended, in words, and what is wrong with that; "" if nothing is."""
    from MosMedCOVIDLib.errors import MosMedError
    from MosMedCOVIDLib.study.audit import audit_study
    from MosMedCOVIDLib.study.quick_lungs import find_quick_lungs
    from MosMedCOVIDLib.study.read import read_study

    try:
        study = read_study(path)
        audit = audit_study(study, find_quick_lungs(study))
    except MosMedError as error:
        wrong = no_sentence(str(error), patient) or _wanted_memory(error)
        named = "mutated" in str(error).lower() or "IM00" in str(error) or "DICOMDIR" in str(error)
        return str(error), wrong or ("" if named else "names nothing")
    except Exception:
        return "", f"an exception:\n{traceback.format_exc()}"
    said = [*study.notes, *(check.message for check in audit.checks)]
    wrong = next((wrong for sentence in said if (wrong := no_sentence(sentence, patient))), "")
    kept = json.dumps({key: str(value) for key, value in study.headers.items()})
    return f"a study {study.hu.shape} {said[: len(study.notes)]}", wrong or (
        "a person's name" if patient in kept else ""
    )


def no_sentence(said: str, patient: str) -> str:
    """Why a text is nothing that a reader should read; "" if they may."""
    if not said.isprintable():
        return f"not one plain line: {said!r}"
    if not said.endswith((".", "?")) or len(said) > 2000:
        return f"no sentence: {said!r}"
    if NO_SENTENCE.search(said):
        return f"a program's words: {said!r}"
    return f"a person's name: {said!r}" if patient in said else ""


def _wanted_memory(error: BaseException | None) -> str:
    """A refusal must come before the memory is asked for, not when there is no more."""
    while error is not None:
        if isinstance(error, MemoryError) or "alloc" in str(error).lower():
            return f"it wanted more than {MOST_BYTES >> 20} MB: {error!r}"
        error = error.__cause__ or error.__context__
    return ""


def complaint_of_commands(path: Path, patient: str) -> str:
    """What is wrong with how the commands end on a file."""
    from MosMedCOVIDLib.commands.command_line import main

    for command in COMMANDS:
        for options in ((), ("--json",)):
            out, err = io.StringIO(), io.StringIO()
            faulthandler.dump_traceback_later(LONGEST_S, exit=True)
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                code = main([command, str(path), *options])
            said, told = out.getvalue(), err.getvalue().splitlines()
            wrong = "" if code in CODES else f"exit code {code}"
            if code == 3 and not said:
                wrong = wrong or no_sentence(told[-1], patient)
            if options and said:
                json.loads(said)
            wrong = wrong or ("a traceback" if "Traceback" in said + err.getvalue() else "")
            if wrong:
                return f"{command} {' '.join(options)}: {wrong}; {told}"
    return ""


def load_libraries() -> None:
    """By reading a file of each kind that is as it should be: what libraries take is not counted."""
    from dicom_files import write_series
    from MosMedCOVIDLib.study.read import read_study
    from mutated_dicom import HU
    from nifti_files import write_nifti

    with tempfile.TemporaryDirectory() as folder:
        write_series(Path(folder) / "s", HU, syntax="JPEG 2000")
        for path in (Path(folder) / "s", write_nifti(Path(folder) / "n.nii")):
            read_study(path)


def limit_memory() -> None:
    """To so many bytes beside what the process has; where the system knows how."""
    try:
        import resource

        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except (ImportError, OSError):
        return
    limit = pages * resource.getpagesize() + MOST_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (limit, resource.getrlimit(resource.RLIMIT_AS)[1]))


def main(kind: str, first: int, count: int) -> None:
    """Reads so many mutated files."""
    from dicom_files import PATIENT
    from mutated_dicom import write_mutated_dicom
    from mutated_nifti import write_mutated_nifti

    write = {"nifti": write_mutated_nifti, "dicom": write_mutated_dicom}[kind]
    answers = os.fdopen(os.dup(1), "w")
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})  # each thread wants address space of its own
    load_libraries()
    limit_memory()
    for seed in range(first, first + count):
        with tempfile.TemporaryDirectory(prefix="mutated-") as folder:  # a DICOMDIR is called like its folder
            path, made = write(Path(folder), seed)
            print(json.dumps({"seed": seed, "made": made}), file=answers, flush=True)
            faulthandler.dump_traceback_later(LONGEST_S, exit=True)  # also where a library never comes back
            ended, wrong = complaint_of(path, PATIENT.split("^")[0])
            if seed % EACH_BY_COMMANDS == 0:
                wrong = wrong or complaint_of_commands(path, PATIENT.split("^")[0])
            faulthandler.cancel_dump_traceback_later()
        print(json.dumps({"seed": seed, "ended": ended, "wrong": wrong}), file=answers, flush=True)


if __name__ == "__main__":
    sys.path[:0] = [str(TESTING), str(TESTING.parent / "MosMedCOVID")]
    faulthandler.enable()
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
