"""slicer.modules and slicer.app.moduleManager(): the scripted modules that were loaded, and the logics of the core."""

# ruff: noqa: N801, N802, N815

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

import slicer
from PySide6.QtCore import QObject, Signal

from ..core import MODULE_LOGICS
from .scripted_module import qSlicerScriptedLoadableModule


class Modules(ModuleType):
    """slicer.modules: each module by its lower-case name, and what modules themselves put there."""

    def __getattr__(self, name: str) -> object:
        raise AttributeError(
            f"EmbeddedSlicer has no slicer.modules.{name}: it has the modules that it was started with "
            "and the logics of Slicer's core; others are there only in 3D Slicer."
        )


class LogicModule:
    """A module of Slicer's that is there as far as its logic goes: it has no panel."""

    def __init__(self, name: str, logic: slicer.vtkMRMLAbstractLogic) -> None:
        self.name = self.title = name
        self._logic = logic

    def logic(self) -> slicer.vtkMRMLAbstractLogic:
        return self._logic

    def widgetRepresentation(self) -> None:
        return None


Module = qSlicerScriptedLoadableModule | LogicModule


class qSlicerModuleManager(QObject):
    """Loads modules and knows them by name; it is its own factory manager."""

    moduleLoaded = Signal(str)
    moduleAboutToBeUnloaded = Signal(str)

    def __init__(self, modules: Modules, logics: Mapping[str, slicer.vtkMRMLAbstractLogic]) -> None:
        super().__init__()
        self._namespace = modules
        self._modules: dict[str, Module] = {}
        for name in MODULE_LOGICS:
            self._add(LogicModule(name, logics[name.lower()]))

    def load(self, path: Path) -> qSlicerScriptedLoadableModule:
        """Loads one module file; what it raises comes through, and nothing is left of it."""
        module = qSlicerScriptedLoadableModule(path)
        self._add(module)
        module.setup()
        self.moduleLoaded.emit(module.name)
        return module

    def unload_all(self) -> None:
        """Lets every module clean up, once, before the application ends."""
        for module in self.scripted_modules():
            self.moduleAboutToBeUnloaded.emit(module.name)
            del self._modules[module.name]

    def scripted_modules(self) -> list[qSlicerScriptedLoadableModule]:
        return [module for module in self._modules.values() if isinstance(module, qSlicerScriptedLoadableModule)]

    def module(self, name: str) -> Module | None:
        return self._modules.get(name)

    def modulesNames(self) -> list[str]:
        return list(self._modules)

    def factoryManager(self) -> qSlicerModuleManager:
        return self

    def loadedModuleNames(self) -> list[str]:
        return list(self._modules)

    def loadedModule(self, name: str) -> Module | None:
        return self._modules.get(name)

    def isLoaded(self, name: str) -> bool:
        return name in self._modules

    def _add(self, module: Module) -> None:
        self._modules[module.name] = module
        setattr(self._namespace, module.name.lower(), module)


def module_files(folder: Path) -> list[Path]:
    """The module files of a folder: those that define a class with the file's own name.

    As in Slicer a folder of modules, or one that holds a folder for each module. A module file itself will do, too.
    """
    if folder.is_file():
        return [folder]
    found = [path for path in sorted(folder.glob("*.py")) if _is_module(path)]
    return found or [
        path for path in sorted(folder.glob("*/*.py")) if path.stem == path.parent.name and _is_module(path)
    ]


def _is_module(path: Path) -> bool:
    source = path.read_text(encoding="utf-8", errors="replace")
    return bool(re.search(rf"^class {path.stem}\(.*\bScriptedLoadableModule\b", source, re.MULTILINE))
