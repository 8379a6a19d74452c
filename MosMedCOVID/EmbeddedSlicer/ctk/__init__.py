"""The module `ctk`: those of CTK's widgets that module panels and slicer.util use, under CTK's own names."""

from __future__ import annotations

from .collapsible_button import ctkCollapsibleButton
from .combo_box import ctkComboBox
from .directory_button import ctkDirectoryButton
from .message_box import ctkMessageBox
from .path_line_edit import ctkPathLineEdit
from .slider_widget import ctkSliderWidget

__all__ = [
    "ctkCollapsibleButton",
    "ctkComboBox",
    "ctkDirectoryButton",
    "ctkMessageBox",
    "ctkPathLineEdit",
    "ctkSliderWidget",
]


def __getattr__(name: str) -> object:
    raise AttributeError(f"EmbeddedSlicer has no ctk.{name}: it is there only in 3D Slicer")
