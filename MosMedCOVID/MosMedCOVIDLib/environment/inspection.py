"""Looks into .venv: imports each package there, in a process of its own, and tells versions, torch and GPU."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from . import import_check
from .progress import Progress
from .stamp import python_of
from .work import Work


@dataclass(frozen=True)
class Found:
    """What really is in a virtual environment."""

    python: str  # such as 3.11.7
    packages: str  # the folder of installed packages
    versions: dict[str, str]  # of each module that could be imported
    errors: dict[str, str]  # why each other one could not
    torch: str  # "cpu", "cuda" or "none"
    gpu: str | None  # the one that torch sees


def inspect(work: Work, modules: Sequence[str]) -> Found:
    """Imports `modules` with the Python of the virtual environment. Raises OSError if that cannot start."""
    answers: list[dict[str, Any]] = []
    done = work.run([str(python_of(work.folder)), import_check.__file__, *modules], _collector(answers, work.progress))
    versions = {answer["module"]: answer["version"] for answer in answers if "version" in answer}
    errors = {answer["module"]: answer["error"] for answer in answers if "error" in answer}
    facts: dict[str, Any] = {"python": "", "packages": "", "torch": "none", "gpu": None}
    if answers and "python" in answers[-1]:
        facts = answers[-1]
    else:  # the process died of an import
        said = " ".join(line for line in done.lines if line and not line.startswith("{"))
        fatal = next((module for module in modules if module not in {**versions, **errors}), "Python")
        errors[fatal] = f"Python ended with exit code {done.code} {said}".strip()
    return Found(versions=versions, errors=errors, **facts)


def _collector(answers: list[dict[str, Any]], progress: Progress) -> Callable[[str], None]:
    def on_line(line: str) -> None:
        try:
            answer = json.loads(line)
        except ValueError:
            return
        if not isinstance(answer, dict):
            return
        if "importing" in answer:
            progress.show(f"checking that each package works: {answer['importing']}")
        else:
            answers.append(answer)

    return on_line
