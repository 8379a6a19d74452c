"""Without a command the viewer opens, or goes the whole way where there is no display. A stand-in plays the viewer."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from MosMedCOVIDLib.commands import phantom as phantom_command
from MosMedCOVIDLib.commands import show
from MosMedCOVIDLib.commands.command_line import main
from MosMedCOVIDLib.environment import supported, viewer
from MosMedCOVIDLib.environment.viewer import NoViewer, WayToDraw
from MosMedCOVIDLib.saving.nifti import write_volume

WINDOW, OFFSCREEN = WayToDraw(True, {}), WayToDraw(False, {"QT_QPA_PLATFORM": "offscreen"})
posix_only = pytest.mark.skipif(os.name != "posix", reason="signals as POSIX knows them")

# Tells how it was started in a file, and ends as it is told to in the environment.
TELLS = """
import importlib.util, json, os, sys
names = ("QT_QPA_PLATFORM", "PYTHONSAFEPATH")
told = {"words": sys.argv[1:], "host": bool(importlib.util.find_spec("EmbeddedSlicer")), "folder": os.getcwd()}
with open(os.environ["TOLD"], "w") as file:
    json.dump({**told, **{name: os.environ.get(name) for name in names}}, file)
exec(os.environ.get("THEN", ""))
"""
# Grades as the whole way does in the viewer, and prints more than the result.
GRADES = """
import os, sys
from MosMedCOVIDLib.commands.command_line import main
print("a library's remark")
study, out = sys.argv[sys.argv.index("--python-script") + 2], sys.argv[sys.argv.index("--out") + 1]
sys.exit(main(["grade", study, "--out", out, "--json"]))
"""
REFUSED = {"schema": 1, "study": {"name": "chest"}, "refused": {"check": "slices", "reason": "It has no slices."}}


@pytest.fixture(autouse=True)
def way(monkeypatch):
    """How the viewer draws, to be changed by a test: in turn, the last one again and again."""
    ways = [OFFSCREEN]

    def way_to_draw(root, again=False):
        way = ways.pop(0) if len(ways) > 1 else ways[0]
        if isinstance(way, Exception):
            raise way
        return way

    monkeypatch.setattr(viewer, "way_to_draw", way_to_draw)
    monkeypatch.setattr(supported, "why_no_viewer", lambda: "")
    monkeypatch.delenv("QT_QPA_PLATFORM", raising=False)
    return ways


@pytest.fixture
def told(tmp_path, monkeypatch):
    """Puts the stand-in in the viewer's place, in a folder of its own; gives what it was told."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TOLD", str(tmp_path / "told"))
    monkeypatch.setattr(show, "viewer_command", lambda words: [sys.executable, "-c", TELLS, *words])
    return lambda: json.loads((tmp_path / "told").read_text())


@pytest.fixture
def small(phantom, monkeypatch):
    """Draws a small teaching phantom, which is quick."""
    assert phantom_command.thorax_phantom  # imported before, so that it keeps its own
    monkeypatch.setattr("MosMedCOVIDLib.study.phantom.thorax_phantom", lambda name: phantom)


@pytest.fixture
def grading(monkeypatch, small):
    """Puts a stand-in that really grades in the viewer's place."""
    monkeypatch.setattr(show, "viewer_command", lambda words: [sys.executable, "-c", GRADES, *words])


def test_with_a_display_the_window_opens_with_the_study(tmp_path, told, way, monkeypatch):
    way[:] = [WINDOW]
    (tmp_path / "chest.nii.gz").touch()
    monkeypatch.setenv("THEN", "sys.exit(7)")
    assert main(["chest.nii.gz"]) == 7
    assert told() == {
        "words": [str(tmp_path / "chest.nii.gz")],
        "host": True,
        "folder": str(tmp_path),
        "QT_QPA_PLATFORM": None,
        "PYTHONSAFEPATH": "1",
    }
    assert main([]) == 7
    assert told()["words"] == []
    assert main(["chest.nii.gz", "."]) == 7
    assert told()["words"] == [str(tmp_path / "chest.nii.gz"), str(tmp_path)], "several at once"


def test_the_host_is_started_with_the_modules_folder():
    command = show.viewer_command(["a", "b"])
    assert command[:3] == [sys.executable, "-m", "EmbeddedSlicer"]
    assert command[3:] == ["--additional-module-path", str(Path("MosMedCOVID").resolve()), "a", "b"]


def test_without_a_display_the_whole_way_is_gone_and_the_windows_picture_is_named(tmp_path, told, monkeypatch, capsys):
    (tmp_path / "chest.nii.gz").touch()
    monkeypatch.setenv("THEN", f"print('a remark'); print({json.dumps(REFUSED)!r}); sys.exit(3)")
    assert main(["chest.nii.gz", "--out", "there", "--device", "cpu"]) == 3
    words = told()["words"]
    assert words[:5] == ["--testing", "--size", show.PICTURE_SIZE, "--python-script", str(show.WHOLE_WAY)]
    assert words[5:] == [str(tmp_path / "chest.nii.gz"), "--out", "there", "--device", "cpu", "--json"]
    assert told()["QT_QPA_PLATFORM"] == "offscreen"
    said = capsys.readouterr()
    assert said.out == "chest\n  Refused: It has no slices.\n"
    assert "a remark" in said.err


