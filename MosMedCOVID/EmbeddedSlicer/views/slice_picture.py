"""The images of a slice view, from below to above: the grey picture of the volume, then those of the segments."""

from __future__ import annotations

import slicer
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkCommonCore import vtkMultiThreader
from vtkmodules.vtkCommonExecutionModel import vtkAlgorithm, vtkThreadedImageAlgorithm
from vtkmodules.vtkImagingColor import vtkImageMapToWindowLevelColors
from vtkmodules.vtkImagingCore import vtkImageReslice
from vtkmodules.vtkRenderingCore import vtkActor2D, vtkImageMapper, vtkProp, vtkPropCollection, vtkRenderer

from .layer import Layer, kind_of_components

GREY = "vtkMRMLColorTableNodeGrey"
ALL_THREADS = vtkMultiThreader.GetGlobalDefaultNumberOfThreads()
LINEAR = 0  # window mapping: vtkImageMapToWindowLevelAddon's first


class SlicePicture:
    """What a slice logic shows, as an actor of the view.

    Slicer sends each picture through a dozen filters (colours, thresholds, transparency, blending), which cost several
    times what cutting the slice costs. One grey volume by itself needs window and level only, and the pixels are
    the same to one grey level in 255.
    """

    def __init__(self, logic: slicer.vtkMRMLSliceLogic, renderer: vtkRenderer) -> None:
        self._logic = logic
        self._window_level = vtkImageMapToWindowLevelColors()
        self._window_level.SetOutputFormatToLuminance()
        self._mapper = vtkImageMapper()
        self._mapper.SetColorWindow(255)  # 0..255 stay 0..255
        self._mapper.SetColorLevel(127.5)
        self._actor = vtkActor2D()
        self._actor.SetMapper(self._mapper)
        self._actor.GetProperty().SetDisplayLocationToBackground()
        self._actor.VisibilityOff()
        renderer.AddViewProp(self._actor)

    def update(self) -> None:
        """Takes what the logic shows now; to be called before each drawing."""
        layer = self._logic.GetBackgroundLayer()
        reslice = layer.GetReslice()
        if reslice.GetSlabNumberOfSlices() == 1:
            # A distance of slices means nothing for one slice, but any other than 1 costs vtkImageReslice its fast way.
            reslice.SetSlabSliceSpacingFraction(1.0)
        if self._is_one_grey_volume(layer):
            reslice.SetBackgroundLevel(layer.GetVolumeNode().GetImageData().GetScalarTypeMin())  # 0 HU is not black
            display = layer.GetVolumeDisplayNode()
            self._window_level.SetInputConnection(reslice.GetOutputPort())
            self._window_level.SetWindow(display.GetWindow())
            self._window_level.SetLevel(display.GetLevel())
            self._show(self._window_level.GetOutputPort())
        else:
            self._show(self._logic.GetImageDataConnection())

    def clear(self) -> None:
        """Lets go of the volume."""
        self._window_level.SetInputConnection(None)
        self._mapper.SetInputConnection(None)

    def _is_one_grey_volume(self, layer: slicer.vtkMRMLSliceLayerLogic) -> bool:
        volume, display = layer.GetVolumeNode(), layer.GetVolumeDisplayNode()
        shown = self._logic.GetSliceCompositeNode()
        return bool(
            volume
            and volume.GetClassName() == "vtkMRMLScalarVolumeNode"
            and volume.GetImageData()
            and volume.GetImageData().GetNumberOfScalarComponents() == 1
            and display
            and display.GetColorNodeID() == GREY
            and display.GetWindow() > 0
            and display.GetWindowMappingMethod() == LINEAR
            and not display.GetInvertDisplayScalarRange()
            and not display.GetApplyThreshold()
            and not shown.GetForegroundVolumeID()
            and not shown.GetLabelVolumeID()
            and not shown.GetNumberOfAdditionalLayers()
        )

    def _show(self, picture: object) -> None:
        if picture is not self._mapper.GetInputConnection(0, 0):
            self._mapper.SetInputConnection(picture)
            self._actor.SetVisibility(picture is not None)


def visible_props(renderer: vtkRenderer) -> tuple[list[vtkActor2D], list[vtkProp]]:
    """What a slice view shows: the images of the view's size, from below to above, and all the rest."""
    props = [prop for prop in renderer.GetViewProps() if prop.GetVisibility()]
    images = [prop for prop in props if _is_image(prop)]
    images.sort(key=lambda image: image.GetProperty().GetDisplayLocation())  # the background comes first
    return images, [prop for prop in props if not _is_image(prop) and _has_visible_parts(prop)]


def image_layer(image: vtkActor2D) -> Layer:
    """An image's pixels, as they are now."""
    mapper = image.GetMapper()
    _keep_to_one_thread(mapper.GetInputAlgorithm())
    mapper.GetInputAlgorithm().Update()
    picture = mapper.GetInput()
    width, height, _ = picture.GetDimensions()
    components = picture.GetNumberOfScalarComponents()
    pixels = vtk_to_numpy(picture.GetPointData().GetScalars())
    shape = (height, width) if components == 1 else (height, width, components)
    return Layer(pixels.reshape(shape), kind_of_components(components))


def _keep_to_one_thread(algorithm: vtkAlgorithm | None) -> None:
    """For an image of a view's size it takes longer to start threads than they save; not so for a slab."""
    while isinstance(algorithm, vtkThreadedImageAlgorithm):
        is_slab = isinstance(algorithm, vtkImageReslice) and algorithm.GetSlabNumberOfSlices() > 1
        algorithm.SetNumberOfThreads(ALL_THREADS if is_slab else 1)
        algorithm = algorithm.GetInputAlgorithm(0, 0) if algorithm.GetNumberOfInputConnections(0) else None


def _has_visible_parts(prop: vtkProp) -> bool:
    """A widget's representation is visible even where none of its parts is."""
    parts = vtkPropCollection()
    prop.GetActors2D(parts)
    return parts.GetNumberOfItems() == 0 or any(part.GetVisibility() for part in parts)


def _is_image(prop: object) -> bool:
    return isinstance(prop, vtkActor2D) and isinstance(prop.GetMapper(), vtkImageMapper)
