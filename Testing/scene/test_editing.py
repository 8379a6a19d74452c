"""Correcting: the editor changes the lesions alone, and each change of them is told."""

import pytest
import slicer
from MosMedCOVIDLib.scene.editing import Edits, editor_node, set_up
from MosMedCOVIDLib.scene.masks import show_masks
from MosMedCOVIDLib.scene.segments import LESIONS
from MosMedCOVIDLib.scene.volume import show_study
from MosMedCOVIDLib.segmentation.masks import Masks
from shapes import two_lungs

pytestmark = pytest.mark.usefixtures("empty_scene")


def shown():
    study, lungs, lesions = two_lungs(100, 0)
    return show_masks(Masks(lungs, lesions), show_study(study))


def stroke(segmentation):
    """What an editor's stroke does in the end."""
    segment = segmentation.GetSegmentation().GetSegment(LESIONS)
    slicer.util.arrayFromSegmentInternalBinaryLabelmap(segmentation, LESIONS)[5, 5, 5] = 1
    segment.GetRepresentation("Binary labelmap").Modified()


def test_it_never_eats_the_lungs_and_is_kept_to_them_on_request():
    node = editor_node()
    for keep, mode in (
        (True, slicer.vtkMRMLSegmentationNode.EditAllowedInsideAllSegments),
        (False, slicer.vtkMRMLSegmentationNode.EditAllowedEverywhere),
    ):
        set_up(node, keep)
        assert node.GetOverwriteMode() == slicer.vtkMRMLSegmentEditorNode.OverwriteNone
        assert node.GetMaskMode() == mode


def test_there_is_one_editor_node(empty_scene):
    assert editor_node() is editor_node()
    assert empty_scene.GetNumberOfNodesByClass("vtkMRMLSegmentEditorNode") == 1


def test_edits_of_the_segmentation_that_is_followed_are_told_and_of_no_other():
    told = []
    edits = Edits(lambda: told.append("edited"))
    first, second = shown(), shown()
    edits.follow(first)
    stroke(first)
    assert told
    told.clear()
    edits.follow(second)
    stroke(first)
    assert not told
    stroke(second)
    assert told
    told.clear()
    edits.follow(None)
    stroke(second)
    assert not told
