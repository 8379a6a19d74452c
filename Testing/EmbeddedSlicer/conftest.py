"""The host's window over an empty scene with volumes to look at; or an application and a scene without a window."""

import numpy as np
import pytest

pytest.importorskip("slicer")
pytest.importorskip("PySide6")

import slicer
from EmbeddedSlicer.start import start
from PySide6.QtWidgets import QApplication

AIR, TISSUE = -1000, 400  # HU


@pytest.fixture(scope="session")
def application():
    """For widgets that live without the host's window."""
    return QApplication.instance() or QApplication(["tests"])


@pytest.fixture
def scene():
    """A scene that belongs to no window."""
    scene = slicer.vtkMRMLScene()
    logic = slicer.vtkSlicerSegmentationsModuleLogic()
    logic.SetMRMLScene(scene)  # tells the scene of the segmentation's node classes
    yield scene
    scene.Clear(True)
    logic.SetMRMLScene(None)


@pytest.fixture
def views():
    """The host, its window shown at 1280×800 with the layout four-up, its scene empty."""
    host = start(testing=True)
    host.core.scene.Clear(False)
    host.layout_manager.setLayout(slicer.vtkMRMLLayoutNode.SlicerLayoutFourUpView)
    host.window.resize(1280, 800)
    host.window.show()
    host.application.processEvents()
    yield host
    host.core.scene.Clear(False)
    host.application.processEvents()


@pytest.fixture
def show(views):
    """Puts an array [k, j, i] into the scene with an affine, and shows it as a radiologist's program does."""

    def show_array(array, affine, name="CT", window=1500.0, level=-500.0):
        node = slicer.util.addVolumeFromArray(array, affine, name)
        display = node.GetDisplayNode()
        display.AutoWindowLevelOff()
        display.SetWindowLevel(window, level)
        slicer.util.setSliceViewerLayers(background=node, foreground=None, label=None, fit=True)
        views.application.processEvents()
        return node

    return show_array


@pytest.fixture
def block(show):
    """A volume of 60 mm a side about the origin, air but for a block at R 10..20, A 10..20, S 10..20 mm."""

    def show_block(directions=((1, 0, 0), (0, 1, 0), (0, 0, 1))):
        """directions: where the voxels' i, j and k run to, in RAS."""
        affine = np.eye(4)
        affine[:3, :3] = np.array(directions, float).T * 2
        affine[:3, 3] = -affine[:3, :3] @ (14.5, 14.5, 14.5)
        voxels = np.moveaxis(np.indices((30, 30, 30))[::-1], 0, -1)  # of [k, j, i]: (i, j, k)
        ras = voxels @ affine[:3, :3].T + affine[:3, 3]
        inside = ((ras > 10) & (ras < 20)).all(axis=-1)
        return show(np.where(inside, TISSUE, AIR).astype(np.int16), affine)

    return show_block
