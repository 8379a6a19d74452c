"""The class decorator: each annotated name of the class becomes a typed property over a parameter node."""

# ruff: noqa: N802, N803, N815

from __future__ import annotations

import typing
import weakref
from collections.abc import Callable, Mapping
from typing import Any

import slicer
from PySide6.QtWidgets import QWidget
from vtkmodules.vtkCommonCore import vtkCommand

from .annotations import Default, findFirstAnnotation, splitAnnotations
from .connectors import Connector, create_connector
from .serializers import Serializer, UnionSerializer, create_serializer

SlicerParameterNamePropertyName = "SlicerParameterName"


class ParameterInfo:
    """One annotated name of a wrapper class."""

    def __init__(self, name: str, annotated_type: object, assigned: Default | None) -> None:
        self.basename = name
        self.unalteredType = annotated_type
        self.serializer: Serializer | UnionSerializer = create_serializer(annotated_type)
        default = assigned or findFirstAnnotation(splitAnnotations(annotated_type)[1], Default)
        self.default: Default = default or Default(generator=self.serializer.default)


class _ParameterNode:
    """What every wrapper can do besides its own parameters; the names are Slicer's."""

    allParameters: typing.ClassVar[dict[str, ParameterInfo]] = {}
    _is_parameter_node_wrapper = True

    def __init__(self, parameterNode: slicer.vtkMRMLScriptedModuleNode, prefix: str | None = None) -> None:
        self.parameterNode = parameterNode
        self._prefix = prefix or ""
        self._values: dict[str, object] = {}
        self._connections: dict[int, tuple[list[tuple[Any, Callable[[], None]]], int]] = {}
        self._next_tag = 0
        self._updating_gui = False
        for name, parameter in self.allParameters.items():
            if not parameter.serializer.is_in(parameterNode, self._prefix + name):
                parameter.serializer.write(parameterNode, self._prefix + name, parameter.default.value)
        # The node outlives the wrapper: it must neither keep the wrapper alive nor call it afterwards.
        values = self._values
        tag = parameterNode.AddObserver(vtkCommand.ModifiedEvent, lambda caller, event: values.clear())
        weakref.finalize(self, parameterNode.RemoveObserver, tag).atexit = False

    def default(self, paramName: str) -> Default:
        return self._parameter(paramName).default

    def isCached(self, paramName: str) -> bool:
        """Each of the host's types is: its value is read from the node once after each change."""
        return bool(self._parameter(paramName))

    @classmethod
    def dataType(cls, membername: str) -> object:
        return cls._parameter(membername).unalteredType

    def getValue(self, name: str) -> Any:
        parameter = self._parameter(name)
        if name not in self._values:
            if not parameter.serializer.is_in(self.parameterNode, self._prefix + name):
                self.setValue(name, parameter.default.value)
            self._values[name] = parameter.serializer.read(self.parameterNode, self._prefix + name)
        return self._values[name]

    def setValue(self, name: str, value: object) -> None:
        """TypeError or ValueError where the parameter's type or limits do not allow the value."""
        with slicer.util.NodeModify(self.parameterNode):
            self._parameter(name).serializer.write(self.parameterNode, self._prefix + name, value)
            self._values.pop(name, None)

    def connectGui(self, gui: object) -> int:
        """Ties each widget whose dynamic property SlicerParameterName names a parameter; a tag for disconnectGui.

        gui: a widget, whose children are looked through, or an object that has widgets as its attributes.
        """
        widgets = gui.findChildren(QWidget) if isinstance(gui, QWidget) else vars(gui).values()
        named = {widget.property(SlicerParameterNamePropertyName): widget for widget in widgets}
        return self.connectParametersToGui({name: widget for name, widget in named.items() if name})

    def connectParametersToGui(self, mapping: Mapping[str, QWidget]) -> int:
        """Ties each named parameter to a widget, which shows its value at once; a tag for disconnectGui."""
        connectors = {name: create_connector(widget, self.dataType(name)) for name, widget in mapping.items()}
        slots = []
        for name, connector in connectors.items():
            connector.write(self.getValue(name))
            if connector.changed is not None:
                slot = self._slot(name, connector)
                connector.changed.connect(slot)
                slots.append((connector.changed, slot))
        observer = self.AddObserver(vtkCommand.ModifiedEvent, lambda caller, event: self._update_gui(connectors))
        self._next_tag += 1
        self._connections[self._next_tag] = (slots, observer)
        return self._next_tag

    def disconnectGui(self, guiTag: int) -> None:
        slots, observer = self._connections.pop(guiTag, ([], None))
        for signal, slot in slots:
            signal.disconnect(slot)
        if observer is not None:
            self.RemoveObserver(observer)

    def StartModify(self) -> int:
        return self.parameterNode.StartModify()

    def EndModify(self, wasModified: int) -> int:
        return self.parameterNode.EndModify(wasModified)

    def AddObserver(self, event: int | str, callback: Callable, priority: float = 0.0) -> int:
        return self.parameterNode.AddObserver(event, callback, priority)

    def RemoveObserver(self, tag: int) -> None:
        self.parameterNode.RemoveObserver(tag)

    def Modified(self) -> None:
        self.parameterNode.Modified()

    @classmethod
    def _parameter(cls, name: str) -> ParameterInfo:
        if name not in cls.allParameters:
            raise ValueError(f"{cls.__name__} has no parameter {name!r}; it has {', '.join(cls.allParameters)}.")
        return cls.allParameters[name]

    def _slot(self, name: str, connector: Connector) -> Callable[[], None]:
        def slot(*arguments: object) -> None:
            if not self._updating_gui:
                self.setValue(name, connector.read())

        return slot

    def _update_gui(self, connectors: Mapping[str, Connector]) -> None:
        if self._updating_gui:
            return
        self._updating_gui = True
        try:
            with slicer.util.NodeModify(self):
                for name, connector in connectors.items():
                    connector.write(self.getValue(name))
        finally:
            self._updating_gui = False


def parameterNodeWrapper(classtype: type | None = None) -> Any:
    """Decorates a class whose annotated names are parameters; its instances are made with a parameter node.

    ValueError for a name that the wrapper itself uses, TypeError for a type that the host does not know.
    """
    if classtype is None:
        return parameterNodeWrapper
    parameters = {}
    for name, annotated_type in typing.get_type_hints(classtype, include_extras=True).items():
        if hasattr(_ParameterNode, name):
            raise ValueError(f"Cannot use reserved name '{name}' in a parameterNodeWrapper")
        assigned = Default(getattr(classtype, name)) if hasattr(classtype, name) else None
        parameters[name] = ParameterInfo(name, annotated_type, assigned)
        setattr(classtype, name, _property(name))
    wrapped = type(classtype.__name__, (classtype, _ParameterNode), {"allParameters": parameters})
    wrapped.__init__ = _ParameterNode.__init__
    wrapped.__module__, wrapped.__qualname__ = classtype.__module__, classtype.__qualname__
    wrapped.__doc__ = classtype.__doc__
    return wrapped


def _property(name: str) -> property:
    return property(lambda self: self.getValue(name), lambda self, value: self.setValue(name, value))


def isParameterNodeWrapper(classOrObj: object) -> bool:
    return getattr(classOrObj, "_is_parameter_node_wrapper", False)
