"""Several studies in one scene: one is seen at a time, and one that leaves takes along all that is its own."""

from __future__ import annotations

from pathlib import Path

import slicer

from ..study.dicom import Choose
from ..study.progress import OnProgress, silent
from ..study.read import read_study
from . import expert_mask, overlay, surfaces
from .masks import remove_masks, segmentations_of
from .next_studies import volumes_to_read
from .removal import remove_with_companions
from .volume import show_study


def add_study(
    path: Path, on_progress: OnProgress = silent, choose: Choose | None = None
) -> slicer.vtkMRMLScalarVolumeNode:
    """Reads a study and puts it into the scene beside the one that is read, whose views stay as they are.

    choose: which of several DICOM series is read, as in `read_study`.
    """
    return show_study(read_study(path, on_progress, choose=choose))


def hide_other_studies(volume: slicer.vtkMRMLScalarVolumeNode) -> None:
    """Hides the masks of all volumes but this one: over another CT they would be taken for its own."""
    for other in volumes_to_read():
        if other is not volume:
            expert_mask.set_visible(other, False)
            for segmentation in segmentations_of(other):
                overlay.set_visible(segmentation, False)
                surfaces.remove(segmentation)


def remove_study(volume: slicer.vtkMRMLScalarVolumeNode) -> None:
    """Removes a volume, its lungs and lesions, and what was made to show and store them."""
    expert_mask.remove_expert_mask(volume)
    for segmentation in segmentations_of(volume):
        remove_masks(segmentation)
    remove_with_companions(volume)
