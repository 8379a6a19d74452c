"""The panel: its sections in the order of the work, and what happens when the reader presses something."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import slicer

from ..errors import Cancelled, MosMedError
from ..scene.reading import Reading
from ..scene.study_in_scene import add_study, hide_other_studies
from ..segmentation.masks import Masks
from ..segmentation.protocol import Progress
from ..study.mosmeddata import is_dataset
from . import messages
from .choices import Choices
from .correct_section import CorrectSection
from .dataset_section import DatasetSection
from .expert_choice import ExpertChoice
from .grade_section import RULES, GradeSection
from .leaving import Leaving
from .packages import PackagesFrame
from .save_section import SaveSection
from .segment_options import SegmentOptions
from .segment_section import SegmentSection
from .series_choice import asking
from .shortcuts import Shortcuts
from .study_section import StudySection
from .view_section import ViewSection
from .waiting import Waiting
from .workers import Workers


class Panel:
    """Holds the sections together; all that is shown comes from the reading, and goes back into it."""

    def __init__(self, ui: object, reading: Reading) -> None:
        self.ui, self.reading = ui, reading
        self.packages = PackagesFrame(ui, self.packages_installed)
        self.worker = Workers(reading, lambda: not self.packages.missing, self.show_segmentation)
        self.leaving = Leaving(reading, self.save)
        self.confirm: Callable[[str], bool] = messages.confirmed
        self.study_section = StudySection(ui, self.open_path, self.add_path, self.take_volume)
        self.segment_section = SegmentSection(ui, self.segment, self.worker.cancel)
        self.segment_options = SegmentOptions(ui, reading, self.worker)
        self.view_section = ViewSection(ui, reading)
        expert = ExpertChoice(ui, reading, self.open_mask, self.view_section.apply_overlay)
        self.dataset_section = DatasetSection(ui, reading, expert, self.open_path)
        self.worker.next_after = self.dataset_section.next_after
        self.correct_section = CorrectSection(ui, reading, self.edited, self.open_mask)
        self.grade_section = GradeSection(ui)
        self.save_section = SaveSection(ui, self.save)
        self._rule = Choices(ui.ruleBox, RULES, reading, "rule", self.rule_changed)
        self.keys: dict[str, Callable[[], None]] = {
            "G": self.view_section.toggle_overlay,
            "N": self.correct_section.next_lesion,
            "Shift+N": self.correct_section.previous_lesion,
            "Ctrl+PgDown": self.dataset_section.next_study,
            "Ctrl+PgUp": self.dataset_section.previous_study,
            "Shift+L": ui.lungWindowButton.click,
            "Shift+M": ui.mediastinumWindowButton.click,
            "Shift+B": ui.boneWindowButton.click,
            "Shift+S": ui.saveButton.click,
        }
        self._shortcuts = Shortcuts(self.keys)
        self.new_study()

    def open_path(self, path: Path, tell: Callable[[str], None] | None = None, series: str | None = None) -> bool:
        """Opens a study in the place of the one before, or a dataset; whether it is there now.

        tell: is given why not; series: of DICOM, which is read, by its number or UID.
        """
        if is_dataset(path):
            return self.open_dataset(path, tell) and self.dataset_section.go_on()
        if not self.may_leave():
            if tell:
                tell(f"{path.name} was not opened: the corrections of {self.reading.name} are still there.")
            return False
        return self._done(
            f"Opening {path.name}",
            lambda waiting: self.reading.open(path, waiting, series, asking(waiting)),
            self.new_study,
            tell,
        )

    def add_path(self, path: Path, tell: Callable[[str], None] | None = None) -> bool:
        """Opens a study beside the one that is read, to be chosen later; it is read at once where there is none."""
        if is_dataset(path):
            return self.open_dataset(path, tell)
        if self.reading.volume is None:
            return self.open_path(path, tell)
        return self._done(
            f"Opening {path.name}", lambda waiting: add_study(path, waiting, asking(waiting)), self.show, tell
        )

    def open_dataset(self, root: Path, tell: Callable[[str], None] | None = None) -> bool:
        """Lists the studies of a dataset; whether they are there now. The study that is read stays."""
        return self._done(f"Opening {root.name}", lambda waiting: self.dataset_section.open(root), self.show, tell)

    def take_volume(self, volume: slicer.vtkMRMLScalarVolumeNode | None) -> bool:
        """Reads a volume that is in the scene already; whether it is read now."""
        if volume is self.reading.volume:
            return True
        if not self.may_leave():
            self.show()
            return False
        if volume is None:
            self.reading.forget()
            self.new_study()
            return True

        def take(waiting: Waiting) -> None:
            hardened = self.reading.take(volume)
            self.reading.take_up_masks()
            if hardened:
                messages.tell(hardened)

        return self._done(f"Reading {volume.GetName()}", take, self.new_study)

    def open_mask(self, path: Path) -> bool:
        """Goes on with a saved mask of this study; whether it is shown now."""
        if not self.may_leave():
            return False
        return self._done(f"Opening {path.name}", lambda waiting: self.reading.open_mask(path), self.new_masks)

    def segment(self) -> None:
        """Begins to find lungs and lesions; what is there stays until they are found."""
        self._follow_edits()
        reading, volume = self.reading, self.reading.volume
        if volume is None or not self._may_segment():
            return
        edits, shown = reading.edits, reading.segmentation

        def found(masks: Masks, seconds: float | None = None) -> None:
            self._follow_edits()
            if reading.volume is not volume:
                return  # the reader has gone on to another study
            untouched = reading.edits == edits and reading.segmentation in (None, shown)  # a saved one may be open now
            if untouched or self.confirm(
                "You have corrected or opened a mask while the network was at work. Put the network's mask in its "
                "place?"
            ):
                reading.show(masks, seconds)
                self.new_masks()

        try:
            device, show_progress = reading.parameters.device, self.segment_section.show_progress
            self.worker.segment(reading.study, device, show_progress, found, self.failed)
            show_progress(Progress("starting", 0.0))
        except MosMedError as error:
            self.failed(error)
        self.show()

    def failed(self, error: MosMedError) -> None:
        """The segmentation ended without masks; those that were there are there still."""
        self.show()
        if isinstance(error, Cancelled):
            messages.note(str(error))
        else:
            messages.tell(str(error))

    def edited(self) -> None:
        """The reader has changed the mask."""
        self.reading.edited()
        self.view_section.follow_edit()
        self.grade_section.show(self.reading)
        self.correct_section.show()
        self.save_section.show(self.reading, self.worker.busy)

    def packages_installed(self) -> None:
        """What was missing is there now, if all went well."""
        self.worker.look_soon()
        self.show()

    def rule_changed(self) -> None:
        """The grade is judged by other lungs."""
        self.reading.update_grade()
        self.show()

    def save(self) -> bool:
        """Saves masks and grade; whether they are on the disk now."""
        self._follow_edits()
        files: dict[str, str] = {}

        def write(waiting: Waiting) -> None:
            files.update(
                self.reading.save(
                    self.save_section.folder, lambda progress: waiting(progress.percent / 100, progress.stage)
                )
            )

        def saved() -> None:
            self.save_section.show_files(files)
            self.dataset_section.saved()

        return self._done("Saving", write, saved)

    def may_leave(self) -> bool:
        """Whether the study before the reader may be left: asks what becomes of unsaved corrections."""
        self._follow_edits()
        return self.leaving.may_leave()

    def may_close(self) -> bool:
        """Whether all may be closed, unsaved corrections included: they are asked about only once."""
        self._follow_edits()
        return self.leaving.may_close()

    def new_study(self) -> None:
        """Another study is there, or none: nothing of the one before is left in the panel."""
        self.worker.new_study()
        if self.reading.volume is not None:
            hide_other_studies(self.reading.volume)
        self.save_section.new_study(self.reading)
        self.dataset_section.new_study()
        self.new_masks()

    def new_masks(self) -> None:
        """Other masks are there, or none."""
        self.correct_section.new_masks()
        self.view_section.apply_all()
        self.show()

    def show(self) -> None:
        """Shows what is."""
        reading = self.reading
        self._rule.show()
        self.study_section.show(reading)
        self.dataset_section.show()
        self.show_segmentation()
        self.view_section.show()
        self.correct_section.show()
        self.grade_section.show(reading)
        self.save_section.show(reading, self.worker.busy)

    def show_segmentation(self) -> None:
        """Shows what is segmented, and what can be."""
        self.segment_section.show(self.reading, self.worker.busy, self.packages.missing, self.worker.remark)
        self.segment_options.show(self.worker.busy)

    def scene_will_close(self) -> None:
        """The scene is about to be emptied."""
        self.worker.stop()
        self._follow_edits()
        self.leaving.scene_will_close()

    def follow_removal(self) -> None:
        """Somebody took a node out of the scene: what is gone must not be shown as if it were there."""
        reading = self.reading
        self.worker.look_soon()
        if slicer.mrmlScene.IsBatchProcessing():
            return  # the whole scene is closed or loaded: that is followed by itself
        if reading.name is not None and reading.volume is None:
            reading.forget()
            self.new_study()
        elif reading.grade is not None and reading.segmentation is None:
            reading.forget_masks()
            self.new_masks()

    def enter(self) -> None:
        """The module comes to the front."""
        self._shortcuts.install()
        self.correct_section.enter()

    def exit(self) -> None:
        """Another module comes to the front."""
        self._shortcuts.remove()
        self.correct_section.exit()

    def cleanup(self) -> None:
        """The panel is about to be taken down: no process and no observer may outlive it."""
        self.worker.stop()
        self._shortcuts.remove()
        self.save_section.cleanup()
        self.dataset_section.cleanup()
        self.view_section.cleanup()
        self.correct_section.cleanup()

    def _may_segment(self) -> bool:
        if self.reading.corrected and not self.confirm(
            "You have corrected this mask. Segmenting again puts the network's mask in its place. Go on?"
        ):
            return False
        refusal = self.reading.audit.refusal
        return refusal is None or self.confirm(
            f"The audit refused this study: {refusal.message}\n\nSegment it all the same, without a grade?"
        )

    def _follow_edits(self) -> None:
        """A stroke that was made a moment ago counts."""
        self.correct_section.tell_pending_edit()

    def _done(
        self,
        what: str,
        work: Callable[[Waiting], object],
        then: Callable[[], None],
        tell: Callable[[str], None] | None = None,
    ) -> bool:
        """Does something that may take a while; what went wrong is told, and then nothing has changed."""
        try:
            with Waiting(what) as waiting:
                work(waiting)
        except (MosMedError, MemoryError, OSError) as error:
            tell = tell or (messages.note if isinstance(error, Cancelled) else messages.tell)
            tell(str(error) or f"{what}: there is not enough memory. Close other programs, and try again.")
            self.show()
            return False
        then()
        self.show()
        return True
