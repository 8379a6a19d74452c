"""Ties one parameter to one widget, for the widgets and types that Slicer ties as well; compared by exact class."""

from __future__ import annotations

import enum
import typing
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import slicer
from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QWidget

from .annotations import (
    Choice,
    Decimals,
    Maximum,
    Minimum,
    SingleStep,
    WithinRange,
    findFirstAnnotation,
    splitAnnotations,
)
from .serializers import PATHS

CHECKABLE = ("QCheckBox", "ctkCheckBox", "QPushButton")
INTEGER = ("QSlider", "QSpinBox")
DECIMAL = ("QDoubleSpinBox", "ctkSliderWidget", "ctkDoubleSpinBox", "ctkDoubleSlider")
NEED_LIMITS = ("QSlider", "ctkSliderWidget")
COMBO = ("QComboBox", "ctkComboBox")
QT_LIMIT = 2**31 - 1


@dataclass
class Connector:
    """Reads and writes the widget's value; `changed` is the signal of its changes, None where it has none."""

    read: Callable[[], object]
    write: Callable[[Any], None]
    changed: Any


def create_connector(widget: QWidget, datatype: object) -> Connector:
    """The connector of a widget for a possibly annotated type; RuntimeError where Slicer would have none either."""
    kind, annotations = splitAnnotations(datatype)
    class_name = widget.metaObject().className()
    if kind is bool and class_name in CHECKABLE:
        return _checkable(widget, class_name)
    if (kind is int and class_name in INTEGER) or (kind in (int, float) and class_name in DECIMAL):
        return _number(widget, class_name, kind, annotations)
    if class_name in COMBO:
        return _combo_box(widget, kind, annotations)
    if kind is str and class_name in ("QLineEdit", "QLabel", "QTextEdit"):
        return _text(widget, class_name)
    if kind in PATHS and class_name == "ctkPathLineEdit":
        return _path(widget, "currentPath", widget.currentPathChanged, kind)
    if kind in PATHS and class_name == "ctkDirectoryButton":
        return _path(widget, "directory", widget.directoryChanged, kind)
    if class_name == "qMRMLNodeComboBox" and _node_types(kind):
        widget.setProperty("nodeTypes", _node_types(kind))
        return Connector(widget.currentNode, widget.setCurrentNode, widget.currentNodeChanged)
    raise RuntimeError(f"A parameter of type {datatype} cannot be tied to a {class_name}, in Slicer neither.")


def _checkable(widget: QWidget, class_name: str) -> Connector:
    if class_name == "QPushButton":
        widget.setProperty("checkable", True)
    return Connector(
        lambda: bool(widget.property("checked")), lambda value: widget.setProperty("checked", value), widget.toggled
    )


def _number(widget: QWidget, class_name: str, kind: type, annotations: tuple) -> Connector:
    decimals = 0 if kind is int else getattr(findFirstAnnotation(annotations, Decimals), "value", None)
    if decimals is not None and class_name in ("QDoubleSpinBox", "ctkSliderWidget", "ctkDoubleSpinBox"):
        widget.setProperty("decimals", decimals)
    step = findFirstAnnotation(annotations, SingleStep)
    if step:
        widget.setProperty("singleStep", step.value)
    _set_limits(widget, class_name, kind, annotations)
    return Connector(
        lambda: kind(widget.property("value")), lambda value: widget.setProperty("value", value), widget.valueChanged
    )


def _set_limits(widget: QWidget, class_name: str, kind: type, annotations: tuple) -> None:
    within = findFirstAnnotation(annotations, WithinRange)
    least = within or findFirstAnnotation(annotations, Minimum)
    most = within or findFirstAnnotation(annotations, Maximum)
    if class_name in NEED_LIMITS and not (least and most):
        raise RuntimeError(f"A {class_name} needs a parameter with limits: Annotated[{kind.__name__}, WithinRange(…)].")
    unlimited = QT_LIMIT if class_name in INTEGER else float("inf")
    with QSignalBlocker(widget):  # a value that is clipped on the way to the limits is no change of the parameter
        widget.setProperty("minimum", least.minimum if least else -unlimited)
        widget.setProperty("maximum", most.maximum if most else unlimited)


def _combo_box(widget: QWidget, kind: type, annotations: tuple) -> Connector:
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        values = list(kind)
        labels = [value.label() if hasattr(kind, "label") else value.name for value in values]
    else:
        choice = findFirstAnnotation(annotations, Choice)
        if choice is None:
            raise RuntimeError("A combo box needs an Enum, or a parameter with choices: Annotated[str, Choice([…])].")
        values = list(choice.choices)
        labels = [str(value) for value in values]
    with QSignalBlocker(widget):
        widget.clear()
        widget.addItems(labels)

    def write(value: object) -> None:
        widget.setProperty("currentIndex", values.index(value))

    return Connector(lambda: values[widget.property("currentIndex")], write, widget.currentIndexChanged)


def _text(widget: QWidget, class_name: str) -> Connector:
    name = "plainText" if class_name == "QTextEdit" else "text"

    def write(value: str) -> None:
        if widget.property(name) != value:  # or a line edit's cursor would jump to the end at each key
            widget.setProperty(name, value)

    return Connector(lambda: widget.property(name), write, None if class_name == "QLabel" else widget.textChanged)


def _path(widget: QWidget, name: str, changed: Any, kind: type) -> Connector:
    return Connector(lambda: kind(widget.property(name)), lambda value: widget.setProperty(name, str(value)), changed)


def _node_types(kind: object) -> list[str]:
    """The node classes of a node type, or of a union of node types and None; empty for anything else."""
    members = [splitAnnotations(member)[0] for member in typing.get_args(kind)] or [kind]
    members = [member for member in members if member is not type(None)]
    if not all(isinstance(member, type) and issubclass(member, slicer.vtkMRMLNode) for member in members):
        return []
    return [member().GetClassName() for member in members]
