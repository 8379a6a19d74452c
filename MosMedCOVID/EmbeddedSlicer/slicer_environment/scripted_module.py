"""A module of one Python file: what stands behind `parent` in the module's class and in its widget's class."""

# ruff: noqa: N801, N802, N815

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import slicer
from PySide6.QtCore import Property
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QVBoxLayout, QWidget

MARGIN = 4  # pixels around a panel, whose own .ui file has a margin as well


class qSlicerScriptedLoadableModule:
    """One scripted module; the class of its name in its file fills in title, texts and icon.

    A module sets no other attributes than Slicer's: a mistyped one is an AttributeError, as there.
    """

    __slots__ = (
        "_logic",
        "_widget",
        "acknowledgementText",
        "associatedNodeTypes",
        "categories",
        "contributors",
        "dependencies",
        "extensions",
        "helpText",
        "hidden",
        "icon",
        "index",
        "name",
        "path",
        "title",
        "widgetRepresentationCreationEnabled",
    )

    def __init__(self, path: Path) -> None:
        """Imports the file; whatever it raises comes through. AttributeError where the class of its name is missing."""
        self.name = path.stem
        self.path = str(path)
        self.title = self.name
        self.categories: list[str] = []
        self.dependencies: list[str] = []
        self.contributors: list[str] = []
        self.associatedNodeTypes: list[str] = []
        self.helpText = self.acknowledgementText = ""
        self.icon = QIcon()
        self.hidden = False
        self.index = -1
        self.extensions: dict[str, object] = {}
        self._logic = self._widget = None
        source = _import_file(path)
        instance = getattr(source, self.name)(self)
        setattr(slicer.modules, self.name + "Instance", instance)
        self.widgetRepresentationCreationEnabled = hasattr(source, self.name + "Widget")

    def setup(self) -> None:
        """Calls the module class's own `setup`, which few have."""
        setup = getattr(getattr(slicer.modules, self.name + "Instance"), "setup", None)
        if setup:
            setup()

    def logic(self) -> slicer.vtkSlicerScriptedLoadableModuleLogic:
        """As in Slicer the empty C++ logic; the Python one belongs to the widget (slicer.util.getModuleLogic)."""
        if self._logic is None:
            self._logic = slicer.vtkSlicerScriptedLoadableModuleLogic()
            self._logic.SetMRMLScene(slicer.mrmlScene)
        return self._logic

    def widgetRepresentation(self) -> qSlicerScriptedLoadableModuleWidget | None:
        """The module's panel, made when it is asked for the first time; None where the module has none."""
        if self._widget is None:
            self._widget = self.createNewWidgetRepresentation()
        return self._widget

    def createNewWidgetRepresentation(self) -> qSlicerScriptedLoadableModuleWidget | None:
        if not self.widgetRepresentationCreationEnabled:
            return None
        widget = qSlicerScriptedLoadableModuleWidget(self)
        widget.set_up()
        return widget

    def created_widget(self) -> qSlicerScriptedLoadableModuleWidget | None:
        """The panel if it has been made."""
        return self._widget


class qSlicerScriptedLoadableModuleWidget(QWidget):
    """The frame of a module's panel; `self()` is the module's own `<name>Widget`."""

    def __init__(self, module: qSlicerScriptedLoadableModule) -> None:
        super().__init__()
        self.setObjectName(module.name + "ModuleWidget")
        QVBoxLayout(self).setContentsMargins(*[MARGIN] * 4)
        self._module = module
        self._entered = False
        self._self = None
        self._create()

    def self(self):
        return self._self

    def module(self) -> qSlicerScriptedLoadableModule:
        return self._module

    def setMRMLScene(self, scene: slicer.vtkMRMLScene) -> None:
        """The host has one scene for its whole life: nothing to be done."""

    def set_up(self) -> None:
        self._self.setup()

    def reload(self) -> None:
        """A new `<name>Widget` from the source that was imported last, set up in this frame."""
        self._create()
        self.set_up()

    def enter(self) -> None:
        self._entered = True
        getattr(self._self, "enter", lambda: None)()

    def exit(self) -> None:
        self._entered = False
        getattr(self._self, "exit", lambda: None)()

    def _create(self) -> None:
        name = self._module.name + "Widget"
        self._self = getattr(sys.modules[self._module.name], name)(self)
        setattr(slicer.modules, name, self._self)

    moduleName = Property(str, lambda self: self._module.name)
    isEntered = Property(bool, lambda self: self._entered)


def _import_file(path: Path) -> ModuleType:
    """The file as a top-level module, its folder on the import path: so modules find their own packages."""
    folder = str(path.parent)
    if folder not in sys.path:
        sys.path.insert(0, folder)
    specification = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(specification)
    sys.modules[path.stem] = module
    try:
        specification.loader.exec_module(module)
    except BaseException:
        del sys.modules[path.stem]
        raise
    return module
