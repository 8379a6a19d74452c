"""The study before the reader: its volume, masks, audit and grade, opened, changed and saved as one thing."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import slicer

from ..errors import StudyRefused
from ..grading.grade import Grade, grade_study
from ..reporting.result import graded_json
from ..saving.results import save_results, source_of
from ..saving.versions import Writer
from ..segmentation.masks import Masks
from ..segmentation.protocol import Progress
from ..study.audit import Audit, audit_study
from ..study.dicom import CHOSEN, Choose
from ..study.labelled import read_mask
from ..study.nifti import study_name
from ..study.progress import OnProgress, silent
from ..study.quick_lungs import find_quick_lungs
from ..study.read import RESULTS_FOLDER, read_study
from ..study.study import Study
from .masks import (
    grade_of,
    is_corrected,
    is_unsaved,
    masks_of,
    outside_ml,
    readers_masks,
    segmentations_of,
    set_corrected,
    set_unsaved,
    show_masks,
)
from .parameters import ReadingParameters
from .study_in_scene import remove_study
from .volume import harden, show_study, study_of

SAVED_MASK = re.compile(r"_(mask|lesions)(_v\d+)?$")


class Reading:
    """One study at a time. What it holds stands in the scene, through the parameter node; it only adds to it.

    name: of the study, also after its volume was taken out of the scene; None where there is no study.
    edits: how often the reader changed a mask.
    """

    def __init__(self, parameters: ReadingParameters) -> None:
        self.parameters = parameters
        self.name: str | None = None
        self.edits = 0
        self.audit: Audit | None = None
        self.grade: Grade | None = None
        self._seconds: dict[str, float] = {}

    @property
    def volume(self) -> slicer.vtkMRMLScalarVolumeNode | None:
        """The volume of the study, or None."""
        return _in_scene(self.parameters.volume)

    @property
    def segmentation(self) -> slicer.vtkMRMLSegmentationNode | None:
        """Its lungs and lesions, or None before they were found."""
        return _in_scene(self.parameters.segmentation)

    @property
    def study(self) -> Study:
        """The study as it stands in the scene. StudyRefused where the volume is none, or lies under a transform."""
        if self.volume is None:
            raise StudyRefused("study", "There is no study: open one first.")
        return study_of(self.volume)

    @property
    def masks(self) -> Masks:
        """Lungs and lesions as they are now, on the study's whole grid."""
        if self.segmentation is None:
            raise StudyRefused("mask", "There are no masks: segment the study first.")
        return masks_of(self.segmentation, self.study)

    def open(
        self,
        path: Path,
        on_progress: OnProgress = silent,
        series: str | None = None,
        choose: Choose | None = None,
    ) -> slicer.vtkMRMLScalarVolumeNode:
        """Reads a study and puts it in the place of the one before, which stays if this one cannot be read.

        series, choose: which of several DICOM series is read, as in `read_study`.
        """
        begin = time.monotonic()
        volume = self.show_study(read_study(path, on_progress, series, choose))
        self._seconds = {"read": time.monotonic() - begin}
        return volume

    def show_study(self, study: Study) -> slicer.vtkMRMLScalarVolumeNode:
        """Puts a study into the scene, in the place of the one before."""
        self.close()
        volume = show_study(study)
        self.take(volume)
        return volume

    def take(self, volume: slicer.vtkMRMLScalarVolumeNode) -> str | None:
        """Makes a volume of the scene the study that is read; the sentence to show where a transform was hardened.

        StudyRefused where it is no CT that can be read; nothing is read then.
        """
        hardened = harden(volume)
        study = study_of(volume)
        audit = audit_study(study, find_quick_lungs(study))
        if self.volume is not volume:
            self.parameters.segmentation = None
        self.parameters.volume = volume
        self.name = study.name
        self.audit, self.grade, self._seconds = audit, None, {}
        slicer.util.setSliceViewerLayers(background=volume, fit=True)
        return hardened

    def close(self) -> None:
        """Takes the study and all that belongs to it out of the scene, where it was opened from a file."""
        volume = self.volume
        self.forget()
        if volume is not None:
            remove_study(volume)

    def forget(self) -> None:
        """Has no study any more; the scene itself is left as it is."""
        self.parameters.volume = None
        self.forget_masks()
        self.name = None
        self.audit, self.grade, self._seconds = None, None, {}

    def follow_scene(self, parameters: ReadingParameters) -> None:
        """Goes on with what a scene holds that was closed or loaded."""
        segmentation = parameters.segmentation
        self.parameters = parameters
        self.name = None
        self.audit, self.grade, self._seconds = None, None, {}
        if parameters.volume is not None:
            self.take(parameters.volume)
            parameters.segmentation = segmentation
            self.update_grade()

    def forget_masks(self) -> None:
        """Has no masks any more."""
        self.parameters.segmentation = None
        self.grade = None

    def show(self, masks: Masks, seconds: float | None = None) -> slicer.vtkMRMLSegmentationNode:
        """Puts new masks over the study. seconds: what finding them took, if the reader waited for it."""
        self.parameters.segmentation = show_masks(masks, self.volume)
        self._seconds.pop("segment", None)
        if seconds is not None:
            self._seconds["segment"] = seconds
        self.update_grade()
        return self.segmentation

    def open_mask(self, path: Path) -> None:
        """Goes on with a mask that was saved earlier, with the lungs beside it, or with those that are shown now.

        StudyRefused where it is no mask of this study.
        """
        study = self.study
        lesions = read_mask(path, study)
        lungs_path = _lungs_beside(path)
        if lungs_path is not None:
            lungs = read_mask(lungs_path, study)
        elif self.segmentation is not None:
            lungs = masks_of(self.segmentation, study).lungs
        else:
            raise StudyRefused("mask", f"There are no lungs beside {path.name}: segment the study first, then open it.")
        self.show(readers_masks(lungs, lesions, study))
        set_corrected(self.segmentation)
        self.update_grade()

    def edited(self) -> None:
        """The reader has changed the mask."""
        set_corrected(self.segmentation)
        self.unsaved = True
        self.edits += 1
        self.update_grade()

    @property
    def unsaved(self) -> bool:
        """Whether the reader changed the mask since it was saved; it stays so while they read another study."""
        return self.segmentation is not None and is_unsaved(self.segmentation)

    @unsaved.setter
    def unsaved(self, unsaved: bool) -> None:
        if self.segmentation is not None:
            set_unsaved(self.segmentation, unsaved)

    @property
    def corrected(self) -> bool:
        """Whether the mask is a reader's, and not the network's alone."""
        return self.segmentation is not None and is_corrected(self.segmentation)

    def update_grade(self) -> Grade | None:
        """Computes the grade of what the segments are now."""
        self.grade = None
        if self.volume is not None and self.segmentation is not None:
            self.grade = grade_of(self.segmentation, self.volume, self.parameters.rule, self.withheld)
        return self.grade

    @property
    def withheld(self) -> str | None:
        """Why no grade may be given whatever the masks are, or None."""
        refusal = self.audit.refusal if self.audit else None
        return f"the audit refused the study. {refusal.message}" if refusal else None

    def folder(self) -> Path:
        """Where results go unless the reader chose another folder: beside the study, if one may write there."""
        path = self.study.path
        beside = path.exists() and os.access(path.parent, os.W_OK)
        return (path.parent if beside else Path.home()) / RESULTS_FOLDER

    def save(
        self,
        folder: Path,
        on_progress: Callable[[Progress], None] = lambda progress: None,
        more: Mapping[str, Writer] | None = None,
    ) -> dict[str, str]:
        """Saves lesions, lungs and the grade, and more by ending; their paths by what they are.

        SaveError where something could not be written; nothing is left behind then.
        """
        begin = time.monotonic()
        study, audit = self.study, self.audit
        masks = self.masks  # the network may put others in their place meanwhile

        def result(files: dict[str, str]) -> dict[str, Any]:
            seconds = {**self._seconds, "save": time.monotonic() - begin}
            seconds["total"] = sum(seconds.values())
            source = source_of(study.path, study.headers.get(CHOSEN))
            grade = grade_study(study, masks, self.parameters.rule, self.withheld)
            return graded_json(study, grade, audit, masks.model, files, seconds, source, masks.corrected)

        unsaved, self.unsaved = self.unsaved, False  # before the window may work on: what is changed then is unsaved
        try:
            return save_results(folder, study, masks, result, more, on_progress)
        except BaseException:
            self.unsaved = unsaved
            raise

    def take_up_masks(self) -> None:
        """Goes on with the masks that the study has in the scene already: the reader has come back to it."""
        for segmentation in segmentations_of(self.volume)[:1]:
            self.parameters.segmentation = segmentation
            self.update_grade()

    @property
    def outside_ml(self) -> float:
        """Volume of the lesions that lie outside the lungs, in ml; 0 without masks."""
        return outside_ml(self.segmentation, self.study) if self.segmentation is not None else 0.0


def _in_scene(node: slicer.vtkMRMLNode | None) -> slicer.vtkMRMLNode | None:
    """A node, unless it was taken out of the scene: references to it go a little later."""
    return node if node is not None and slicer.mrmlScene.IsNodePresent(node) else None


def _lungs_beside(mask: Path) -> Path | None:
    """The file with the lungs that was saved together with a mask of lesions, or None."""
    name = study_name(mask)
    found = SAVED_MASK.search(name)
    if not found:
        return None
    ending, version = mask.name[len(name) :], found[2] or ""
    lungs = mask.with_name(f"{name[: found.start()]}_lungs{version}{ending}")
    return lungs if lungs.is_file() else None
