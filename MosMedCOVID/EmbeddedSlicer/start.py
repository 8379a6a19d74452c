"""Sets the host up, in the one order that works: graphics, Qt, scene, names, window, modules."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from . import graphics

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from .core import Core
    from .layout_manager import LayoutManager
    from .main_window import MainWindow
    from .slicer_environment.application import CommandOptions
    from .slicer_environment.modules import qSlicerModuleManager


@dataclass
class Host:
    """What runs in this process. window and layout_manager are None where it was started without a main window."""

    application: QApplication
    core: Core
    module_manager: qSlicerModuleManager
    window: MainWindow | None = None
    layout_manager: LayoutManager | None = None

    def load_modules(self, folders: Sequence[Path]) -> None:
        """Loads the modules of folders (or module files) that are not loaded yet, and shows the first one."""
        import slicer

        from .slicer_environment.modules import module_files

        for path in [file for folder in folders for file in module_files(Path(folder))]:
            if not self.module_manager.isLoaded(path.stem):
                self.module_manager.load(path)
                slicer.app.ioManager().add_scripted_reader(path.stem)
        modules = self.module_manager.scripted_modules()
        if self.window and modules and not self.window.moduleSelector().selectedModule:
            self.window.moduleSelector().selectModule(modules[0].name)

    def unload_modules(self) -> None:
        """Lets the modules leave and clean up."""
        if self.window:
            self.window.module_panel.leave()
        self.module_manager.unload_all()

    def close(self) -> None:
        """Takes everything down, before the process ends."""
        self.unload_modules()
        if self.window:
            self.window.stop()
        self.core.close()


_host: Host | None = None  # a process has one QApplication and one slicer.mrmlScene, hence one host


def start(
    module_paths: Sequence[Path] = (),
    show: bool = False,
    theme: str | None = None,
    testing: bool = False,
    main_window: bool = True,
) -> Host:
    """The host of this process: set up by the first call; a later one loads modules that are not loaded yet, and shows.

    module_paths: folders with modules, or module files.
    theme: "light", "dark" or "system"; the user's choice where it is left out.
    testing: no dialogs, and settings that are forgotten; always so without a display, where nobody could answer.
    """
    global _host
    if _host is None:
        _host = _set_up(theme, testing, main_window)
    _host.load_modules(module_paths)
    if show and _host.window:
        _host.window.show()
    return _host


def _set_up(theme: str | None, testing: bool, main_window: bool) -> Host:
    graphics.prepare()
    from . import qt_patch

    qt_patch.install()  # before the first widget is made
    from .core import Core
    from .slicer_environment.application import CommandOptions

    application = _qt_application()
    core = Core()
    try:
        options = CommandOptions(testing or not graphics.has_display(), noMainWindow=not main_window)
        return _set_up_names_and_window(application, core, options, theme)
    except BaseException:
        core.close()  # or VTK ends the process with a crash that hides the reason
        raise


def _set_up_names_and_window(application: QApplication, core: Core, options: CommandOptions, theme: str | None) -> Host:
    from PySide6.QtCore import QSettings

    from .error_note import ExceptionHook
    from .slicer_environment.application import Application
    from .slicer_environment.install import install
    from .slicer_environment.modules import Modules, qSlicerModuleManager

    if options.testingEnabled:  # the user's own settings are neither read nor changed
        QSettings.setPath(
            QSettings.Format.IniFormat, QSettings.Scope.UserScope, core.application_logic.GetTemporaryPath()
        )
    modules = Modules("slicer.modules")
    module_manager = qSlicerModuleManager(modules, core.logics)
    slicer_application = Application(application, core, module_manager, options)
    install(slicer_application, core, modules)
    host = Host(application, core, module_manager)
    application.aboutToQuit.connect(host.unload_modules)
    if not options.noMainWindow:
        host.window = _make_window(core, theme)
        host.layout_manager = host.window.layout_manager
        slicer_application.setLayoutManager(host.layout_manager)
    sys.excepthook = ExceptionHook(host.window.error_note if host.window else None)
    return host


def _make_window(core: Core, theme: str | None) -> MainWindow:
    from .main_window import MainWindow
    from .menus import chosen_theme
    from .theme import apply_theme

    apply_theme(theme or chosen_theme())
    return MainWindow(core)


def _qt_application() -> QApplication:
    from PySide6.QtCore import QSettings
    from PySide6.QtWidgets import QApplication

    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    application = QApplication.instance() or QApplication(["EmbeddedSlicer"])
    application.setOrganizationName("EmbeddedSlicer")
    application.setApplicationName("EmbeddedSlicer")
    return application
