"""Who may know whom, and what Slicer may load: the imports of every file of the module, read and judged."""

import ast
import sys
from pathlib import Path

import pytest

HOST = {"qt", "ctk", "PySide6", "panel", "EmbeddedSlicer"}
PURE = ("study", "segmentation", "grading", "saving", "reporting", "commands", "environment")
FORBIDDEN = {room: HOST | {"slicer", "vtk", "vtkmodules", "scene"} for room in PURE}
FORBIDDEN["scene"] = HOST
FORBIDDEN["panel"] = {"PySide6", "vtkmodules", "EmbeddedSlicer"}
FORBIDDEN["EmbeddedSlicer"] = {"MosMedCOVIDLib"}

# The way of a study: a room may know those before it, never those after it.
WAY = ("study", "segmentation", "grading", "saving", "reporting", "commands")
LIGHT = {"numpy", "vtk", "vtkmodules", "qt", "ctk", "slicer", "SampleData"}


def imports(path: Path, module: Path) -> list[tuple[int, str, bool]]:
    """(line, dotted name, whether it is imported as soon as the file is) for each import of a file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    package = path.relative_to(module).parent.parts
    late = set()
    for node in ast.walk(tree):
        lazy = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if lazy or (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)):
            late |= {id(inner) for inner in ast.walk(node)}
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            base = ".".join([*above, *([node.module] if node.module else [])])
            names = [base, *(f"{base}.{alias.name}" for alias in node.names)]
        else:
            continue
        found += [(node.lineno, name, id(node) not in late) for name in names]
    return found


def room_of(path: Path, module: Path) -> str:
    parts = path.relative_to(module).parts
    if parts[0] == "EmbeddedSlicer":
        return parts[0]
    return parts[1] if parts[0] == "MosMedCOVIDLib" and len(parts) > 2 else ""


def who_knows_too_much(module: Path) -> list[str]:
    """Imports, also inside functions, that the table of rooms or the way of a study forbids."""
    findings = []
    for path in sorted(module.rglob("*.py")):
        room = room_of(path, module)
        later = set(WAY[WAY.index(room) + 1 :]) if room in WAY else set()
        for line, name, _ in imports(path, module):
            words = name.split(".")
            bad = set(words) & FORBIDDEN.get(room, set())
            if words[0] == "MosMedCOVIDLib" and len(words) > 1:
                bad |= {words[1]} & later
            findings += [f"{path.name}:{line}: {room} may not know {word}" for word in sorted(bad)]
    return findings


def heavy_at_the_door(module: Path) -> list[str]:
    """Packages that a file imports as soon as it is imported itself, and that a bare Slicer doesn't have."""
    own = {path.name.removesuffix(".py") for path in module.iterdir()}
    findings = []
    for path in sorted((module / "MosMedCOVIDLib").rglob("*.py")):
        for line, name, at_once in imports(path, module):
            top = name.split(".")[0]
            if at_once and top not in LIGHT | own | set(sys.stdlib_module_names):
                findings.append(f"{path.name}:{line}: {top}")
    return findings


def test_no_room_knows_more_than_it_may(root):
    assert who_knows_too_much(root / "MosMedCOVID") == []


def test_nothing_heavy_is_loaded_at_the_door(root):
    assert heavy_at_the_door(root / "MosMedCOVID") == []


@pytest.mark.parametrize(
    ("file", "text", "finding"),
    [
        ("study/a.py", "import vtk", "a.py:1: study may not know vtk"),
        ("study/a.py", "from ..segmentation import masks", "a.py:1: study may not know segmentation"),
        ("grading/a.py", "def f():\n    import qt", "a.py:2: grading may not know qt"),
        ("saving/a.py", "from MosMedCOVIDLib.scene import volume", "a.py:1: saving may not know scene"),
        ("scene/a.py", "from ..panel.view import View", "a.py:1: scene may not know panel"),
    ],
)
def test_what_is_forbidden_is_found(tmp_path, file, text, finding):
    path = tmp_path / "MosMedCOVIDLib" / file
    path.parent.mkdir(parents=True)
    path.write_text(text)
    assert finding in who_knows_too_much(tmp_path)


def test_a_heavy_import_is_found_and_a_late_one_is_not(tmp_path):
    path = tmp_path / "MosMedCOVIDLib" / "study" / "a.py"
    path.parent.mkdir(parents=True)
    path.write_text("import json, numpy\nimport torch\ndef f():\n    import nibabel\n")
    assert heavy_at_the_door(tmp_path) == ["a.py:2: torch"]
