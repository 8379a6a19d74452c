"""The window: module panel on the left, views on the right; opening, saving and closing, by menu or by drop."""

# ruff: noqa: N802

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import slicer
from PySide6.QtCore import QEventLoop, QSettings, Qt
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QMainWindow, QSplitter

from .core import Core
from .data_probe import DataProbe
from .error_note import ErrorNote
from .layout_manager import LayoutManager
from .menus import add_menus
from .module_panel import WIDTH, ModulePanel, ModuleSelector
from .recent_files import add_recent_file
from .slicer_environment.io_manager import CannotLoad
from .toolbar import ViewToolBar

GEOMETRY, SPLITTER, FOLDER = "MainWindow/geometry", "MainWindow/splitter", "MainWindow/folder"


class MainWindow(QMainWindow):
    """The host's window, under the object name by which slicer.util.mainWindow() finds it."""

    def __init__(self, core: Core) -> None:
        super().__init__()
        self.setObjectName("qSlicerMainWindow")
        self.setAcceptDrops(True)
        self._core = core
        self.module_panel = ModulePanel(slicer.app.moduleManager())
        self._splitter = QSplitter()
        self._splitter.setChildrenCollapsible(False)
        self._splitter.addWidget(self.module_panel)
        self.layout_manager = LayoutManager(core, self._splitter)
        self._splitter.addWidget(self.layout_manager.viewport())
        self._splitter.setStretchFactor(1, 1)
        self.setCentralWidget(self._splitter)
        layout_menu = add_menus(self)
        self.tool_bar = ViewToolBar(core, self.layout_manager, layout_menu, self)
        self.addToolBar(self.tool_bar)
        self.error_note = ErrorNote()
        self._probe_text = QLabel()
        self._probe = DataProbe(core, self._probe_text.setText)
        self.statusBar().addPermanentWidget(self.error_note)
        self.statusBar().addPermanentWidget(self._probe_text)
        self._restore_geometry()
        self.module_panel.selector.moduleSelected.connect(lambda name: self._show_title())
        self._title_tag = core.selection_node.AddObserver("ModifiedEvent", lambda caller, event: self._show_title())
        self._show_title()

    def moduleSelector(self) -> ModuleSelector:
        return self.module_panel.selector

    def confirmClose(self) -> bool:
        """Asks each module that has a panel; False where one wants the scene to stay as it is.

        Slicer gives modules no such say: a panel may have a method confirmClose() -> bool for this host only.
        """
        modules = slicer.app.moduleManager().scripted_modules()
        widgets = [module.created_widget() for module in modules]
        panels = [widget.self() for widget in widgets if widget is not None]
        return all(getattr(panel, "confirmClose", lambda: True)() for panel in panels)

    def open_path(self, path: Path) -> bool:
        """Opens a file or folder, once the modules agree to leave what is open; what goes wrong is shown."""
        if not self.confirmClose():
            return False
        try:
            self._busy(f"Opening {path.name} …", lambda: slicer.app.ioManager().open_path(path))
        except CannotLoad as error:
            slicer.util.errorDisplay(str(error), f"{path.name} was not opened")
            return False
        add_recent_file(path)
        return True

    def open_file(self) -> None:
        """File ▸ Open file…"""
        name, _ = QFileDialog.getOpenFileName(self, "Open file", self._folder())
        if name:
            self._remember_folder(Path(name).parent)
            self.open_path(Path(name))

    def open_folder(self) -> None:
        """File ▸ Open folder…"""
        name = QFileDialog.getExistingDirectory(self, "Open folder", self._folder())
        if name:
            self._remember_folder(Path(name).parent)
            self.open_path(Path(name))

    def save_scene(self) -> None:
        """File ▸ Save scene…"""
        name, _ = QFileDialog.getSaveFileName(self, "Save scene", self._folder(), "Scene with its data (*.mrb)")
        if name:
            path = Path(name if name.endswith(".mrb") else name + ".mrb")
            self._remember_folder(path.parent)
            self.save_scene_as(path)

    def save_scene_as(self, path: Path) -> bool:
        """Writes the scene to a .mrb file; what goes wrong is shown."""
        messages = slicer.vtkMRMLMessageCollection()
        saved = self._busy("Saving …", lambda: slicer.app.ioManager().saveScene(str(path), None, messages))
        if saved:
            self.statusBar().showMessage(f"Saved {path}", 10_000)
            add_recent_file(path)
        else:
            slicer.util.errorDisplay(messages.GetAllMessagesAsString() or "The scene was not saved.", "Save scene")
        return saved

    def close_scene(self) -> bool:
        """File ▸ Close: an empty scene, once the modules agree."""
        if not self.confirmClose():
            return False
        self._core.scene.Clear(False)
        return True

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _dropped_paths(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = _dropped_paths(event)
        event.acceptProposedAction()
        if len(paths) == 1:
            self.open_path(paths[0])
        else:
            slicer.util.errorDisplay("Drop one file, or one folder.", f"{len(paths)} files were dropped")

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.confirmClose():
            event.ignore()
            return
        QSettings().setValue(GEOMETRY, self.saveGeometry())
        QSettings().setValue(SPLITTER, self._splitter.saveState())
        event.accept()

    def stop(self) -> None:
        """Lets go of the scene, which is about to be taken down."""
        self.hide()
        self.tool_bar.stop()
        self._core.selection_node.RemoveObserver(self._title_tag)
        self._probe.close()
        self.layout_manager.close()

    def _busy(self, message: str, work: Callable[[], object]) -> object:
        """Does something that takes a moment: a wait cursor, a message, and the window painted before it begins."""
        self.statusBar().showMessage(message)
        QApplication.setOverrideCursor(Qt.CursorShape.WaitCursor)
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
        try:
            return work()
        finally:
            QApplication.restoreOverrideCursor()
            self.statusBar().clearMessage()

    def _show_title(self) -> None:
        module = slicer.app.moduleManager().module(self.moduleSelector().selectedModule)
        volume = self._core.scene.GetNodeByID(self._core.selection_node.GetActiveVolumeID() or "")
        parts = [volume.GetName() if volume else "", module.title if module else slicer.app.applicationName]
        self.setWindowTitle(" — ".join(part for part in parts if part))

    def _restore_geometry(self) -> None:
        available = self.screen().availableSize()
        self.resize(min(1440, available.width()), min(900, available.height()))
        self._splitter.setSizes([WIDTH, max(self.width() - WIDTH, 1)])
        if QSettings().contains(GEOMETRY):
            self.restoreGeometry(QSettings().value(GEOMETRY))
            self._splitter.restoreState(QSettings().value(SPLITTER))

    def _folder(self) -> str:
        return str(QSettings().value(FOLDER) or Path.home())

    def _remember_folder(self, folder: Path) -> None:
        QSettings().setValue(FOLDER, str(folder))


def _dropped_paths(event: QDropEvent) -> list[Path]:
    return [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
