"""A checkout with small lock files, and stand-ins for the programs that set up .venv: venv, pip, import check."""

import itertools
import json
import re
import sys
from collections.abc import Callable, Sequence
from io import StringIO
from pathlib import Path

import pytest
from MosMedCOVIDLib.environment import locks, stamp, supported, system_libraries, torch_choice, viewer
from MosMedCOVIDLib.environment.processes import Finished
from MosMedCOVIDLib.environment.progress import Progress
from MosMedCOVIDLib.environment.virtual_environment import ensure
from MosMedCOVIDLib.environment.wanted import Wanted

PACKAGES = "lib/site-packages"
OFFSCREEN = {"QT_QPA_PLATFORM": "offscreen"}
DRAWS = {"display": False, "lasting": True, "missing": [], "variables": OFFSCREEN, "reason": None}
PYTHON = ".".join(str(number) for number in sys.version_info[:3])


class Checkout:
    """A repository's root with lock files, and stand-ins that do with empty folders what the real programs do."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / ".venv"
        self.packages = self.folder / PACKAGES
        self.asked: list[str] = []  # "venv", "lock", "torch" or "imports"
        self.commands: list[Sequence[str]] = []
        self.instead: dict[str, Callable[[], Finished]] = {}  # what one of these does instead
        self.torch = "cpu"  # the torch that pip finds
        self.broken: set[str] = set()  # modules that cannot be imported
        self.probed: list[Sequence[str]] = []  # how the host's probe was started
        self.drawing: list[dict[str, object]] = [DRAWS]  # what it answers in turn, the last one again and again
        self.said = StringIO()
        self.lock("product", {"numpy": "1"})
        self.lock("viewer", {"numpy": "1", "vtk": "1"})
        self.lock("testing", {"numpy": "1", "vtk": "1", "pytest": "1"})
        self.lock("benchmarks", {"numpy": "1", "vtk": "1", "pytest": "1", "lungmask": "1"})
        self.lock("torch", {"numpy": "1", "monai": "1"})

    def lock(self, group: str, pins: dict[str, str]) -> None:
        """Writes the lock file of a group, or of what comes with torch."""
        text = "".join(f"{name}=={version} \\\n    --hash=sha256:0\n" for name, version in pins.items())
        path = self.root / {**locks.LOCK_FILES, "torch": locks.TORCH_LOCK_FILE}[group]
        path.write_text(text, encoding="utf-8")

    def ensure(self, **wanted: object) -> list[str]:
        """Ensures what is wanted, and gives which programs that took."""
        self.asked.clear()
        assert ensure(self.root, Wanted(**wanted), self.run, Progress(self.said)) == stamp.python_of(self.folder)
        return list(self.asked)

    def run(self, command: Sequence[str], *, on_line: Callable[[str], None], tick: object, keep_open: int) -> Finished:
        """Stands in for `processes.run`."""
        if str(self.root / viewer.PROBE) in command:
            self.probed.append(command)
            answer = self.drawing.pop(0) if len(self.drawing) > 1 else self.drawing[0]
            return Finished(0, ["a warning of somebody's library", json.dumps(answer)])
        what = "venv" if "venv" in command else "lock" if "--requirement" in command else "imports"
        what = "torch" if any(word.startswith("torch==") for word in command) else what
        self.asked.append(what)
        self.commands.append(command)
        done = self.instead[what]() if what in self.instead else getattr(self, f"_{what}")(command)
        for line in done.lines:
            on_line(line)
        return done

    def _venv(self, command: Sequence[str]) -> Finished:
        stamp.python_of(self.folder).parent.mkdir()
        stamp.python_of(self.folder).symlink_to(sys.executable)
        self.packages.mkdir(parents=True)
        return Finished(0, [])

    def _lock(self, command: Sequence[str]) -> Finished:
        for lock in locks_of(command):
            for name in re.findall(r"^([\w-]+)==", Path(lock).read_text(encoding="utf-8"), flags=re.MULTILINE):
                (self.packages / name).mkdir(exist_ok=True)
        return Finished(0, [])

    def _torch(self, command: Sequence[str]) -> Finished:
        (self.packages / f"torch-{self.torch}").mkdir()
        return Finished(0, [])

    def _imports(self, command: Sequence[str]) -> Finished:
        torch = next((path.name.split("-")[1] for path in self.packages.glob("torch-*")), "none")
        version = {"torch": f"{locks.TORCH}+{torch}"}
        answers: list[dict[str, object]] = [
            {"module": name, "error": "ImportError: no"}
            if name in self.broken
            else {"module": name, "version": version.get(name, "1")}
            for name in command[2:]
        ]
        answers.append({"python": PYTHON, "packages": str(self.packages), "torch": torch, "gpu": None})
        return Finished(0, [json.dumps(answer) for answer in answers])


def locks_of(command: Sequence[str]) -> list[str]:
    """The lock files that a command of pip names."""
    return [word for option, word in itertools.pairwise(command) if option == "--requirement"]


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    """A checkout in a folder with a space and Cyrillic letters; no GPU, no network, nothing missing in the system."""
    monkeypatch.setattr(torch_choice, "nvidia_gpu", lambda: False)
    monkeypatch.setattr(torch_choice, "answers", lambda url: False)
    monkeypatch.setattr(system_libraries, "venv_packages", list)
    monkeypatch.setattr(supported, "why_no_viewer", lambda: "")
    root = tmp_path / "Копия 1"
    root.mkdir()
    return Checkout(root)
