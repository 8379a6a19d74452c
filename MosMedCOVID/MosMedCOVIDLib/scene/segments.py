"""The three segments of a study, and what they hold on its grid; read without copying where they lie on it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import slicer

from ..errors import StudyRefused
from ..segmentation.masks import LEFT, RIGHT
from ..study.boxes import Box, box_from, shape_of, union, within
from ..study.study import Study
from .labelmaps import BINARY_LABELMAP, Layer, on_grid, to_labelmap

RIGHT_LUNG, LEFT_LUNG, LESIONS = "right_lung", "left_lung", "lesions"  # their IDs
NAMES = {RIGHT_LUNG: "Right lung", LEFT_LUNG: "Left lung", LESIONS: "COVID-19 lesions"}
COLOURS = {RIGHT_LUNG: (0.33, 0.60, 0.86), LEFT_LUNG: (0.25, 0.72, 0.67), LESIONS: (1.0, 0.49, 0.16)}
LABELS = {RIGHT_LUNG: RIGHT, LEFT_LUNG: LEFT, LESIONS: 1}


@dataclass(frozen=True, eq=False)
class Part:
    """A segment on the study's grid: it is where the layer has this label."""

    layer: Layer
    label: int


def add_segments(
    segmentation: slicer.vtkMRMLSegmentationNode,
    lungs: np.ndarray,
    lesions: np.ndarray,
    box: Box | None,
    affine: np.ndarray,
) -> None:
    """Adds the segments of lungs and lesions, uint8 of a box of the grid (None: they are empty).

    The lungs share one label map; the lesions have one of their own, since they lie inside the lungs.
    """
    both_lungs = to_labelmap(lungs, box, affine) if box else slicer.vtkOrientedImageData()
    own = to_labelmap(lesions, box, affine) if box else slicer.vtkOrientedImageData()
    # The lesions first: vtkSegmentation watches a label map for edits only once another segment was added after it.
    for segment_id, image in ((LESIONS, own), (RIGHT_LUNG, both_lungs), (LEFT_LUNG, both_lungs)):
        segment = slicer.vtkSegment()
        segment.SetName(NAMES[segment_id])
        segment.SetColor(COLOURS[segment_id])
        segment.SetLabelValue(LABELS[segment_id])
        segment.AddRepresentation(BINARY_LABELMAP, image)
        segmentation.GetSegmentation().AddSegment(segment, segment_id, LESIONS)  # before the lesions


def volume_of(segmentation: slicer.vtkMRMLSegmentationNode) -> slicer.vtkMRMLScalarVolumeNode | None:
    """The volume that a segmentation belongs to."""
    return segmentation.GetNodeReference(segmentation.GetReferenceImageGeometryReferenceRole())


def parts_of(segmentation: slicer.vtkMRMLSegmentationNode, study: Study) -> dict[str, Part]:
    """The segments that hold voxels on the study's grid, by ID. StudyRefused under a transform."""
    if segmentation.GetParentTransformNode():
        raise StudyRefused("mask", f"{segmentation.GetName()} lies under a transform: harden it first.")
    parts: dict[str, Part] = {}
    layers: dict[slicer.vtkOrientedImageData, Layer | None] = {}
    for segment_id in LABELS:
        segment = segmentation.GetSegmentation().GetSegment(segment_id)
        image = segment and segment.GetRepresentation(BINARY_LABELMAP)
        if image:
            if image not in layers:
                layers[image] = on_grid(image, study.affine, study.hu.shape)
            layer = layers[image]
            if layer:
                parts[segment_id] = Part(layer, segment.GetLabelValue())
    return parts


def box_around(parts: dict[str, Part]) -> Box:
    """The smallest box around the layers of all parts; of one voxel where there are none."""
    return union([part.layer.box for part in parts.values()]) if parts else box_from((0, 0, 0), (1, 1, 1))


def lungs_in(parts: dict[str, Part], box: Box) -> np.ndarray:
    """uint8 {0, 1 right, 2 left} in a box around the parts; where the two overlap, right."""
    return _in_box({label: parts.get(lung) for lung, label in ((RIGHT_LUNG, RIGHT), (LEFT_LUNG, LEFT))}, box)


def lesions_in(parts: dict[str, Part], box: Box) -> np.ndarray:
    """uint8 {0, 1} in a box around the parts."""
    return _in_box({1: parts.get(LESIONS)}, box)


def _in_box(wanted: dict[int, Part | None], box: Box) -> np.ndarray:
    """The parts with the labels wanted of them, the first above the next; shared where one layer is just that."""
    found = {label: part for label, part in wanted.items() if part}
    layers = {part.layer for part in found.values()}
    if len(layers) == 1 and len(found) == len(wanted) and all(part.label == label for label, part in found.items()):
        (layer,) = layers
        if layer.box == box and layer.values.dtype == np.uint8 and layer.values.max() <= max(wanted):
            return layer.values
    values = np.zeros(shape_of(box), np.uint8)
    for label, part in reversed(found.items()):
        values[within(part.layer.box, box)][part.layer.values == part.label] = label
    return values
