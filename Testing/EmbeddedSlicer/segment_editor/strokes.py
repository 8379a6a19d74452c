"""The mouse in the slice views, and what a stroke of the brush should change."""

import numpy as np
from EmbeddedSlicer.segment_editor.voxels import array_of
from segmentation_scenes import SHAPE
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkCommonCore import vtkUnsignedCharArray


def drag(view, *pixels, **keys):
    """The left button goes down at the first pixel and up at the last one."""
    view.mouse("LeftButtonPress", *pixels[0], **keys)
    for pixel in pixels[1:]:
        view.mouse("MouseMove", *pixel, **keys)
    view.mouse("LeftButtonRelease", *pixels[-1], **keys)


def paint(editor, diameter, effect="Paint"):
    """Takes a brush; diameter in mm."""
    editor.setActiveEffectByName(effect)
    editor.activeEffect().setCommonParameter("BrushAbsoluteDiameter", diameter)


def disc(view, world, diameter, *pixels):
    """The voxels of one layer whose centres are as near to the mouse's way as the brush is wide."""
    to_ras = array_of(view.mrmlSliceNode().GetXYToRAS())
    normal = array_of(view.mrmlSliceNode().GetSliceToRAS())[:3, 2]
    places = [(to_ras @ [x, y, 0, 1])[:3] for x, y in pixels]
    k, j, i = np.indices(SHAPE)
    offsets = np.stack([i, j, k], -1) @ world.affine[:3, :3].T + world.affine[:3, 3]
    layer = np.abs((offsets - places[0]) @ normal) / np.abs(normal @ world.affine[:3, :3]).max()
    covered = np.zeros(SHAPE, bool)
    for first, last in zip(places, [*places[1:], places[-1]], strict=True):
        away, way = offsets - first, last - first
        away = away - (away @ normal)[..., None] * normal
        part = np.clip(away @ way / max(way @ way, 1e-9), 0, 1)
        covered |= np.linalg.norm(away - part[..., None] * way, axis=-1) <= diameter / 2 + 1e-6
    return covered & (layer < 0.5)


def assert_same(found, expected):
    """Masks by segment, bool [slice, row, column], are alike; if not, in how many voxels they differ is shown."""
    assert {name: int((mask ^ expected[name]).sum()) for name, mask in found.items()} == dict.fromkeys(expected, 0)


def pixels_of(view, color):
    """How many pixels of the overlay have about this colour, and their box (x, y, width, height)."""
    view.renderWindow().Render()
    width, height = view.renderWindow().GetSize()
    read = vtkUnsignedCharArray()
    view.renderWindow().GetRGBACharPixelData(0, 0, width - 1, height - 1, 0, read)
    image = vtk_to_numpy(read).reshape(height, width, 4)[..., :3].astype(int)
    y, x = np.nonzero(np.abs(image - np.array(color)).max(-1) < 40)
    return len(x), (x.min(), y.min(), np.ptp(x), np.ptp(y)) if len(x) else None
