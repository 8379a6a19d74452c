"""The mask that the dataset's experts drew, as a segment of its own: seen beside the reader's, and never counted."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import slicer

from ..study.boxes import box_of
from ..study.labelled import read_mask
from .labelmaps import BINARY_LABELMAP, to_labelmap
from .removal import remove_with_companions
from .segments import volume_of
from .volume import study_of

EXPERT = "MosMedCOVID.expertMask"  # the attribute by which the segmentation is known
SEGMENT, NAME = "expert_mask", "Expert mask"
COLOUR = (0.95, 0.35, 0.85)  # far from the lesions' orange and the lungs' blue


def show_expert_mask(path: Path, volume: slicer.vtkMRMLScalarVolumeNode) -> None:
    """Outlines the expert mask in a file over its study. StudyRefused where it is none of this study."""
    study = study_of(volume)
    values = (read_mask(path, study) > 0).astype(np.uint8)
    remove_expert_mask(volume)
    segmentation = slicer.vtkMRMLSegmentationNode()
    segmentation.SetName(f"{volume.GetName()} expert mask")
    segmentation.SetAttribute(EXPERT, "yes")
    slicer.mrmlScene.AddNode(segmentation)
    segmentation.CreateDefaultDisplayNodes()
    segmentation.SetReferenceImageGeometryParameterFromVolumeNode(volume)
    box = box_of(values)
    segment = slicer.vtkSegment()
    segment.SetName(NAME)
    segment.SetColor(COLOUR)
    image = to_labelmap(values[box], box, study.affine) if box else slicer.vtkOrientedImageData()
    segment.AddRepresentation(BINARY_LABELMAP, image)
    segmentation.GetSegmentation().AddSegment(segment, SEGMENT)
    display = segmentation.GetDisplayNode()
    display.SetVisibility3D(False)
    display.SetVisibility2DFill(False)  # an outline hides nothing of what the reader draws
    display.SetVisibility2DOutline(True)


def expert_mask_of(volume: slicer.vtkMRMLScalarVolumeNode | None) -> slicer.vtkMRMLSegmentationNode | None:
    """The expert mask that is shown over a volume, or None."""
    nodes = slicer.util.getNodesByClass("vtkMRMLSegmentationNode") if volume is not None else []
    return next((node for node in nodes if node.GetAttribute(EXPERT) and volume_of(node) is volume), None)


def set_visible(volume: slicer.vtkMRMLScalarVolumeNode | None, visible: bool) -> None:
    """Shows or hides the expert mask of a volume, where it has one."""
    segmentation = expert_mask_of(volume)
    if segmentation is not None:
        segmentation.GetDisplayNode().SetVisibility2D(visible)


def remove_expert_mask(volume: slicer.vtkMRMLScalarVolumeNode) -> None:
    """Takes the expert mask of a volume out of the scene."""
    segmentation = expert_mask_of(volume)
    if segmentation is not None:
        remove_with_companions(segmentation)
