"""One slice view without Qt: Slicer's slice logic computes the picture, its displayable managers draw over it."""

from __future__ import annotations

import numpy as np
import slicer
from vtkmodules.vtkCommonCore import reference
from vtkmodules.vtkInteractionStyle import vtkInteractorStyleUser
from vtkmodules.vtkRenderingCore import vtkActor2D

from ..core import Core
from .layer import Kind, Layer
from .slice_picture import SlicePicture, image_layer, visible_props
from .view import View

# Crosshair also zooms, pans and scrolls; ScalarBar also sets window and level with the mouse. Not among them is the one
# that cuts models: it has all views drawn anew whenever one of them goes to another slice.
MANAGERS = (
    "vtkMRMLCrosshairDisplayableManager",
    "vtkMRMLScalarBarDisplayableManager",
    "vtkMRMLSegmentationsDisplayableManager2D",
    "vtkMRMLMarkupsDisplayableManager",
)


class SliceView:
    """A slice node, its logic, and the view that shows them."""

    def __init__(self, core: Core, node: slicer.vtkMRMLSliceNode) -> None:
        self._core = core
        self.logic = slicer.vtkMRMLSliceLogic()
        self.logic.SetMRMLApplicationLogic(core.application_logic)
        style = slicer.vtkMRMLSliceViewInteractorStyle()
        style.SetSliceLogic(self.logic)
        self.view = View(
            core.application_logic,
            slicer.vtkMRMLSliceViewDisplayableManagerFactory.GetInstance(),
            MANAGERS,
            vtkInteractorStyleUser(),
            style,
        )
        self.view.renderer.SetBackgroundAlpha(0)
        self._picture = SlicePicture(self.logic, self.view.renderer)
        core.application_logic.GetSliceLogics().AddItem(self.logic)
        self.logic.SetDisplayableManagerGroup(self.view.group)
        self.set_node(node)
        style.SetInteractor(self.view.interactor)

    @property
    def node(self) -> slicer.vtkMRMLSliceNode:
        """The slice node shown; another one of the same name after the scene was loaded or cleared."""
        return self.logic.GetSliceNode()

    def set_node(self, node: slicer.vtkMRMLSliceNode) -> None:
        """Shows another slice node of the same scene."""
        self.logic.SetSliceNode(node)
        self.logic.SetMRMLScene(self._core.scene)
        self.view.group.SetMRMLDisplayableNode(node)
        for prop in self.view.renderer.GetViewProps():
            if isinstance(prop, slicer.vtkMRMLRubberBandWidgetRepresentation):
                prop.VisibilityOff()  # until something is framed; Slicer leaves it there with no size

    def draw(self) -> list[Layer]:
        """The view as it is now, from below to above; valid until the next call.

        Without a graphics card OpenGL takes longer for each image of the view's size than all else together: such
        images (the picture, the segments' fill and outline) go by it, and it draws lines and letters if there are any.
        """
        self._picture.update()
        images, others = visible_props(self.view.renderer)
        layers = [image_layer(image) for image in images]
        if others:
            layers.append(self._draw_without(images))
        return layers

    def resize(self, width: int, height: int) -> None:
        """In pixels of the screen. What was fitted is fitted again; else the height keeps its millimetres."""
        fitted = self._is_fitted()
        self.view.resize(width, height)
        self.logic.ResizeSliceNode(*self.view.window.GetSize())
        if fitted:
            self.fit()

    def fit(self) -> None:
        """Shows the whole background volume, on the slice that is shown."""
        offset, lowest, highest = self.logic.GetSliceOffset(), *self.offset_range()[:2]
        self.logic.StartSliceNodeInteraction(slicer.vtkMRMLSliceNode.ResetFieldOfViewFlag)
        self.logic.FitSliceToBackground()  # which goes to the middle of the volume
        if lowest <= offset <= highest:
            self.logic.SetSliceOffset(offset)
        self.node.UpdateMatrices()
        self.logic.EndSliceNodeInteraction()

    def offset_range(self) -> tuple[float, float, float]:
        """Lowest and highest position of a slice, and the distance of slices: mm. (0, 0, 1) without a volume."""
        ends, step = [0.0, 0.0], reference(1.0)
        has_volume = self.logic.GetBackgroundLayer().GetVolumeNode() is not None
        if not has_volume or not self.logic.GetSliceOffsetRangeResolution(ends, step):
            return 0.0, 0.0, 1.0
        return ends[0], ends[1], float(step)

    def close(self) -> None:
        """Lets go of the scene and of the graphics memory."""
        self._core.application_logic.GetSliceLogics().RemoveItem(self.logic)
        self._picture.clear()
        self.view.style.SetSliceLogic(None)
        self.view.close()
        self.logic.SetDisplayableManagerGroup(None)
        self.logic.SetMRMLScene(None)

    def _draw_without(self, images: list[vtkActor2D]) -> Layer:
        for image in images:
            image.VisibilityOff()
        pixels = self.view.draw()
        for image in images:
            image.VisibilityOn()
        return Layer(pixels, Kind.RGBA_PREMULTIPLIED)

    def _is_fitted(self) -> bool:
        """Whether the whole volume fills the view, as nobody has zoomed or panned since it was fitted."""
        if not self.logic.GetBackgroundLayer().GetVolumeNode():
            return False
        size, centre = [0.0] * 3, [0.0] * 3  # of the volume, in mm along the axes of the view
        self.logic.GetBackgroundSliceDimensions(size, centre)
        width, height, _ = self.node.GetDimensions()
        millimetres = max(size[0] / width, size[1] / height)  # of a pixel, after a fit
        slice_to_ras = slicer.util.arrayFromVTKMatrix(self.node.GetSliceToRAS())
        middle = slice_to_ras[:3, :2].T @ slice_to_ras[:3, 3] + self.node.GetXYZOrigin()[:2]
        as_it_would_be = (millimetres * width, millimetres * height, *centre[:2])
        return np.allclose((*self.node.GetFieldOfView()[:2], *middle), as_it_would_be, atol=millimetres)
