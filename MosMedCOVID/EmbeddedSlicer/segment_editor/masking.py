"""What an edit may change, in numpy and in the box of the edit only: the editable area and what is overwritten."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import Enum

import numpy as np
from slicer import vtkMRMLSegmentationNode, vtkMRMLSegmentEditorNode

Masks = Mapping[str, np.ndarray]
"""Of each segment (by ID, in the segmentation's order): bool [k, j, i] in one box."""


class Change(Enum):
    """What an edit does with the voxels that it covers: in the segment they are added, removed, or all there is."""

    ADD = "add"
    REMOVE = "remove"
    SET = "set"


@dataclass(frozen=True)
class Rules:
    """What the segment editor node says about where may be edited."""

    selected: str
    visible: Collection[str]
    mask_mode: int = vtkMRMLSegmentationNode.EditAllowedEverywhere
    mask_segment: str = ""
    overwrite_mode: int = vtkMRMLSegmentEditorNode.OverwriteAllSegments
    intensities: tuple[float, float] | None = None


def editable_area(rules: Rules, masks: Masks, intensities: np.ndarray | None = None) -> np.ndarray:
    """Where may be edited: bool [k, j, i]. The intensities are needed where the rules give a range of them."""
    node = vtkMRMLSegmentationNode
    others = [segment for segment in masks if segment != rules.selected]
    visible = [segment for segment in masks if segment in rules.visible]
    if rules.mask_mode == node.EditAllowedInsideAllSegments:
        area = _any(masks, masks)
    elif rules.mask_mode == node.EditAllowedInsideVisibleSegments:
        area = _any(masks, visible)
    elif rules.mask_mode == node.EditAllowedOutsideAllSegments:
        area = ~_any(masks, others)
    elif rules.mask_mode == node.EditAllowedOutsideVisibleSegments:
        area = ~_any(masks, [segment for segment in visible if segment in others])
    elif rules.mask_mode == node.EditAllowedInsideSingleSegment:
        area = _any(masks, [segment for segment in masks if segment == rules.mask_segment])
    else:
        area = ~_any(masks, [])
    if rules.intensities is not None:
        low, high = rules.intensities
        area &= (intensities >= low) & (intensities <= high)
    return area


def edited(change: Change, covered: np.ndarray, rules: Rules, masks: Masks, area: np.ndarray) -> Masks:
    """The masks after an edit of the covered voxels, of those segments that it may have changed."""
    selected = masks[rules.selected]
    if change is Change.REMOVE:
        return _removed(covered, rules, masks, area)
    added = covered & area
    kept = selected if change is Change.ADD else selected & ~area
    after = {rules.selected: kept | added}
    for segment in _overwritten(rules, masks):
        after[segment] = masks[segment] & ~added
    return after


def _removed(covered: np.ndarray, rules: Rules, masks: Masks, area: np.ndarray) -> Masks:
    """As in Slicer: what is erased while editing inside one segment goes back to that segment."""
    selected = masks[rules.selected]
    taker = rules.mask_segment if rules.mask_mode == vtkMRMLSegmentationNode.EditAllowedInsideSingleSegment else ""
    if taker not in masks or taker == rules.selected:
        return {rules.selected: selected & ~(covered & area)}
    removed = covered & (area | selected)
    return {rules.selected: selected & ~removed, taker: masks[taker] | removed}


def _overwritten(rules: Rules, masks: Masks) -> list[str]:
    """The segments that lose a voxel when the selected one gains it."""
    others = [segment for segment in masks if segment != rules.selected]
    if rules.overwrite_mode == vtkMRMLSegmentEditorNode.OverwriteNone:
        return []
    if rules.overwrite_mode == vtkMRMLSegmentEditorNode.OverwriteVisibleSegments:
        return [segment for segment in others if segment in rules.visible]
    return others


def _any(masks: Masks, segments: Collection[str]) -> np.ndarray:
    """Where at least one of the segments is."""
    first = next(iter(masks.values()))
    return np.logical_or.reduce([np.zeros_like(first), *(masks[segment] for segment in segments)])
