"""Display and driver: what is told to Qt and VTK, and what is said where no picture can be drawn."""

import json
import os
import signal
import subprocess
import sys

import pytest

pytest.importorskip("PySide6")

from EmbeddedSlicer import graphics

on_linux = pytest.mark.skipif(not graphics.ON_LINUX, reason="displays and drivers as Linux knows them")
NAMES = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "VTK_DEFAULT_OPENGL_WINDOW")
EGL = {"VTK_DEFAULT_OPENGL_WINDOW": "vtkEGLRenderWindow"}
OFFSCREEN = {"QT_QPA_PLATFORM": "offscreen", **EGL}


@pytest.fixture(autouse=True)
def bare(monkeypatch):
    """No display, and nothing set by the user; what a test sets is undone."""
    for name in NAMES:
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)


@on_linux
@pytest.mark.parametrize(
    ("variables", "display"),
    [
        ({}, False),
        ({"DISPLAY": ""}, False),
        ({"DISPLAY": ":0"}, True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, True),
        ({"DISPLAY": ":0", "QT_QPA_PLATFORM": "offscreen"}, False),
        ({"DISPLAY": ":0", "QT_QPA_PLATFORM": "xcb"}, True),
    ],
)
def test_a_display_is_what_the_environment_names(variables, display, monkeypatch):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert graphics.has_display() is display


@on_linux
def test_qt_is_told_of_a_missing_display_and_vtk_where_to_draw():
    graphics.prepare()
    assert {name: os.environ.get(name) for name in OFFSCREEN} == OFFSCREEN


@on_linux
def test_with_a_display_qt_finds_its_own_way(monkeypatch):
    monkeypatch.setenv("DISPLAY", ":0")
    graphics.prepare()
    assert "QT_QPA_PLATFORM" not in os.environ
    assert os.environ["VTK_DEFAULT_OPENGL_WINDOW"] == "vtkEGLRenderWindow"


def test_what_the_user_set_stays(monkeypatch):
    mine = {"QT_QPA_PLATFORM": "minimal", "VTK_DEFAULT_OPENGL_WINDOW": "vtkOSOpenGLRenderWindow"}
    for name, value in mine.items():
        monkeypatch.setenv(name, value)
    graphics.prepare()
    assert {name: os.environ[name] for name in mine} == mine


def test_elsewhere_nothing_is_told(monkeypatch):
    monkeypatch.setattr(graphics, "ON_LINUX", False)
    assert graphics.has_display()
    assert graphics.variables(display=True) == {}
    assert graphics.missing_libraries(display=True) == []


def test_a_picture_is_drawn_here():
    assert graphics.probe() is None


@on_linux
def test_libraries_are_missed_by_name_and_those_of_a_display_only_with_one(monkeypatch):
    monkeypatch.setattr(graphics, "LIBRARIES", ("libc.so.6", "libnowhere.so.1"))
    monkeypatch.setattr(graphics, "DISPLAY_LIBRARIES", ("libnodisplay.so.1",))
    assert graphics.missing_libraries(display=False) == ["libnowhere.so.1"]
    assert graphics.missing_libraries(display=True) == ["libnowhere.so.1", "libnodisplay.so.1"]
    there = graphics.what_is_there()
    assert there["missing"] == ["libnowhere.so.1"]
    assert there["reason"] == "The viewer needs libnowhere.so.1 of the operating system."


@on_linux
def test_a_display_that_does_not_answer_counts_as_none(monkeypatch):
    monkeypatch.setattr(graphics, "DISPLAY_LIBRARIES", ())
    monkeypatch.setenv("DISPLAY", ":77")
    there = graphics.what_is_there()
    assert there == {"display": False, "lasting": False, "missing": [], "variables": OFFSCREEN, "reason": None}
    monkeypatch.delenv("DISPLAY")
    assert graphics.what_is_there() == {**there, "lasting": True}


@on_linux
@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "The graphics driver fails at the first picture"),
        ("import nowhere_at_all", "cannot be loaded: ModuleNotFoundError: No module named 'nowhere_at_all'"),
        ("raise SystemExit('a green picture came out black')", "does not draw as it should: a green picture came out"),
        (
            "import os, sys; print('qt.qpa.xcb: could not connect to display :7', file=sys.stderr); os.abort()",
            "Qt cannot open a window here: qt.qpa.xcb: could not connect to display :7",
        ),
    ],
)
def test_what_ends_the_child_is_a_sentence_here(script, said, monkeypatch):
    monkeypatch.setattr(graphics, "DRAW", script)
    assert said in graphics.probe()
    assert said in graphics.what_is_there()["reason"]


def test_a_driver_that_never_ends_is_told(monkeypatch):
    monkeypatch.setattr(graphics, "DRAW", "import time; time.sleep(60)")
    assert "longer than" in graphics.probe(timeout=0.2)


@on_linux
def test_a_crash_asks_for_mesa_only_where_it_is_missing(monkeypatch):
    monkeypatch.setattr(graphics, "LIBRARIES", ())
    monkeypatch.setattr(graphics, "draw", lambda environment: (-signal.SIGSEGV, []))
    monkeypatch.setattr(graphics, "DRIVER", "libc.so.6")
    assert graphics.what_is_there()["missing"] == []
    monkeypatch.setattr(graphics, "DRIVER", "libnowhere.so.1")
    assert graphics.what_is_there()["missing"] == ["libnowhere.so.1"]


def test_as_a_program_it_prints_json_and_needs_no_package():
    bare_python = [sys.executable, "-I", "-S", graphics.__file__]  # without site-packages
    libraries = subprocess.run([*bare_python, "libraries"], capture_output=True, text=True, check=True)
    assert json.loads(libraries.stdout) == {"missing": graphics.missing_libraries(graphics.has_display())}
    answer = json.loads(subprocess.run(bare_python, capture_output=True, text=True, check=True).stdout)
    assert list(answer) == ["display", "lasting", "missing", "variables", "reason"]
