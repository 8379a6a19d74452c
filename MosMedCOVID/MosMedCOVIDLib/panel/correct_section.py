"""The section Correct: the Segment Editor on the lesions, kept to the lungs, and the way from lesion to lesion."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import qt
import slicer

from ..scene.editing import Edits, editor_node, set_up
from ..scene.lesions import Lesion, find_lesions, jump_to, nearest, neighbour
from ..scene.reading import Reading
from ..scene.segments import LESIONS
from .study_section import last_folder

PAUSE_MS = 40  # strokes come faster than that; the grade follows their pauses


class CorrectSection:
    """Edits; `edited` is called soon after each change of the mask, `open_mask` with a file that the reader chose."""

    def __init__(
        self, ui: object, reading: Reading, edited: Callable[[], None], open_mask: Callable[[Path], None]
    ) -> None:
        self.ui, self._reading, self._edited, self._open_mask = ui, reading, edited, open_mask
        self._edits = Edits(self._mask_changed)
        self._lesions: list[Lesion] | None = None  # None: not looked for since the mask changed
        self._lesion: Lesion | None = None
        self._soon = qt.QTimer()
        self._soon.setSingleShot(True)
        self._soon.setInterval(PAUSE_MS)
        self._soon.connect("timeout()", self._tell_edit)
        editor = ui.segmentEditor
        editor.setMaximumNumberOfUndoStates(20)
        editor.setSegmentationNodeSelectorVisible(False)
        editor.setSourceVolumeNodeSelectorVisible(False)
        editor.setSwitchToSegmentationsButtonVisible(False)
        editor.setAddRemoveSegmentButtonsVisible(False)
        editor.setMaskingSectionVisible(False)  # its settings are those of keepToLungsCheck, and must not contradict it
        ui.keepToLungsCheck.connect("toggled(bool)", self._keep_to_lungs)
        ui.nextLesionButton.connect("clicked()", self.next_lesion)
        ui.previousLesionButton.connect("clicked()", self.previous_lesion)
        ui.openMaskButton.connect("clicked()", self.ask_for_mask)
        ui.correctSection.connect("contentsCollapsed(bool)", self._folded)

    @property
    def lesion(self) -> Lesion | None:
        """The lesion to which the reader went last."""
        return self._lesion

    @property
    def pending(self) -> bool:
        """Whether an edit has not been told yet."""
        return bool(self._soon.active)

    def new_masks(self) -> None:
        """Other masks are shown, or none."""
        reading, editor = self._reading, self.ui.segmentEditor
        self._edits.follow(None)
        self._soon.stop()
        node = editor_node()
        set_up(node, reading.parameters.keepToLungs)
        editor.setMRMLSegmentEditorNode(node)
        editor.setSegmentationNode(reading.segmentation)
        editor.setSourceVolumeNode(reading.volume)
        if reading.segmentation is not None:
            editor.setCurrentSegmentID(LESIONS)
        editor.setActiveEffectByName("None")
        self._edits.follow(reading.segmentation)
        self._lesions = self._lesion = None
        self._look_outside()
        self.show()

    def show(self) -> None:
        """Shows what can be done now."""
        ui, reading = self.ui, self._reading
        there = reading.segmentation is not None
        ui.segmentEditor.setEnabled(there)
        ui.openMaskButton.setEnabled(reading.volume is not None)
        blocked = ui.keepToLungsCheck.blockSignals(True)
        ui.keepToLungsCheck.setChecked(reading.parameters.keepToLungs)
        ui.keepToLungsCheck.blockSignals(blocked)
        for button in (ui.nextLesionButton, ui.previousLesionButton):
            button.setEnabled(there)
        ui.lesionLabel.setText(self._where() if there else "No masks yet")

    def next_lesion(self) -> None:
        """Goes to the next smaller lesion, and after the last to the largest."""
        self._go(1)

    def previous_lesion(self) -> None:
        """Goes to the next larger lesion."""
        self._go(-1)

    def ask_for_mask(self) -> None:
        """Lets the reader point at a saved mask."""
        title, kinds = "Open a saved mask of this study", "Masks (*_mask*.nii.gz *_mask*.nii);;NIfTI (*.nii *.nii.gz)"
        path = qt.QFileDialog.getOpenFileName(slicer.util.mainWindow(), title, self._masks_folder(), kinds)
        if path:
            self._open_mask(Path(path))

    def tell_pending_edit(self) -> None:
        """A change that waits for a pause is told at once."""
        if self._soon.active:
            self._soon.stop()
            self._tell_edit()

    def enter(self) -> None:
        """The module comes to the front."""
        self.ui.segmentEditor.setupViewObservations()
        if not self.ui.correctSection.collapsed:
            self.ui.segmentEditor.installKeyboardShortcuts()

    def exit(self) -> None:
        """Another module comes to the front: its clicks in the views must not paint."""
        self.ui.segmentEditor.setActiveEffectByName("None")
        self.ui.segmentEditor.uninstallKeyboardShortcuts()
        self.ui.segmentEditor.removeViewObservations()

    def cleanup(self) -> None:
        """Lets go of the scene."""
        self._edits.follow(None)
        self._soon.stop()
        self.exit()

    def _mask_changed(self) -> None:
        self._soon.start()  # anew with each step of a stroke: counting between two of them would hold up the brush

    def _tell_edit(self) -> None:
        self._lesions = None  # where the reader is stays in mind
        self._edited()
        self._look_outside()

    def _look_outside(self) -> None:
        """Says how much of the lesions lies outside the lungs, where some does."""
        outside = self._reading.outside_ml
        self.ui.outsideLabel.setVisible(outside > 0)
        self.ui.outsideLabel.setText(f"{outside:.1f} ml of lesion outside the lungs; counted as lung too.")

    def _folded(self, collapsed: bool) -> None:
        """Without its buttons in sight the editor must not paint."""
        editor = self.ui.segmentEditor
        if collapsed:
            editor.setActiveEffectByName("None")
            editor.uninstallKeyboardShortcuts()
        else:
            editor.installKeyboardShortcuts()

    def _keep_to_lungs(self, keep: bool) -> None:
        self._reading.parameters.keepToLungs = keep
        set_up(editor_node(), keep)

    def _go(self, step: int) -> None:
        reading = self._reading
        if reading.segmentation is None:
            return
        if self._lesions is None:
            with slicer.util.WaitCursor():
                self._lesions = find_lesions(reading.segmentation, reading.study)
            self._lesion = nearest(self._lesions, self._lesion)
        self._lesion = neighbour(self._lesions, self._lesion, step)
        if self._lesion:
            jump_to(self._lesion)
        self.show()

    def _where(self) -> str:
        """At which lesion the reader is."""
        lesions, lesion = self._lesions, self._lesion
        if lesion is None:
            return "Lesions, from large to small" if lesions is None else "No lesions"
        if lesions is None:  # the mask changed since: its number and size are no longer known
            return f"At a lesion, {lesion.side} lung" if lesion.side else "At a lesion"
        side = f"{lesion.side} lung" if lesion.side else "outside the lungs"
        return f"Lesion {lesions.index(lesion) + 1} of {len(lesions)}: {lesion.volume_ml:.1f} ml, {side}"

    def _masks_folder(self) -> str:
        folder = self.ui.folderButton.directory
        return folder if Path(folder).is_dir() else last_folder()
