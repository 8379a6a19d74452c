"""The menu bar: File, View, Help."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import slicer
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu

from . import help_texts, theme
from .layouts import LAYOUTS
from .recent_files import RecentFilesMenu

if TYPE_CHECKING:
    from .main_window import MainWindow

THEME = "MainWindow/theme"
THEMES = ("system", "light", "dark")


def add_menus(window: MainWindow) -> QMenu:
    """Fills the window's menu bar; returns the menu of layouts, for the toolbar."""
    bar = window.menuBar()
    _fill_file_menu(bar.addMenu("&File"), window)
    layout_menu = _layout_menu(window)
    _fill_view_menu(bar.addMenu("&View"), window, layout_menu)
    _fill_help_menu(bar.addMenu("&Help"), window)
    return layout_menu


def _add(menu: QMenu, text: str, function: Callable[[], object], keys: str = "", tip: str = "") -> QAction:
    action = menu.addAction(text)
    action.setShortcut(keys)
    action.setStatusTip(tip)
    action.triggered.connect(lambda checked=False: function())
    return action


def _fill_file_menu(menu: QMenu, window: MainWindow) -> None:
    _add(menu, "&Open file…", window.open_file, "Ctrl+O", "NIfTI files, or whatever else the module reads.")
    _add(menu, "Open &folder…", window.open_folder, "Ctrl+Shift+O", "A folder, such as one of DICOM files.")
    menu.addMenu(RecentFilesMenu(window.open_path, window))
    menu.addSeparator()
    _add(menu, "&Save scene…", window.save_scene, "Ctrl+Shift+S", "All that is open, in one file, to go on later.")
    _add(menu, "&Close scene", window.close_scene, "Ctrl+W", "Closes what is open.")
    menu.addSeparator()
    _add(menu, "&Quit", window.close, "Ctrl+Q")


def _layout_menu(window: MainWindow) -> QMenu:
    menu = QMenu("&Layout", window)
    group = QActionGroup(menu)
    for layout in LAYOUTS:
        action = _add(menu, layout.title, lambda number=layout.id: window.layout_manager.setLayout(number))
        action.setCheckable(True)
        action.setData(layout.id)
        group.addAction(action)

    def show(current: int) -> None:
        for action in group.actions():
            action.setChecked(action.data() == current)

    window.layout_manager.layoutChanged.connect(show)
    show(window.layout_manager.layout)
    return menu


def _fill_view_menu(menu: QMenu, window: MainWindow, layout_menu: QMenu) -> None:
    menu.addMenu(layout_menu)
    themes = menu.addMenu("&Theme")
    group = QActionGroup(themes)
    for name in THEMES:
        action = _add(themes, name.capitalize(), lambda name=name: choose_theme(name))
        action.setCheckable(True)
        action.setChecked(name == chosen_theme())
        group.addAction(action)
    menu.addSeparator()
    panel = _add(menu, "&Panel", lambda: window.module_panel.setVisible(panel.isChecked()), "Ctrl+5")
    panel.setCheckable(True)
    panel.setChecked(True)
    full = _add(
        menu, "&Full screen", lambda: window.setWindowState(window.windowState() ^ Qt.WindowState.WindowFullScreen)
    )
    full.setShortcut("F11")


def chosen_theme() -> str:
    return str(QSettings().value(THEME) or "system")


def choose_theme(name: str) -> None:
    QSettings().setValue(THEME, name)
    theme.apply_theme(name)


def _fill_help_menu(menu: QMenu, window: MainWindow) -> None:
    def keys() -> None:
        module = slicer.app.moduleManager().module(window.moduleSelector().selectedModule)
        page = help_texts.keys_and_mouse(module.helpText if module else "")
        help_texts.TextDialog("Keys and mouse", page, window).show()

    def about() -> None:
        modules = slicer.app.moduleManager().scripted_modules()
        texts = "".join(f"<p>{module.helpText}</p><p>{module.acknowledgementText}</p>" for module in modules)
        title = modules[0].title if modules else slicer.app.applicationName
        help_texts.TextDialog("About", help_texts.about(title, texts), window).show()

    _add(menu, "&Keys and mouse", keys, "F1")
    _add(menu, "&About", about)
