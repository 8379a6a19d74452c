"""The scene and what acts on it, without a window."""

import subprocess
import sys

import numpy as np
import pytest
import slicer
from EmbeddedSlicer.core import MODULE_LOGICS

SINGLETONS = ("selection_node", "interaction_node", "crosshair_node", "layout_node")

A_LIFE = """
import numpy as np, slicer
from PySide6.QtWidgets import QApplication
from EmbeddedSlicer.core import Core
from EmbeddedSlicer.layout_manager import LayoutManager
application = QApplication([])
core = Core()
slicer.mrmlScene = core.scene
views = LayoutManager(core)
views.viewport().show()
volume = slicer.util.addVolumeFromArray(np.zeros((5, 6, 7), np.int16), np.eye(4), "CT")
core.selection_node.SetReferenceActiveVolumeID(volume.GetID())
core.application_logic.PropagateVolumeSelection()
application.processEvents()
print("shown" if views.sliceWidget("Red").sliceLogic().GetBackgroundLayer().GetVolumeNode() else "nothing")
views.close()
core.close()
print("closed")
"""


def test_module_logics_are_known_by_both_their_names(views):
    core = views.core
    assert set(core.logics) == {"colors", *(name.lower() for name in MODULE_LOGICS)}
    for name in ("Colors", *MODULE_LOGICS):
        assert core.application_logic.GetModuleLogic(name) is core.logics[name.lower()]
        assert core.logics[name.lower()].GetMRMLScene() is core.scene


def test_the_nodes_of_every_scene_are_still_there_after_twenty_closed_scenes(views, block):
    core = views.core
    before = [getattr(core, name).GetID() for name in SINGLETONS]
    for _ in range(20):
        block()
        core.interaction_node.SetCurrentInteractionMode(slicer.vtkMRMLInteractionNode.ViewTransform)
        core.scene.Clear(False)
        for name in SINGLETONS:
            assert core.scene.IsNodePresent(getattr(core, name))
        assert core.interaction_node.GetCurrentInteractionMode() == slicer.vtkMRMLInteractionNode.AdjustWindowLevel
    assert [getattr(core, name).GetID() for name in SINGLETONS] == before


@pytest.mark.parametrize("by_the_logic", [True, False])
def test_a_scene_bundle_is_written_and_read(views, show, tmp_path, by_the_logic):
    voxels = np.arange(60, dtype=np.int16).reshape(3, 4, 5)
    affine = np.array([[-0.7, 0, 0, 10], [0, -0.7, 0, 20], [0, 0, 8, -30], [0, 0, 0, 1]])
    show(voxels, affine)
    bundle = str(tmp_path / "scene.mrb")
    assert views.core.scene.WriteToMRB(bundle)
    views.core.scene.Clear(False)
    if by_the_logic:
        assert views.core.application_logic.OpenSlicerDataBundle(bundle, str(tmp_path))
    else:
        assert views.core.scene.ReadFromMRB(bundle)
    node = slicer.util.getNode("CT")
    assert np.array_equal(slicer.util.arrayFromVolume(node), voxels)
    assert node.GetSpacing() == (0.7, 0.7, 8.0)
    assert views.core.interaction_node.GetCurrentInteractionMode() == slicer.vtkMRMLInteractionNode.AdjustWindowLevel


def test_a_process_that_shows_a_volume_and_closes_it_all_ends_well(root):
    done = subprocess.run([sys.executable, "-c", A_LIFE], cwd=root / "MosMedCOVID", capture_output=True, text=True)
    assert done.stdout.split() == ["shown", "closed"]
    assert done.returncode == 0
