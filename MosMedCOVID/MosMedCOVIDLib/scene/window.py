"""Windows of radiology: which HU are drawn from black to white."""

from __future__ import annotations

import slicer

LUNG, MEDIASTINUM, BONE = "lung", "mediastinum", "bone"
PRESETS = {LUNG: (1500.0, -600.0), MEDIASTINUM: (350.0, 40.0), BONE: (2000.0, 350.0)}  # width and level in HU
TOLERANCE_HU = 0.5


def apply(volume: slicer.vtkMRMLScalarVolumeNode, preset: str) -> None:
    """Shows a volume in one of the windows of PRESETS."""
    display = volume.GetScalarVolumeDisplayNode()
    display.AutoWindowLevelOff()
    display.SetWindowLevel(*PRESETS[preset])


def preset_of(volume: slicer.vtkMRMLScalarVolumeNode) -> str | None:
    """The name of the window that a volume is shown in; None where it is none of PRESETS."""
    display = volume.GetScalarVolumeDisplayNode()
    if display is None:
        return None
    shown = display.GetWindow(), display.GetLevel()
    for name, (width, level) in PRESETS.items():
        if abs(shown[0] - width) < TOLERANCE_HU and abs(shown[1] - level) < TOLERANCE_HU:
            return name
    return None
