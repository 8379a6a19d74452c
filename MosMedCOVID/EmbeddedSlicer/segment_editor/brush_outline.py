"""The brush's edge in a slice view: a circle of the segment's colour that follows the mouse."""

from __future__ import annotations

import numpy as np
from vtkmodules.util.numpy_support import numpy_to_vtk
from vtkmodules.vtkCommonCore import vtkPoints
from vtkmodules.vtkCommonDataModel import vtkCellArray, vtkPolyData
from vtkmodules.vtkRenderingCore import vtkActor2D, vtkPolyDataMapper2D, vtkRenderer

CORNERS = 72
ANGLES = np.linspace(0, 2 * np.pi, CORNERS + 1)
CIRCLE = np.column_stack([np.cos(ANGLES), np.sin(ANGLES), np.zeros_like(ANGLES)])


class BrushOutline:
    """A coloured circle over a dark one, so that it is seen on bright and on dark pixels."""

    def __init__(self, renderer: vtkRenderer) -> None:
        self._renderer = renderer
        self._circle = vtkPolyData()
        self._circle.SetPoints(vtkPoints())
        lines = vtkCellArray()
        lines.InsertNextCell(CORNERS + 1, range(CORNERS + 1))
        self._circle.SetLines(lines)
        self._shadow, self._line = self._new_actor(3.5), self._new_actor(1.5)
        self._shadow.GetProperty().SetColor(0, 0, 0)
        self._shadow.GetProperty().SetOpacity(0.6)

    @property
    def is_visible(self) -> bool:
        return bool(self._line.GetVisibility())

    @property
    def radius(self) -> float:
        """In pixels."""
        return float(self._circle.GetBounds()[1])

    @property
    def position(self) -> tuple[float, float]:
        """Its centre, in pixels."""
        x, y = self._line.GetPosition()
        return x, y

    def show(self, x: float, y: float, radius: float, color: tuple[float, float, float]) -> None:
        """At a pixel of the view, of a radius in pixels."""
        self._circle.GetPoints().SetData(numpy_to_vtk(CIRCLE * radius, deep=True))
        self._circle.Modified()
        self._line.GetProperty().SetColor(color)
        for actor in (self._shadow, self._line):
            actor.SetPosition(x, y)
            actor.VisibilityOn()

    def hide(self) -> None:
        for actor in (self._shadow, self._line):
            actor.VisibilityOff()

    def remove(self) -> None:
        """Takes it out of the view."""
        for actor in (self._shadow, self._line):
            self._renderer.RemoveViewProp(actor)

    def _new_actor(self, width: float) -> vtkActor2D:
        actor = vtkActor2D()
        mapper = vtkPolyDataMapper2D()
        mapper.SetInputData(self._circle)
        actor.SetMapper(mapper)
        actor.GetProperty().SetLineWidth(width)
        actor.VisibilityOff()
        self._renderer.AddViewProp(actor)
        return actor
