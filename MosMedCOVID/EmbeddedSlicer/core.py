"""The part of Slicer that is no window: scene, application logic, module logics, and the nodes of every scene."""

from __future__ import annotations

import tempfile
from pathlib import Path

import slicer
from vtkmodules.vtkCommonCore import vtkCollection

# By the names that the application logic gives them. (It has the one of Colors itself.)
MODULE_LOGICS = {
    "Volumes": slicer.vtkSlicerVolumesLogic,
    "Segmentations": slicer.vtkSlicerSegmentationsModuleLogic,
    "Models": slicer.vtkSlicerModelsLogic,
    "Markups": slicer.vtkSlicerMarkupsLogic,
    "Transforms": slicer.vtkSlicerTransformLogic,
    "Tables": slicer.vtkSlicerTablesLogic,
    "SubjectHierarchy": slicer.vtkSlicerSubjectHierarchyModuleLogic,
    "VolumeRendering": slicer.vtkSlicerVolumeRenderingLogic,
}


class Core:
    """A scene with all that acts on it.

    scene, application_logic: what slicer.mrmlScene and slicer.app.applicationLogic() are.
    logics: each module's logic by the lower-case name of the module.
    """

    def __init__(self) -> None:
        self._cache = tempfile.TemporaryDirectory(prefix="EmbeddedSlicer-")
        self.scene = slicer.vtkMRMLScene()
        self.scene.SetRootDirectory(str(Path.home()))
        crosshair = slicer.vtkMRMLCrosshairNode()
        crosshair.SetCrosshairName("default")
        self.scene.AddNode(crosshair)
        self.application_logic = slicer.vtkSlicerApplicationLogic()
        self.application_logic.SetTemporaryPath(self._cache.name)
        self.application_logic.SetSliceLogics(vtkCollection())
        self.application_logic.SetViewLogics(vtkCollection())
        self.application_logic.SetMRMLScene(self.scene)
        self._connect_files()
        self._set_default_nodes()
        self.logics: dict[str, slicer.vtkMRMLAbstractLogic] = {}
        self._add_logic("Colors", self.application_logic.GetColorLogic())
        for name, kind in MODULE_LOGICS.items():
            self._add_logic(name, kind())
        events = (slicer.vtkMRMLScene.EndCloseEvent, slicer.vtkMRMLScene.EndImportEvent)
        self._observers = [self.scene.AddObserver(event, lambda caller, name: self._set_mode()) for event in events]
        self._set_mode()

    @property
    def selection_node(self) -> slicer.vtkMRMLSelectionNode:
        """Which volume is the active one."""
        return self.application_logic.GetSelectionNode()

    @property
    def interaction_node(self) -> slicer.vtkMRMLInteractionNode:
        """What a left drag does: window/level, as radiologists expect, until another mode is set."""
        return self.application_logic.GetInteractionNode()

    @property
    def crosshair_node(self) -> slicer.vtkMRMLCrosshairNode:
        """Where the mouse is, and where the crosshair stands."""
        return self.scene.GetFirstNodeByClass("vtkMRMLCrosshairNode")

    @property
    def layout_node(self) -> slicer.vtkMRMLLayoutNode | None:
        """Which layout is shown; None before there is a layout manager."""
        return self.scene.GetFirstNodeByClass("vtkMRMLLayoutNode")

    def close(self) -> None:
        """Empties the scene and lets go of it. The views must have been closed before."""
        for observer in self._observers:
            self.scene.RemoveObserver(observer)
        self.scene.Clear(True)
        self.application_logic.SetMRMLSceneDataIO(None, self._remote_io, self._data_io)
        self.application_logic.SetMRMLScene(None)
        self._cache.cleanup()

    def _set_default_nodes(self) -> None:
        """View nodes start as their default node is, also after the scene was cleared: black, as radiologists read."""
        self.scene.GetDefaultNodeByClass("vtkMRMLSliceNode").SetRulerType(slicer.vtkMRMLAbstractViewNode.RulerTypeThin)
        view = slicer.vtkMRMLViewNode()
        view.SetBackgroundColor(0, 0, 0)
        view.SetBackgroundColor2(0, 0, 0)
        view.SetBoxVisible(False)
        view.SetAxisLabelsVisible(False)
        view.SetUseDepthPeeling(False)  # without a graphics card it makes a turn four times slower
        self.scene.AddDefaultNode(view)

    def _connect_files(self) -> None:
        """Without a cache and a data manager a scene bundle (.mrb) can be written but not read."""
        self._remote_io = slicer.vtkMRMLRemoteIOLogic()
        self._remote_io.GetCacheManager().SetRemoteCacheDirectory(self._cache.name)
        self._data_io = slicer.vtkDataIOManagerLogic()
        self._data_io.SetMRMLApplicationLogic(self.application_logic)
        self._data_io.SetAndObserveDataIOManager(self._remote_io.GetDataIOManager())
        self.application_logic.SetMRMLSceneDataIO(self.scene, self._remote_io, self._data_io)

    def _add_logic(self, name: str, logic: slicer.vtkMRMLAbstractLogic) -> None:
        logic.SetMRMLApplicationLogic(self.application_logic)
        logic.SetMRMLScene(self.scene)
        self.application_logic.SetModuleLogic(name, logic)
        self.logics[name.lower()] = logic

    def _set_mode(self) -> None:
        self.interaction_node.SetCurrentInteractionMode(slicer.vtkMRMLInteractionNode.AdjustWindowLevel)
