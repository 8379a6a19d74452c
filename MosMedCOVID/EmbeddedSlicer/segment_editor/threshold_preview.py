"""What the threshold would take, in one slice view: its pixels in the segment's colour, while the range is set."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import slicer
from vtkmodules.util.numpy_support import numpy_to_vtk, vtk_to_numpy
from vtkmodules.vtkCommonCore import vtkFloatArray, vtkPoints
from vtkmodules.vtkCommonDataModel import vtkCellArray, vtkImageData, vtkPolyData
from vtkmodules.vtkRenderingCore import vtkPolyDataMapper2D, vtkTexture, vtkTexturedActor2D

from .effects import ThresholdEffect

OPACITY = 110  # of 255


class Editor(Protocol):
    """What a view asks of the editor that it belongs to."""

    def active_threshold(self) -> ThresholdEffect | None:
        """The threshold, while it is being set."""

    def source_volume(self) -> slicer.vtkMRMLScalarVolumeNode | None: ...

    def color(self) -> tuple[float, float, float]:
        """Of the segment that is edited."""


class ThresholdPreview:
    """Colours the slice that the view has computed anyway. Shown where the view's background is the source volume."""

    def __init__(self, slice_widget: object, editor: Editor) -> None:
        self._view = slice_widget.sliceView()
        self._logic: slicer.vtkMRMLSliceLogic = slice_widget.sliceLogic()
        self._editor = editor
        self._image = vtkImageData()
        self._corners, self._actor = self._new_actor()
        self._renderer = self._view.renderWindow().GetRenderers().GetFirstRenderer()
        self._renderer.AddViewProp(self._actor)
        self._observer = self._logic.AddObserver("ModifiedEvent", self._on_slice_changed)

    @property
    def is_visible(self) -> bool:
        return bool(self._actor.GetVisibility())

    def update(self) -> None:
        """Draws it anew after range, colour or slice have changed."""
        effect, volume = self._editor.active_threshold(), self._editor.source_volume()
        layer = self._logic.GetBackgroundLayer()
        shown = bool(effect and volume and layer and layer.GetVolumeNode() is volume and volume.GetImageData())
        if shown:
            layer.GetReslice().Update()
            self._show(layer.GetReslice().GetOutput(), effect)
        if shown or self.is_visible:
            self._actor.SetVisibility(shown)
            self._view.scheduleRender()

    def remove(self) -> None:
        """Leaves nothing in the view."""
        self._logic.RemoveObserver(self._observer)
        self._renderer.RemoveViewProp(self._actor)
        self._view.scheduleRender()

    def _show(self, picture: vtkImageData, effect: ThresholdEffect) -> None:
        width, height, _ = picture.GetDimensions()
        values = vtk_to_numpy(picture.GetPointData().GetScalars()).reshape(height, width, -1)[..., 0]
        inside = (values >= effect.doubleParameter("MinimumThreshold")) & (
            values <= effect.doubleParameter("MaximumThreshold")
        )
        pixels = np.zeros((height, width, 4), np.uint8)
        pixels[inside] = [*(round(255 * part) for part in self._editor.color()), OPACITY]
        self._image.SetDimensions(width, height, 1)
        self._image.GetPointData().SetScalars(numpy_to_vtk(pixels.reshape(-1, 4), deep=True))
        for index, (x, y) in enumerate(((0, 0), (width, 0), (width, height), (0, height))):
            self._corners.SetPoint(index, x, y, 0)
        self._corners.Modified()

    def _new_actor(self) -> tuple[vtkPoints, vtkTexturedActor2D]:
        """A rectangle with the image on it."""
        corners, square, places = vtkPoints(), vtkCellArray(), vtkFloatArray()
        corners.SetNumberOfPoints(4)
        square.InsertNextCell(4, range(4))
        places.SetNumberOfComponents(2)
        for x, y in ((0, 0), (1, 0), (1, 1), (0, 1)):
            places.InsertNextTuple2(x, y)
        rectangle = vtkPolyData()
        rectangle.SetPoints(corners)
        rectangle.SetPolys(square)
        rectangle.GetPointData().SetTCoords(places)
        mapper = vtkPolyDataMapper2D()
        mapper.SetInputData(rectangle)
        texture = vtkTexture()
        texture.SetColorModeToDirectScalars()
        texture.SetInputData(self._image)
        actor = vtkTexturedActor2D()
        actor.SetMapper(mapper)
        actor.SetTexture(texture)
        actor.VisibilityOff()
        return corners, actor

    def _on_slice_changed(self, caller: object, event: str) -> None:
        if self._editor.active_threshold():
            self.update()
