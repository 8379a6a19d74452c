"""The left side of the window: which module is shown, and its panel."""

# ruff: noqa: N802, N815

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Property, QEvent, QObject, QSize, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QComboBox,
    QFrame,
    QScrollArea,
    QSizePolicy,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from .slicer_environment.modules import qSlicerModuleManager
from .slicer_environment.scripted_module import qSlicerScriptedLoadableModuleWidget

WIDTH = 400  # pixels
TURNED_BY_THE_WHEEL = (QComboBox, QSlider, QAbstractSpinBox)


class ModuleSelector(QComboBox):
    """Plays qSlicerModuleSelectorToolBar; hidden while there is nothing to choose from."""

    moduleSelected = Signal(str)

    def __init__(self, module_manager: qSlicerModuleManager, show: Callable[[str], None]) -> None:
        super().__init__()
        self._module_manager = module_manager
        self._show = show
        self._selected = ""
        self.setToolTip("The module that is shown below.")
        self.activated.connect(lambda index: self.selectModule(self.itemData(index)))
        module_manager.moduleLoaded.connect(lambda name: self._add())
        self._add()

    def selectModule(self, name: str) -> None:
        """Shows a module's panel; "" shows none. As in Slicer an unknown name changes nothing.

        What the module raises while its panel is made or entered comes through.
        """
        if name == self._selected or (name and self._module_manager.module(name) is None):
            return
        self._show(name)
        self._selected = name
        self.setCurrentIndex(self.findData(name))
        self.moduleSelected.emit(name)

    def _add(self) -> None:
        for module in self._module_manager.scripted_modules():
            if not module.hidden and self.findData(module.name) < 0:
                self.addItem(module.icon, module.title, module.name)
        self.setCurrentIndex(self.findData(self._selected))
        self.setVisible(self.count() > 1)

    selectedModule = Property(str, lambda self: self._selected)


class _Panel(QScrollArea):
    """Scrolls down, never sideways: what is put in gets the width there is."""

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def sizeHint(self) -> QSize:
        return QSize(WIDTH, 600)

    def setWidget(self, widget: QWidget) -> None:
        super().setWidget(widget)
        for kind in TURNED_BY_THE_WHEEL:
            for control in widget.findChildren(kind):
                control.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The wheel scrolls the panel and changes no value on its way, unless that control was chosen."""
        if event.type() == QEvent.Type.Wheel and isinstance(watched, TURNED_BY_THE_WHEEL) and not watched.hasFocus():
            event.ignore()
            return True
        return super().eventFilter(watched, event)


class ModulePanel(QWidget):
    """The selector and the panel of the module that is selected, which is told that it was entered or left."""

    def __init__(self, module_manager: qSlicerModuleManager) -> None:
        super().__init__()
        self.setObjectName("ModulePanel")
        self.setMinimumWidth(320)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self._module_manager = module_manager
        self._shown: qSlicerScriptedLoadableModuleWidget | None = None
        self.selector = ModuleSelector(module_manager, self._show)
        self._panel = _Panel()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.selector)
        column.addWidget(self._panel)

    def leave(self) -> None:
        """Tells the module that it is no longer shown."""
        if self._shown is not None and self._shown.isEntered:
            self._shown.exit()

    def _show(self, name: str) -> None:
        module = self._module_manager.module(name)
        widget = module.widgetRepresentation() if module else None  # should it fail, the present one stays
        self.leave()
        if self._shown is not None:
            self._panel.takeWidget()
            self._shown.hide()
        self._shown = widget
        if widget is not None:
            self._panel.setWidget(widget)
            widget.show()
            widget.enter()
