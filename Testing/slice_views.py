# ruff: noqa: N802, N815
"""Red, Green and Yellow without panes: they play the layout manager for tests that need slice views and a mouse."""

import slicer
from EmbeddedSlicer.core import Core
from EmbeddedSlicer.views.slice_view import SliceView
from PySide6.QtCore import QObject, Signal

ORIENTATIONS = {"Red": "Axial", "Green": "Coronal", "Yellow": "Sagittal"}


class SliceWidget:
    """One view; plays qMRMLSliceWidget and qMRMLSliceView at once."""

    def __init__(self, core: Core, name: str, size: int) -> None:
        slicer.vtkMRMLSliceNode.AddDefaultSliceOrientationPresets(core.scene)
        node = core.scene.CreateNodeByClass("vtkMRMLSliceNode")
        node.UnRegister(None)
        node.SetSingletonTag(name)
        node.SetName(name)
        node.SetLayoutName(name)
        node = core.scene.AddNode(node)
        node.SetOrientation(ORIENTATIONS[name])
        self.view = SliceView(core, node)
        self.view.resize(size, size)
        self.renders = 0

    def sliceView(self) -> "SliceWidget":
        return self

    def sliceLogic(self) -> slicer.vtkMRMLSliceLogic:
        return self.view.logic

    def mrmlSliceNode(self) -> slicer.vtkMRMLSliceNode:
        return self.view.node

    def interactor(self) -> object:
        return self.view.view.interactor

    def renderWindow(self) -> object:
        return self.view.view.window

    def scheduleRender(self) -> None:
        self.renders += 1

    def show(self, volume: slicer.vtkMRMLScalarVolumeNode, offset_at: object) -> None:
        """The whole volume, and of it the slice through a place (RAS)."""
        self.view.logic.GetSliceCompositeNode().SetBackgroundVolumeID(volume.GetID())
        self.view.logic.FitSliceToBackground()
        self.view.node.UpdateMatrices()
        self.view.node.JumpSliceByOffsetting(*offset_at)

    def pixel(self, ras: object) -> tuple[int, int]:
        """Where a place of the slice is seen."""
        to_pixel = slicer.vtkMRMLSliceNode.GetXYToRAS(self.view.node)
        inverse = type(to_pixel)()
        inverse.DeepCopy(to_pixel)
        inverse.Invert()
        x, y, *_ = inverse.MultiplyPoint([*ras, 1])
        return round(x), round(y)

    def mouse(self, event: str, x: int, y: int, *, shift: bool = False, control: bool = False) -> None:
        """LeftButtonPress, MouseMove… at a pixel, as Qt would forward it."""
        interactor = self.interactor()
        interactor.SetEventInformation(x, y, int(control), int(shift), chr(0), 0, None)
        interactor.InvokeEvent(event + "Event")


class SliceViews(QObject):
    """Plays the layout manager."""

    layoutChanged = Signal(int)

    def __init__(self, core: Core, size: int = 240) -> None:
        super().__init__()
        self._widgets = {name: SliceWidget(core, name, size) for name in ORIENTATIONS}
        self.shown = list(ORIENTATIONS)

    def sliceViewNames(self) -> list[str]:
        return self.shown

    def sliceWidget(self, name: str) -> SliceWidget:
        return self._widgets[name]

    def close(self) -> None:
        for widget in self._widgets.values():
            widget.view.close()
