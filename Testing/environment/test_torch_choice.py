"""Whether torch is installed unasked, which one, from where, and what is said about it."""

from pathlib import Path

import pytest
from MosMedCOVIDLib.environment import torch_choice
from MosMedCOVIDLib.environment.torch_choice import CPU_INDEX, WINDOWS_CUDA_INDEX, choose, from_folder
from MosMedCOVIDLib.errors import SetupError


@pytest.mark.parametrize(
    ("asked", "system", "gpu", "reachable", "options", "why"),
    [
        ("any", "Linux", False, True, ("--index-url", CPU_INDEX), "no NVIDIA GPU is here"),
        ("any", "Linux", False, False, (), f"no NVIDIA GPU is here, but {CPU_INDEX} does not answer"),
        ("any", "Linux", True, True, (), "an NVIDIA GPU is here"),
        ("any", "Windows", False, True, (), "no NVIDIA GPU is here"),
        ("any", "Windows", True, True, ("--index-url", WINDOWS_CUDA_INDEX), "an NVIDIA GPU is here"),
        ("any", "Darwin", False, True, (), "macOS has only one"),
        ("cpu", "Linux", True, True, ("--index-url", CPU_INDEX), "asked for"),
        ("cpu", "Linux", True, False, (), f"asked for, but {CPU_INDEX} does not answer"),
        ("cuda", "Linux", False, True, (), "asked for"),
        ("cuda", "Windows", False, True, ("--index-url", WINDOWS_CUDA_INDEX), "asked for"),
        ("cpu", "Darwin", False, True, (), "macOS has only one"),
    ],
)
def test_choice(asked: str, system: str, gpu: bool, reachable: bool, options: tuple[str, ...], why: str) -> None:
    choice = choose(asked, system, lambda: gpu, lambda url: reachable)
    assert choice.options == options
    assert choice.why.endswith(why)


def test_there_is_no_cuda_for_macos() -> None:
    with pytest.raises(SetupError, match="no torch with CUDA for macOS"):
        choose("cuda", "Darwin", lambda: False, lambda url: True)


def test_the_index_is_not_asked_where_it_is_not_needed() -> None:
    def never(url: str) -> bool:
        raise AssertionError(url)

    assert choose("cuda", "Linux", lambda: True, never).options == ()
    assert choose("any", "Windows", lambda: False, never).options == ()


@pytest.mark.parametrize(
    ("gpu", "files", "worthwhile"),
    [
        (False, None, False),
        (True, None, True),
        (True, ["torch-2.13.0-cp311-cp311-manylinux_2_28_x86_64.whl"], True),
        (True, ["numpy-2.4.6-cp311-cp311-manylinux_2_28_x86_64.whl"], False),
        (False, ["torch-2.13.0-cp311-cp311-manylinux_2_28_x86_64.whl"], False),
    ],
)
def test_torch_is_worthwhile_for_a_gpu_unless_the_folder_of_wheels_lacks_it(
    gpu: bool, files: list[str] | None, worthwhile: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch_choice, "nvidia_gpu", lambda: gpu)
    for name in files or ():
        (tmp_path / name).touch()
    assert torch_choice.worthwhile(tmp_path if files else None) is worthwhile


def test_a_folder_of_wheels_needs_no_index() -> None:
    assert from_folder(Path("wheels")).options == ("--no-index", "--find-links", "wheels")


def test_an_address_that_does_not_answer(tmp_path: Path) -> None:
    present = tmp_path / "present"
    present.write_text("", encoding="utf-8")
    assert not torch_choice.answers((tmp_path / "absent").as_uri())
    assert not torch_choice.answers("http://127.0.0.1:1/")
    assert not torch_choice.answers("not an address")


@pytest.mark.parametrize(("printed", "seen"), [("GPU 0: NVIDIA H200", True), ("No devices were found", False)])
def test_a_gpu_is_what_the_driver_lists(
    printed: str, seen: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool = tmp_path / "nvidia-smi"
    tool.write_text(f"#!/bin/sh\necho '{printed}'\n", encoding="utf-8")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(torch_choice, "DRIVER", tmp_path / "no driver")
    assert torch_choice.nvidia_gpu() is seen


def test_without_the_drivers_tool_there_is_no_gpu(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(torch_choice, "DRIVER", tmp_path / "no driver")
    assert not torch_choice.nvidia_gpu()
    (tmp_path / "no driver" / "0000:01:00.0").mkdir(parents=True)
    assert torch_choice.nvidia_gpu()
