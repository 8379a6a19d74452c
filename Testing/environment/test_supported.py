"""A Python or a machine that cannot run MosMedCOVID gets one sentence that says what can."""

import ast
import os
import platform
import sys
from pathlib import Path

import pytest
from MosMedCOVIDLib.environment import supported

ROOT = Path(__file__).resolve().parent.parent.parent
LIBRARY = ROOT / "MosMedCOVID" / "MosMedCOVIDLib"


def one_sentence(text: str) -> bool:
    return text.endswith(".") and "\n" not in text and ". " not in text


def test_this_one_is_supported() -> None:
    assert supported.why_not() == ""


@pytest.mark.parametrize("version", [(2, 7, 18), (3, 6, 15), (3, 9, 18), (3, 14, 0), (4, 0, 0)])
def test_another_version_is_told_which_python_to_start(
    version: tuple[int, int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = ".".join(str(number) for number in version)
    monkeypatch.setattr(sys, "version_info", version)
    monkeypatch.setattr(platform, "python_version", lambda: text)
    monkeypatch.setattr(supported, "runs", lambda command, wanted: command == ["python3.12"])
    told = supported.why_not("Testing")
    assert told == (
        f"This is Python {text}, and MosMedCOVID needs 64-bit CPython 3.10 to 3.13: start it with `python3.12 Testing`."
    )
    assert one_sentence(told)


def test_without_any_other_python_it_says_where_to_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 18))
    monkeypatch.setattr(supported, "runs", lambda command, wanted: False)
    assert supported.why_not().endswith("from https://www.python.org/downloads.")


def test_32_bits_pypy_and_free_threading_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supported, "runs", lambda command, wanted: False)
    monkeypatch.setattr(sys, "maxsize", 2**31 - 1)
    assert "with 32 bits" in supported.why_not()
    monkeypatch.setattr(platform, "python_version", lambda: "3.13.0")
    monkeypatch.setattr(platform, "python_implementation", lambda: "CPython")
    monkeypatch.setattr(sys, "version", "3.13.0 experimental free-threading build (main)")
    assert "free-threaded" in supported.why_not()
    monkeypatch.setattr(platform, "python_implementation", lambda: "PyPy")
    assert "of PyPy" in supported.why_not()


@pytest.mark.parametrize(
    ("system", "machine", "name"),
    [
        ("Darwin", "x86_64", "macOS on x86_64"),
        ("Windows", "ARM64", "Windows on arm64"),
        ("Linux", "riscv64", "Linux on riscv64"),
        ("Linux", "i686", "Linux on i686"),
        ("FreeBSD", "amd64", "FreeBSD on amd64"),
    ],
)
def test_another_machine_is_told_what_works(
    system: str, machine: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(platform, "system", lambda: system)
    monkeypatch.setattr(platform, "machine", lambda: machine)
    told = supported.why_not()
    assert told.startswith(f"This is {name}, for which there are no ready-made packages")
    assert supported.MACHINES in told
    assert one_sentence(told)


def test_an_old_macos_and_another_c_library_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "mac_ver", lambda: ("13.6", ("", "", ""), "arm64"))
    assert supported.machine_reason("Darwin", "arm64") == "This is macOS 13.6"
    monkeypatch.setattr(platform, "mac_ver", lambda: ("15.1", ("", "", ""), "arm64"))
    assert supported.machine_reason("Darwin", "arm64") == ""
    monkeypatch.setattr(supported, "glibc_version", lambda: (2, 27))
    assert "glibc 2.28" in supported.machine_reason("Linux", "x86_64")


@pytest.mark.parametrize(
    ("system", "machine", "glibc", "there_is_none_for"),
    [
        ("Linux", "x86_64", (2, 36), ""),
        ("Windows", "AMD64", (0, 0), ""),
        ("Darwin", "arm64", (0, 0), ""),
        ("Linux", "aarch64", (2, 36), "Linux on aarch64"),
        ("Linux", "x86_64", (2, 31), "Linux on x86_64 with glibc 2.31"),
    ],
)
def test_a_machine_without_viewer_is_told_where_there_is_one_and_what_works(
    system: str, machine: str, glibc: tuple[int, int], there_is_none_for: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(platform, "system", lambda: system)
    monkeypatch.setattr(platform, "machine", lambda: machine)
    monkeypatch.setattr(supported, "glibc_version", lambda: glibc)
    told = supported.why_no_viewer()
    assert bool(told) == bool(there_is_none_for)
    if told:
        assert f"no ready-made packages of the viewer for {there_is_none_for}, only for Linux on x86_64 with " in told
        assert "`grade` and the other commands work here." in told
        assert one_sentence(told)


@pytest.mark.skipif(sys.platform != "linux", reason="the C library is asked for on Linux only")
def test_the_version_of_the_c_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "confstr", lambda name: "glibc 2.36")
    assert supported.glibc_version() == (2, 36)
    monkeypatch.setattr(os, "confstr", lambda name: None)  # musl
    assert supported.glibc_version() == (0, 0)


def test_a_python_counts_only_if_it_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    shim = tmp_path / "python3.12"
    assert not supported.runs(["python3.12"], "3.12")
    shim.write_text("#!/bin/sh\necho 'python3.12: not found' >&2\nexit 127\n", encoding="utf-8")
    shim.chmod(0o755)
    assert not supported.runs(["python3.12"], "3.12")
    shim.write_text("#!/bin/sh\necho 3.12 True\n", encoding="utf-8")
    assert supported.runs(["python3.12"], "3.12")


@pytest.mark.parametrize(
    "file",
    [
        ROOT / "MosMedCOVID" / "__main__.py",
        ROOT / "Testing" / "__main__.py",
        LIBRARY / "__init__.py",
        LIBRARY / "environment" / "__init__.py",
        LIBRARY / "environment" / "supported.py",
    ],
    ids=lambda file: str(file.relative_to(ROOT)),
)
def test_what_an_old_python_reads_parses_there(file: Path) -> None:
    ast.parse(file.read_text(encoding="utf-8"), feature_version=(3, 6))
