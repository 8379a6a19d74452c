"""Widgets that show the MRML scene, under Slicer's own names."""

from __future__ import annotations

from .node_combo_box import qMRMLNodeComboBox
from .segments_table_view import qMRMLSegmentsTableView
from .widget import qMRMLWidget

__all__ = ["qMRMLNodeComboBox", "qMRMLSegmentEditorWidget", "qMRMLSegmentsTableView", "qMRMLWidget"]


def __getattr__(name: str) -> type:
    if name == "qMRMLSegmentEditorWidget":  # it is made of the others, so it can't be imported before them
        from ..segment_editor.widget import qMRMLSegmentEditorWidget

        return qMRMLSegmentEditorWidget
    raise AttributeError(f"EmbeddedSlicer has no slicer.{name}: it is there only in 3D Slicer")
