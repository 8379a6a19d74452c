"""The expert mask of a dataset's study: outlined or not, and taken over where the reader agrees with it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ..errors import MosMedError
from ..scene.expert_mask import expert_mask_of, show_expert_mask
from ..scene.reading import Reading
from . import messages
from .waiting import wait_cursor


class ExpertChoice:
    """take_over: is given the mask's file to go on with; overlay_changed: is called when other masks are to be seen."""

    def __init__(
        self, ui: object, reading: Reading, take_over: Callable[[Path], bool], overlay_changed: Callable[[], None]
    ) -> None:
        self.ui, self._reading, self._take_over, self._overlay_changed = ui, reading, take_over, overlay_changed
        self._mask: Path | None = None
        ui.expertCheck.connect("toggled(bool)", self._switched)
        ui.takeExpertButton.connect("clicked()", lambda: self._take_over(self._mask))

    def new_study(self, mask: Path | None) -> None:
        """Shows the expert mask of the study that is read; None: it has none."""
        volume, self._mask = self._reading.volume, mask
        if mask is not None and expert_mask_of(volume) is None:
            try:
                with wait_cursor():
                    show_expert_mask(mask, volume)
            except MosMedError as error:
                messages.tell(f"The expert mask is not shown. {error}")

    def show(self) -> None:
        """Shows what can be done now."""
        ui = self.ui
        there = expert_mask_of(self._reading.volume) is not None
        ui.expertCheck.setVisible(there)
        ui.takeExpertButton.setVisible(there and self._mask is not None)
        ui.takeExpertButton.setEnabled(self._reading.segmentation is not None)
        blocked = ui.expertCheck.blockSignals(True)
        ui.expertCheck.setChecked(self._reading.parameters.expertVisible)
        ui.expertCheck.blockSignals(blocked)

    def _switched(self, visible: bool) -> None:
        self._reading.parameters.expertVisible = visible
        self._overlay_changed()