def test_of_several_studies_each_goes_its_way_and_the_worst_end_counts(tmp_path, told, monkeypatch, capsys):
    for name in ("a.nii.gz", "b.nii.gz"):
        (tmp_path / name).touch()
    monkeypatch.setenv("THEN", f"print({json.dumps(REFUSED)!r}); sys.exit(3 if 'a.nii' in sys.argv[6] else 0)")
    for paths in (["."], ["a.nii.gz", "b.nii.gz"]):
        assert main(paths) == 3
        assert told()["words"][5] == str(tmp_path / "b.nii.gz")
        assert capsys.readouterr().out.count("Refused") == 2


@pytest.mark.parametrize(("then", "code"), [("sys.exit(4)", 4), ("sys.exit(0)", 1)])
def test_a_viewer_that_ends_without_a_result(then, code, tmp_path, told, monkeypatch, capsys):
    (tmp_path / "chest.nii.gz").touch()
    monkeypatch.setenv("THEN", f"print('The weights are missing.', file=sys.stderr); {then}")
    assert main(["chest.nii.gz"]) == code
    assert ("ended without a result" in capsys.readouterr().err) is (code == 1)


@posix_only
@pytest.mark.parametrize(
    ("ways", "code", "sentence"),
    [
        ([WINDOW, NoViewer("The graphics driver fails.")], 4, "The graphics driver fails."),
        ([WINDOW, OFFSCREEN], 4, "The viewer lost its display"),
        ([WINDOW], 1, "the viewer crashed (SIGSEGV), though the graphics driver draws"),
    ],
)
def test_a_crash_is_looked_into(ways, code, sentence, told, way, monkeypatch, capsys):
    way[:] = ways
    monkeypatch.setenv("THEN", "import signal; os.kill(os.getpid(), signal.SIGSEGV)")
    assert main([]) == code
    assert sentence in capsys.readouterr().err


STOPPED = """
import signal, subprocess, sys
from MosMedCOVIDLib.commands import show
from MosMedCOVIDLib.commands.command_line import main
from MosMedCOVIDLib.environment import supported, viewer

signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job may have been told to ignore it
show.SECONDS_TO_END = 1
show.viewer_command = lambda words: [sys.executable, "-c", sys.argv[1]]
supported.why_no_viewer = lambda: ""
viewer.way_to_draw = lambda root, again=False: viewer.WayToDraw(True, {})
sys.exit(main([]))
"""
WAITS = """
import os, signal, sys, time
def stop(*told):
    print("told to stop", flush=True)
    if {ends}:
        sys.exit(130)
signal.signal(signal.SIGINT, stop)
print(os.getpid(), flush=True)
while True:
    time.sleep(0.05)
"""


@posix_only
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("ends", [True, False])
def test_ctrl_c_ends_the_viewer_too_even_one_that_does_not_listen(number, ends, root):
    process = subprocess.Popen(
        [sys.executable, "-c", STOPPED, WAITS.format(ends=ends)],
        env={**os.environ, "PYTHONPATH": str(root / "MosMedCOVID")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    child = int(process.stdout.readline())
    process.send_signal(number)
    said, shown = process.communicate(timeout=60)
    assert (process.returncode, said) == (130, "told to stop\n"), shown
    assert "Traceback" not in shown
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)


def test_the_phantoms_truth_stands_beside_what_was_found(tmp_path, grading, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main([]) == 0
    said = capsys.readouterr()
    assert "a library's remark" in said.err
    assert "a library's remark" not in said.out
    assert "neither was fitted to the other" in said.out
    row = next(line.split() for line in said.out.splitlines() if line.strip().startswith("involvement"))
    assert row[-2:] == ["35.0", "%"]
    assert row[1:3] != row[3:5], "a difference is printed, not hidden"
    made = (tmp_path / "MosMedCOVID-results" / "teaching_phantom_ct.nii.gz").stat().st_mtime_ns
    time.sleep(0.01)
    assert main([]) == 0, "a second time on the same phantom"
    assert (tmp_path / "MosMedCOVID-results" / "teaching_phantom_ct.nii.gz").stat().st_mtime_ns == made


def test_where_there_is_no_viewer_to_be_had_a_plain_picture_is_drawn(tmp_path, phantom, small, monkeypatch, capsys):
    monkeypatch.setattr(supported, "why_no_viewer", lambda: "There is none for this machine.")
    monkeypatch.chdir(tmp_path)
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    write_volume(tmp_path / "chest.nii.gz", phantom.study.hu, phantom.study)
    assert main(["chest.nii.gz"]) == 0
    said = capsys.readouterr()
    assert (tmp_path / "MosMedCOVID-results" / "chest_picture.png").exists()
    assert "chest_picture.png" in said.out
    assert "There is none for this machine." in said.err
    assert main([]) == 0
    assert "neither was fitted to the other" in capsys.readouterr().out


def test_with_a_display_but_no_viewer_to_be_had_it_is_said(monkeypatch, capsys):
    monkeypatch.setattr(supported, "why_no_viewer", lambda: "There is none for this machine.")
    monkeypatch.setenv("DISPLAY", ":0")
    assert main([]) == 4
    assert capsys.readouterr().err == "There is none for this machine.\n"
