"""The table of a dataset's studies. Qt itself filters and sorts it, so that 10,000 of them stay fluent."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import qt

from ..study.mosmeddata import Row
from ..study.mosmeddata.review import TO_READ

COLUMNS = ("Study", "CT", "Mask", "Status")
STUDY, CATEGORY, MASK, STATUS = range(len(COLUMNS))
WIDTHS = {CATEGORY: 52, MASK: 46, STATUS: 92}  # pixels; the study takes the rest
ICON_WIDTH, ICON_HEIGHT, ROW_HEIGHT = 40, 30, 34  # pixels, of the thumbnails' proportions
MOST_ICONS = 300  # so that they take no more than some megabytes
WITH_MASK, WITHOUT_MASK, FAULTY = "mask", "bare", "faulty"  # what can be filtered by, beside categories and statuses
ANY = ""


class DatasetTable:
    """Rows are known by their number in the dataset, however they are sorted.

    opened: is given the row that the reader wants to read; looked_at: the one they have moved to, None if none.
    moved: is called when other rows have come into sight.
    """

    def __init__(
        self,
        view: object,
        opened: Callable[[int], None],
        looked_at: Callable[[int | None], None],
        moved: Callable[[], None],
    ) -> None:
        self._view, self._opened, self._looked_at = view, opened, looked_at
        self._icons: dict[int, None] = {}  # the rows that have one, the oldest first
        self._rows: Sequence[Row] = ()
        self._model = qt.QStandardItemModel()
        self._shown = qt.QSortFilterProxyModel()
        self._shown.setFilterRole(qt.Qt.UserRole)
        self._shown.setFilterKeyColumn(STUDY)
        self._nothing = qt.QPixmap(ICON_WIDTH, ICON_HEIGHT)
        self._nothing.fill(qt.QColor(0, 0, 0, 0))
        view.setModel(self._shown)
        view.setIconSize(qt.QSize(ICON_WIDTH, ICON_HEIGHT))
        view.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        view.connect("activated(QModelIndex)", self._activated)
        view.selectionModel().connect("currentRowChanged(QModelIndex,QModelIndex)", self._went)
        view.verticalScrollBar().connect("valueChanged(int)", lambda value: moved())
        view.horizontalHeader().connect("sectionClicked(int)", lambda column: moved())

    def fill(self, rows: Sequence[Row], statuses: Sequence[str]) -> None:
        """Shows these rows in their order, in place of those before."""
        self._rows, self._icons = rows, {}
        model = self._model
        self._shown.setSourceModel(None)  # or it would follow each cell
        model.clear()
        blocked = model.blockSignals(True)
        model.setColumnCount(len(COLUMNS))
        model.setRowCount(len(rows))
        for number, (row, status) in enumerate(zip(rows, statuses, strict=True)):
            cells = (row.name, row.category, "✓" if row.mask else "", _status_text(row, status))
            for column, text in enumerate(cells):
                model.setData(model.index(number, column), text)
            model.setData(model.index(number, STUDY), _filter_key(row, status), qt.Qt.UserRole)
            if row.fault:
                model.setData(model.index(number, STATUS), row.reason, qt.Qt.ToolTipRole)
        model.blockSignals(blocked)
        model.setHorizontalHeaderLabels(list(COLUMNS))
        self._shown.setSourceModel(model)
        header = self._view.horizontalHeader()
        header.setSectionResizeMode(STUDY, qt.QHeaderView.Stretch)
        for column, width in WIDTHS.items():
            header.setSectionResizeMode(column, qt.QHeaderView.Fixed)
            header.resizeSection(column, width)
        header.setSortIndicator(-1, qt.Qt.AscendingOrder)
        self._shown.sort(-1)

    def set_status(self, number: int, status: str) -> None:
        """Another status of a row; it may leave what is filtered by it."""
        row = self._rows[number]
        self._model.item(number, STATUS).setText(_status_text(row, status))
        self._model.item(number, STUDY).setData(_filter_key(row, status), qt.Qt.UserRole)

    def set_picture(self, number: int, picture: Path | None) -> None:
        """Puts a picture before a row, and a larger one under the mouse; None: room for one."""
        item = self._model.item(number, STUDY)
        if picture is None:
            if number not in self._icons:
                item.setIcon(qt.QIcon(self._nothing))
            return
        small = qt.QPixmap(str(picture)).scaled(
            ICON_WIDTH, ICON_HEIGHT, qt.Qt.IgnoreAspectRatio, qt.Qt.SmoothTransformation
        )
        item.setIcon(qt.QIcon(small))
        item.setToolTip(f'<img src="{picture.as_uri()}">')
        self._icons.pop(number, None)
        self._icons[number] = None
        while len(self._icons) > MOST_ICONS:
            oldest = next(iter(self._icons))
            del self._icons[oldest]
            self._model.item(oldest, STUDY).setIcon(qt.QIcon())

    def filter(self, category: str, kinds: Sequence[str], text: str) -> None:
        """Shows rows of a category, of all these kinds and with all words of a text; ANY and nothing mean all."""
        wanted = [f"(?=.*\t{re.escape(kind.lower())}\t)" for kind in (category, *kinds) if kind]
        wanted += [f"(?=.*{re.escape(word)})" for word in text.lower().split()]
        self._shown.setFilterRegularExpression("^" + "".join(wanted))

    @property
    def count(self) -> int:
        """How many rows are shown."""
        return self._shown.rowCount()

    def place(self, number: int | None) -> int | None:
        """Where a row stands among those shown, from 0; None where it is not among them."""
        if number is None:
            return None
        index = self._shown.mapFromSource(self._model.index(number, STUDY))
        return index.row() if index.isValid() else None

    def at(self, place: int) -> int:
        """The row that stands at a place among those shown."""
        return self._shown.mapToSource(self._shown.index(place, STUDY)).row()

    def select(self, number: int) -> None:
        """Marks a row and scrolls to it, where it is shown."""
        index = self._shown.mapFromSource(self._model.index(number, STUDY))
        if index.isValid():
            self._view.setCurrentIndex(index)
            self._view.scrollTo(index)

    def in_sight(self) -> list[int]:
        """The rows that can be seen now, and some below them."""
        if not self.count:
            return []
        first = max(0, self._view.rowAt(0))
        seen = self._view.viewport().height // ROW_HEIGHT + 2
        return [self.at(place) for place in range(first, min(first + seen, self.count))]

    def _activated(self, index: qt.QModelIndex) -> None:
        self._opened(self._shown.mapToSource(index).row())

    def _went(self, index: qt.QModelIndex, before: qt.QModelIndex) -> None:
        self._looked_at(self._shown.mapToSource(index).row() if index.isValid() else None)


def kinds_of(row: Row, status: str) -> list[str]:
    """What a row can be filtered by beside its category."""
    return [WITH_MASK if row.mask else WITHOUT_MASK, status, *[FAULTY] * bool(row.fault)]


def counts(rows: Sequence[Row], statuses: Sequence[str]) -> Mapping[str, int]:
    """How many rows there are of each kind."""
    found: dict[str, int] = {}
    for row, status in zip(rows, statuses, strict=True):
        for kind in kinds_of(row, status):
            found[kind] = found.get(kind, 0) + 1
    return found


def _filter_key(row: Row, status: str) -> str:
    """One line with all that a row is found by."""
    words = [row.category, *kinds_of(row, status)]
    return "\t" + "\t".join([*words, row.name, row.fault]).lower().replace("\n", " ") + "\t"


def _status_text(row: Row, status: str) -> str:
    """What stands in the last column: what is wrong, as long as nothing has been done about it."""
    return f"! {row.fault}" if row.fault and status == TO_READ else status.capitalize()
