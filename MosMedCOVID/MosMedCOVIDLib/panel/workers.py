"""The two workers of the panel: one for the reader, and one that is ahead of them."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from pathlib import Path

import qt
import slicer

from ..errors import MosMedError
from ..scene.next_studies import keys_of, next_after
from ..scene.reading import Reading
from ..segmentation.job import Result
from ..segmentation.masks import Masks
from ..segmentation.protocol import Progress
from ..segmentation.segmenter import ON_THE_CPU
from ..study.study import Study
from .ahead import UNREADABLE, Ahead
from .waiting import wait_cursor
from .worker_process import WorkerProcess

PAUSE_MS = 500  # a study, or its masks, are seen before anything is begun that nobody waits for
AHEAD = "MosMedCOVID/SegmentAhead"  # of the application's settings
READY = "Segmented ahead: press the button to see it."
SHOWN = "Segmented ahead, while you read the study before."
BY_THE_CPU = "The GPU's memory was full: the CPU has done it."
OnMasks = Callable[[Masks, float | None], None]  # is told how long the reader waited; None where they did not


class Workers:
    """Segments the study that is read when the reader asks for it, and the one after it while they read.

    The second worker works only while the first does not, and hands its masks over when the reader asks for them.
    Nothing is segmented unasked before the reader has segmented a study themselves.

    may_start: whether the network can run at all; changed: is called when there is something else to show. next_after:
    the studies that may come after the one that is read, the likeliest first; a list may be put in its place.
    """

    def __init__(self, reading: Reading, may_start: Callable[[], bool], changed: Callable[[], None]) -> None:
        self.next_after = next_after
        self._reading, self._may_start, self._changed = reading, may_start, changed
        self._worker, self._ahead = WorkerProcess(), Ahead(self._follow)
        self._asked_before = False
        self._remark = ("", "")  # the ID of masks that are shown, and what there is to say of them
        self._soon = qt.QTimer()
        self._soon.setSingleShot(True)
        self._soon.setInterval(PAUSE_MS)
        self._soon.connect("timeout()", self._look_around)

    @property
    def busy(self) -> bool:
        """Whether the reader waits for masks."""
        return self._worker.busy

    @property
    def process_id(self) -> int | None:
        """The process number of the reader's worker while it runs."""
        return self._worker.process_id

    @property
    def remark(self) -> str:
        """What there is to say of the masks that are shown, or of those that could be shown at once."""
        volume, (shown, remark) = self._reading.volume, self._remark
        if self._reading.segmentation is not None:
            return remark if self._reading.segmentation.GetID() == shown else ""
        return READY if volume is not None and self._ahead.has(*keys_of(volume)) else ""

    @property
    def works_ahead(self) -> bool:
        """Whether the next study is to be segmented ahead; remembered from one session to the next."""
        return bool(slicer.util.settingsValue(AHEAD, True, slicer.util.toBool))

    def work_ahead(self, wanted: bool) -> None:
        """Segments the next study ahead from now on, or does so no more."""
        qt.QSettings().setValue(AHEAD, wanted)
        self._follow()

    def segment(
        self,
        study: Study,
        device: str,
        on_progress: Callable[[Progress], None],
        on_masks: OnMasks,
        on_error: Callable[[MosMedError], None],
    ) -> None:
        """Begins to segment a study; one of the two last is called once: later, or at once where masks are ready."""
        self._asked_before = True
        with wait_cursor():
            masks = self._ahead.take(study)
        if masks:
            self._hand_over(masks, None, on_masks, SHOWN)
            return

        begin, remark = time.monotonic(), ""

        def progressed(progress: Progress) -> None:
            nonlocal remark
            remark = BY_THE_CPU if progress.stage == ON_THE_CPU else remark
            on_progress(progress)

        def finished(result: Result) -> None:
            try:
                self._hand_over(result.masks(), time.monotonic() - begin, on_masks, remark)
            except UNREADABLE as error:  # or the panel refuses them
                said = f"The masks could not be shown ({error or type(error).__name__}): segment the study again."
                failed(error if isinstance(error, MosMedError) else MosMedError(said))
            finally:
                result.drop()

        def failed(error: MosMedError) -> None:
            on_error(error)
            self._follow()

        self._worker.segment(study, device, progressed, finished, failed)

    def cancel(self) -> None:
        """Ends the work that the reader waits for; they are told Cancelled."""
        self._worker.cancel()

    def use(self, bundle: Path, trusted: bool) -> None:
        """Takes another bundle from now on. trusted: the reader lets it run its own code."""
        self.stop()
        for worker in (self._worker, self._ahead.worker):
            worker.use(bundle, trusted)
        self._follow()

    def forget_ahead(self) -> None:
        """Drops what was segmented ahead: the reader wants it done otherwise."""
        self._ahead.forget()
        self._follow()

    def new_study(self) -> None:
        """Another study is read, or none. A worker that is warm stays so, unless it works for the study before."""
        if self.busy or self._reading.volume is None:
            self._worker.stop()
        self.look_soon()

    def look_soon(self) -> None:
        """Something has changed on which it depends what is worth beginning with."""
        self._soon.start()

    def stop(self) -> None:
        """Ends all work at once; whoever waits hears nothing more."""
        self._soon.stop()
        self._worker.stop()
        self._ahead.forget()

    def _hand_over(self, masks: Masks, seconds: float | None, on_masks: OnMasks, remark: str) -> None:
        """Gives the masks to the panel, and keeps the remark where it shows them: a reader may decline."""
        before = self._reading.segmentation
        on_masks(masks, seconds)
        if self._reading.segmentation is not before:
            self._remark = (self._reading.segmentation.GetID(), remark)
        self._follow()

    def _follow(self) -> None:
        self.look_soon()
        self._changed()

    def _look_around(self) -> None:
        """Starts the reader's worker, so that the network is loaded when they press; begins with the next study."""
        volume = self._reading.volume
        if volume is None or not self._may_start():
            self._ahead.stop()
            return
        with contextlib.suppress(MosMedError):  # the reader is told when they press the button
            self._worker.start()
        if not (self._asked_before and self.works_ahead):
            self._ahead.stop()
        elif self._reading.segmentation is None:
            self._ahead.keep(*keys_of(volume))
        elif not self.busy:
            self._ahead.look(self.next_after(volume), self._reading.parameters.device)
