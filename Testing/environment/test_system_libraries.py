"""What only the operating system can bring: installed as root on Debian, else the exact command is told."""

import importlib.util
import shutil
import sys
from io import StringIO

import pytest
from MosMedCOVIDLib.environment import system_libraries
from MosMedCOVIDLib.environment.processes import Finished
from MosMedCOVIDLib.environment.progress import Progress
from MosMedCOVIDLib.environment.work import Work
from MosMedCOVIDLib.errors import SetupError

INSTALL = "apt-get install -y --no-install-recommends python3.11-venv"


class Shell:
    """Stands in for the shell: fails as often as told."""

    def __init__(self, failures: int) -> None:
        self.failures = failures
        self.commands: list[str] = []

    def __call__(self, command, **options: object) -> Finished:
        self.commands.append(command[-1])
        return Finished(100 if len(self.commands) <= self.failures else 0, ["E: Unable to locate package"])


def provide(shell: Shell, tmp_path, packages: tuple[str, ...] = ("python3.11-venv",)) -> str:
    said = StringIO()
    system_libraries.provide(packages, "Setting up .venv", Work(tmp_path, Progress(said), shell, 0))
    return said.getvalue()


@pytest.fixture
def debian(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: "/usr/bin/apt-get" if name == "apt-get" else None)
    monkeypatch.setattr(system_libraries, "is_root", lambda: True)


def test_nothing_missing_asks_for_nothing(tmp_path) -> None:
    shell = Shell(0)
    assert provide(shell, tmp_path, ()) == ""
    assert shell.commands == []


@pytest.mark.usefixtures("debian")
def test_root_on_debian_installs_and_says_so(tmp_path) -> None:
    shell = Shell(0)
    assert f"installing system packages as root: {INSTALL}" in provide(shell, tmp_path)
    assert [command.endswith(f"; {INSTALL}") for command in shell.commands] == [True]


@pytest.mark.usefixtures("debian")
def test_empty_package_lists_are_fetched(tmp_path) -> None:
    shell = Shell(1)
    provide(shell, tmp_path)
    assert shell.commands[1].endswith(f"apt-get update && {INSTALL}")


@pytest.mark.usefixtures("debian")
def test_what_apt_cannot_install_is_told(tmp_path) -> None:
    with pytest.raises(SetupError, match=r"failed as root\.\n    apt-get: E: Unable to locate package"):
        provide(Shell(2), tmp_path)


@pytest.mark.usefixtures("debian")
def test_who_is_not_root_reads_the_command(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system_libraries, "is_root", lambda: False)
    shell = Shell(0)
    with pytest.raises(SetupError, match=f"run `sudo {INSTALL}` and start again"):
        provide(shell, tmp_path)
    assert shell.commands == []


def test_another_system_reads_what_is_missing(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(SetupError, match=r"needs what Debian calls python3\.11-venv"):
        provide(Shell(0), tmp_path)


def test_fedora_reads_its_own_command(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: "/usr/bin/dnf" if name == "dnf" else None)
    missing = system_libraries.packages(["libxcb-icccm.so.4", "libEGL_mesa.so.0"])
    with pytest.raises(SetupError, match="run `sudo dnf install -y xcb-util-wm mesa-libEGL mesa-dri-drivers` and"):
        provide(Shell(0), tmp_path, tuple(missing))


def test_no_package_is_named_that_newer_debians_lack() -> None:
    everything = system_libraries.packages(list(system_libraries.PACKAGES))
    assert "libgl1-mesa-glx" not in everything
    assert len(everything) == len(set(everything)) == 16
    assert system_libraries.fedora(everything)


def test_venv_needs_a_package_where_ensurepip_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert system_libraries.venv_packages() == []
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert system_libraries.venv_packages() == [f"python3.{sys.version_info[1]}-venv"]
