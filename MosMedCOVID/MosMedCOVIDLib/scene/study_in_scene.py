"""A study leaves the scene with all that belongs to it, so that the next one finds nothing of it."""

from __future__ import annotations

import slicer

from .masks import remove_masks, segmentations_of
from .removal import remove_with_companions


def remove_study(volume: slicer.vtkMRMLScalarVolumeNode) -> None:
    """Removes a volume, its lungs and lesions, and what was made to show and store them."""
    for segmentation in segmentations_of(volume):
        remove_masks(segmentation)
    remove_with_companions(volume)
