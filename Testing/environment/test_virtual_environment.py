"""When .venv is reused, brought up to date or made anew, and what the user reads when that fails."""

import errno
import shutil
import sys

import pytest
from MosMedCOVIDLib.environment import locks, stamp, virtual_environment
from MosMedCOVIDLib.environment.processes import Finished
from MosMedCOVIDLib.environment.progress import Progress
from MosMedCOVIDLib.environment.wanted import Wanted
from MosMedCOVIDLib.errors import SetupError

ANEW = ["venv", "lock", "torch", "imports"]
GROWN = ["lock", "imports"]


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
    assert (held.group, held.torch, held.torch_version) == ("testing", "cpu", f"{locks.TORCH}+cpu")
    assert held.pins == ["numpy", "pytest", "vtk"]


def test_the_locked_packages_are_installed_by_hash_without_dependencies_of_their_own(checkout) -> None:
    checkout.ensure(group="testing")
    command = checkout.commands[1]
    assert {"--require-hashes", "--no-deps"} <= set(command)
    assert command[-1] == str(checkout.root / "requirements-testing.lock")


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


def test_another_version_of_torch_is_installed(checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    checkout.ensure()
    shutil.rmtree(checkout.packages / "torch-cpu")
    (checkout.packages / "torch-cpu").mkdir()
    monkeypatch.setattr(locks, "TORCH", "99.0")
    monkeypatch.setitem(checkout.instead, "torch", lambda: Finished(0, []))
    assert checkout.ensure() == ["lock", "torch", "imports"]


@pytest.mark.parametrize("program", ANEW)
@pytest.mark.parametrize("stop", [KeyboardInterrupt(), SystemExit(9), OSError(errno.ENOSPC, "full")])
def test_what_was_broken_off_is_made_anew(checkout, program: str, stop: BaseException) -> None:
    checkout.instead[program] = raising(stop)
    with pytest.raises((type(stop), SetupError)):
        checkout.ensure()
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


def test_without_torch_leaves_it_out_and_what_needs_it(checkout) -> None:
    assert checkout.ensure(torch="none") == ["venv", "lock", "imports"]
    assert {"torch", "monai"}.isdisjoint(checkout.commands[-1])
    assert checkout.ensure(torch="none") == []


def test_torch_is_added_when_it_is_wanted(checkout) -> None:
    checkout.ensure(torch="none")
    assert checkout.ensure() == ["lock", "torch", "imports"]
    assert "monai" in checkout.commands[-1]
    assert checkout.ensure(torch="none") == []


def test_another_torch_than_the_one_there_makes_it_anew(checkout) -> None:
    checkout.ensure()
    checkout.torch = "cuda"
    assert checkout.ensure(torch="cuda") == ANEW
    assert checkout.ensure(torch="auto") == []


def test_the_torch_that_was_asked_for_stays_when_all_is_made_anew(checkout) -> None:
    checkout.lock("product", {"numpy": "1", "old": "1"})
    checkout.torch = "cuda"
    checkout.ensure(torch="cuda")
    checkout.lock("product", {"numpy": "1"})
    checkout.ensure()
    assert "asked for" in stamp.read(checkout.folder).torch_why


def test_torch_with_cuda_is_refused_when_pip_finds_another(checkout) -> None:
    with pytest.raises(SetupError, match=r"CUDA was asked for, but pip found .*\+cpu"):
        checkout.ensure(torch="cuda")
    assert stamp.read(checkout.folder) is None


def test_everything_comes_from_a_folder_of_wheels(checkout, tmp_path) -> None:
    assert checkout.ensure(wheels=tmp_path) == ANEW
    for command in checkout.commands[1:3]:
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


def test_each_step_is_shown(checkout) -> None:
    checkout.lock("product", {"numpy": "1", "scipy": "1"})
    checkout.instead["lock"] = lambda: (checkout._lock(checkout.commands[-1]), Finished(0, ["Collecting numpy==1"]))[1]
    checkout.ensure()
    shown = checkout.said.getvalue()
    for text in ("making ", "packages (1 of at most 2): collecting numpy==1", "torch==", "does not answer", "is ready"):
        assert text in shown
