"""The slice views of the layout while segments are edited: the brush in each, and the preview of the threshold."""

from __future__ import annotations

from collections.abc import Callable

import shiboken6
import slicer

from .brush_in_view import BrushInView
from .effects import BrushEffect, Effect, ThresholdEffect
from .threshold_preview import ThresholdPreview

NO_COLOR = (1.0, 1.0, 1.0)


class EditingViews:
    """Plays the editor for the views. What they show is set here: `effect` (None while reading) and `node`."""

    def __init__(
        self,
        on_stroke_begun: Callable[[], None],
        on_stroke_ended: Callable[[], None],
        on_problem: Callable[[str], None],
    ) -> None:
        self.effect: Effect | None = None
        self.node: slicer.vtkMRMLSegmentEditorNode | None = None
        self.stroke_begins, self.stroke_ends, self.show_problem = on_stroke_begun, on_stroke_ended, on_problem
        self._tools: list[BrushInView | ThresholdPreview] = []
        self._layout_manager: object | None = None

    def observe(self, layout_manager: object) -> None:
        """Works in the slice views that the layout shows, also after it has changed."""
        self.let_go()
        self._layout_manager = layout_manager
        layout_manager.layoutChanged.connect(self._on_layout_changed)
        self._enter_views()

    def let_go(self) -> None:
        """The views are as if there were no editor."""
        if self._layout_manager is not None and shiboken6.isValid(self._layout_manager):  # not at the very end
            self._layout_manager.layoutChanged.disconnect(self._on_layout_changed)
            self._leave_views()
        self._layout_manager = None

    def update(self) -> None:
        """Draws anew after effect, colour or volume have changed."""
        for tool in self._tools:
            tool.update()

    def stroke_goes_on(self) -> None:
        """All slice views show what was painted in one."""
        for name in self._layout_manager.sliceViewNames():
            self._layout_manager.sliceWidget(name).sliceView().scheduleRender()

    def active_brush(self) -> BrushEffect | None:
        return self.effect if isinstance(self.effect, BrushEffect) else None

    def active_threshold(self) -> ThresholdEffect | None:
        return self.effect if isinstance(self.effect, ThresholdEffect) else None

    def color(self) -> tuple[float, float, float]:
        """Of the selected segment."""
        segmentation_node = self.node.GetSegmentationNode() if self.node else None
        selected = (self.node.GetSelectedSegmentID() or "") if self.node else ""
        segment = segmentation_node.GetSegmentation().GetSegment(selected) if segmentation_node else None
        return segment.GetColor() if segment else NO_COLOR

    def _enter_views(self) -> None:
        for name in self._layout_manager.sliceViewNames():
            slice_widget = self._layout_manager.sliceWidget(name)
            self._tools += [ThresholdPreview(slice_widget, self), BrushInView(slice_widget, self)]
        self.update()

    def _leave_views(self) -> None:
        for tool in self._tools:
            tool.remove()
        self._tools = []

    def _on_layout_changed(self, layout: int) -> None:
        self._leave_views()
        self._enter_views()
