"""What is shown and how: the overlay, the layouts and the surfaces in 3D."""

import numpy as np
import pytest
import slicer
import vtk
from MosMedCOVIDLib.scene import layouts, overlay, surfaces
from MosMedCOVIDLib.scene.masks import remove_masks, show_masks
from MosMedCOVIDLib.scene.segments import LEFT_LUNG, LESIONS, RIGHT_LUNG
from MosMedCOVIDLib.scene.volume import show_study
from MosMedCOVIDLib.segmentation.masks import Masks
from MosMedCOVIDLib.study.study import Study
from orientations import ORIENTATIONS
from shapes import two_lungs

pytestmark = pytest.mark.usefixtures("empty_scene")


def shown(affine=None, lesion=(slice(5, 8), slice(15, 23), slice(10, 20))):
    study, lungs, lesions = two_lungs()
    if affine is not None:
        study = Study(study.hu, affine, study.name, study.path, study.kind)
    lesions[lesion] = 1
    return study, lungs, lesions, show_masks(Masks(lungs, lesions), show_study(study))


def surfaces_in(scene):
    """Without the models of the slices themselves, which Slicer has for the 3D view."""
    return [
        name
        for name in (node.GetName() for node in slicer.util.getNodesByClass("vtkMRMLModelNode", scene))
        if "in 3D" in name
    ]


def surface(segmentation, segment):
    return segmentation.GetNodeReference(surfaces.ROLES[segment])


def test_the_overlay_is_shown_hidden_filled_and_outlined():
    *_, segmentation = shown()
    display = segmentation.GetDisplayNode()
    assert display.GetVisibility() and display.GetVisibility2D()
    overlay.set_visible(segmentation, False)
    assert not display.GetVisibility2D()
    overlay.set_visible(segmentation, True)
    drawn = {overlay.FILL: (True, False), overlay.OUTLINE: (False, True), overlay.BOTH: (True, True)}
    for style in overlay.STYLES:
        overlay.set_style(segmentation, style)
        assert (display.GetVisibility2DFill(), display.GetVisibility2DOutline()) == drawn[style]
    overlay.set_opacity(segmentation, 0.25)
    assert display.GetOpacity2DFill() == 0.25
    assert display.GetOpacity2DOutline() == 1


def test_lesions_stand_out_from_the_lungs_and_the_lungs_from_each_other():
    *_, segmentation = shown()
    segments = segmentation.GetSegmentation()
    right, left, lesions = (np.array(segments.GetSegment(name).GetColor()) for name in (RIGHT_LUNG, LEFT_LUNG, LESIONS))
    assert lesions.argmax() == 0  # warm
    assert right.argmin() == left.argmin() == 0  # cool
    assert np.abs(right - left).max() > 0.1
    display = segmentation.GetDisplayNode()
    assert display.GetSegmentOpacity2DFill(LESIONS) > 2 * display.GetSegmentOpacity2DFill(RIGHT_LUNG)


def test_each_layout_is_slicers(host, empty_scene):
    node = empty_scene.GetFirstNodeByClass("vtkMRMLLayoutNode")
    for name, number in layouts.IDS.items():
        layouts.show(name)
        assert node.GetViewArrangement() == number
        assert layouts.shown() == name
    node.SetViewArrangement(slicer.vtkMRMLLayoutNode.SlicerLayoutDual3DView)
    assert layouts.shown() is None
    layouts.show(layouts.FOUR_UP)


@pytest.mark.parametrize("affine", [None, *ORIENTATIONS.values()], ids=["1 × 1 × 8 mm", *ORIENTATIONS])
def test_surfaces_lie_where_the_segments_lie(affine):
    study, lungs, lesions, segmentation = shown(affine)
    surfaces.show(segmentation)
    for segment, mask in ((RIGHT_LUNG, lungs == 1), (LEFT_LUNG, lungs == 2), (LESIONS, lesions == 1)):
        model = surface(segmentation, segment)
        places = np.argwhere(mask)
        voxels = np.column_stack([places[:, ::-1], np.ones(len(places))]) @ study.affine.T
        low, high = np.reshape(model.GetPolyData().GetBounds(), (3, 2)).T
        step = np.maximum(2.0, study.spacing_mm).max()  # of the grid that it is made on, and a voxel's half
        assert np.abs(low - voxels[:, :3].min(0)).max() < step
        assert np.abs(high - voxels[:, :3].max(0)).max() < step
        mass = vtk.vtkMassProperties()
        mass.SetInputData(model.GetPolyData())
        assert mass.GetVolume() / 1000 == pytest.approx(mask.sum() * study.voxel_ml, rel=0.35)


def test_lesions_are_plain_inside_faint_lungs():
    *_, segmentation = shown()
    surfaces.show(segmentation)
    assert surface(segmentation, LESIONS).GetDisplayNode().GetOpacity() == 1
    assert surface(segmentation, RIGHT_LUNG).GetDisplayNode().GetOpacity() < 0.3


def test_the_smallest_lesion_has_a_surface():
    *_, segmentation = shown(lesion=(5, 15, 10))
    surfaces.show(segmentation)
    assert surface(segmentation, LESIONS).GetPolyData().GetNumberOfCells() > 0


def test_surfaces_are_made_anew_of_what_the_segments_are_now(empty_scene):
    *_, segmentation = shown()
    surfaces.show(segmentation)
    count, model = empty_scene.GetNumberOfNodes(), surface(segmentation, LESIONS)
    before = model.GetPolyData().GetBounds()
    slicer.util.arrayFromSegmentInternalBinaryLabelmap(segmentation, LESIONS)[:, :, 6:] = 0
    surfaces.show(segmentation)
    assert empty_scene.GetNumberOfNodes() == count
    assert surface(segmentation, LESIONS) is model
    assert model.GetPolyData().GetBounds() != before


def test_surfaces_go_when_they_are_hidden_and_with_their_masks(empty_scene):
    *_, segmentation = shown()
    count = empty_scene.GetNumberOfNodes()
    surfaces.show(segmentation)
    surfaces.show(segmentation, False)
    assert surfaces_in(empty_scene) == []
    assert empty_scene.GetNumberOfNodes() == count
    surfaces.show(segmentation)
    assert len(surfaces_in(empty_scene)) == 3
    remove_masks(segmentation)
    assert surfaces_in(empty_scene) == []


def test_surfaces_are_not_saved_with_the_scene(tmp_path):
    *_, segmentation = shown()
    surfaces.show(segmentation)
    assert slicer.util.saveScene(str(tmp_path / "scene.mrb"))
    slicer.mrmlScene.Clear(False)
    assert slicer.util.loadScene(str(tmp_path / "scene.mrb"))
    assert surfaces_in(slicer.mrmlScene) == []
    (again,) = slicer.util.getNodesByClass("vtkMRMLSegmentationNode")
    assert surface(again, LESIONS) is None
    surfaces.show(again)
    assert surface(again, LESIONS).GetPolyData().GetNumberOfCells() > 0
