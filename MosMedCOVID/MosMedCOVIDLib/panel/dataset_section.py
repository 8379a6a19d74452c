"""The section Dataset: the studies of MosMedData in a table, the way from one to the next, and what has been read."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import qt
import slicer

from ..errors import SaveError
from ..scene.next_studies import NextStudy, keys_of, next_after
from ..scene.reading import Reading
from ..study.mosmeddata import Dataset, Row, read_dataset
from ..study.mosmeddata.review import CORRECTED, READ, STATUSES, TO_READ, Review
from ..study.read import read_study
from . import messages
from .dataset_filters import DatasetFilters
from .dataset_table import DatasetTable
from .expert_choice import ExpertChoice
from .thumbnails import Thumbnails
from .user_folder import cache_folder, data_folder

PAUSE_MS = 100  # the table has come to rest
LAST = "There is no further study in this list."


class DatasetSection:
    """Shown while a dataset is open; what it opens goes the way of any study, which may decline.

    open_study: is given the file of a study; whether it is read then.
    """

    def __init__(self, ui: object, reading: Reading, expert: ExpertChoice, open_study: Callable[[Path], bool]) -> None:
        self.ui, self._reading, self._expert, self._open_study = ui, reading, expert, open_study
        self.dataset: Dataset | None = None
        self.review: Review | None = None
        self._numbers: dict[str, int] = {}  # of the rows, by the paths of their studies
        self._current: int | None = None  # the row that is read
        self._place = 0  # where it stands, or stood, among those shown
        self._thumbnails = Thumbnails(cache_folder() / "thumbnails", self._show_picture)
        self._soon = qt.QTimer()
        self._soon.setSingleShot(True)
        self._soon.setInterval(PAUSE_MS)
        self._soon.connect("timeout()", self._look_for_pictures)
        self.table = DatasetTable(ui.datasetTable, self.read_row, self._explain, self._soon.start)
        self.filters = DatasetFilters(ui, self._filter)
        ui.datasetStatusBox.addItems([status.capitalize() for status in STATUSES])
        ui.datasetStatusBox.connect("activated(int)", lambda index: self.set_status(STATUSES[index]))
        ui.nextStudyButton.connect("clicked()", self.next_study)
        ui.previousStudyButton.connect("clicked()", self.previous_study)
        ui.closeDatasetButton.connect("clicked()", self.close)

    def open(self, root: Path) -> None:
        """Lists a dataset in place of the one before. StudyRefused where there is none."""
        dataset = read_dataset(root)
        self._thumbnails.stop()
        self.dataset, self.review = dataset, Review(data_folder() / "datasets", dataset.root)
        self._numbers = {str(row.study): number for number, row in enumerate(dataset.rows) if row.study}
        self.table.fill(dataset.rows, self._statuses())
        self.filters.begin(dataset, self._statuses())
        self.ui.datasetSection.text = f"Dataset {dataset.root.resolve().name}"
        self.ui.datasetSection.setVisible(True)
        self.ui.datasetSection.collapsed = False
        self._place = 0
        self.new_study()
        self._explain(None)
        self._soon.start()

    def go_on(self) -> bool:
        """Opens the study that was read last in this dataset; True where there is none, too."""
        last = [n for n, row in enumerate(self.dataset.rows) if row.key == self.review.position and row.study]
        return not last or self._current == last[0] or self.read_row(last[0])

    def close(self) -> None:
        """Leaves the dataset; the study that is read stays."""
        self.cleanup()
        self.dataset = self.review = self._current = None
        self._numbers = {}
        self.table.fill((), ())
        self.ui.datasetSection.setVisible(False)

    def read_row(self, number: int) -> bool:
        """Opens a row's study; whether it is read now."""
        row = self.dataset.rows[number]
        if row.study is None:
            messages.note(row.reason)
            return False
        return self._open_study(row.study)

    def next_study(self) -> None:
        """Goes to the next study that is shown and can be opened."""
        self._go(1)

    def previous_study(self) -> None:
        """Goes to the one before."""
        self._go(-1)

    def next_after(self, volume: slicer.vtkMRMLScalarVolumeNode) -> list[NextStudy]:
        """The study that comes after a volume: of the dataset, if that is being read, else of the scene."""
        number = self._neighbour(1) if self._current is not None else None
        if number is None:
            return next_after(volume)
        study = self.dataset.rows[number].study
        return [NextStudy(str(study), partial(read_study, study))]

    def new_study(self) -> None:
        """Another study is read, or none: marks its row, remembers it, and shows its expert mask."""
        volume = self._reading.volume
        self._current = None if volume is None else self._numbers.get(keys_of(volume)[-1])
        row = self._row
        if row is not None:
            self.table.select(self._current)
            self._remember(lambda: self.review.set_position(row.key))
        self._expert.new_study(row.mask if row else None)
        self.show()

    def saved(self) -> None:
        """The masks of the study were saved: it has been read, and corrected if they are the reader's."""
        if self._row is not None:
            self.set_status(CORRECTED if self._reading.corrected else READ)

    def set_status(self, status: str) -> None:
        """What has become of the study that is read."""
        row = self._row
        if row is not None:
            self._remember(lambda: self.review.set_status(row.key, status))
            self.table.set_status(self._current, status)
            self.filters.count(self._statuses())
            self.show()

    def show(self) -> None:
        """Shows where the reader is, and what can be done."""
        if self.dataset is None:
            return
        ui, row, count = self.ui, self._row, self.table.count
        place = self.table.place(self._current)
        self._place = self._place if place is None else place
        where = f"{row.name}: {place + 1} of {count}" if row and place is not None else f"{count} studies"
        ui.datasetLabel.setText(f"{row.name}, not in this list" if row and place is None else where)
        ui.datasetStatusBox.setEnabled(row is not None)
        status = self.review.status(row.key) if row else TO_READ
        ui.datasetStatusBox.setCurrentIndex(STATUSES.index(status))
        self._expert.show()

    def cleanup(self) -> None:
        """No process outlives the panel."""
        self._soon.stop()
        self._thumbnails.stop()

    @property
    def _row(self) -> Row | None:
        return None if self._current is None else self.dataset.rows[self._current]

    def _statuses(self) -> list[str]:
        return [self.review.status(row.key) for row in self.dataset.rows]

    def _go(self, step: int) -> None:
        if self.dataset is not None:
            number = self._neighbour(step)
            if number is None:
                messages.note(LAST)
            else:
                self.read_row(number)

    def _neighbour(self, step: int) -> int | None:
        """The next row in a direction that can be opened; one that has left the list leaves its place to the next."""
        place = self.table.place(self._current)
        place = self._place - (step > 0) if place is None else place
        while 0 <= (place := place + step) < self.table.count:
            if self.dataset.rows[self.table.at(place)].study:
                return self.table.at(place)
        return None

    def _filter(self, category: str, kinds: list[str], text: str) -> None:
        self.table.filter(category, kinds, text)
        self._place = 0
        self.show()
        self._soon.start()

    def _explain(self, number: int | None) -> None:
        """Says what is wrong with the row that the reader looks at, or else with the dataset."""
        reason = "" if number is None else self.dataset.rows[number].reason
        if not reason and self._current is None and self.dataset is not None:
            reason = " ".join(self.dataset.notes)
        self.ui.datasetReasonLabel.setText(reason)
        self.ui.datasetReasonLabel.setVisible(bool(reason))

    def _look_for_pictures(self) -> None:
        if self.dataset is None:
            return
        numbers = self.table.in_sight()
        for number in numbers:
            self.table.set_picture(number, None)
        studies = [self.dataset.rows[number].study for number in numbers]
        self._thumbnails.want([study for study in studies if study])

    def _show_picture(self, study: Path, picture: Path) -> None:
        self.table.set_picture(self._numbers[str(study)], picture)

    def _remember(self, change: Callable[[], None]) -> None:
        try:
            change()
        except SaveError as error:
            messages.note(str(error))
