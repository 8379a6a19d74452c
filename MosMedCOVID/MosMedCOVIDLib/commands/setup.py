"""`setup`: makes or repairs .venv and says what is there. Runs on the bare Python: standard library only."""

import argparse
import json
from pathlib import Path
from typing import Any

from ..environment.inspection import Found
from ..environment.stamp import FOLDER, Stamp
from ..environment.viewer import NoViewer, way_to_draw
from ..environment.virtual_environment import examine
from ..environment.wanted import Wanted
from ..errors import UsageError

MODULE = Path(__file__).resolve().parent.parent.parent


def run(options: argparse.Namespace) -> int:
    """Sets up, prints what is there, and gives the exit code. Raises UsageError and SetupError."""
    wheels = options.wheels.resolve() if options.wheels else None
    if wheels and not wheels.is_dir():
        raise UsageError(f"There is no folder {wheels}: --wheels names one that holds the packages' wheels.")
    report = set_up(Wanted("viewer", torch=options.torch or "auto", wheels=wheels, this_python=True))
    print(json.dumps(report, ensure_ascii=False) if options.json else as_text(report))
    return 0


def set_up(wanted: Wanted) -> dict[str, Any]:
    """Sets up what is wanted; all but the viewer where that cannot be had or cannot draw. Gives what is there."""
    try:
        held, found = examine(MODULE.parent, wanted)
    except NoViewer as error:
        held, found = examine(MODULE.parent, wanted._replace(group="product"))
        return what_is_there(held, found, {"ready": False, "display": False, "reason": str(error)})
    try:
        way = way_to_draw(MODULE.parent)
    except NoViewer as error:
        return what_is_there(held, found, {"ready": False, "display": False, "reason": str(error)})
    return what_is_there(held, found, {"ready": True, "display": way.display, "reason": None})


def what_is_there(held: Stamp, found: Found, viewer: dict[str, Any]) -> dict[str, Any]:
    """The answer as it is printed with --json."""
    return {
        "schema": 1,
        "environment": str(MODULE.parent / FOLDER),
        "group": held.group,
        "python": found.python,
        "packages": found.versions,
        "torch": {"version": held.torch_version, "build": found.torch, "source": held.torch_why, "gpu": found.gpu},
        "viewer": viewer,
        "models": [model(bundle) for bundle in sorted((MODULE / "Resources" / "Models").glob("*/"))],
    }


def model(bundle: Path) -> dict[str, Any]:
    """A model bundle: its version, if that can be read, and the size of each file of weights."""
    try:
        metadata = json.loads((bundle / "configs" / "metadata.json").read_text(encoding="utf-8"))
        version = str(metadata["version"])
    except (OSError, ValueError, KeyError, TypeError):
        version = ""
    weights = sorted(path for path in (bundle / "models").glob("*") if path.is_file())
    return {"name": bundle.name, "version": version, "weights": {path.name: path.stat().st_size for path in weights}}


def as_text(report: dict[str, Any]) -> str:
    """The answer for a reader."""
    viewer = report["viewer"]
    drawing = "opens its window" if viewer["display"] else "finds no display, so it writes pictures"
    lines = [
        f"Python {report['python']} in {report['environment']} (packages for: {report['group']})",
        *(f"  {name} {version}" for name, version in sorted(report["packages"].items(), key=str)),
        about_torch(report["torch"]),
        f"the viewer {drawing}" if viewer["ready"] else f"no viewer: {viewer['reason']}",
    ]
    for found in report["models"]:
        weights = ", ".join(f"{name} ({size / 1e6:.1f} MB)" for name, size in found["weights"].items())
        lines.append(f"model {found['name']} {found['version'] or '(version unknown)'}: {weights or 'no weights'}")
    if not report["models"]:
        lines.append(f"no model in {MODULE / 'Resources' / 'Models'}")
    return "\n".join(lines)


def about_torch(torch: dict[str, Any]) -> str:
    """What torch runs on and where it was taken from, or how to have it and what for."""
    if torch["build"] == "none":
        return (
            "torch is not installed: the network runs on ONNX Runtime; `setup --torch cpu` installs torch for training "
            "and for other bundles"
        )
    return f"torch runs on the {'GPU ' + torch['gpu'] if torch['gpu'] else 'CPU'} (taken {torch['source']})"
