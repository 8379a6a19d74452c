"""The way into .venv with real processes: stopped, killed, started twice, from anywhere."""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
import venv
import zipfile
from pathlib import Path

import pytest
from MosMedCOVIDLib.environment import file_lock, locks, stamp, supported
from MosMedCOVIDLib.environment.door import group_for, needs_no_package
from MosMedCOVIDLib.environment.stamp import Stamp
from MosMedCOVIDLib.environment.virtual_environment import ensure
from MosMedCOVIDLib.environment.wanted import Wanted
from MosMedCOVIDLib.environment.work import LOCK

MODULE = Path(__file__).resolve().parent.parent.parent / "MosMedCOVID"
PATIENCE = 120  # seconds for what takes two on an idle machine
posix_only = pytest.mark.skipif(os.name != "posix", reason="signals as POSIX knows them")

# Ensures .venv at argv[1] with a pip that takes its time: it tells its process in one file, and ends with another.
SLOW = """
import signal, sys
from pathlib import Path
from MosMedCOVIDLib.environment import processes, locks
from MosMedCOVIDLib.environment.virtual_environment import ensure
from MosMedCOVIDLib.environment.wanted import Wanted

signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job may have been told to ignore it
root = Path(sys.argv[1])
locks.MODULES = {group: () for group in locks.MODULES}
PIP = '''
import os, pathlib, sys, time
root = pathlib.Path(sys.argv[1])
with (root / "pip runs").open("a") as file:
    file.write(str(os.getpid()) + chr(10))
while not (root / "go on").exists():
    time.sleep(0.05)
'''

def run(command, **options):
    if "venv" in command:
        command = [*command, "--without-pip"]
    if "pip" in command:
        command = [sys.executable, "-c", PIP, str(root)]
    return processes.run(command, **options)

ensure(root, Wanted(torch="none"), run)
print("done")
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A checkout that locks nothing, in a folder with a space and Cyrillic letters."""
    folder = tmp_path / "Копия 1"
    folder.mkdir()
    for name in (*locks.LOCK_FILES.values(), locks.TORCH_LOCK_FILE):
        (folder / name).write_text("", encoding="utf-8")
    return folder


