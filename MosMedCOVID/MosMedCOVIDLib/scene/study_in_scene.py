"""Several studies in one scene: one is seen at a time, and one that leaves takes along all that is its own."""

from __future__ import annotations

import slicer

from . import overlay, surfaces
from .masks import remove_masks, segmentations_of
from .next_studies import volumes_to_read
from .removal import remove_with_companions


def hide_other_studies(volume: slicer.vtkMRMLScalarVolumeNode) -> None:
    """Hides the masks of all volumes but this one: over another CT they would be taken for its own."""
    for other in volumes_to_read():
        if other is not volume:
            for segmentation in segmentations_of(other):
                overlay.set_visible(segmentation, False)
                surfaces.remove(segmentation)


def remove_study(volume: slicer.vtkMRMLScalarVolumeNode) -> None:
    """Removes a volume, its lungs and lesions, and what was made to show and store them."""
    for segmentation in segmentations_of(volume):
        remove_masks(segmentation)
    remove_with_companions(volume)
