"""The section Segment: one button, how far it is, and a way out."""

from __future__ import annotations

from collections.abc import Callable

from ..scene.reading import Reading
from ..segmentation.protocol import Progress


class SegmentSection:
    """Starts and stops the segmentation, and shows how far it is."""

    def __init__(self, ui: object, segment: Callable[[], None], cancel: Callable[[], None]) -> None:
        self.ui = ui
        ui.segmentButton.connect("clicked()", segment)
        ui.cancelButton.connect("clicked()", cancel)

    def show(self, reading: Reading, busy: bool, missing: list[str], remark: str) -> None:
        """Shows what can be done now, and a remark when nothing is being done.

        missing: packages without which there is no segmentation.
        """
        ui = self.ui
        ui.segmentButton.setEnabled(reading.volume is not None and not busy and not missing)
        for widget in (ui.progressBar, ui.cancelButton):
            widget.setVisible(busy)
        ui.stageLabel.setVisible(busy or bool(remark))
        if not busy:
            ui.progressBar.setMaximum(100)
            ui.progressBar.setValue(0)
            ui.stageLabel.setText(remark)

    def show_progress(self, progress: Progress) -> None:
        """Shows the stage, the percent and the time left; a bar that only moves until there is a percent."""
        self.ui.progressBar.setMaximum(100 if progress.percent > 0 else 0)
        self.ui.progressBar.setValue(round(progress.percent))
        self.ui.stageLabel.setText(progress_text(progress))


def progress_text(progress: Progress) -> str:
    """The stage, and how long it may still take."""
    stage = progress.stage[:1].upper() + progress.stage[1:]
    if progress.seconds_left is None:
        return f"{stage}…"
    seconds = max(1, round(progress.seconds_left))
    return f"{stage}… about {seconds} s left" if seconds < 90 else f"{stage}… about {round(seconds / 60)} min left"
