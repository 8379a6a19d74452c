"""When .venv is reused, brought up to date or made anew, and what the user reads when that fails."""

import errno
import shutil
import sys

import pytest
from MosMedCOVIDLib.environment import locks, stamp, torch_choice, virtual_environment
from MosMedCOVIDLib.environment.processes import Finished
from MosMedCOVIDLib.environment.progress import Progress
from MosMedCOVIDLib.environment.wanted import Wanted
from MosMedCOVIDLib.errors import SetupError

ANEW = ["venv", "lock", "imports"]
GROWN = ["lock", "imports"]
WITH_TORCH = ["lock", "torch", "imports"]
ANEW_WITH_TORCH = ["venv", *WITH_TORCH]


def raising(error: BaseException):
    def program() -> Finished:
        raise error

    return program


def test_the_first_start_makes_it_and_the_second_runs_nothing(checkout) -> None:
    assert checkout.ensure() == ANEW
    assert checkout.ensure() == []


def test_what_is_made_says_what_it_holds(checkout) -> None:
    checkout.ensure(group="testing")
    held = stamp.read(checkout.folder)
    assert held
    assert (held.group, held.torch, held.torch_version, held.torch_why) == ("testing", "none", "", "")
    assert held.pins == ["numpy", "pytest", "vtk"]


def test_what_is_made_with_torch_says_so(checkout) -> None:
    checkout.ensure(group="viewer", torch="any")
    held = stamp.read(checkout.folder)
    assert held
    assert (held.group, held.torch, held.torch_version) == ("viewer", "cpu", f"{locks.TORCH}+cpu")
    assert held.torch_why.endswith("no NVIDIA GPU is here, but https://download.pytorch.org/whl/cpu does not answer")
    assert held.pins == ["monai", "numpy", "vtk"]


def test_the_locked_packages_are_installed_by_hash_without_dependencies_of_their_own(checkout) -> None:
    checkout.ensure(group="testing")
    command = checkout.commands[1]
    assert {"--require-hashes", "--no-deps"} <= set(command)
    assert command[-2:] == ["--requirement", str(checkout.root / "requirements-testing.lock")]


def test_what_comes_with_torch_is_installed_by_hash_in_the_same_go(checkout) -> None:
    checkout.ensure(group="testing", torch="any")
    lock, torch = checkout.commands[1:3]
    assert {"--require-hashes", "--no-deps"} <= set(lock)
    assert lock[-3:] == [
        str(checkout.root / "requirements-testing.lock"),
        "--requirement",
        str(checkout.root / "requirements-torch.lock"),
    ]
    assert torch[-1] == f"torch=={locks.TORCH}"


def test_a_changed_version_is_installed_into_what_is_there(checkout) -> None:
    checkout.ensure()
    checkout.lock("product", {"numpy": "2"})
    assert checkout.ensure() == GROWN
    assert checkout.ensure() == []


def test_a_package_that_is_locked_no_more_does_not_stay(checkout) -> None:
    checkout.lock("product", {"numpy": "1", "old": "1"})
    checkout.ensure()
    checkout.lock("product", {"numpy": "1"})
    assert checkout.ensure() == ANEW
    assert not (checkout.packages / "old").exists()


def test_line_ends_of_another_system_change_nothing(checkout) -> None:
    checkout.ensure()
    lock = checkout.root / "requirements.lock"
    lock.write_bytes(lock.read_bytes().replace(b"\n", b"\r\n"))
    assert checkout.ensure() == []


def test_a_change_of_what_comes_with_torch_counts_only_where_torch_is(checkout) -> None:
    checkout.ensure()
    checkout.lock("torch", {"numpy": "1", "monai": "2"})
    assert checkout.ensure() == []
    checkout.ensure(torch="cpu")
    checkout.lock("torch", {"numpy": "1", "monai": "3"})
    assert checkout.ensure() == GROWN


