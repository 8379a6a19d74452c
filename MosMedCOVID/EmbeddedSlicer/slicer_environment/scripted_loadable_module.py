"""Plays slicer.ScriptedLoadableModule: the four base classes of a scripted module; without the developer's section."""

# ruff: noqa: N802, N803

from __future__ import annotations

import importlib
import logging
import unittest
from pathlib import Path

import slicer
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QVBoxLayout

__all__ = [
    "ScriptedLoadableModule",
    "ScriptedLoadableModuleLogic",
    "ScriptedLoadableModuleTest",
    "ScriptedLoadableModuleWidget",
]

PARAMETER_NODE = "vtkMRMLScriptedModuleNode"


class ScriptedLoadableModule:
    """Describes the module; `parent` is its qSlicerScriptedLoadableModule, whose title and texts it sets."""

    def __init__(self, parent) -> None:
        super().__init__()
        self.parent = parent
        self.moduleName = type(self).__name__
        for ending in (".svg", ".png"):
            icon = Path(self.resourcePath(f"Icons/{self.moduleName}{ending}"))
            if icon.is_file():
                parent.icon = QIcon(str(icon))
                break
        slicer.selfTests[self.moduleName] = self.runTest

    def resourcePath(self, filename: str) -> str:
        return str(Path(self.parent.path).parent / "Resources" / filename)

    def runTest(self, msec: int = 100, **kwargs) -> None:
        """Runs `<name>Test` of the module's file; msec: for how long its messages are shown."""
        module = importlib.import_module(type(self).__module__)
        test_class = getattr(module, f"{self.moduleName}Test", None)
        if test_class is None:
            raise AssertionError(f"Test case class not found: {module.__name__}.{self.moduleName}Test")
        test = test_class()
        test.messageDelay = msec
        test.runTest(**kwargs)


class ScriptedLoadableModuleWidget:
    """The module's panel; `setup` fills `layout`, `cleanup` lets go of everything."""

    def __init__(self, parent=None) -> None:
        super().__init__()
        self.moduleName = type(self).__name__.removesuffix("Widget")
        self.developerMode = slicer.util.settingsValue("Developer/DeveloperMode", False, slicer.util.toBool)
        self.parent = parent or _window_of_its_own()
        self.layout = self.parent.layout()
        if not parent:
            self.setup()
            self.parent.show()
        slicer.app.moduleManager().connect("moduleAboutToBeUnloaded(QString)", self._onModuleAboutToBeUnloaded)

    def resourcePath(self, filename: str) -> str:
        return str(Path(slicer.util.modulePath(self.moduleName)).parent / "Resources" / filename)

    def setup(self) -> None:
        """Overridden by modules, which call it first."""

    def cleanup(self) -> None:
        """Overridden by modules: called before the module is unloaded or reloaded."""

    def onReload(self) -> None:
        slicer.util.reloadScriptedModule(self.moduleName)

    def onTest(self, **kwargs) -> None:
        slicer.selfTests[self.moduleName](**kwargs)

    def onReloadAndTest(self, **kwargs) -> None:
        self.onReload()
        self.onTest(**kwargs)

    def _onModuleAboutToBeUnloaded(self, moduleName: str) -> None:
        if moduleName == self.moduleName:
            self.cleanup()
            slicer.app.moduleManager().disconnect("moduleAboutToBeUnloaded(QString)", self._onModuleAboutToBeUnloaded)


def _window_of_its_own():
    window = slicer.qMRMLWidget()
    window.setLayout(QVBoxLayout())
    window.setMRMLScene(slicer.mrmlScene)
    return window


class ScriptedLoadableModuleLogic:
    """The module's work without a panel; its parameter node is one per scene and module unless it says otherwise."""

    def __init__(self, parent=None) -> None:
        super().__init__()
        self.moduleName = type(self).__name__.removesuffix("Logic")
        self.isSingletonParameterNode = True

    def getParameterNode(self):
        """The module's parameter node of the scene; made where there is none yet."""
        if self.isSingletonParameterNode:
            node = slicer.mrmlScene.GetSingletonNode(self.moduleName, PARAMETER_NODE)
            if node:
                if node.GetAttribute("ModuleName") != self.moduleName:  # closing the scene takes it away
                    node.SetAttribute("ModuleName", self.moduleName)
                return node
        elif self.getAllParameterNodes():
            return self.getAllParameterNodes()[0]
        return slicer.mrmlScene.AddNode(self.createParameterNode())

    def getAllParameterNodes(self) -> list:
        nodes = slicer.util.getNodesByClass(PARAMETER_NODE)
        return [node for node in nodes if node.GetAttribute("ModuleName") == self.moduleName]

    def createParameterNode(self):
        """A parameter node that is not in the scene yet."""
        node = slicer.mrmlScene.CreateNodeByClass(PARAMETER_NODE)
        node.UnRegister(None)  # Python's variable owns it
        if self.isSingletonParameterNode:
            node.SetSingletonTag(self.moduleName)
        node.SetAttribute("ModuleName", self.moduleName)
        node.SetName(slicer.mrmlScene.GenerateUniqueName(self.moduleName))
        return node


class ScriptedLoadableModuleTest(unittest.TestCase):
    """The module's self test: all methods with "test" in their name, by `runTest`."""

    def __init__(self, *args, **kwargs) -> None:
        self.moduleTestNames: list[str] = []
        super().__init__(*args, **kwargs)
        super(unittest.TestCase, self).__init__()  # the classes that are mixed in
        self.enableScreenshots = False
        self.screenshotScaleFactor = 1.0
        if not self.moduleTestNames:
            self.moduleTestNames = [name for name in dir(self) if "test" in name and callable(getattr(self, name))]

    def delayDisplay(self, message: str, requestedDelay: int | None = None, msec: int | None = None) -> None:
        """Shows a message for that many milliseconds (100), and lets the window paint meanwhile."""
        asked = msec if msec is not None else requestedDelay
        slicer.util.delayDisplay(message, getattr(self, "messageDelay", 100 if asked is None else asked))

    def takeScreenshot(self, name: str, description: str, type: int = -1) -> None:  # noqa: A002
        """Shows the description; the pictures themselves are Slicer's annotations, which the host has not."""
        self.delayDisplay(description)
        if self.enableScreenshots:
            raise NotImplementedError(
                "EmbeddedSlicer keeps no screenshots in the scene: they are there only in 3D Slicer"
            )

    def runTest(self) -> None:
        if not self.moduleTestNames:
            logging.warning("No test is defined in %s", type(self).__name__)
            return
        self.setUpClass()
        for name in self.moduleTestNames:
            self.setUp()
            logging.info("Running %s", name)
            getattr(self, name)()
            self.tearDown()
        self.tearDownClass()
