"""What lies under the mouse, in one line: where in the patient, the voxel's value, the segments there."""

from __future__ import annotations

from collections.abc import Callable

import slicer
from vtkmodules.vtkCommonCore import vtkStringArray

from .core import Core
from .views.slice_facts import coordinate_text, value_unit


class DataProbe:
    """Tells a function the line whenever the mouse moves in a slice view, and "" when it leaves."""

    def __init__(self, core: Core, tell: Callable[[str], None]) -> None:
        self._core = core
        self._tell = tell
        self._crosshair: slicer.vtkMRMLCrosshairNode | None = None
        self._tag = 0
        scene = slicer.vtkMRMLScene
        self._scene_tags = [
            core.scene.AddObserver(event, lambda caller, name: self._observe())
            for event in (scene.EndCloseEvent, scene.EndImportEvent)
        ]
        self._observe()

    def close(self) -> None:
        """Lets go of the scene."""
        for tag in self._scene_tags:
            self._core.scene.RemoveObserver(tag)
        if self._crosshair is not None:
            self._crosshair.RemoveObserver(self._tag)

    def text(self) -> str:
        """The line for where the mouse is now; empty outside the slice views."""
        xyz, ras = [0.0] * 3, [0.0] * 3
        node = self._core.crosshair_node.GetCursorPositionXYZ(xyz)
        if node is None or not self._core.crosshair_node.GetCursorPositionRAS(ras):
            return ""
        logic = self._core.application_logic.GetSliceLogic(node)
        where = "  ".join(coordinate_text(axis, ras[axis]) for axis in range(3)) + " mm"
        parts = (where, _voxel_text(logic, xyz), ", ".join(segments_at(logic, ras, self._core.scene)))
        return "   ".join(part for part in parts if part)

    def _observe(self) -> None:
        crosshair = self._core.crosshair_node
        if crosshair is not self._crosshair:
            if self._crosshair is not None:
                self._crosshair.RemoveObserver(self._tag)
            self._crosshair = crosshair
            event = slicer.vtkMRMLCrosshairNode.CursorPositionModifiedEvent
            self._tag = crosshair.AddObserver(event, lambda caller, name: self._tell(self.text()))
        self._tell(self.text())


def _voxel_text(logic: slicer.vtkMRMLSliceLogic, xyz: list[float]) -> str:
    """The value of the background volume's voxel at a place of a view; empty outside the volume."""
    layer = logic.GetBackgroundLayer()
    volume = layer.GetVolumeNode()
    if volume is None or volume.GetImageData() is None:
        return ""
    image = volume.GetImageData()
    voxel = [round(index) for index in layer.GetXYToIJKTransform().TransformPoint(xyz)]
    if not all(0 <= index < size for index, size in zip(voxel, image.GetDimensions(), strict=True)):
        return ""
    values = [image.GetScalarComponentAsDouble(*voxel, number) for number in range(image.GetNumberOfScalarComponents())]
    return f"{', '.join(f'{value:g}'.replace('-', '−') for value in values)} {value_unit(volume)}"


def segments_at(logic: slicer.vtkMRMLSliceLogic, ras: list[float], scene: slicer.vtkMRMLScene) -> list[str]:
    """Names of the visible segments at a place of the patient, in the order of their segmentation."""
    manager = logic.GetDisplayableManagerGroup().GetDisplayableManagerByClassName(
        "vtkMRMLSegmentationsDisplayableManager2D"
    )
    names = []
    for node in slicer.util.getNodesByClass("vtkMRMLSegmentationNode", scene):
        found = vtkStringArray()
        manager.GetVisibleSegmentsForPosition(ras, node.GetDisplayNode(), found)
        here = {found.GetValue(number) for number in range(found.GetNumberOfValues())}
        segmentation = node.GetSegmentation()
        names += [segmentation.GetSegment(id_).GetName() for id_ in segmentation.GetSegmentIDs() if id_ in here]
    return names
