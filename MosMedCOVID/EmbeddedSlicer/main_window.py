"""The window: module panel on the left, views on the right; opening, saving and closing, by menu or by drop."""

# ruff: noqa: N802

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from pathlib import Path

import slicer
from PySide6.QtCore import QEventLoop, QSettings, Qt
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QIcon
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

SCENES = (".mrb", ".mrml")
GEOMETRY, SPLITTER, FOLDER = "MainWindow/geometry", "MainWindow/splitter", "MainWindow/folder"


class MainWindow(QMainWindow):
    """The host's window, under the object name by which slicer.util.mainWindow() finds it."""

    def __init__(self, core: Core) -> None:
        super().__init__()
        self.setObjectName("qSlicerMainWindow")
        self.setAcceptDrops(True)
        self._core = core
        self._is_busy = False
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

    def open_paths(self, paths: Sequence[Path]) -> bool:
        """Opens what was chosen at once, the first as if it were alone, the others beside it; whether all is there."""
        opened = [self.open_path(path, beside=number > 0) for number, path in enumerate(paths)]
        return all(opened)

    def open_path(self, path: Path, beside: bool = False) -> bool:
        """Opens a file or folder; what goes wrong is shown. beside: what is there already stays.

        Else a scene takes the place of all there is, so the modules are asked first; a module's own reader asks by
        itself.
        """
        if self._is_busy or (path.suffix.lower() in SCENES and not beside and not self.confirmClose()):
            return False
        try:
            self._busy(f"Opening {path.name} …", lambda: slicer.app.ioManager().open_path(path, not beside))
        except CannotLoad as error:
            slicer.util.errorDisplay(str(error), f"{path.name} was not opened")
            return False
        add_recent_file(path)
        return True

    def open_file(self) -> None:
        """File ▸ Open file…"""
        names, _ = QFileDialog.getOpenFileNames(self, "Open files", self._folder())
        if names:
            self._remember_folder(Path(names[0]).parent)
            self.open_paths([Path(name) for name in names])

    def open_folder(self) -> None:
        """File ▸ Open folder…"""
        name = QFileDialog.getExistingDirectory(self, "Open folder", self._folder())
        if name:
            self._remember_folder(Path(name).parent)
            self.open_path(Path(name))

    def save_scene(self) -> None:
        """File ▸ Save scene…"""
        dialog = QFileDialog(self, "Save scene", self._folder(), "Scene with its data (*.mrb)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("mrb")  # so that the dialog itself asks before an existing file is replaced
        if dialog.exec():
            path = Path(dialog.selectedFiles()[0])
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
        if not self._may_leave():
            return False
        self._core.scene.Clear(False)
        return True

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _dropped_paths(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = _dropped_paths(event)
        event.acceptProposedAction()
        self.open_paths(paths)

    def closeEvent(self, event: QCloseEvent) -> None:
        event.ignore()  # Qt takes an exception for consent
        try:
            if not self._may_leave():
                return
        except Exception as error:  # whatever a module's panel raises, nothing of its work may be lost for it
            logging.exception("a module could not be asked")
            slicer.util.errorDisplay(f"The window stays open: {error or type(error).__name__}.", "Closing the window")
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

    def _may_leave(self) -> bool:
        """A reader that lets the window paint also lets the user click: one thing at a time."""
        return not self._is_busy and self.confirmClose()

    def _busy(self, message: str, work: Callable[[], object]) -> object:
        """Does something that takes a moment: a wait cursor, a message, and the window painted before it begins."""
        self._is_busy = True
        self.statusBar().showMessage(message)
        QApplication.setOverrideCursor(Qt.CursorShape.WaitCursor)
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
        try:
            return work()
        finally:
            self._is_busy = False
            QApplication.restoreOverrideCursor()
            if self.statusBar().currentMessage() == message:  # a module may have said something since
                self.statusBar().clearMessage()

    def _show_title(self) -> None:
        module = slicer.app.moduleManager().module(self.moduleSelector().selectedModule)
        volume = self._core.scene.GetNodeByID(self._core.selection_node.GetActiveVolumeID() or "")
        parts = [volume.GetName() if volume else "", module.title if module else slicer.app.applicationName]
        self.setWindowTitle(" — ".join(part for part in parts if part))
        self.setWindowIcon(module.icon if module else QIcon())

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
