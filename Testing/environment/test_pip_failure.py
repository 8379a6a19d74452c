"""What pip prints when it fails becomes one sentence, with pip's last lines below it."""

from pathlib import Path

import pytest
from MosMedCOVIDLib.environment import supported
from MosMedCOVIDLib.environment.pip_failure import LAST_LINES, sentence
from MosMedCOVIDLib.environment.processes import Finished

NO_MATCH = "ERROR: No matching distribution found for scipy==1.17.1"
RETRY = "WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError(...): Failed to establish'"


@pytest.mark.parametrize(
    ("lines", "wheels", "expected"),
    [
        (["ERROR: Could not install packages: [Errno 28] No space left on device"], None, "The disk is full"),
        ([RETRY, NO_MATCH], None, "The packages could not be downloaded: connect to the network"),
        (["pip._vendor.urllib3.exceptions.ReadTimeoutError: Read timed out."], None, "could not be downloaded"),
        (["ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE."], None, "so it was refused"),
        (["ERROR: [Errno 13] Permission denied: '/x'"], None, "Cannot write in"),
        ([NO_MATCH], None, "pip found no scipy==1.17.1 for Python 3"),
        ([NO_MATCH], Path("my wheels"), "The folder my wheels lacks scipy==1.17.1 for Python 3"),
        (["ERROR: something odd"], None, "pip could not install the packages into .venv (exit code 2)"),
        ([], None, "pip could not install the packages"),
    ],
)
def test_the_sentence(lines: list[str], wheels: Path | None, expected: str) -> None:
    first, *rest = sentence(Finished(2, lines), Path(".venv"), wheels).splitlines()
    assert expected in first
    assert rest == [f"    pip: {line}" for line in lines]


def test_an_old_c_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supported, "glibc_version", lambda: (2, 31))
    lines = ["ERROR: No matching distribution found for pyside6-essentials==6.11.3"]
    assert "found no pyside6-essentials==6.11.3 for Python 3." in sentence(Finished(1, lines), Path(".venv"), None)
    assert "with glibc 2.31: look at" in sentence(Finished(1, lines), Path(".venv"), None)


def test_only_the_last_lines_are_shown() -> None:
    lines = [f"line {number}" for number in range(50)]
    assert sentence(Finished(1, lines), Path(".venv"), None).splitlines()[1:] == [
        f"    pip: {line}" for line in lines[-LAST_LINES:]
    ]
