"""How one value of one type stands in a parameter node: letter for letter as in Slicer, so that scenes cross over."""

from __future__ import annotations

import enum
import pathlib
import types
import typing
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import slicer

from .annotations import Validator, splitAnnotations

PATHS = tuple(getattr(pathlib, name) for name in dir(pathlib) if name.endswith("Path"))


@dataclass
class Serializer:
    """Values of one type as text under one name.

    accepts: the types that may be written, the parameter's own first; None is refused unless it is among them.
    """

    accepts: tuple[type, ...]
    default: Callable[[], object]
    to_text: Callable[[Any], str]
    from_text: Callable[[str], object]
    validators: tuple[Validator, ...] = ()

    def validate(self, value: object) -> None:
        """TypeError for a value of another type, ValueError for one outside the limits."""
        if value is None and type(None) not in self.accepts:
            raise ValueError("The value must not be None")
        if not isinstance(value, self.accepts):
            wanted = " or ".join(kind.__name__ for kind in self.accepts)
            raise TypeError(f"{value!r} is a {type(value).__name__}, not a {wanted}")
        for validator in self.validators:
            validator.validate(value)

    def is_in(self, node: slicer.vtkMRMLScriptedModuleNode, name: str) -> bool:
        return node.HasParameter(name)

    def write(self, node: slicer.vtkMRMLScriptedModuleNode, name: str, value: object) -> None:
        self.validate(value)
        node.SetParameter(name, self.to_text(value))

    def read(self, node: slicer.vtkMRMLScriptedModuleNode, name: str) -> object:
        return self.from_text(node.GetParameter(name))

    def remove(self, node: slicer.vtkMRMLScriptedModuleNode, name: str) -> None:
        node.UnsetParameter(name)


class NodeSerializer(Serializer):
    """A node: an empty parameter, which says that it was set, and a node reference of the same name."""

    def write(self, node: slicer.vtkMRMLScriptedModuleNode, name: str, value: object) -> None:
        super().write(node, name, value)
        node.SetNodeReferenceID(name, value.GetID() if value else None)

    def read(self, node: slicer.vtkMRMLScriptedModuleNode, name: str) -> object:
        return node.GetNodeReference(name)

    def remove(self, node: slicer.vtkMRMLScriptedModuleNode, name: str) -> None:
        super().remove(node, name)
        node.RemoveNodeReferenceIDs(name)


@dataclass
class UnionSerializer:
    """One of several types, also Optional: the value stands under `name.<number of its type>`."""

    members: list[Serializer]
    validators: tuple[Validator, ...] = ()

    def default(self) -> object:
        optional = len(self.members) == 2 and self.members[1].accepts == (type(None),)
        return None if optional else self.members[0].default()

    def is_in(self, node: slicer.vtkMRMLScriptedModuleNode, name: str) -> bool:
        return any(member.is_in(node, f"{name}.{index}") for index, member in enumerate(self.members))

    def write(self, node: slicer.vtkMRMLScriptedModuleNode, name: str, value: object) -> None:
        for validator in self.validators:
            validator.validate(value)
        index = self._index(value)
        with slicer.util.NodeModify(node):
            self.remove(node, name)
            self.members[index].write(node, f"{name}.{index}", value)

    def read(self, node: slicer.vtkMRMLScriptedModuleNode, name: str) -> object:
        names = [f"{name}.{index}" for index in range(len(self.members))]
        return next(m.read(node, n) for m, n in zip(self.members, names, strict=True) if m.is_in(node, n))

    def remove(self, node: slicer.vtkMRMLScriptedModuleNode, name: str) -> None:
        for index, member in enumerate(self.members):
            member.remove(node, f"{name}.{index}")

    def _index(self, value: object) -> int:
        """The member of exactly this type, else the first that takes it."""
        fitting = [index for index, member in enumerate(self.members) if isinstance(value, member.accepts)]
        if not fitting:
            raise TypeError(f"{value!r} is a {type(value).__name__}: none of the types of this parameter")
        return next((index for index in fitting if self.members[index].accepts[0] is type(value)), fitting[0])


def create_serializer(annotated_type: object) -> Serializer | UnionSerializer:
    """The serializer of a type, with the validators that its annotations name; TypeError where there is none."""
    kind, annotations = splitAnnotations(annotated_type)
    validators = tuple(note for note in annotations if isinstance(note, Validator))
    if typing.get_origin(kind) in (typing.Union, types.UnionType):
        return UnionSerializer([create_serializer(member) for member in typing.get_args(kind)], validators)
    serializer = _of_plain_type(kind)
    serializer.validators = validators
    return serializer


def _of_plain_type(kind: object) -> Serializer:
    if kind is bool:
        return Serializer((bool,), bool, str, lambda text: text == "True")
    if kind is int:
        return Serializer((int,), int, str, int)
    if kind is float:
        return Serializer((int, float), int, str, float)
    if kind is str:
        return Serializer((str,), str, str, str)
    if kind in PATHS:
        return Serializer((kind,), kind, str, kind)
    if kind is type(None):
        return Serializer((kind,), kind, lambda value: "True", lambda text: None)
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return Serializer((kind,), lambda: next(iter(kind)), lambda value: value.name, lambda text: kind[text])
    if isinstance(kind, type) and issubclass(kind, slicer.vtkMRMLNode):
        return NodeSerializer((kind, type(None)), lambda: None, lambda value: "", str)
    raise TypeError(
        f"EmbeddedSlicer's parameterNodeWrapper has no parameters of type {kind}: it knows bool, int, float, str, "
        "paths, enums, MRML nodes, and unions of them. Others are there only in 3D Slicer."
    )
