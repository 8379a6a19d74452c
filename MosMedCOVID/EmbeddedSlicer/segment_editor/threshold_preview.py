"""What the threshold would take, in one slice view: its pixels in the segment's colour, while the range is set."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import slicer
from vtkmodules.util.numpy_support import numpy_to_vtk
from vtkmodules.vtkCommonCore import vtkFloatArray, vtkPoints
from vtkmodules.vtkCommonDataModel import vtkCellArray, vtkImageData, vtkPolyData
from vtkmodules.vtkRenderingCore import vtkPolyDataMapper2D, vtkTexture, vtkTexturedActor2D

from .effects import ThresholdEffect
from .threshold_in_slice import taken_in_slice
from .voxels import CannotEdit, array_of

OPACITY = 110  # of 255


class Editor(Protocol):
    """What a view asks of the editor that it belongs to."""

    def active_threshold(self) -> ThresholdEffect | None:
        """The threshold, while it is being set."""

    node: slicer.vtkMRMLSegmentEditorNode | None

    def color(self) -> tuple[float, float, float]:
        """Of the segment that is edited."""


class ThresholdPreview:
    """Colours what Apply would put into the segment. Shown where the view's background is the source volume."""

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
        taken = self._taken()
        if taken is not None:
            self._show(taken)
        if taken is not None or self.is_visible:
            self._actor.SetVisibility(taken is not None)
            self._view.scheduleRender()

    def remove(self) -> None:
        """Leaves nothing in the view."""
        self._logic.RemoveObserver(self._observer)
        self._renderer.RemoveViewProp(self._actor)
        self._view.scheduleRender()

    def _taken(self) -> np.ndarray | None:
        """Bool [y, x], of the pixels; None where there is nothing to show."""
        effect, editor_node = self._editor.active_threshold(), self._editor.node
        volume = editor_node.GetSourceVolumeNode() if effect and editor_node else None
        background = self._logic.GetBackgroundLayer().GetVolumeNode()
        if volume is None or volume.GetImageData() is None or volume is not background:
            return None
        if editor_node.GetSegmentationNode() is None or not editor_node.GetSelectedSegmentID():
            return None
        view = self._logic.GetSliceNode()
        low, high = (effect.doubleParameter(name) for name in ("MinimumThreshold", "MaximumThreshold"))
        try:
            return taken_in_slice(editor_node, (low, high), array_of(view.GetXYToRAS()), view.GetDimensions()[:2])
        except CannotEdit:  # which Apply will say
            return None

    def _show(self, taken: np.ndarray) -> None:
        height, width = taken.shape
        pixels = np.zeros((height, width, 4), np.uint8)
        pixels[taken] = [*(round(255 * part) for part in self._editor.color()), OPACITY]
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
