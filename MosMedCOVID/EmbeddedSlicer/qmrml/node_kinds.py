"""Which nodes of a scene a node selector lists, and what Slicer calls them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from slicer import vtkMRMLNode, vtkMRMLScene


def nodes_in(scene: vtkMRMLScene | None) -> list[vtkMRMLNode]:
    """All nodes, in the scene's order."""
    return [scene.GetNthNode(index) for index in range(scene.GetNumberOfNodes())] if scene else []


def is_of_kind(node: vtkMRMLNode, types: Sequence[str], hidden_types: Sequence[str], derived: bool) -> bool:
    """Whether the node is of a type (or, with `derived`, of a class derived from one); of any, without types."""
    if any(node.IsA(hidden) for hidden in hidden_types):
        return False
    return not types or any(node.IsA(kind) if derived else node.GetClassName() == kind for kind in types)


def has_attributes(node: vtkMRMLNode, wanted: Mapping[tuple[str, str], str | None]) -> bool:
    """Whether the node has what is wanted of its type: {(type, attribute): value, or None for any value}."""
    mine = [(node.GetAttribute(name), value) for (kind, name), value in wanted.items() if node.IsA(kind)]
    return all(found is not None and value in (None, found) for found, value in mine)


def type_name(scene: vtkMRMLScene | None, class_name: str) -> str:
    """What Slicer calls such a node: Volume, Segmentation."""
    node = scene.CreateNodeByClass(class_name) if scene and class_name else None
    if node is None:
        return "node"
    node.UnRegister(None)  # CreateNodeByClass hands over a reference that Python doesn't count
    return node.GetTypeDisplayName()
