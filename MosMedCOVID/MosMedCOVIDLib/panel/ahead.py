"""Ahead of the reader: the study that comes next is segmented at low priority while the present one is read."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ..errors import MosMedError
from ..scene.next_studies import NextStudy
from ..segmentation.job import Result
from ..segmentation.masks import Masks
from ..study.study import Study
from .waiting import wait_cursor
from .worker_process import WorkerProcess

UNREADABLE = (MosMedError, OSError, ValueError, MemoryError)  # what reading masks from their files may raise


class Ahead:
    """Works on one study, or has its masks until they are asked for.

    They stay in the files of the worker, which removes them when this process ends, however it ends. changed: is called
    when masks are ready, or could not be made; of the reason the reader hears when they segment that study themselves.
    """

    def __init__(self, changed: Callable[[], None]) -> None:
        self.worker = WorkerProcess(background=True)
        self._changed = changed
        self._key: str | None = None  # of the study
        self._result: Result | None = None  # None: it is being segmented
        self._given_up: set[str] = set()

    def look(self, following: Iterable[NextStudy], device: str) -> None:
        """Begins with the first of the studies that follow, unless it has been begun with already."""
        study = next((study for study in following if study.key not in self._given_up), None)
        if study is None:
            self.stop()
            return
        self.keep(study.key)
        if self._key is None:
            self._begin(study, device)

    def keep(self, *keys: str) -> None:
        """The reader has gone on to a study, known by these keys: work on another one is dropped."""
        if self._key not in (None, *keys):
            self._drop()

    def has(self, *keys: str) -> bool:
        """Whether the masks of the study that is known by these keys are ready."""
        return self._result is not None and self._key in keys

    def take(self, study: Study) -> Masks | None:
        """Hands over the masks of a study, if they are ready: of just these voxels at just this place.

        Work that goes on is ended, since the reader segments now themselves.
        """
        result = self._result
        if result is None:
            self.stop()
            return None
        try:
            masks = result.masks() if result.is_of(study) else None
        except UNREADABLE:  # the worker has died, say, and its files went with it
            self.stop()
            return None
        if masks:
            self._drop()
        return masks

    def stop(self) -> None:
        """Ends the worker, and drops all that it made."""
        self._key = self._result = None
        self.worker.stop()

    def forget(self) -> None:
        """Stops, and may try again what failed before: another scene is there, or another model."""
        self.stop()
        self._given_up.clear()

    def _begin(self, study: NextStudy, device: str) -> None:
        self._key = study.key
        try:
            with wait_cursor():  # voxels of another type than HU are turned into these
                to_segment = study.read()
            self.worker.segment(to_segment, device, lambda progress: None, self._finished, self._failed)
        except (MosMedError, MemoryError) as error:
            self._failed(error)

    def _finished(self, result: Result) -> None:
        self._result = result
        self._changed()

    def _failed(self, error: Exception) -> None:
        self._given_up.add(self._key)
        self.stop()
        self._changed()

    def _drop(self) -> None:
        """Ends work that goes on; where it is done, the worker stays warm for the next study."""
        if self._result is None:
            self.stop()
            return
        self._result.drop()
        self._key = self._result = None
