"""The layouts that are offered, by name; they are Slicer's own."""

from __future__ import annotations

import slicer

FOUR_UP, CONVENTIONAL, AXIAL, CORONAL, SAGITTAL, THREE_D = (
    "four-up",
    "conventional",
    "axial",
    "coronal",
    "sagittal",
    "3D",
)
IDS = {
    FOUR_UP: slicer.vtkMRMLLayoutNode.SlicerLayoutFourUpView,
    CONVENTIONAL: slicer.vtkMRMLLayoutNode.SlicerLayoutConventionalView,
    AXIAL: slicer.vtkMRMLLayoutNode.SlicerLayoutOneUpRedSliceView,
    CORONAL: slicer.vtkMRMLLayoutNode.SlicerLayoutOneUpGreenSliceView,
    SAGITTAL: slicer.vtkMRMLLayoutNode.SlicerLayoutOneUpYellowSliceView,
    THREE_D: slicer.vtkMRMLLayoutNode.SlicerLayoutOneUp3DView,
}


def show(layout: str) -> None:
    """Shows one of the layouts of IDS; nothing without a window."""
    node = _node()
    if node:
        node.SetViewArrangement(IDS[layout])


def shown() -> str | None:
    """Which of the layouts is shown; None for another one."""
    node = _node()
    return next((name for name, number in IDS.items() if node and node.GetViewArrangement() == number), None)


def _node() -> slicer.vtkMRMLLayoutNode | None:
    return slicer.mrmlScene.GetFirstNodeByClass("vtkMRMLLayoutNode")
