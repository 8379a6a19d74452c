"""Puts the host's stand-ins where module code looks for them: `slicer.…`, `qt`, `ctk`."""

from __future__ import annotations

import importlib
import sys

import slicer

from ..core import Core
from . import vtk_on_demand
from .application import Application
from .modules import Modules

# Modules of Slicer's Python package that are not in the wheel, by the file here that plays them.
STAND_INS = {
    "i18n": "i18n",
    "parameterNodeWrapper": "parameter_node_wrapper",
    "ScriptedLoadableModule": "scripted_loadable_module",
}


def install(application: Application, core: Core, modules: Modules) -> None:
    """After this a module's file can be imported as in Slicer."""
    from .. import ctk, qmrml, qt_module

    vtk_on_demand.install()
    sys.modules["qt"] = qt_module
    sys.modules["ctk"] = ctk
    for widget in qmrml.__all__:
        setattr(slicer, widget, getattr(qmrml, widget))
    slicer.app = application
    slicer.mrmlScene = core.scene
    slicer.modules = sys.modules["slicer.modules"] = modules
    slicer.selfTests = {}
    slicer.dicomDatabase = None
    for name, file in STAND_INS.items():
        stand_in = importlib.import_module(f".{file}", __package__)
        setattr(slicer, name, stand_in)
        sys.modules[f"slicer.{name}"] = stand_in
    from .scripted_module import qSlicerScriptedLoadableModule, qSlicerScriptedLoadableModuleWidget

    slicer.qSlicerScriptedLoadableModule = qSlicerScriptedLoadableModule
    slicer.qSlicerScriptedLoadableModuleWidget = qSlicerScriptedLoadableModuleWidget
