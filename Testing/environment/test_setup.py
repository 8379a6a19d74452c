"""The command `setup`: what it says is there, as text and as JSON."""

import argparse
import json
from dataclasses import replace
from pathlib import Path

import pytest
from MosMedCOVIDLib.commands import setup
from MosMedCOVIDLib.commands.command_line import ADD_ARGUMENTS
from MosMedCOVIDLib.environment.inspection import Found
from MosMedCOVIDLib.environment.stamp import Stamp
from MosMedCOVIDLib.environment.viewer import NoViewer, WayToDraw
from MosMedCOVIDLib.environment.wanted import Wanted
from MosMedCOVIDLib.errors import UsageError

VERSIONS = {"numpy": "2.4.6", "torch": "2.13.0+cpu"}
HELD = Stamp("product", "", [], "3.11.7", "cpu", "2.13.0+cpu", "from an index: no NVIDIA GPU is here", "", [])
FOUND = Found(python="3.11.7", packages="", versions=VERSIONS, errors={}, torch="cpu", gpu=None)


def options(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    ADD_ARGUMENTS["setup"](parser)
    return parser.parse_args(words)


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The module's folder with one model, set up without doing anything."""
    folder = tmp_path / "MosMedCOVID"
    bundle = folder / "Resources" / "Models" / "lungs"
    for name in ("configs", "models"):
        (bundle / name).mkdir(parents=True)
    (bundle / "configs" / "metadata.json").write_text('{"version": "0.2.0"}', encoding="utf-8")
    (bundle / "models" / "model.pt").write_bytes(bytes(2_500_000))
    monkeypatch.setattr(setup, "MODULE", folder)
    monkeypatch.setattr(setup, "examine", lambda root, wanted: (HELD, FOUND))
    monkeypatch.setattr(setup, "way_to_draw", lambda root: WayToDraw(True, {}))
    return folder


def test_json_is_all_that_is_printed(module: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert setup.run(options("--json")) == 0
    assert json.loads(capsys.readouterr().out) == {
        "schema": 1,
        "environment": str(module.parent / ".venv"),
        "group": "product",
        "python": "3.11.7",
        "packages": VERSIONS,
        "torch": {"version": "2.13.0+cpu", "build": "cpu", "source": HELD.torch_why, "gpu": None},
        "viewer": {"ready": True, "display": True, "reason": None},
        "models": [{"name": "lungs", "version": "0.2.0", "weights": {"model.pt": 2_500_000}}],
    }


def test_the_text_names_python_packages_torch_and_model(module: Path, capsys: pytest.CaptureFixture[str]) -> None:
    setup.run(options())
    text = capsys.readouterr().out
    for part in (
        "Python 3.11.7 in ",
        "numpy 2.4.6",
        "torch runs on the CPU (taken from an index: no NVIDIA GPU is here)",
        "viewer opens its window",
        "model lungs 0.2.0: model.pt (2.5 MB)",
    ):
        assert part in text


def test_without_torch_it_is_said_what_runs_the_network_and_how_to_have_torch(
    module: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    held = HELD._replace(torch="none", torch_version="", torch_why="")
    found = replace(FOUND, torch="none", versions={"onnxruntime": "1.31.1"})
    monkeypatch.setattr(setup, "examine", lambda root, wanted: (held, found))
    setup.run(options())
    text = capsys.readouterr().out
    assert "torch is not installed: the network runs on ONNX Runtime; `setup --torch cpu` installs torch" in text
    assert "torch runs" not in text
    setup.run(options("--json"))
    said = json.loads(capsys.readouterr().out)
    assert said["torch"] == {"version": "", "build": "none", "source": "", "gpu": None}


def test_what_a_model_lacks_is_said(module: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bundle = module / "Resources" / "Models" / "lungs"
    (bundle / "configs" / "metadata.json").write_text("{", encoding="utf-8")
    (bundle / "models" / "model.pt").unlink()
    setup.run(options())
    assert "model lungs (version unknown): no weights" in capsys.readouterr().out


def test_no_model_at_all_is_said(module: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (module / "Resources").rename(module / "elsewhere")
    setup.run(options())
    assert "no model in " in capsys.readouterr().out


def test_what_is_asked_for_is_what_is_wanted(module: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Wanted] = []
    monkeypatch.setattr(setup, "examine", lambda root, wanted: (asked.append(wanted), (HELD, FOUND))[1])
    setup.run(options("--torch", "cuda", "--wheels", str(tmp_path)))
    setup.run(options())
    assert asked == [
        Wanted("viewer", torch="cuda", wheels=tmp_path.resolve(), this_python=True),
        Wanted("viewer", torch="auto", wheels=None, this_python=True),
    ]


def test_where_no_viewer_can_be_had_all_else_is_set_up_and_the_reason_is_said(
    module: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[str] = []

    def examine(root: Path, wanted: Wanted) -> tuple[Stamp, Found]:
        asked.append(wanted.group)
        if wanted.group == "viewer":
            raise NoViewer("There is none for this machine.")
        return HELD, FOUND

    monkeypatch.setattr(setup, "examine", examine)
    assert setup.run(options("--json")) == 0
    assert asked == ["viewer", "product"]
    said = json.loads(capsys.readouterr().out)
    assert said["viewer"] == {"ready": False, "display": False, "reason": "There is none for this machine."}
    setup.run(options())
    assert "no viewer: There is none for this machine." in capsys.readouterr().out


def test_a_viewer_that_cannot_draw_is_said(
    module: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def cannot(root: Path) -> WayToDraw:
        raise NoViewer("The graphics driver fails.")

    monkeypatch.setattr(setup, "way_to_draw", cannot)
    assert setup.run(options("--json")) == 0
    assert json.loads(capsys.readouterr().out)["viewer"]["reason"] == "The graphics driver fails."


def test_without_a_display_the_viewer_is_said_to_write_pictures(
    module: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(setup, "way_to_draw", lambda root: WayToDraw(False, {}))
    setup.run(options())
    assert "the viewer finds no display, so it writes pictures" in capsys.readouterr().out


def test_a_folder_of_wheels_that_does_not_exist_is_wrong_usage(module: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="There is no folder"):
        setup.run(options("--wheels", str(tmp_path / "nothing")))
