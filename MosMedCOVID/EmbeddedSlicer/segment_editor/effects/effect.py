# ruff: noqa: N802
"""What all effects have: a name, and parameters that live in the segment editor node under Slicer's names."""

from __future__ import annotations

from typing import ClassVar

import slicer

from ..engine import SegmentEditing


class Effect:
    """Plays qSlicerSegmentEditorScriptedEffect. A parameter is an attribute of the node: "Threshold.MinimumThreshold".

    Common ones (the brush's) are shared by effects and have no prefix. Values are text, as in Slicer.
    """

    common_defaults: ClassVar[dict[str, object]] = {}
    defaults: ClassVar[dict[str, object]] = {}

    def __init__(self, editing: SegmentEditing, name: str, help_text: str) -> None:
        self.editing = editing
        self.name = self.title = name
        self._help_text = help_text
        self._node: slicer.vtkMRMLSegmentEditorNode | None = None

    def self(self) -> Effect:
        """The Python object behind the effect: in the host they are the same."""
        return self

    def helpText(self) -> str:
        return self._help_text

    def parameterSetNode(self) -> slicer.vtkMRMLSegmentEditorNode | None:
        return self._node

    def setParameterSetNode(self, node: slicer.vtkMRMLSegmentEditorNode | None) -> None:
        """Reads and writes the parameters there from now on; those that are not there yet get their defaults."""
        self._node = node
        if node:
            for name, value in self.common_defaults.items():
                self.setCommonParameterDefault(name, value)
            for name, value in self.defaults.items():
                self.setParameterDefault(name, value)

    def parameterDefined(self, name: str) -> bool:
        return bool(self._node and self._node.GetAttribute(f"{self.name}.{name}"))

    def commonParameterDefined(self, name: str) -> bool:
        return bool(self._node and self._node.GetAttribute(name))

    def parameter(self, name: str) -> str:
        """The effect's own parameter, or else the common one of that name. KeyError where there is neither."""
        value = self._node and (self._node.GetAttribute(f"{self.name}.{name}") or self._node.GetAttribute(name))
        if not value:
            raise KeyError(f"{self.name} has no parameter '{name}'")
        return value

    def doubleParameter(self, name: str) -> float:
        return float(self.parameter(name))

    def integerParameter(self, name: str) -> int:
        return int(float(self.parameter(name)))

    def setParameter(self, name: str, value: object) -> None:
        self.setCommonParameter(f"{self.name}.{name}", value)

    def setCommonParameter(self, name: str, value: object) -> None:
        """Listeners to the node's EffectParameterModified hear of it; the node itself is not said to be modified."""
        text = str(int(value)) if isinstance(value, bool) else str(value)
        if self._node is None or self._node.GetAttribute(name) == text:
            return
        quiet = self._node.GetDisableModifiedEvent()
        self._node.SetDisableModifiedEvent(True)
        self._node.SetAttribute(name, text)
        self._node.SetDisableModifiedEvent(quiet)
        self._node.InvokeCustomModifiedEvent(slicer.vtkMRMLSegmentEditorNode.EffectParameterModified)

    def setParameterDefault(self, name: str, value: object) -> None:
        if not self.parameterDefined(name):
            self.setParameter(name, value)

    def setCommonParameterDefault(self, name: str, value: object) -> None:
        if not self.commonParameterDefined(name):
            self.setCommonParameter(name, value)