def start_slowly(root: Path) -> subprocess.Popen[str]:
    """Starts a process that sets up .venv and does not end before the file `go on` is there."""
    return subprocess.Popen(
        [sys.executable, "-c", SLOW, str(root)],
        env={**os.environ, "PYTHONPATH": str(MODULE)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def wait_until(happened) -> None:
    deadline = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def pip_runs(root: Path) -> list[int]:
    """The processes of each pip that was started."""
    try:
        return [int(line) for line in (root / "pip runs").read_text(encoding="utf-8").split()]
    except FileNotFoundError:
        return []


def is_free(root: Path) -> bool:
    """Whether nobody holds the lock."""
    with (root / ".venv" / LOCK).open("a+b") as file:
        try:
            file_lock.take(file.fileno())
        except OSError:
            return False
    return True


@posix_only
def test_a_killed_start_is_made_good_by_the_next_once_its_pip_is_gone(root: Path) -> None:
    killed = start_slowly(root)
    wait_until(lambda: pip_runs(root))
    killed.kill()
    killed.communicate()
    assert stamp.read(root / ".venv") is None
    assert not is_free(root), "the orphaned pip must keep others away"
    (root / "go on").touch()
    wait_until(lambda: is_free(root))

    second = start_slowly(root)
    said, shown = second.communicate(timeout=PATIENCE)
    assert said == "done\n", shown
    assert "made anew" in shown or "anew:" in shown
    assert stamp.read(root / ".venv")


def test_of_two_starts_at_once_one_works_and_the_other_waits(root: Path) -> None:
    both = [start_slowly(root), start_slowly(root)]
    wait_until(lambda: pip_runs(root))
    (root / "go on").touch()
    said = [process.communicate(timeout=PATIENCE)[0] for process in both]
    assert said == ["done\n", "done\n"]
    assert len(pip_runs(root)) == 1


@posix_only
def test_ctrl_c_stops_pip_too(root: Path) -> None:
    stopped = start_slowly(root)
    wait_until(lambda: pip_runs(root))
    stopped.send_signal(signal.SIGINT)
    stopped.communicate(timeout=PATIENCE)
    assert stopped.returncode != 0
    assert is_free(root)
    assert stamp.read(root / ".venv") is None
    with pytest.raises(ProcessLookupError):
        os.kill(pip_runs(root)[0], 0)


def tiny_wheel(folder: Path) -> Path:
    """A wheel with one module that says 1."""
    folder.mkdir()
    path = folder / "tiny-1.0-py3-none-any.whl"
    info = "tiny-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr("tiny/__init__.py", "answer = 1\n")
        wheel.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n")
        wheel.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(f"{info}/RECORD", f"tiny/__init__.py,,\n{info}/METADATA,,\n{info}/WHEEL,,\n{info}/RECORD,,\n")
    return path


def test_a_real_environment_from_a_folder_of_wheels(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = tiny_wheel(tmp_path / "wheels")
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    (root / "requirements.lock").write_text(f"tiny==1.0 \\\n    --hash=sha256:{digest}\n", encoding="utf-8")
    monkeypatch.setattr(locks, "MODULES", {"product": ("tiny",), "viewer": (), "testing": (), "benchmarks": ()})
    wanted = Wanted(torch="none", wheels=wheel.parent)
    python = ensure(root, wanted)
    answer = subprocess.run([python, "-c", "import tiny; print(tiny.answer)"], capture_output=True, text=True, cwd=root)
    assert answer.stdout == "1\n", answer.stderr

    shutil.rmtree(root / ".venv" / stamp.read(root / ".venv").packages / "tiny")
    assert subprocess.run([python, "-c", "import tiny"], capture_output=True, cwd=root).returncode != 0
    assert subprocess.run([ensure(root, wanted), "-c", "import tiny"], cwd=root).returncode == 0


@pytest.fixture
def checkout_with_a_command(root: Path) -> Path:
    """A copy of the door and its .venv, bare but whole, with a command line that tells what it was given."""
    module = root / "MosMedCOVID"
    shutil.copytree(MODULE / "MosMedCOVIDLib" / "environment", module / "MosMedCOVIDLib" / "environment")
    for name in ("__main__.py", "MosMedCOVIDLib/__init__.py", "MosMedCOVIDLib/errors.py"):
        shutil.copy(MODULE / name, module / name)
    commands = module / "MosMedCOVIDLib" / "commands"
    commands.mkdir()
    (commands / "__init__.py").touch()
    (commands / "command_line.py").write_text(COMMAND_LINE, encoding="utf-8")

    folder = root / ".venv"
    venv.create(folder, symlinks=os.name == "posix")
    packages = next(path for path in folder.rglob("site-packages") if not path.parent.is_symlink())
    version = ".".join(str(number) for number in sys.version_info[:3])
    fingerprint = locks.fingerprint(root, "product", with_torch=False)
    whole = Stamp("product", fingerprint, [], version, "none", "", "", str(packages), [])
    stamp.write(folder, whole)
    return root


COMMAND_LINE = """
import signal, sys, time

HELP = ["audit", "wait"]

def main(arguments):
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job may have been told to ignore it
    print(sys.prefix, *arguments, sep="\\n", flush=True)
    if "wait" in arguments:
        time.sleep(600)
    return 7
"""


def open_door(door: Path, *arguments: str, cwd: Path) -> subprocess.Popen[str]:
    command = [sys.executable, str(door), *arguments]
    pipe = subprocess.PIPE
    return subprocess.Popen(
        command, cwd=cwd, stdout=pipe, stderr=pipe, encoding="utf-8", env={**os.environ, "PYTHONUTF8": "1"}
    )


def test_arguments_exit_code_and_python_from_any_folder(checkout_with_a_command: Path, tmp_path: Path) -> None:
    root = checkout_with_a_command
    process = open_door(Path(root.name) / "MosMedCOVID", "audit", "исследование 1.nii", cwd=tmp_path)
    said, shown = process.communicate(timeout=PATIENCE)
    assert (said.splitlines(), process.returncode) == ([str(root / ".venv"), "audit", "исследование 1.nii"], 7), shown
    assert shown == ""


@posix_only
def test_through_a_symbolic_link(checkout_with_a_command: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(checkout_with_a_command / "MosMedCOVID")
    process = open_door(tmp_path / "link", "audit", cwd=tmp_path)
    said, shown = process.communicate(timeout=PATIENCE)
    assert said.splitlines() == [str(checkout_with_a_command / ".venv"), "audit"], shown


@posix_only
def test_ctrl_c_reaches_the_command_and_gives_130(checkout_with_a_command: Path, tmp_path: Path) -> None:
    process = open_door(checkout_with_a_command / "MosMedCOVID", "wait", cwd=tmp_path)
    assert process.stdout
    assert [process.stdout.readline() for _ in range(2)][1] == "wait\n"
    process.send_signal(signal.SIGINT)
    _, shown = process.communicate(timeout=PATIENCE)
    assert (process.returncode, shown) == (130, "Stopped.\n")


def test_help_needs_no_environment(checkout_with_a_command: Path, tmp_path: Path) -> None:
    shutil.rmtree(checkout_with_a_command / ".venv")
    process = open_door(checkout_with_a_command / "MosMedCOVID", "--help", cwd=tmp_path)
    assert process.communicate(timeout=PATIENCE)[0].splitlines()[1:] == ["--help"]
    assert not (checkout_with_a_command / ".venv").exists()


@pytest.mark.parametrize(
    ("arguments", "bare"),
    [
        (["--help"], True),
        (["grade", "-h"], True),
        (["--version"], True),
        (["setup", "--json"], True),
        (["--debug", "setup"], True),
        ([], False),
        (["grade", "setup"], False),
        (["study.nii.gz"], False),
    ],
)
def test_what_the_bare_python_can_answer(arguments: list[str], bare: bool) -> None:
    assert needs_no_package(arguments) is bare


@pytest.mark.parametrize(
    ("arguments", "group"),
    [
        ([], "viewer"),
        (["study.nii.gz"], "viewer"),
        (["--device", "cpu", "study.nii.gz"], "viewer"),
        (["grade", "study.nii.gz"], "product"),
        (["--debug", "audit", "study.nii.gz"], "product"),
    ],
)
def test_only_the_viewer_needs_its_packages(arguments: list[str], group: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supported, "why_no_viewer", lambda: "")
    assert group_for(arguments) == group
    monkeypatch.setattr(supported, "why_no_viewer", lambda: "There are none.")
    assert group_for(arguments) == "product", "where there is no viewer, all else must work"
