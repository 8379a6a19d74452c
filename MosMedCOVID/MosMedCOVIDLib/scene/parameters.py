"""What a reading is set to, kept in the scene: Slicer's typed parameter node, saved and loaded with the scene."""

from typing import Annotated

import slicer
from slicer.parameterNodeWrapper import Choice, Default, WithinRange, parameterNodeWrapper


@parameterNodeWrapper
class ReadingParameters:
    """volume, segmentation: the study that is read. device: where the network runs.

    expertVisible: whether the expert mask is drawn where masks are; overlayStyle: how masks are drawn in slices;
    slabThickness in mm; rule: which lungs give the grade.
    """

    volume: slicer.vtkMRMLScalarVolumeNode
    segmentation: slicer.vtkMRMLSegmentationNode
    device: Annotated[str, Choice(["auto", "cuda", "cpu"]), Default("auto")]
    overlayVisible: Annotated[bool, Default(True)]  # noqa: N815, Slicer's style in what a scene stores
    expertVisible: Annotated[bool, Default(True)]  # noqa: N815
    overlayStyle: Annotated[str, Choice(["fill", "outline", "both"]), Default("both")]  # noqa: N815
    overlayOpacity: Annotated[float, WithinRange(0.0, 1.0), Default(0.5)]  # noqa: N815
    slabMode: Annotated[str, Choice(["off", "MIP", "MinIP", "mean"]), Default("off")]  # noqa: N815
    slabThickness: Annotated[float, WithinRange(1.0, 60.0), Default(10.0)]  # noqa: N815
    layout: Annotated[
        str, Choice(["four-up", "conventional", "axial", "coronal", "sagittal", "3D"]), Default("four-up")
    ]
    surfacesVisible: Annotated[bool, Default(True)]  # noqa: N815
    keepToLungs: Annotated[bool, Default(True)]  # noqa: N815
    rule: Annotated[str, Choice(["total", "worse_lung"]), Default("total")]
