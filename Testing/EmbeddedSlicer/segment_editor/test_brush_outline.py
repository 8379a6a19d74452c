"""The outline of the brush follows the mouse, and goes with it."""

import pytest

pytest.importorskip("slicer")
pytest.importorskip("PySide6")

from .strokes import paint, pixels_of


def test_the_outline_follows_the_mouse_in_true_size_and_colour(world, editor, red):
    for segment in world.segmentation.GetSegmentIDs():
        world.node.GetDisplayNode().SetSegmentVisibility(segment, False)
    world.volume.GetDisplayNode().AutoWindowLevelOff()
    world.volume.GetDisplayNode().SetWindowLevel(1, 5000)  # the slice is black
    world.segmentation.GetSegment("lesion").SetColor(0, 1, 0)
    paint(editor, 20.0)
    assert pixels_of(red, (0, 255, 0))[0] == 0
    red.mouse("Enter", 100, 110)
    red.mouse("MouseMove", 100, 110)
    mm_per_pixel = red.mrmlSliceNode().GetFieldOfView()[0] / 240
    count, (x, y, width, height) = pixels_of(red, (0, 255, 0))
    assert count > 20
    assert width == pytest.approx(20 / mm_per_pixel, abs=2)
    assert height == pytest.approx(20 / mm_per_pixel, abs=2)
    assert (x + width / 2, y + height / 2) == pytest.approx((100, 110), abs=1.5)
    red.mouse("MouseMove", 130, 90)
    _, (x, y, width, height) = pixels_of(red, (0, 255, 0))
    assert (x + width / 2, y + height / 2) == pytest.approx((130, 90), abs=1.5)
    renders = red.renders
    red.mouse("Leave", 130, 90)
    assert pixels_of(red, (0, 255, 0))[0] == 0
    assert red.renders > renders, "the view is asked to draw itself without it"


@pytest.mark.parametrize("ending", ["None", "Threshold", "leave the panel", "read only"])
def test_the_outline_does_not_linger(world, editor, red, ending):
    for segment in world.segmentation.GetSegmentIDs():
        world.node.GetDisplayNode().SetSegmentVisibility(segment, False)
    world.segmentation.GetSegment("lesion").SetColor(0, 1, 0)
    paint(editor, 20.0)
    red.mouse("MouseMove", 100, 110)
    assert pixels_of(red, (0, 255, 0))[0] > 20
    if ending == "leave the panel":
        editor.removeViewObservations()
    elif ending == "read only":
        editor.setReadOnly(True)
    else:
        editor.setActiveEffectByName(ending)
        editor.activeEffect() and editor.activeEffect().setParameter("MinimumThreshold", 5000)
        editor.activeEffect() and editor.activeEffect().setParameter("MaximumThreshold", 5000)
    assert pixels_of(red, (0, 255, 0))[0] == 0
