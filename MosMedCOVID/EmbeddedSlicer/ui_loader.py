# ruff: noqa: N802
"""QUiLoader that knows Slicer's widgets, so that slicer.util.loadUI reads a module's .ui file unchanged."""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree import ElementTree

from PySide6 import QtUiTools
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject
from PySide6.QtWidgets import QWidget

from . import ctk, qmrml

# Kept here for good: Qt crashes over a widget class that is gone.
WIDGETS: Mapping[str, type[QWidget]] = {
    name: getattr(module, name) for module in (ctk, qmrml) for name in module.__all__
}

# Read at once: after many widgets have come and gone PySide takes a class's meta-object for a deleted one.
PROPERTIES = {
    name: {kind.staticMetaObject.property(index).name() for index in range(kind.staticMetaObject.propertyCount())}
    for name, kind in WIDGETS.items()
}


class QUiLoader(QtUiTools.QUiLoader):
    """Refuses a file that names a widget, or a property of one of ours, which the host lacks (RuntimeError)."""

    def createWidget(self, class_name: str, parent: QWidget | None = None, name: str = "") -> QWidget:
        if class_name not in WIDGETS:
            return super().createWidget(class_name, parent, name)
        widget = WIDGETS[class_name](parent)
        widget.setObjectName(name)
        return widget

    def load(self, device: QIODevice, parent: QWidget | None = None) -> QWidget:
        try:
            root = ElementTree.fromstring(bytes(device.readAll().data()))
        except ElementTree.ParseError as error:
            raise RuntimeError(f"This is no .ui file: {error}.") from error
        self._refuse_what_is_lacking(root)
        vtk_connections = _take_vtk_connections(root)
        buffer = QBuffer()
        buffer.setData(QByteArray(ElementTree.tostring(root)))
        widget = super().load(buffer, parent)
        for connection in vtk_connections:
            _connect(widget, connection)
        return widget

    def _refuse_what_is_lacking(self, root: ElementTree.Element) -> None:
        known = {*self.availableWidgets(), *WIDGETS, "Line"}
        for element in root.iter("widget"):
            class_name = element.get("class", "")
            if class_name not in known:
                raise RuntimeError(f"EmbeddedSlicer has no widget {class_name}, which the .ui file names.")
            if class_name not in WIDGETS:
                continue
            for written in element.findall("property"):
                name = written.get("name", "")
                if written.get("stdset") != "0" and name not in PROPERTIES[class_name]:
                    raise RuntimeError(
                        f"EmbeddedSlicer's {class_name} has no property {name}, which the .ui file sets."
                    )


def _take_vtk_connections(root: ElementTree.Element) -> list[ElementTree.Element]:
    """The connections that pass a VTK object: Qt doesn't know these types, so they are taken out and made by hand."""
    taken = []
    for connections in root.findall("connections"):
        for connection in connections.findall("connection"):
            if "vtk" in connection.findtext("signal", ""):
                connections.remove(connection)
                taken.append(connection)
    return taken


def _connect(widget: QWidget, connection: ElementTree.Element) -> None:
    sender, receiver = (_named(widget, connection.findtext(end, "")) for end in ("sender", "receiver"))
    signal, slot = (connection.findtext(end, "").partition("(")[0] for end in ("signal", "slot"))
    getattr(sender, signal).connect(getattr(receiver, slot))


def _named(widget: QWidget, name: str) -> QObject:
    found = widget if widget.objectName() == name else widget.findChild(QObject, name)
    if found is None:
        raise RuntimeError(f"The .ui file connects {name}, which it doesn't hold.")
    return found
