"""The settings of a reading: typed, within limits, and saved with the scene."""

import pytest
import slicer
from MosMedCOVIDLib.grading.rule import RULES
from MosMedCOVIDLib.scene import layouts, overlay, slabs
from MosMedCOVIDLib.scene.masks import show_masks
from MosMedCOVIDLib.scene.volume import show_study
from MosMedCOVIDLib.segmentation.masks import Masks
from shapes import two_lungs

pytestmark = pytest.mark.usefixtures("empty_scene")


def parameters():
    from MosMedCOVIDLib.scene.parameters import ReadingParameters  # once the host has given what it imports

    node = slicer.mrmlScene.GetSingletonNode("MosMedCOVID", "vtkMRMLScriptedModuleNode")
    if node is None:
        node = slicer.vtkMRMLScriptedModuleNode()
        node.SetSingletonTag("MosMedCOVID")
        node.SetModuleName("MosMedCOVID")
        node = slicer.mrmlScene.AddNode(node)
    return ReadingParameters(node)


def test_the_defaults_are_what_a_reader_needs_first():
    found = parameters()
    assert (found.volume, found.segmentation) == (None, None)
    assert (found.device, found.slabMode, found.rule, found.layout) == ("auto", slabs.OFF, "total", layouts.FOUR_UP)
    assert found.overlayVisible
    assert found.keepToLungs


def test_what_can_be_chosen_is_what_the_room_can_do():
    found = parameters()
    for name, choices in (
        ("slabMode", slabs.MODES),
        ("overlayStyle", overlay.STYLES),
        ("layout", layouts.IDS),
        ("rule", RULES),
    ):
        for choice in choices:
            setattr(found, name, choice)
            assert getattr(found, name) == choice
        with pytest.raises(ValueError, match="nonsense"):
            setattr(found, name, "nonsense")


@pytest.mark.parametrize(("name", "value"), [("overlayOpacity", 1.5), ("slabThickness", 0.0), ("slabThickness", 99.0)])
def test_numbers_keep_within_their_limits(name, value):
    with pytest.raises(ValueError):
        setattr(parameters(), name, value)


def test_they_come_back_with_a_saved_scene(tmp_path):
    study, lungs, lesions = two_lungs(50, 50)
    found = parameters()
    found.volume = show_study(study)
    found.segmentation = show_masks(Masks(lungs, lesions), found.volume)
    found.slabMode, found.slabThickness, found.keepToLungs = slabs.MINIP, 17.5, False
    assert slicer.util.saveScene(str(tmp_path / "scene.mrb"))
    slicer.mrmlScene.Clear(False)
    assert slicer.util.loadScene(str(tmp_path / "scene.mrb"))
    again = parameters()
    assert again.volume.GetName() == study.name
    assert again.segmentation.GetSegmentation().GetNumberOfSegments() == 3
    assert (again.slabMode, again.slabThickness, again.keepToLungs) == (slabs.MINIP, 17.5, False)
