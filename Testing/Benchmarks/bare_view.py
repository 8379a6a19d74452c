"""What plain VTK takes to draw the same: a slice, a slab, surfaces. No MRML, no Qt; what the window is measured by."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import vtk

AXES = {"axial": (0, 1, 2), "coronal": (0, 2, 1), "sagittal": (1, 2, 0)}  # of the volume: right, up, through the view


class BareView:
    """A window that is never shown; its pixels are read back as the application's are."""

    def __init__(self, width: int, height: int) -> None:
        self.renderer = vtk.vtkRenderer()
        self._window = vtk.vtkRenderWindow()
        self._window.OffScreenRenderingOn()
        self._window.SetMultiSamples(0)
        self._window.SetSize(width, height)
        self._window.AddRenderer(self.renderer)
        self._pixels = vtk.vtkUnsignedCharArray()

    def draw(self) -> None:
        """Draws, and reads the pixels."""
        self._window.Render()
        width, height = self._window.GetSize()
        self._window.GetRGBACharPixelData(0, 0, width - 1, height - 1, 0, self._pixels)


class BareSlice(BareView):
    """A slice of a volume, fitted into the view: reslice, window and level, pixels."""

    def __init__(
        self,
        image: vtk.vtkImageData,
        spacing: tuple[float, float, float],
        plane: str,
        size: tuple[int, int],
        window_level: tuple[float, float],
    ) -> None:
        """image: voxels (column, row, slice), shared; spacing: mm along them; size: of the view in pixels."""
        super().__init__(*size)
        right, up, through = AXES[plane]
        shared = vtk.vtkImageData()
        shared.ShallowCopy(image)
        shared.SetSpacing(spacing)
        extent_mm = np.array(image.GetDimensions()) * spacing
        mm = max(extent_mm[right] / size[0], extent_mm[up] / size[1])
        self._corner = (extent_mm - spacing) / 2
        self._corner[right] -= mm * (size[0] - 1) / 2
        self._corner[up] -= mm * (size[1] - 1) / 2
        self._through, self._step = through, spacing[through]
        self.reslice = vtk.vtkImageReslice()
        self.reslice.SetInputData(shared)
        self.reslice.SetInterpolationModeToLinear()
        self.reslice.SetOutputDimensionality(2)
        self.reslice.SetResliceAxesDirectionCosines(*(np.eye(3)[[right, up, through]].ravel()))
        self.reslice.SetOutputSpacing(mm, mm, self._step)
        self.reslice.SetOutputOrigin(0, 0, 0)
        self.reslice.SetOutputExtent(0, size[0] - 1, 0, size[1] - 1, 0, 0)
        self.reslice.SetBackgroundLevel(-1024)
        mapper = vtk.vtkImageMapper()
        mapper.SetInputConnection(self.reslice.GetOutputPort())
        mapper.SetColorWindow(window_level[0])
        mapper.SetColorLevel(window_level[1])
        actor = vtk.vtkActor2D()
        actor.SetMapper(mapper)
        self.renderer.AddViewProp(actor)

    def show(self, number: int) -> None:
        """Draws the slice of this number."""
        self._corner[self._through] = number * self._step
        self.reslice.SetResliceAxesOrigin(*self._corner)
        self.draw()

    def set_slab(self, slices: int) -> None:
        """Draws the maximum of so many slices from now on."""
        self.reslice.SetSlabModeToMax()
        self.reslice.SetSlabNumberOfSlices(slices)


class Surface(NamedTuple):
    """A surface in mm, and how it looks."""

    shape: vtk.vtkPolyData
    colour: tuple[float, float, float]
    opacity: float


class BareSurfaces(BareView):
    """Surfaces, one within the other."""

    def __init__(self, surfaces: Iterable[Surface], size: tuple[int, int], depth_peeling: bool) -> None:
        super().__init__(*size)
        self.renderer.SetUseDepthPeeling(depth_peeling)
        for surface in surfaces:
            mapper = vtk.vtkPolyDataMapper()
            mapper.SetInputData(surface.shape)
            actor = vtk.vtkActor()
            actor.SetMapper(mapper)
            actor.GetProperty().SetColor(surface.colour)
            actor.GetProperty().SetOpacity(surface.opacity)
            self.renderer.AddActor(actor)
        self.renderer.ResetCamera()

    def turn(self, degrees: float) -> None:
        """Draws it from further to the side."""
        self.renderer.GetActiveCamera().Azimuth(degrees)
        self.renderer.ResetCameraClippingRange()
        self.draw()
