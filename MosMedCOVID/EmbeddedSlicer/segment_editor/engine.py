"""Editing the selected segment: strokes, thresholds, undo and redo, by the rules of a segment editor node; no Qt."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import slicer
from slicer import vtkSegmentation

from .box import Box, common, is_empty
from .brush import brush_voxels
from .history import Changes, History, Stroke
from .masking import Change, Rules, editable_area, edited
from .voxels import CannotEdit, Grid, announce, announce_display, flip, make_room, read_segment, read_volume

SURFACE = "Closed surface"
SLAB = 16  # slices that a threshold takes at a time, so that it needs little memory


class SegmentEditing:
    """Edits one segmentation after the other; `use` says which, and its node by which rules.

    Each step of an edit is heard by those who listen to the segmentation's SourceRepresentationModified, undo and
    redo too; the slice views have to be drawn anew after it. Closed surfaces stay as they are until
    `update_surfaces`, since making one can take a second. Whatever else changes a segment's voxels makes the history
    worthless: it is forgotten.
    """

    def __init__(self, on_history_changed: Callable[[], None] = lambda: None) -> None:
        self.history = History()
        self._on_history_changed = on_history_changed
        self._editor_node: slicer.vtkMRMLSegmentEditorNode | None = None
        self._segmentation: vtkSegmentation | None = None
        self._observers: list[int] = []
        self._stroke: Stroke | None = None
        self._grid: Grid | None = None
        self._announcing = False
        self._stale_surfaces: set[str] = set()

    def use(self, editor_node: slicer.vtkMRMLSegmentEditorNode | None) -> None:
        """Edits by the rules of this node from now on; called again when it names another segmentation."""
        self._editor_node = editor_node
        node = editor_node.GetSegmentationNode() if editor_node else None
        segmentation = node.GetSegmentation() if node else None
        if segmentation is not self._segmentation:
            self._let_go()
            self._stroke = None
            self._segmentation = segmentation
            if segmentation:
                events = vtkSegmentation.SourceRepresentationModified, vtkSegmentation.SegmentRemoved
                self._observers = [segmentation.AddObserver(event, self._on_foreign_change) for event in events]
            self.forget()

    @property
    def in_stroke(self) -> bool:
        return self._stroke is not None

    @property
    def has_stale_surfaces(self) -> bool:
        """Whether a closed surface is older than its segment."""
        return bool(self._stale_surfaces)

    def begin(self) -> None:
        """Starts an edit that will be undone as one. CannotEdit where there is nothing that can be edited."""
        self.end()
        self.use(self._editor_node)
        node = self._segmentation_node()
        self._check_selection()
        if self._editor_node.GetSourceVolumeIntensityMask():
            self._source_volume()
        self._grid = Grid(node)
        self._stroke = Stroke()

    def brush(
        self,
        change: Change,
        start: np.ndarray,
        end: np.ndarray,
        radius: float,
        normal: np.ndarray | None = None,
    ) -> None:
        """One step of a stroke: the brush (see brush_voxels) goes from one place to the next; RAS, in mm.

        Nothing where the segmentation was taken away meanwhile.
        """
        if not self.in_stroke:
            return
        covered, box = brush_voxels(self._grid.ijk_to_ras, self._grid.box, start, end, radius, normal)
        if not is_empty(box):
            self._announce(self._step(change, covered, box))

    def threshold(self, low: float, high: float) -> None:
        """The segment becomes what has these intensities (both ends included) in the source volume; one edit."""
        volume = self._source_volume()
        self.begin()
        make_room(self._segmentation, self._editor_node.GetSelectedSegmentID(), self._grid, self._grid.box)
        slices, *rest = self._grid.box
        for first in range(slices.start, slices.stop, SLAB):
            box = common((slice(first, first + SLAB), *rest), self._grid.box)
            values = read_volume(volume, self._grid, box)
            self._step(Change.SET, (values >= low) & (values <= high), box)
        self._announce(self._stroke.segments)
        self.end()

    def end(self) -> None:
        """Ends the edit: from now on it can be undone."""
        if self._stroke:
            announce_display(self._segmentation, self._stroke.segments)
            self.history.keep(self._stroke)
            self._stroke = None
            self._on_history_changed()

    def undo(self) -> None:
        """Undoes the latest edit, bit for bit, also one that is being made; nothing where there is none."""
        self.end()
        if self.history.can_undo:
            self._restore(self.history.undo())

    def redo(self) -> None:
        """Makes the edit again that was undone last; nothing where there is none."""
        self.end()
        if self.history.can_redo:
            self._restore(self.history.redo())

    def forget(self) -> None:
        """Nothing can be undone any more."""
        self._stroke = Stroke() if self.in_stroke else None
        self.history.clear()
        self._on_history_changed()

    def update_surfaces(self) -> None:
        """Makes the closed surfaces of the edited segments again, where they have one."""
        segments = [self._segmentation.GetSegment(segment) for segment in self._stale_surfaces]
        self._stale_surfaces.clear()
        shown = [segment for segment in segments if segment and segment.GetRepresentation(SURFACE)]
        for segment in shown:
            segment.RemoveRepresentation(SURFACE)
        if shown:
            self._segmentation.CreateRepresentation(SURFACE)

    def _segmentation_node(self) -> slicer.vtkMRMLSegmentationNode:
        node = self._editor_node.GetSegmentationNode() if self._editor_node else None
        if node is None:
            raise CannotEdit("Choose the segmentation to edit first.")
        return node

    def _source_volume(self) -> slicer.vtkMRMLScalarVolumeNode:
        volume = self._editor_node.GetSourceVolumeNode() if self._editor_node else None
        if volume is None or volume.GetImageData() is None:
            raise CannotEdit("Choose the volume whose intensities count first.")
        return volume

    def _check_selection(self) -> None:
        if self._editor_node.GetSelectedSegmentID() not in self._segmentation.GetSegmentIDs():
            raise CannotEdit("Choose the segment to edit first.")

    def _step(self, change: Change, covered: np.ndarray, box: Box) -> Changes:
        """Edits the covered voxels, as far as the rules allow, and gives what changed."""
        self._check_selection()
        rules = rules_of(self._editor_node)
        masks = {
            segment: read_segment(self._segmentation, segment, self._grid, box)
            for segment in self._segmentation.GetSegmentIDs()
        }
        values = read_volume(self._source_volume(), self._grid, box) if rules.intensities else None
        after = edited(change, covered, rules, masks, editable_area(rules, masks, values))
        changes = {segment: (box, mask ^ masks[segment]) for segment, mask in after.items()}
        changes = {segment: (box, flipped) for segment, (box, flipped) in changes.items() if flipped.any()}
        flip(self._segmentation_node(), self._grid, changes)
        self._stroke.add(changes)
        return changes

    def _restore(self, changes: Changes) -> None:
        self._grid = Grid(self._segmentation_node())
        flip(self._segmentation_node(), self._grid, changes)
        self._announce(changes)
        announce_display(self._segmentation, changes)
        self._on_history_changed()

    def _announce(self, segments: Iterable[str]) -> None:
        self._stale_surfaces.update(segments)
        self._announcing = True
        try:
            announce(self._segmentation, segments)
        finally:
            self._announcing = False

    def _on_foreign_change(self, caller: object, event: str) -> None:
        if not self._announcing and (self.history.can_undo or self.history.can_redo or self.in_stroke):
            self.forget()

    def _let_go(self) -> None:
        for observer in self._observers:
            self._segmentation.RemoveObserver(observer)
        self._observers = []
        self._stale_surfaces.clear()


def rules_of(editor_node: slicer.vtkMRMLSegmentEditorNode) -> Rules:
    """The node's settings, and what its segmentation shows."""
    node = editor_node.GetSegmentationNode()
    display = node.GetDisplayNode()
    segments = node.GetSegmentation().GetSegmentIDs()
    ranged = editor_node.GetSourceVolumeIntensityMask()
    return Rules(
        selected=editor_node.GetSelectedSegmentID(),
        visible=[segment for segment in segments if display and display.GetSegmentVisibility(segment)],
        mask_mode=editor_node.GetMaskMode(),
        mask_segment=editor_node.GetMaskSegmentID() or "",
        overwrite_mode=editor_node.GetOverwriteMode(),
        intensities=tuple(editor_node.GetSourceVolumeIntensityMaskRange()) if ranged else None,
    )
