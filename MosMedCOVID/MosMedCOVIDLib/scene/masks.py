"""Masks as segments of the scene, the segments back as Masks, and the grade of what the segments are now."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np
import slicer

from ..errors import StudyRefused
from ..grading.grade import Grade, grade_study
from ..segmentation.density import dense_by_density
from ..segmentation.masks import LEFT, RIGHT, Masks, Model
from ..study.boxes import Box, box_from, box_of, cropped_affine, shape_of, union, within
from ..study.study import Study
from . import surfaces
from .beside import DENSE, LESION_PROBABILITY, keep_beside, kept_beside, laid_over, remove_beside
from .node_json import keep, kept
from .outside import lies_outside, with_lesions_outside
from .removal import remove_with_companions
from .segments import (
    LEFT_LUNG,
    LESIONS,
    RIGHT_LUNG,
    add_segments,
    box_around,
    lesions_in,
    lungs_in,
    parts_of,
    volume_of,
)
from .volume import study_of

# Attributes of the segmentation.
MASKS, CORRECTED, UNSAVED = "MosMedCOVID.masks", "MosMedCOVID.corrected", "MosMedCOVID.unsaved"
UNTOLD = 2  # among what is kept of what is dense: nobody needed to know it of this voxel yet
# Opacity of the fill: the lungs a breath over the CT, the lesions plain, and the CT still to be read through them.
FILL = {RIGHT_LUNG: 0.15, LEFT_LUNG: 0.15, LESIONS: 0.6}


def show_masks(masks: Masks, volume: slicer.vtkMRMLScalarVolumeNode) -> slicer.vtkMRMLSegmentationNode:
    """Puts masks into the scene over their volume, in place of those that it had before.

    StudyRefused where they are of another size than the volume.
    """
    study = study_of(volume)
    if masks.lungs.shape != study.hu.shape:
        raise StudyRefused("mask", f"The masks have another size than {study.name}: they are of another study.")
    for earlier in segmentations_of(volume):
        remove_masks(earlier)
    segmentation = slicer.vtkMRMLSegmentationNode()
    segmentation.SetName(f"{volume.GetName()} lungs and lesions")
    keep(segmentation, MASKS, {"model": masks.model and asdict(masks.model)})
    slicer.mrmlScene.AddNode(segmentation)
    segmentation.CreateDefaultDisplayNodes()
    segmentation.SetReferenceImageGeometryParameterFromVolumeNode(volume)
    box = box_of(masks.lungs)
    lungs, lesions = (masks.lungs[box], masks.lesions[box]) if box else (masks.lungs, masks.lesions)
    add_segments(segmentation, lungs, lesions, box, study.affine)
    if box and masks.lesion_probability is not None:
        keep_beside(segmentation, LESION_PROBABILITY, masks.lesion_probability[box], box, study.affine)
    if box and masks.dense is not None:
        told = np.where(lesions.view(bool), masks.dense[box], np.uint8(UNTOLD))
        keep_beside(segmentation, DENSE, told, box, study.affine)
    for segment, opacity in FILL.items():
        segmentation.GetDisplayNode().SetSegmentOpacity2DFill(segment, opacity)
    return segmentation


def segmentations_of(volume: slicer.vtkMRMLScalarVolumeNode) -> list[slicer.vtkMRMLSegmentationNode]:
    """The segmentations of a volume that `show_masks` made."""
    nodes = slicer.util.getNodesByClass("vtkMRMLSegmentationNode")
    return [node for node in nodes if kept(node, MASKS) is not None and volume_of(node) is volume]


def remove_masks(segmentation: slicer.vtkMRMLSegmentationNode) -> None:
    """Takes a segmentation and all that belongs to it out of the scene."""
    remove_beside(segmentation)
    surfaces.remove(segmentation)
    remove_with_companions(segmentation)


def masks_of(segmentation: slicer.vtkMRMLSegmentationNode, study: Study) -> Masks:
    """The masks that the segments are now, on the study's whole grid.

    Lesions outside the lungs count as lung of their side. What is dense is told where lesions are.
    StudyRefused where the segmentation lies under a transform.
    """
    box, part = _masks_in_box(segmentation, study)

    def whole(values: np.ndarray) -> np.ndarray:
        array = np.zeros(study.hu.shape, np.uint8)
        array[box] = values
        return array

    probability = None if part.lesion_probability is None else whole(part.lesion_probability)
    return Masks(whole(part.lungs), whole(part.lesions), part.model, probability, whole(part.dense), part.corrected)


def grade_of(
    segmentation: slicer.vtkMRMLSegmentationNode,
    volume: slicer.vtkMRMLScalarVolumeNode,
    rule: str = "total",
    withheld: str | None = None,
) -> Grade | None:
    """The grade of what the segments are now; None where there are no lungs. withheld: why none may be given at all.

    Only the box of the segments is looked at: all that is counted lies in it.
    """
    study = study_of(volume)
    box, masks = _masks_in_box(segmentation, study)
    if not masks.lungs.any():
        return None
    part = Study(study.hu[box], cropped_affine(study.affine, box), study.name, study.path, study.kind)
    return grade_study(part, masks, rule, withheld)


def readers_masks(lungs: np.ndarray, lesions: np.ndarray, study: Study) -> Masks:
    """Masks of a reader on the study's whole grid; lesions outside the lungs count as lung of their side."""
    if lies_outside(lungs, lesions):
        whole = box_from((0, 0, 0), lungs.shape)
        lungs = with_lesions_outside(lungs, lesions, *_right_of_middle(study, whole, lungs))
    return Masks(lungs, lesions)


