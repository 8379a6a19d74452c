"""How the Segment Editor is set for correcting: it changes the lesions, stays inside the lungs, and never eats them."""

from __future__ import annotations

from collections.abc import Callable

import slicer
from slicer.util import VTKObservationMixin

TAG = "MosMedCOVID"  # the editor's node is one of a kind, and this module's own


def editor_node() -> slicer.vtkMRMLSegmentEditorNode:
    """The node with the settings of the module's editor."""
    node = slicer.mrmlScene.GetSingletonNode(TAG, "vtkMRMLSegmentEditorNode")
    if node is None:
        node = slicer.vtkMRMLSegmentEditorNode()
        node.SetSingletonTag(TAG)
        node = slicer.mrmlScene.AddNode(node)
    return node


def set_up(node: slicer.vtkMRMLSegmentEditorNode, keep_to_lungs: bool) -> None:
    """Editing changes the lesions alone: the default of Slicer takes painted voxels from the other segments."""
    node.SetOverwriteMode(node.OverwriteNone)
    inside, everywhere = "EditAllowedInsideAllSegments", "EditAllowedEverywhere"
    node.SetMaskMode(getattr(slicer.vtkMRMLSegmentationNode, inside if keep_to_lungs else everywhere))


class Edits(VTKObservationMixin):
    """Tells when the segments were changed by the reader; `follow` says of which segmentation, and may be None."""

    def __init__(self, edited: Callable[[], None]) -> None:
        VTKObservationMixin.__init__(self)
        self._edited = edited

    def follow(self, segmentation: slicer.vtkMRMLSegmentationNode | None) -> None:
        """Listens to this segmentation from now on, and to no other."""
        self.removeObservers()
        if segmentation is not None:
            segments = segmentation.GetSegmentation()
            for event in (segments.SourceRepresentationModified, segments.SegmentAdded, segments.SegmentRemoved):
                self.addObserver(segments, event, self._changed)

    def _changed(self, caller: object, event: str) -> None:
        self._edited()
