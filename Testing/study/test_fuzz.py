"""500 damaged NIfTI and DICOM files: each ends in a study or in a sentence, in bounded time and memory.

Each is made by its seed, so that a failure can be made again: `python Testing/fuzzing.py dicom 137 1`.
"""

import functools
import json
import os
import subprocess
import sys

import fuzzing
import pytest

OF_EACH_KIND, AT_ONCE = 250, 25
MOST_ENDS = 3  # of the process: then something is thoroughly wrong


@functools.cache
def complaints(kind: str, folder) -> dict[int, str]:
    """What is wrong, by seed; the process goes on behind a file that has ended it."""
    wrong: dict[int, str] = {}
    first = 0
    for _ in range(MOST_ENDS):
        if first == OF_EACH_KIND:
            break
        done, end = read_from(kind, first, folder)
        wrong |= {answer["seed"]: answer["wrong"] for answer in done if answer.get("wrong")}
        first = done[-1]["seed"] + 1 if done else OF_EACH_KIND
        if end:
            wrong[done[-1]["seed"] if done else 0] = end
    return wrong


def read_from(kind: str, first: int, folder) -> tuple[list[dict], str]:
    """The answers of a process that reads the files from a seed on, and how it ended if it did not read them all."""
    command = [sys.executable, fuzzing.__file__, kind, str(first), str(OF_EACH_KIND - first)]
    one_thread = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "TMPDIR": str(folder)}
    ran = subprocess.run(command, capture_output=True, env={**os.environ, **one_thread})
    answers = [json.loads(line) for line in ran.stdout.splitlines()]
    said = ran.stderr.decode(errors="replace")[-3000:]
    return answers, f"the process ended with {ran.returncode}:\n{said}" if ran.returncode else ""


@pytest.fixture(scope="module")
def scratch(tmp_path_factory):
    return tmp_path_factory.mktemp("fuzz")


@pytest.mark.parametrize("first", range(0, OF_EACH_KIND, AT_ONCE))
@pytest.mark.parametrize("kind", ["nifti", "dicom"])
def test_each_ends_in_a_study_or_a_sentence(kind, first, scratch):
    wrong = complaints(kind, scratch)
    assert {seed: said for seed, said in wrong.items() if first <= seed < first + AT_ONCE} == {}


@pytest.mark.parametrize("kind", ["nifti", "dicom"])
def test_nothing_is_left_of_them(kind, scratch):
    complaints(kind, scratch)
    assert list(scratch.iterdir()) == []


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        ("x.nii is damaged.", ""),
        ("x.nii is damaged", "no sentence"),
        ("x.nii\nis damaged.", "not one plain line"),
        ("OSError: x.nii is damaged.", "a program's words"),
        ("<Header object at 0x7f00> is damaged.", "a program's words"),
        ("The series of IVANOV is damaged.", "a person's name"),
    ],
)
def test_what_counts_as_a_sentence(said, complaint):
    assert fuzzing.no_sentence(said, "IVANOV").startswith(complaint)
    assert bool(fuzzing.no_sentence(said, "IVANOV")) == bool(complaint)
