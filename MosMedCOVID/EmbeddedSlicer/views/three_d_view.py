"""One 3D view without Qt."""

from __future__ import annotations

import numpy as np
import slicer
from vtkmodules.vtkRenderingCore import vtkInteractorStyle3D

from ..core import Core
from .layer import Kind, Layer
from .slice_facts import Edges, edges_of
from .view import View

# Without the managers of slice edges and of the crosshair: the 3D view need not be drawn while slices are scrolled.
MANAGERS = (
    "vtkMRMLCameraDisplayableManager",
    "vtkMRMLViewDisplayableManager",
    "vtkMRMLModelDisplayableManager",
    "vtkMRMLSegmentationsDisplayableManager3D",
    "vtkMRMLVolumeRenderingDisplayableManager",
    "vtkMRMLMarkupsDisplayableManager",
)


class ThreeDView:
    """A view node and the view that shows it."""

    def __init__(self, core: Core, node: slicer.vtkMRMLViewNode) -> None:
        self._core = core
        self.logic = slicer.vtkMRMLViewLogic()
        self.logic.SetMRMLApplicationLogic(core.application_logic)
        self.view = View(
            core.application_logic,
            slicer.vtkMRMLThreeDViewDisplayableManagerFactory.GetInstance(),
            MANAGERS,
            vtkInteractorStyle3D(),
            slicer.vtkMRMLThreeDViewInteractorStyle(),
        )
        core.application_logic.GetViewLogics().AddItem(self.logic)
        self.logic.SetDisplayableManagerGroup(self.view.group)
        self.set_node(node)
        self.view.style.SetInteractor(self.view.interactor)

    @property
    def node(self) -> slicer.vtkMRMLViewNode:
        """The view node shown; another one of the same name after the scene was loaded or cleared."""
        return self.logic.GetViewNode()

    @property
    def camera_node(self) -> slicer.vtkMRMLCameraNode | None:
        """From where it is seen."""
        return self.view.group.GetDisplayableManagerByClassName("vtkMRMLCameraDisplayableManager").GetCameraNode()

    def set_node(self, node: slicer.vtkMRMLViewNode) -> None:
        """Shows another view node of the same scene."""
        self.logic.SetName(node.GetLayoutName())
        self.logic.SetMRMLScene(self._core.scene)  # finds the node of that name
        self.view.group.SetMRMLDisplayableNode(node)

    def draw(self) -> list[Layer]:
        """The view as it is now; valid until the next call."""
        self.view.renderer.SetUseDepthPeeling(self.node.GetUseDepthPeeling())
        return [Layer(self.view.draw(), Kind.RGBX)]

    def edges(self) -> Edges | None:
        """Where in the patient the edges of the view lie, as the camera looks; None where there is nothing to see."""
        lowest, highest, *_ = self.view.renderer.ComputeVisiblePropBounds()
        if lowest > highest:
            return None
        camera = self.view.renderer.GetActiveCamera()
        forward = np.array(camera.GetDirectionOfProjection())
        right = np.cross(forward, camera.GetViewUp())
        right /= np.linalg.norm(right)
        return edges_of(right, np.cross(right, forward), self.node)

    def volume_name(self) -> str:
        """Of the volume in the slice views' background; several where they show different ones."""
        volumes = [
            logic.GetBackgroundLayer().GetVolumeNode() for logic in self._core.application_logic.GetSliceLogics()
        ]
        return ", ".join(sorted({volume.GetName() for volume in volumes if volume is not None}))

    def resize(self, width: int, height: int) -> None:
        """In pixels of the screen."""
        self.view.resize(width, height)

    def reset_focal_point(self) -> None:
        """Turns about the middle of what is shown; box and axis labels do not count."""
        node = self.node
        shown = node.GetBoxVisible(), node.GetAxisLabelsVisible()
        with slicer.util.NodeModify(node):
            node.SetBoxVisible(False)
            node.SetAxisLabelsVisible(False)
        bounds = self.view.renderer.ComputeVisiblePropBounds()
        if bounds[0] <= bounds[1]:
            camera = self.view.renderer.GetActiveCamera()
            camera.SetFocalPoint(*((low + high) / 2 for low, high in zip(bounds[::2], bounds[1::2], strict=True)))
            camera.OrthogonalizeViewUp()
        with slicer.util.NodeModify(node):
            node.SetBoxVisible(shown[0])
            node.SetAxisLabelsVisible(shown[1])
        node.InvokeEvent(slicer.vtkMRMLViewNode.ResetFocalPointRequestedEvent)
        self.view.renderer.ResetCameraClippingRange()

    def reset_camera(self, rotation: bool = True, translation: bool = True, distance: bool = True) -> None:
        """From the front, with everything in sight."""
        if self.camera_node:
            self.camera_node.Reset(rotation, translation, distance, self.view.renderer)

    def close(self) -> None:
        """Lets go of the scene and of the graphics memory."""
        self._core.application_logic.GetViewLogics().RemoveItem(self.logic)
        self.view.close()
        self.logic.SetDisplayableManagerGroup(None)
        self.logic.SetMRMLScene(None)
