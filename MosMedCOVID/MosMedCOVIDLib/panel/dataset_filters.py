"""What narrows the table of a dataset: a search, and boxes that say how many studies each choice has."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..study.mosmeddata import Dataset
from ..study.mosmeddata.review import STATUSES
from .dataset_table import ANY, FAULTY, WITH_MASK, WITHOUT_MASK, counts

MASKS = {ANY: "Any mask", WITH_MASK: "Mask", WITHOUT_MASK: "No mask"}
STATES = {ANY: "Any status", **{status: status.capitalize() for status in STATUSES}, FAULTY: "Faulty"}


class DatasetFilters:
    """changed: is given the category, the other kinds and the text that rows must have."""

    def __init__(self, ui: object, changed: Callable[[str, list[str], str], None]) -> None:
        self.ui, self._changed = ui, changed
        self._dataset: Dataset | None = None
        self._categories: list[str] = [ANY]
        ui.maskFilterBox.addItems(list(MASKS.values()))
        ui.statusFilterBox.addItems(list(STATES.values()))
        for box in (ui.categoryFilterBox, ui.maskFilterBox, ui.statusFilterBox):
            box.connect("currentIndexChanged(int)", lambda index: self._tell())
        ui.datasetSearch.connect("textChanged(QString)", lambda text: self._tell())

    def begin(self, dataset: Dataset, statuses: Sequence[str]) -> None:
        """All rows of another dataset."""
        ui = self.ui
        self._dataset, self._categories = dataset, [ANY, *dataset.categories]
        for widget in (ui.categoryFilterBox, ui.maskFilterBox, ui.statusFilterBox, ui.datasetSearch):
            widget.blockSignals(True)
        ui.categoryFilterBox.clear()
        titles = [f"{category} ({count})" for category, count in dataset.categories.items()]
        ui.categoryFilterBox.addItems([f"All ({len(dataset.rows)})", *titles])
        for box in (ui.categoryFilterBox, ui.maskFilterBox, ui.statusFilterBox):
            box.setCurrentIndex(0)
        ui.datasetSearch.clear()
        for widget in (ui.categoryFilterBox, ui.maskFilterBox, ui.statusFilterBox, ui.datasetSearch):
            widget.blockSignals(False)
        self.count(statuses)
        self._tell()

    def count(self, statuses: Sequence[str]) -> None:
        """Says anew how many rows there are of each kind."""
        found = counts(self._dataset.rows, statuses)
        for box, titles in ((self.ui.maskFilterBox, MASKS), (self.ui.statusFilterBox, STATES)):
            for index, (kind, title) in enumerate(titles.items()):
                box.setItemText(index, f"{title} ({found.get(kind, 0)})" if kind else title)

    def _tell(self) -> None:
        ui = self.ui
        kinds = [list(MASKS)[ui.maskFilterBox.currentIndex], list(STATES)[ui.statusFilterBox.currentIndex]]
        self._changed(self._categories[ui.categoryFilterBox.currentIndex], kinds, ui.datasetSearch.text)
