"""A VTK window that is never shown: Slicer's displayable managers draw into it, and its pixels are read back."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import slicer

# VTK chooses what draws (OpenGL, FreeType, the mouse) among the modules imported by then: a view needs all of these.
from vtkmodules import (  # noqa: F401
    vtkInteractionStyle,
    vtkRenderingFreeType,
    vtkRenderingOpenGL2,
    vtkRenderingVolumeOpenGL2,
)
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkCommonCore import vtkUnsignedCharArray
from vtkmodules.vtkRenderingCore import vtkInteractorStyle, vtkRenderer, vtkRenderWindow
from vtkmodules.vtkRenderingUI import vtkGenericRenderWindowInteractor

SMALLEST_SIZE = 8  # pixels; a view that is not laid out yet has no size, and VTK needs one


class View:
    """Window, renderer, interactor, Slicer's interactor style and its group of displayable managers."""

    def __init__(
        self,
        application_logic: slicer.vtkSlicerApplicationLogic,
        factory: slicer.vtkMRMLDisplayableManagerFactory,
        managers: Sequence[str],
        vtk_style: vtkInteractorStyle,
        slicer_style: slicer.vtkMRMLViewInteractorStyle,
    ) -> None:
        self.renderer = vtkRenderer()
        self.window = vtkRenderWindow()
        self.window.OffScreenRenderingOn()
        self.window.SetMultiSamples(0)
        self.window.SetAlphaBitPlanes(1)
        self.window.SetSize(SMALLEST_SIZE, SMALLEST_SIZE)
        self.window.AddRenderer(self.renderer)
        self.interactor = vtkGenericRenderWindowInteractor()
        self.interactor.EnableRenderOff()  # drawing is the pane's decision
        self.interactor.SetRenderWindow(self.window)
        self.interactor.SetInteractorStyle(vtk_style)
        factory.SetMRMLApplicationLogic(application_logic)
        for name in managers:
            if not factory.IsDisplayableManagerRegistered(name):
                factory.RegisterDisplayableManager(name)
        self.group = factory.InstantiateDisplayableManagers(self.renderer)
        self.group.UnRegister(None)  # the factory's reference: Python holds its own
        self.style = slicer_style
        self.style.SetDisplayableManagers(self.group)
        self._pixels = vtkUnsignedCharArray()

    def on_change(self, function: Callable[[], None]) -> None:
        """Calls the function whenever something that is drawn here has changed."""
        self.group.AddObserver("UpdateEvent", lambda caller, event: function())

    def resize(self, width: int, height: int) -> None:
        """In pixels of the screen."""
        size = max(width, SMALLEST_SIZE), max(height, SMALLEST_SIZE)
        self.window.SetSize(*size)
        self.interactor.UpdateSize(*size)
        self.interactor.ConfigureEvent()

    def draw(self) -> np.ndarray:
        """Draws, and gives the pixels: uint8 [row from below, column, RGBA]; valid until the next call."""
        self.window.Render()
        width, height = self.window.GetSize()
        self.window.GetRGBACharPixelData(0, 0, width - 1, height - 1, 0, self._pixels)
        return vtk_to_numpy(self._pixels).reshape(height, width, 4)

    def close(self) -> None:
        """Lets go of the scene and of the graphics memory."""
        self.style.SetInteractor(None)
        self.group.RemoveAllObservers()
        self.group.SetMRMLDisplayableNode(None)
        self.window.Finalize()
