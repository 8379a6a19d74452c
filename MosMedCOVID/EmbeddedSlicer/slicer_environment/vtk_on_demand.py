"""The module `vtk` without its price: most of it is loaded, and the rest takes half a second."""

from __future__ import annotations

import importlib
import sys
from types import ModuleType

import vtkmodules


class VtkOnDemand(ModuleType):
    """What vtkmodules has loaded already; a name that is not among it loads the rest, once."""

    def __init__(self) -> None:
        super().__init__("vtk", vtkmodules.__doc__)
        self.__path__ = vtkmodules.__path__  # as VTK's own does: import vtk.util.numpy_support
        self.__version__ = vtkmodules.__version__

    def __getattr__(self, name: str) -> object:
        if name.startswith("__") and name != "__all__":  # what Python and inspect ask any module
            raise AttributeError(name)
        loaded = [module for key, module in sys.modules.items() if key.startswith("vtkmodules.vtk")]
        source = next((module for module in loaded if hasattr(module, name)), None)
        if source is None:
            source = importlib.import_module("vtkmodules.all")
            if name == "__all__":
                return [each for each in dir(source) if not each.startswith("_")]
        found = getattr(source, name)
        setattr(self, name, found)
        return found


def install() -> None:
    """Takes the place of `vtk` unless it has been imported."""
    sys.modules.setdefault("vtk", VtkOnDemand())
