"""Several studies in one scene: which may come next, and that only the masks of the one that is read are seen."""

import numpy as np
import pytest
import slicer
from MosMedCOVIDLib.errors import StudyRefused
from MosMedCOVIDLib.scene import surfaces
from MosMedCOVIDLib.scene.masks import show_masks
from MosMedCOVIDLib.scene.next_studies import next_after
from MosMedCOVIDLib.scene.study_in_scene import hide_other_studies
from MosMedCOVIDLib.scene.volume import show_study
from MosMedCOVIDLib.segmentation.masks import Masks
from MosMedCOVIDLib.study.study import Study
from shapes import two_lungs

pytestmark = pytest.mark.usefixtures("empty_scene")


@pytest.fixture
def volumes():
    """Three studies in the scene: a, b and c."""
    study, *_ = two_lungs()
    return [show_study(Study(study.hu, study.affine, name, study.path, study.kind)) for name in "abc"]


def names_after(volume):
    return [slicer.mrmlScene.GetNodeByID(study.key).GetName() for study in next_after(volume)]


def masks_on(volume):
    _, lungs, lesions = two_lungs()
    lesions[5:8, 15:23, 10:20] = 1
    return show_masks(Masks(lungs, lesions, None, lesions), volume)


def test_first_come_those_after_it_and_then_those_before_it(volumes):
    assert names_after(volumes[0]) == ["b", "c"]
    assert names_after(volumes[1]) == ["c", "a"]
    assert names_after(volumes[2]) == ["a", "b"]


def test_a_study_with_masks_does_not_come_again(volumes):
    masks_on(volumes[1])
    assert names_after(volumes[0]) == ["c"], "nor does what is kept beside the masks in hidden volumes"


def test_a_label_map_is_no_study(volumes):
    slicer.mrmlScene.AddNewNodeByClass("vtkMRMLLabelMapVolumeNode", "labels")
    assert names_after(volumes[2]) == ["a", "b"]


def test_the_study_is_read_only_when_it_is_wanted(volumes):
    empty = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "empty")
    following, last = next_after(volumes[1])[:2]
    np.testing.assert_array_equal(following.read().hu, two_lungs()[0].hu)
    assert last.key == empty.GetID()
    with pytest.raises(StudyRefused):
        last.read()


def test_masks_of_other_studies_are_hidden(volumes):
    own, other = masks_on(volumes[0]), masks_on(volumes[1])
    for segmentation in (own, other):
        surfaces.show(segmentation)
    hide_other_studies(volumes[0])
    assert own.GetDisplayNode().GetVisibility2D()
    assert not other.GetDisplayNode().GetVisibility2D()
    shown = slicer.util.getNodesByClass("vtkMRMLModelNode")
    assert sum("in 3D" in model.GetName() for model in shown) == len(surfaces.ROLES)