def outside_ml(segmentation: slicer.vtkMRMLSegmentationNode, study: Study) -> float:
    """Volume of the lesions that lie outside the lungs as the segments outline them, in ml."""
    parts = parts_of(segmentation, study)
    box = box_around(parts)
    pairs = zip(lesions_in(parts, box), lungs_in(parts, box), strict=True)
    return sum(int(np.count_nonzero(lesion > lung)) for lesion, lung in pairs) * study.voxel_ml


def made_by(segmentation: slicer.vtkMRMLSegmentationNode) -> Model | None:
    """The model that made the masks, also where a reader has corrected them since."""
    facts = kept(segmentation, MASKS)
    return Model.from_json(facts["model"]) if facts and facts["model"] else None


def is_corrected(segmentation: slicer.vtkMRMLSegmentationNode) -> bool:
    """Whether a reader has changed the masks since they were shown."""
    return segmentation.GetAttribute(CORRECTED) is not None


def set_corrected(segmentation: slicer.vtkMRMLSegmentationNode, corrected: bool = True) -> None:
    """Says whether a reader has changed the masks."""
    segmentation.SetAttribute(CORRECTED, "yes" if corrected else None)


def is_unsaved(segmentation: slicer.vtkMRMLSegmentationNode) -> bool:
    """Whether a reader has changed the masks since they were saved."""
    return segmentation.GetAttribute(UNSAVED) is not None


def set_unsaved(segmentation: slicer.vtkMRMLSegmentationNode, unsaved: bool) -> None:
    """Says whether there are changes that were not saved."""
    segmentation.SetAttribute(UNSAVED, "yes" if unsaved else None)


def _masks_in_box(segmentation: slicer.vtkMRMLSegmentationNode, study: Study) -> tuple[Box, Masks]:
    """The box of all segments on the study's grid, and the masks in it."""
    parts = parts_of(segmentation, study)
    box = box_around(parts)
    lungs, lesions = lungs_in(parts, box), lesions_in(parts, box)
    if lies_outside(lungs, lesions):
        lungs = with_lesions_outside(lungs, lesions, *_right_of_middle(study, box, lungs))
    probability, dense = _probability_in(segmentation, box), _dense_in(segmentation, study, box, lesions)
    return box, Masks(lungs, lesions, made_by(segmentation), probability, dense, is_corrected(segmentation))


def _probability_in(segmentation: slicer.vtkMRMLSegmentationNode, box: Box) -> np.ndarray | None:
    """How sure the network was in a box of the study's grid, 0 where it saw nothing; None after a scene was loaded."""
    layer = kept_beside(segmentation, LESION_PROBABILITY)
    return layer and laid_over(layer, np.zeros(shape_of(box), np.uint8), box)


def _dense_in(segmentation: slicer.vtkMRMLSegmentationNode, study: Study, box: Box, lesions: np.ndarray) -> np.ndarray:
    """What of the lesions counts as consolidation in a box of the study's grid; what nobody told, the density says.

    It is looked at only around slices where it was not told of some lesion yet: a stroke must not wait for all of them.
    """
    layer = kept_beside(segmentation, DENSE)
    if layer is None or union([layer.box, box]) != layer.box:
        wide = union([layer.box, box]) if layer else box
        values = np.full(shape_of(wide), UNTOLD, np.uint8)
        keep_beside(segmentation, DENSE, laid_over(layer, values, wide) if layer else values, wide, study.affine)
        layer = kept_beside(segmentation, DENSE)
    kept = layer.values[within(box, layer.box)]  # shared with what is kept
    pairs = zip(kept, lesions, strict=True)
    asked = [index for index, (told, lesion) in enumerate(pairs) if ((told == UNTOLD) & lesion.view(bool)).any()]
    if asked:
        told = kept[asked[0] : asked[-1] + 1]
        here = slice(box[0].start + asked[0], box[0].start + asked[-1] + 1)
        np.copyto(told, dense_by_density(study, (here, *box[1:])), where=told == UNTOLD)
    return kept & 1  # UNTOLD counts as not dense: no lesion is there


def _right_of_middle(study: Study, box: Box, lungs: np.ndarray) -> tuple[np.ndarray, float]:
    """What makes of [slice, row, column, 1] in a box the mm towards the right, and the middle between the lungs."""
    to_right = cropped_affine(study.affine, box)[0, [2, 1, 0, 3]]
    around = box_of(lungs) if (lungs == RIGHT).any() and (lungs == LEFT).any() else None
    if around:
        centre = [(part.start + part.stop - 1) / 2 for part in around]
    else:  # of one lung, or none: the middle of the whole grid
        centre = [(size - 1) / 2 - part.start for size, part in zip(study.hu.shape, box, strict=True)]
    return to_right, float(np.array([*centre, 1]) @ to_right)
