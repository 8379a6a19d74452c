"""The line in the status bar: position, value and segments under the mouse."""

import numpy as np
import pytest
import slicer
from EmbeddedSlicer.data_probe import DataProbe
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication


@pytest.fixture
def told(views):
    """What the probe has told."""
    lines = []
    probe = DataProbe(views.core, lines.append)
    yield lines
    probe.close()


def point_at(views, name, ras):
    """Moves the mouse to a place of the patient in a view that shows its slice."""
    pane = views.layout_manager.sliceWidget(name)
    pane.mrmlSliceNode().JumpSliceByOffsetting(*ras)
    x, y, _ = pane.sliceView().convertRASToXYZ(ras)
    place = QPointF(round(x), pane.sliceView().height() - 1 - round(y))
    no_button, no_key = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
    view = pane.sliceView()
    QApplication.sendEvent(
        view, QMouseEvent(QEvent.Type.MouseMove, place, view.mapToGlobal(place), no_button, no_button, no_key)
    )


def add_segment(segmentation, volume, name, mask):
    segment = segmentation.GetSegmentation().AddEmptySegment(name, name)
    slicer.util.updateSegmentBinaryLabelmapFromArray(mask.astype(np.uint8), segmentation, segment, volume)


@pytest.fixture
def segmentation(block):
    """A lung that is the right half of the volume, and a lesion that is the block within it."""
    volume = block()
    node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSegmentationNode")
    node.CreateDefaultDisplayNodes()
    node.SetReferenceImageGeometryParameterFromVolumeNode(volume)
    voxels = slicer.util.arrayFromVolume(volume)
    add_segment(node, volume, "Right lung", np.indices(voxels.shape)[2] >= 15)
    add_segment(node, volume, "Lesions", voxels > 0)
    return node


def parts(line):
    return [part for part in line.split("   ") if part]


def test_place_value_and_segments(views, segmentation, told):
    for name in ("Red", "Green", "Yellow"):
        point_at(views, name, [15.0, 15.0, 15.0])
        where, value, segments = parts(told[-1])
        sides = where.removesuffix(" mm").split()
        assert sides[::2] == ["R", "A", "S"]
        assert [float(number) for number in sides[1::2]] == pytest.approx([15, 15, 15], abs=0.3)
        assert value == "400 HU"
        assert segments == "Right lung, Lesions"
    point_at(views, "Red", [15.0, -15.0, -5.0])
    where, value, segments = parts(told[-1])
    assert where.split()[2:5:2] == ["P", "I"]
    assert (value, segments) == ("−1000 HU", "Right lung")


def test_segments_that_are_hidden_are_not_named(views, segmentation, told):
    segmentation.GetDisplayNode().SetSegmentVisibility("Right lung", False)
    point_at(views, "Red", [15.0, 15.0, 15.0])
    assert parts(told[-1])[2:] == ["Lesions"]
    segmentation.GetDisplayNode().SetVisibility(False)
    point_at(views, "Red", [15.0, 15.0, 13.0])
    assert parts(told[-1])[2:] == []


def test_beside_the_volume_there_is_a_place_only(views, block, told):
    block()
    point_at(views, "Red", [35.0, 0.0, 0.0])
    assert len(parts(told[-1])) == 1
    assert told[-1].startswith("R 3")


def test_it_is_cleared_when_the_mouse_leaves(views, block, told):
    block()
    point_at(views, "Red", [0.0, 0.0, 0.0])
    assert told[-1]
    QApplication.sendEvent(views.layout_manager.sliceWidget("Red").sliceView(), QEvent(QEvent.Type.Leave))
    assert told[-1] == ""


def test_it_goes_on_after_the_scene_was_closed(views, block, told):
    block()
    point_at(views, "Red", [0.0, 0.0, 0.0])
    views.core.scene.Clear(False)
    block()
    point_at(views, "Green", [15.0, 15.0, 15.0])
    assert "400 HU" in told[-1]
