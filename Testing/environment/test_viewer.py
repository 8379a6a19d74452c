"""Whether the viewer can draw: tried once, remembered by display and system, and mended by system packages."""

import json
import shutil
import sys

import pytest
from EmbeddedSlicer import graphics
from MosMedCOVIDLib.environment import stamp, supported, system_libraries, viewer
from MosMedCOVIDLib.environment.processes import Finished
from MosMedCOVIDLib.environment.progress import Progress
from MosMedCOVIDLib.environment.viewer import NoViewer, WayToDraw
from MosMedCOVIDLib.errors import SetupError

OFFSCREEN = {"QT_QPA_PLATFORM": "offscreen"}
DRAWS = {"display": False, "lasting": True, "missing": [], "variables": OFFSCREEN, "reason": None}
LACKS = {**DRAWS, "lasting": False, "missing": ["libEGL.so.1", "libxkbcommon.so.0"], "reason": "It lacks them."}
FAILS = {**DRAWS, "reason": "The graphics driver fails."}


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in viewer.SETTINGS:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def installed(checkout, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The system packages that were installed, as if by root on Debian."""
    names: list[str] = []
    monkeypatch.setattr(system_libraries, "provide", lambda packages, purpose, work: names.extend(packages))
    return names


def draw(checkout, again: bool = False) -> WayToDraw:
    return viewer.way_to_draw(checkout.root, again, checkout.run, Progress(checkout.said))


def test_it_is_tried_once_with_the_python_of_the_environment_and_then_remembered(checkout) -> None:
    checkout.ensure(group="viewer")
    checkout.probed.clear()
    assert draw(checkout) == WayToDraw(False, {"QT_QPA_PLATFORM": "offscreen"})
    (probed,) = checkout.probed
    assert probed[0] == str(stamp.python_of(checkout.folder))
    assert draw(checkout) == draw(checkout)
    assert len(checkout.probed) == 1
    assert checkout.ensure(group="viewer") == [], "what is remembered changes nothing else"


@pytest.mark.parametrize("name", ["DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"])
def test_another_display_is_tried_anew_and_the_first_is_still_remembered(
    checkout, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkout.ensure(group="viewer")
    draw(checkout)
    checkout.drawing = [{**DRAWS, "display": True, "variables": {}}]
    monkeypatch.setenv(name, ":7")
    assert draw(checkout) == WayToDraw(True, {})
    monkeypatch.delenv(name)
    checkout.probed.clear()
    assert not draw(checkout).display
    assert checkout.probed == []


def test_after_a_crash_it_is_tried_again(checkout) -> None:
    checkout.ensure(group="viewer")
    draw(checkout)
    checkout.drawing = [FAILS]
    assert draw(checkout) == WayToDraw(False, DRAWS["variables"])
    with pytest.raises(NoViewer, match="The graphics driver fails"):
        draw(checkout, again=True)


def test_a_failure_is_not_remembered(checkout) -> None:
    checkout.ensure(group="viewer")
    checkout.drawing = [FAILS]
    with pytest.raises(NoViewer):
        draw(checkout)
    checkout.drawing = [DRAWS]
    assert draw(checkout)


def test_a_display_that_did_not_answer_is_tried_again(checkout) -> None:
    checkout.ensure(group="viewer")
    checkout.drawing = [{**DRAWS, "lasting": False}, {**DRAWS, "display": True}]
    assert not draw(checkout).display
    assert draw(checkout).display


def test_who_may_not_write_there_still_sees_the_viewer(checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    checkout.ensure(group="viewer")

    def refuse(*arguments: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(stamp, "write", refuse)
    assert not draw(checkout).display


def test_only_some_answers_are_remembered(checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    checkout.ensure(group="viewer")
    for number in range(viewer.REMEMBERED + 3):
        monkeypatch.setenv("DISPLAY", f"localhost:{number}")
        draw(checkout)
    assert len(stamp.read(checkout.folder).ways_to_draw) == viewer.REMEMBERED


def test_missing_libraries_are_installed_before_anything_is_downloaded(checkout, installed) -> None:
    checkout.drawing = [LACKS, DRAWS]
    checkout.ensure(group="viewer")
    assert installed == ["libegl1", "libxkbcommon0"]
    assert checkout.probed[0][0] == sys.executable
    assert checkout.probed[0][-1] == "libraries"


def test_what_is_missing_later_is_installed_and_the_drawing_tried_again(checkout, installed) -> None:
    checkout.ensure(group="viewer")
    checkout.drawing = [LACKS, DRAWS]
    assert not draw(checkout).display
    assert installed == ["libegl1", "libxkbcommon0"]


def test_who_is_not_root_reads_the_command_and_nothing_is_downloaded(checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: "/usr/bin/apt-get")
    monkeypatch.setattr(system_libraries, "is_root", lambda: False)
    checkout.drawing = [LACKS]
    with pytest.raises(NoViewer, match=r"The viewer needs libegl1 libxkbcommon0: run `sudo apt-get install .* libegl1"):
        checkout.ensure(group="viewer")
    assert checkout.asked == []
    checkout.ensure(group="product")


def test_the_commands_need_nothing_of_the_system(checkout) -> None:
    checkout.drawing = [LACKS]
    checkout.ensure(group="product")
    assert checkout.probed == []


def test_a_machine_without_viewer_gets_all_else(checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supported, "why_no_viewer", lambda: "There is none for this machine.")
    with pytest.raises(NoViewer, match="There is none for this machine"):
        checkout.ensure(group="viewer")
    assert checkout.asked == []
    checkout.ensure(group="testing")
    assert {"PySide6", "slicer"}.isdisjoint(checkout.commands[-1])
    assert checkout.probed == []


def test_a_folder_of_wheels_without_the_viewers_serves_all_else(checkout, tmp_path) -> None:
    with pytest.raises(NoViewer, match="holds no wheel of slicer-core"):
        checkout.ensure(group="viewer", wheels=tmp_path)
    checkout.ensure(group="product", wheels=tmp_path)
    (tmp_path / "slicer_core-5.12.4.0-cp311-cp311-manylinux_2_28_x86_64.whl").touch()
    checkout.ensure(group="viewer", wheels=tmp_path)


def test_a_probe_that_says_nothing_is_told(checkout) -> None:
    checkout.ensure(group="viewer")
    checkout.run = lambda command, **options: Finished(139, ["Segmentation fault"])
    with pytest.raises(SetupError, match=r"graphics\.py did not say .*: Segmentation fault"):
        draw(checkout)


def test_a_stamp_of_before_the_viewer_is_still_good(checkout) -> None:
    checkout.ensure(group="product")
    path = checkout.folder / stamp.NAME
    text = path.read_text(encoding="utf-8")
    held = stamp.read(checkout.folder)._asdict()
    del held["ways_to_draw"]
    path.write_text(json.dumps(held), encoding="utf-8")
    assert "ways_to_draw" in text
    assert checkout.ensure(group="product") == []


def test_whatever_library_the_host_may_miss_has_a_package() -> None:
    missed = {*graphics.LIBRARIES, *graphics.DISPLAY_LIBRARIES, graphics.DRIVER}
    assert missed == set(system_libraries.PACKAGES)