def test_another_version_of_torch_is_installed(checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    checkout.ensure(torch="cpu")
    shutil.rmtree(checkout.packages / "torch-cpu")
    (checkout.packages / "torch-cpu").mkdir()
    monkeypatch.setattr(locks, "TORCH", "99.0")
    monkeypatch.setitem(checkout.instead, "torch", lambda: Finished(0, []))
    assert checkout.ensure() == WITH_TORCH


@pytest.mark.parametrize("program", ANEW_WITH_TORCH)
@pytest.mark.parametrize("stop", [KeyboardInterrupt(), SystemExit(9), OSError(errno.ENOSPC, "full")])
def test_what_was_broken_off_is_made_anew(checkout, program: str, stop: BaseException) -> None:
    checkout.instead[program] = raising(stop)
    with pytest.raises((type(stop), SetupError)):
        checkout.ensure(torch="cpu")
    half_way = checkout.folder / "half-way"
    half_way.mkdir()
    checkout.instead.clear()
    assert checkout.ensure() == ANEW
    assert not half_way.exists()


def test_an_update_that_was_broken_off_is_made_anew(checkout) -> None:
    checkout.ensure()
    checkout.lock("product", {"numpy": "2"})
    checkout.instead["lock"] = raising(KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        checkout.ensure()
    checkout.instead.clear()
    assert checkout.ensure() == ANEW


@pytest.mark.parametrize(
    ("line", "then"), [("Collecting numpy", GROWN), ("Installing collected packages: numpy", ANEW)]
)
def test_an_update_that_failed_starts_anew_only_if_it_changed_something(checkout, line: str, then: list[str]) -> None:
    checkout.ensure()
    checkout.lock("product", {"numpy": "2"})
    checkout.instead["lock"] = lambda: Finished(1, [line])
    with pytest.raises(SetupError):
        checkout.ensure()
    checkout.instead.clear()
    assert checkout.ensure() == then


@pytest.mark.parametrize(
    ("line", "whole"), [("Collecting torch", True), ("Installing collected packages: torch", False)]
)
def test_a_torch_that_cannot_be_downloaded_leaves_all_else_as_it_was(checkout, line: str, whole: bool) -> None:
    checkout.ensure()
    checkout.instead["lock"] = lambda: (
        (checkout.packages / "numpy").rename(checkout.packages / "numpy 2"),
        Finished(0, []),
    )[1]
    checkout.instead["torch"] = lambda: Finished(1, [line])
    with pytest.raises(SetupError):
        checkout.ensure(torch="cuda")
    checkout.instead.clear()
    assert checkout.ensure() == ([] if whole else ANEW)


def test_a_deleted_package_is_noticed_at_the_next_start(checkout) -> None:
    checkout.ensure()
    shutil.rmtree(checkout.packages / "numpy")
    assert checkout.ensure() == ANEW


def test_a_python_that_is_gone_is_noticed_at_the_next_start(checkout) -> None:
    checkout.ensure()
    stamp.python_of(checkout.folder).unlink()
    assert checkout.ensure() == ANEW


@pytest.mark.parametrize("text", ["", "{", "[]", '{"group": "product"}'])
def test_a_damaged_stamp_is_no_stamp(checkout, text: str) -> None:
    checkout.ensure()
    (checkout.folder / stamp.NAME).write_text(text, encoding="utf-8")
    assert checkout.ensure() == ANEW


def test_a_link_to_a_folder_elsewhere_is_kept(checkout, tmp_path) -> None:
    elsewhere = tmp_path / "large disk"
    elsewhere.mkdir()
    checkout.folder.symlink_to(elsewhere)
    (elsewhere / "unfinished").mkdir()
    assert checkout.ensure() == ANEW
    assert checkout.folder.is_symlink()


def test_a_larger_group_serves_a_smaller_one(checkout) -> None:
    checkout.ensure(group="testing")
    assert checkout.ensure(group="product") == []


def test_a_smaller_group_grows(checkout) -> None:
    checkout.ensure(group="product")
    assert checkout.ensure(group="testing") == GROWN
    assert checkout.ensure(group="product") == []


def test_a_group_stays_large_when_its_lock_changes(checkout) -> None:
    checkout.ensure(group="testing")
    checkout.lock("testing", {"numpy": "2", "vtk": "1", "pytest": "1"})
    checkout.ensure(group="product")
    assert checkout.ensure(group="testing") == []


def test_the_viewer_grows_out_of_the_product_and_is_imported(checkout) -> None:
    checkout.ensure(group="product")
    assert {"PySide6", "slicer"}.isdisjoint(checkout.commands[-1])
    assert checkout.ensure(group="viewer") == GROWN
    assert {"PySide6", "slicer"} <= set(checkout.commands[-1])


def test_without_an_nvidia_gpu_torch_and_what_needs_it_are_left_out(checkout) -> None:
    assert checkout.ensure() == ANEW
    assert {"torch", "monai", "onnx"}.isdisjoint(checkout.commands[-1])
    assert "onnxruntime" in checkout.commands[-1]
    assert not (checkout.packages / "monai").exists()


def test_an_nvidia_gpu_brings_torch_unasked(checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch_choice, "nvidia_gpu", lambda: True)
    checkout.torch = "cuda"
    assert checkout.ensure() == ANEW_WITH_TORCH
    held = stamp.read(checkout.folder)
    assert (held.torch, held.torch_why) == ("cuda", "from pip's index: an NVIDIA GPU is here")


def test_an_nvidia_gpu_does_not_bring_torch_where_nothing_needs_it(checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch_choice, "nvidia_gpu", lambda: True)
    assert checkout.ensure(torch="none") == ANEW
    assert checkout.ensure(torch="none") == []


def test_an_nvidia_gpu_that_came_later_is_found_by_looking_again(checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    checkout.ensure()
    monkeypatch.setattr(torch_choice, "nvidia_gpu", lambda: True)
    checkout.torch = "cuda"
    assert checkout.ensure() == [], "a start does not look, so that it is quick"
    held, found = virtual_environment.examine(checkout.root, Wanted(), checkout.run, Progress(checkout.said))
    assert checkout.asked == WITH_TORCH
    assert (held.torch, found.torch) == ("cuda", "cuda")


@pytest.mark.parametrize("torch", ["any", "cpu"])
def test_torch_is_added_when_it_is_wanted(checkout, torch: str) -> None:
    checkout.ensure()
    assert checkout.ensure(torch=torch) == WITH_TORCH
    assert {"torch", "monai", "onnx", "onnxscript"} <= set(checkout.commands[-1])
    assert (checkout.packages / "monai").is_dir()
    for kept in ("auto", "any", "cpu", "none"):
        assert checkout.ensure(torch=kept) == []


def test_torch_stays_when_a_group_grows(checkout) -> None:
    checkout.ensure(group="product", torch="cpu")
    assert checkout.ensure(group="viewer") == GROWN
    assert {"torch", "monai", "slicer"} <= set(checkout.commands[-1])
    assert stamp.read(checkout.folder).torch == "cpu"


def test_an_environment_made_when_torch_was_always_there_grows(checkout) -> None:
    checkout.lock("viewer", {"numpy": "1", "vtk": "1", "monai": "1"})
    checkout.ensure(group="viewer", torch="any")
    checkout.lock("viewer", {"numpy": "1", "vtk": "1", "onnxruntime": "1"})
    assert checkout.ensure(group="viewer") == GROWN
    assert stamp.read(checkout.folder).torch == "cpu"


def test_another_torch_than_the_one_there_makes_it_anew(checkout) -> None:
    checkout.ensure(torch="cpu")
    checkout.torch = "cuda"
    assert checkout.ensure(torch="cuda") == ANEW_WITH_TORCH
    assert checkout.ensure(torch="auto") == []


def test_the_torch_that_was_asked_for_stays_when_all_is_made_anew(checkout) -> None:
    checkout.lock("product", {"numpy": "1", "old": "1"})
    checkout.torch = "cuda"
    checkout.ensure(torch="cuda")
    checkout.lock("product", {"numpy": "1"})
    assert checkout.ensure() == ANEW_WITH_TORCH
    assert "asked for" in stamp.read(checkout.folder).torch_why


def test_torch_with_cuda_is_refused_when_pip_finds_another(checkout) -> None:
    with pytest.raises(SetupError, match=r"CUDA was asked for, but pip found .*\+cpu"):
        checkout.ensure(torch="cuda")
    assert stamp.read(checkout.folder) is None


@pytest.mark.parametrize(("torch", "programs"), [("auto", ANEW), ("cpu", ANEW_WITH_TORCH)])
def test_everything_comes_from_a_folder_of_wheels(checkout, tmp_path, torch: str, programs: list[str]) -> None:
    assert checkout.ensure(torch=torch, wheels=tmp_path) == programs
    for command in checkout.commands[1:-1]:
        assert " ".join(["--no-index", "--find-links", str(tmp_path)]) in " ".join(command)


def test_another_python_uses_what_is_there_unless_it_must_be_its_own(checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    checkout.ensure()
    monkeypatch.setattr(sys, "version_info", (3, 10 if sys.version_info[1] != 10 else 11, 0))
    assert checkout.ensure() == []
    assert checkout.ensure(this_python=True) == ANEW


def test_benchmarks_need_a_newer_python(checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10, 13))
    with pytest.raises(SetupError, match=r"lungmask, which needs Python 3\.11"):
        checkout.ensure(group="benchmarks")


def test_pip_that_fails_is_told_and_nothing_counts(checkout) -> None:
    checkout.instead["lock"] = lambda: Finished(1, ["Collecting numpy", "ERROR: something odd"])
    with pytest.raises(SetupError) as told:
        checkout.ensure()
    assert str(checkout.folder) in str(told.value)
    assert str(told.value).endswith("    pip: Collecting numpy\n    pip: ERROR: something odd")
    assert stamp.read(checkout.folder) is None


def test_a_package_that_cannot_be_imported_is_told_and_nothing_counts(checkout) -> None:
    checkout.broken = {"scipy"}
    with pytest.raises(SetupError, match=r"scipy was installed into .* but cannot be imported: ImportError: no"):
        checkout.ensure()
    assert stamp.read(checkout.folder) is None


def test_a_venv_that_cannot_be_made_is_told(checkout) -> None:
    checkout.instead["venv"] = lambda: Finished(1, ["Error: no symbolic links here"])
    with pytest.raises(SetupError, match=r"could not make .*: Error: no symbolic links here"):
        checkout.ensure()


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (errno.ENOSPC, "The disk is full: make room"),
        (errno.EACCES, "Cannot write .* make that folder writable"),
        (errno.EROFS, "Cannot write .* copy MosMedCOVID to where you may write"),
        (errno.EIO, "Cannot set up .*: broken"),
    ],
)
def test_what_the_system_refuses_is_one_sentence(checkout, number: int, sentence: str) -> None:
    checkout.instead["venv"] = raising(OSError(number, "broken"))
    with pytest.raises(SetupError, match=sentence) as told:
        checkout.ensure()
    assert "\n" not in str(told.value)


def test_a_file_in_its_place_is_told(checkout) -> None:
    checkout.folder.write_text("", encoding="utf-8")
    with pytest.raises(SetupError, match=r"Cannot set up .*\.venv"):
        checkout.ensure()


def test_a_checkout_without_its_lock_file_is_told(checkout) -> None:
    (checkout.root / "requirements.lock").unlink()
    with pytest.raises(SetupError, match=r"requirements\.lock is missing"):
        checkout.ensure()


def test_a_damaged_package_is_found_by_importing_it_and_all_is_made_anew(checkout) -> None:
    checkout.ensure()
    checkout.broken = {"scipy"}
    checkout.instead["venv"] = lambda: (checkout.broken.clear(), checkout._venv([]))[1]
    checkout.asked.clear()
    held, found = virtual_environment.examine(checkout.root, Wanted(), checkout.run, Progress(checkout.said))
    assert checkout.asked == ["imports", *ANEW]
    assert "damaged: scipy cannot be imported" in checkout.said.getvalue()
    assert found.errors == {}
    assert held == stamp.read(checkout.folder)


def test_a_damaged_environment_with_torch_is_made_anew_with_torch(checkout) -> None:
    checkout.ensure(torch="cpu")
    checkout.broken = {"monai"}
    checkout.instead["venv"] = lambda: (checkout.broken.clear(), checkout._venv([]))[1]
    checkout.asked.clear()
    virtual_environment.examine(checkout.root, Wanted(), checkout.run, Progress(checkout.said))
    assert checkout.asked == ["imports", *ANEW_WITH_TORCH]


def test_each_step_is_shown(checkout) -> None:
    checkout.lock("product", {"numpy": "1", "scipy": "1"})
    checkout.instead["lock"] = lambda: (checkout._lock(checkout.commands[-1]), Finished(0, ["Collecting numpy==1"]))[1]
    checkout.ensure(torch="cpu")
    shown = checkout.said.getvalue()
    for text in ("making ", "packages (1 of at most 3): collecting numpy==1", "torch==", "does not answer", "is ready"):
        assert text in shown
