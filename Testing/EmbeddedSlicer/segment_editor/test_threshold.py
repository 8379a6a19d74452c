"""Threshold shows in each slice what Apply would make of it."""

import numpy as np
import pytest

pytest.importorskip("slicer")
pytest.importorskip("PySide6")

import slicer
from EmbeddedSlicer.segment_editor.engine import SegmentEditing
from EmbeddedSlicer.segment_editor.threshold_in_slice import taken_in_slice
from EmbeddedSlicer.segment_editor.voxels import array_of
from segmentation_scenes import AFFINES, SHAPE, edited_scene
from slice_views import ORIENTATIONS

from .strokes import pixels_of


def test_threshold_is_seen_before_it_is_applied(world, editor, red):
    for segment in world.segmentation.GetSegmentIDs():
        world.node.GetDisplayNode().SetSegmentVisibility(segment, False)
    world.volume.GetDisplayNode().AutoWindowLevelOff()
    world.volume.GetDisplayNode().SetWindowLevel(1, 5000)
    world.segmentation.GetSegment("lesion").SetColor(0, 1, 0)
    preview = (0, 110, 0)
    editor.setActiveEffectByName("Threshold")
    threshold = editor.activeEffect()
    threshold.setParameter("MinimumThreshold", -2000)
    threshold.setParameter("MaximumThreshold", 2000)
    everything, _ = pixels_of(red, preview)
    threshold.setParameter("MaximumThreshold", -400)
    half, _ = pixels_of(red, preview)
    assert 0.3 * everything < half < 0.7 * everything
    assert everything > 1000
    threshold.self().onApply()
    assert np.array_equal(world.mask("lesion"), world.hu <= -400)
    editor.setActiveEffectByName("None")
    assert editor.activeEffect() is None
    assert pixels_of(red, preview)[0] == 0


@pytest.mark.parametrize("name", ORIENTATIONS)
@pytest.mark.parametrize("affine", AFFINES)
@pytest.mark.parametrize("area", ["Everywhere", "InsideAllSegments", "InsideSingleSegment"])
def test_the_preview_is_what_apply_makes_of_this_slice(views, affine, name, area):
    world = edited_scene(views.core.scene, AFFINES[affine])
    view = views.sliceWidget(name)
    view.show(world.volume, world.ras(6, 28, 20))
    world.editor_node.SetSelectedSegmentID("empty")
    world.editor_node.SetMaskMode(getattr(slicer.vtkMRMLSegmentationNode, f"EditAllowed{area}"))
    world.editor_node.SetMaskSegmentID("right")
    world.editor_node.SetSourceVolumeIntensityMask(True)
    world.editor_node.SetSourceVolumeIntensityMaskRange(-900, 0)
    to_ras = array_of(view.mrmlSliceNode().GetXYToRAS())
    taken = taken_in_slice(world.editor_node, (-700.0, 200.0), to_ras, (240, 240))
    editing = SegmentEditing()
    editing.use(world.editor_node)
    editing.threshold(-700.0, 200.0)
    y, x = np.indices((240, 240))
    places = np.stack([x, y, 0 * x, 0 * x + 1], -1) @ (np.linalg.inv(world.affine) @ to_ras).T
    i, j, k = np.rint(places[..., :3]).astype(int).transpose(2, 0, 1)
    within = ((np.stack([k, j, i]).T >= 0) & (np.stack([k, j, i]).T < SHAPE)).all(-1).T
    expected = within & world.mask("empty")[tuple(np.where(within, index, 0) for index in (k, j, i))]
    assert taken.sum() > 100
    off_ties = np.abs(places[..., :3] % 1 - 0.5).min(-1) > 1e-3
    assert np.array_equal(taken[off_ties], expected[off_ties])


def test_the_preview_follows_the_mask_and_what_is_visible(world, editor, red):
    world.volume.GetDisplayNode().AutoWindowLevelOff()
    world.volume.GetDisplayNode().SetWindowLevel(1, 5000)
    world.node.GetDisplayNode().SetOpacity(0.0)
    world.segmentation.GetSegment("lesion").SetColor(0, 1, 0)
    preview = (0, 110, 0)
    editor.setActiveEffectByName("Threshold")
    editor.activeEffect().setParameter("MinimumThreshold", -2000)
    everything, _ = pixels_of(red, preview)
    world.editor_node.SetMaskMode(slicer.vtkMRMLSegmentationNode.EditAllowedInsideVisibleSegments)
    lungs, _ = pixels_of(red, preview)
    assert 100 < lungs < 0.9 * everything
    world.node.GetDisplayNode().SetSegmentVisibility("left", False)
    assert pixels_of(red, preview)[0] < 0.7 * lungs
    world.editor_node.SetSelectedSegmentID("")
    world.node.GetSegmentation().RemoveAllSegments()
    assert pixels_of(red, preview)[0] == 0
