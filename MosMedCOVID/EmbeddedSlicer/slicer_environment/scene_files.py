"""The whole scene in one file (.mrb; .mrml is read): never half a file, and never a scene lost to a bad one."""

from __future__ import annotations

import tempfile
import zipfile
from pathlib import Path

import slicer


def save_scene(scene: slicer.vtkMRMLScene, path: Path, messages: slicer.vtkMRMLMessageCollection) -> bool:
    """Writes the scene to a .mrb file: beside the target first, which it replaces when all is written.

    OSError where the folder cannot be written; False, the reasons in `messages`, where Slicer could not write a node.
    """
    with tempfile.TemporaryDirectory(prefix=f".{path.name}-", dir=path.parent) as folder:
        whole = Path(folder) / path.name  # the bundle's inside is named after its file
        written = scene.WriteToMRB(str(whole), None, messages)
        if written:
            whole.replace(path)
        return written


def load_scene(
    scene: slicer.vtkMRMLScene, path: Path, clear: bool, messages: slicer.vtkMRMLMessageCollection
) -> list[str]:
    """Reads a .mrb or .mrml file, in place of the present scene or into it; the IDs of the nodes that came in.

    ValueError for a file that is no scene: the present one is still there then.
    """
    _check_readable(path)
    before = set() if clear else {node.GetID() for node in scene.GetNodes()}
    if path.suffix == ".mrb":
        scene.ReadFromMRB(str(path), clear, messages)
    else:
        scene.SetURL(str(path))
        if clear:
            scene.Connect(messages)
        else:
            scene.Import(messages)
    for node in slicer.util.getNodesByClass("vtkMRMLSliceNode"):
        node.Modified()  # views drew segments before their colours had come, and would leave them out until scrolled
    return [node.GetID() for node in scene.GetNodes() if node.GetID() not in before]


def _check_readable(path: Path) -> None:
    if path.suffix == ".mrb":
        if not zipfile.is_zipfile(path):
            raise ValueError(f"{path.name} is not a scene bundle, or it is damaged.")
        with zipfile.ZipFile(path) as bundle:
            if not any(name.endswith(".mrml") for name in bundle.namelist()):
                raise ValueError(f"{path.name} has no scene in it.")
    elif "<MRML" not in path.read_text(encoding="utf-8", errors="replace")[:1000]:
        raise ValueError(f"{path.name} is not a scene.")
