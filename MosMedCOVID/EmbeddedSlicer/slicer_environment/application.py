"""slicer.app: what slicer.util and modules ask of the application, over the QApplication that runs."""

# ruff: noqa: N802, N803, N815

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import slicer
from PySide6.QtCore import QObject, QProcessEnvironment, QSettings, Signal
from PySide6.QtWidgets import QApplication

from ..core import Core
from .io_manager import CannotLoad, qSlicerIOManager
from .modules import qSlicerModuleManager


@dataclass
class CommandOptions:
    """The host's command line, as slicer.app.commandOptions() tells it."""

    testingEnabled: bool = False
    noMainWindow: bool = False
    runPythonAndExit: bool = False


class _Signals(QObject):
    startupCompleted = Signal()


class Application:
    """Slicer's names first, then those of QApplication; one that neither has is an AttributeError that says so."""

    __slots__ = ("_core", "_io_manager", "_layout_manager", "_module_manager", "_options", "_qt", "_signals")

    def __init__(
        self, qt_application: QApplication, core: Core, module_manager: qSlicerModuleManager, options: CommandOptions
    ) -> None:
        self._qt = qt_application
        self._core = core
        self._module_manager = module_manager
        self._options = options
        self._io_manager = qSlicerIOManager(core.scene)
        self._layout_manager = None
        self._signals = _Signals()

    def __getattr__(self, name: str) -> object:
        try:
            return getattr(self._qt, name)
        except AttributeError:
            raise AttributeError(f"EmbeddedSlicer has no slicer.app.{name}: it is there only in 3D Slicer") from None

    @property
    def startupCompleted(self):
        return self._signals.startupCompleted

    def connect(self, signal: str, function: Callable) -> bool:
        sender = self._signals if signal.startswith("startupCompleted") else self._qt
        return sender.connect(signal, function)

    def mrmlScene(self) -> slicer.vtkMRMLScene:
        return self._core.scene

    def applicationLogic(self) -> slicer.vtkSlicerApplicationLogic:
        return self._core.application_logic

    def moduleManager(self) -> qSlicerModuleManager:
        return self._module_manager

    def moduleLogic(self, moduleName: str) -> slicer.vtkMRMLAbstractLogic | None:
        module = self._module_manager.module(moduleName)
        return module.logic() if module else None

    def ioManager(self) -> qSlicerIOManager:
        return self._io_manager

    coreIOManager = ioManager

    def loadFiles(self, filePaths: list[str]) -> bool:
        """Opens files and folders as if they were dropped on the window; what goes wrong is shown."""
        try:
            for number, path in enumerate(filePaths):
                self._io_manager.open_path(Path(path), clear=number == 0)
        except CannotLoad as error:
            slicer.util.errorDisplay(str(error))
            return False
        return True

    def layoutManager(self):
        """None without a main window, as in Slicer."""
        return self._layout_manager

    def setLayoutManager(self, layoutManager: QObject | None) -> None:
        self._layout_manager = layoutManager

    def pauseRender(self) -> None:
        self.setRenderPaused(True)

    def resumeRender(self) -> None:
        self.setRenderPaused(False)

    def setRenderPaused(self, pause: bool) -> None:
        if self._layout_manager is not None:
            self._layout_manager.setRenderPaused(pause)

    def commandOptions(self) -> CommandOptions:
        return self._options

    def testingEnabled(self) -> bool:
        """True where nobody is there to answer: no dialog is shown then."""
        return self._options.testingEnabled

    def settings(self) -> QSettings:
        return QSettings()

    userSettings = revisionUserSettings = settings

    def startupEnvironment(self) -> QProcessEnvironment:
        return QProcessEnvironment.systemEnvironment()

    @property
    def temporaryPath(self) -> str:
        """A folder that is emptied when the application ends."""
        return self._core.application_logic.GetTemporaryPath()

    @property
    def applicationVersion(self) -> str:
        """Of Slicer: that of the libraries which come with slicer-core."""
        from importlib.metadata import version  # a moment's work, which the start need not wait for

        return ".".join(version("slicer-core").split(".")[:3])

    @property
    def majorVersion(self) -> int:
        return int(self.applicationVersion.split(".")[0])

    @property
    def minorVersion(self) -> int:
        return int(self.applicationVersion.split(".")[1])
