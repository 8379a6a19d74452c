"""Which of several DICOM series is read: a list with the reasons, and the recommended one marked."""

from __future__ import annotations

from collections.abc import Sequence

import qt
import slicer

from ..errors import Cancelled
from ..study.dicom import Choose, Series
from .waiting import CANCELLED, Waiting

COLUMNS = ("Series", "Description", "Slices", "Thick, mm", "Apart, mm", "Plane", "Kernel", "")
SIZE = (980, 360)


def asking(waiting: Waiting) -> Choose:
    """A function that asks the reader while they wait; Cancelled where they choose none."""

    def choose(series: Sequence[Series]) -> str:
        with waiting.paused():
            return chosen_series(series)

    return choose


def chosen_series(series: Sequence[Series]) -> str:
    """The UID of the series that the reader chooses; in a test, of the recommended one."""
    if slicer.app.testingEnabled():
        return next(one.uid for one in series if one.recommended)
    dialog = SeriesDialog(series)
    if not dialog.ask():
        raise Cancelled(CANCELLED)
    return dialog.uid


class SeriesDialog:
    """The series in a list; those that are refused are shown grey, with the reason."""

    def __init__(self, series: Sequence[Series]) -> None:
        self._series = list(series)
        self.dialog = qt.QDialog(slicer.util.mainWindow())
        self.dialog.setWindowTitle("Which series?")
        self.tree = qt.QTreeWidget()
        self.tree.setHeaderLabels(list(COLUMNS))
        self.tree.setRootIsDecorated(False)
        self.tree.setAllColumnsShowFocus(True)
        for one in self._series:
            self._add(one)
        for column in range(len(COLUMNS)):
            self.tree.resizeColumnToContents(column)
        buttons = qt.QDialogButtonBox()
        buttons.setStandardButtons(qt.QDialogButtonBox.Open | qt.QDialogButtonBox.Cancel)
        buttons.connect("accepted()", self.dialog.accept)
        buttons.connect("rejected()", self.dialog.reject)
        self.tree.connect("itemActivated(QTreeWidgetItem*,int)", self._activated)
        layout = qt.QVBoxLayout(self.dialog)
        layout.addWidget(qt.QLabel("Several series can be read; the one that suits lungs best is chosen."))
        layout.addWidget(self.tree)
        layout.addWidget(buttons)
        self.dialog.resize(*SIZE)

    @property
    def uid(self) -> str:
        """Of the series that is chosen now."""
        return self._series[self.tree.indexOfTopLevelItem(self.tree.currentItem())].uid

    def ask(self) -> bool:
        """Whether the reader agreed to the series that is chosen."""
        agreed = bool(self.dialog.exec_())
        self.dialog.deleteLater()
        return agreed

    def _add(self, one: Series) -> None:
        item = qt.QTreeWidgetItem(self.tree)
        apart = " × ".join(f"{mm:.3g}" for mm in one.spacing_mm or ())
        thick = f"{one.thickness_mm:g}" if one.thickness_mm else ""
        cells = (one.number, one.description, str(one.slices), thick, apart, one.orientation, one.kernel, one.why)
        for column, cell in enumerate(cells):
            item.setText(column, cell)
            item.setToolTip(column, cell)
        item.setDisabled(bool(one.refused))
        if one.recommended:
            self.tree.setCurrentItem(item)

    def _activated(self, item: qt.QTreeWidgetItem, column: int) -> None:
        self.dialog.accept()
