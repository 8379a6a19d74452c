"""Facts that MRML has no field for, kept on a node as JSON: they are saved with the scene and come back with it."""

from __future__ import annotations

import json
from typing import Any

import slicer


def keep(node: slicer.vtkMRMLNode, attribute: str, facts: dict[str, Any]) -> None:
    """Writes facts into a node's attribute; numbers and arrays of numpy become plain ones."""
    node.SetAttribute(attribute, json.dumps(facts, default=lambda value: value.tolist()))


def kept(node: slicer.vtkMRMLNode, attribute: str) -> dict[str, Any] | None:
    """What `keep` wrote; None where there is nothing, or something else."""
    try:
        facts = json.loads(node.GetAttribute(attribute) or "null")
    except ValueError:
        return None
    return facts if isinstance(facts, dict) else None
