"""What the Segment Editor's widget consists of, from top to bottom; what the controls do is the widget's business."""

from __future__ import annotations

import itertools

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import (
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QMessageBox,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)
from slicer import vtkMRMLSegmentationNode, vtkMRMLSegmentEditorNode

from ..qmrml import qMRMLNodeComboBox, qMRMLSegmentsTableView
from ..views.slice_facts import value_unit
from .effect_buttons import NO_EFFECT, EffectButtons
from .effect_options import BrushOptions, ThresholdOptions
from .effects import BrushEffect, Effect, ThresholdEffect
from .masking_options import MaskingOptions

TABLE_HEIGHT = 130  # pixels at most, so that the tools stay on the screen


class Controls:
    """The controls of a widget, and what they show."""

    def __init__(self, owner: QWidget) -> None:
        self._owner = owner
        self.segmentation = self._selector("vtkMRMLSegmentationNode", "The segmentation that is edited")
        self.source_volume = self._selector(
            "vtkMRMLScalarVolumeNode", "The volume whose intensities threshold and masking use"
        )
        self.add = QPushButton("Add segment", owner)
        self.add.setToolTip("Adds an empty segment")
        self.remove = QPushButton("Remove segment", owner)
        self.remove.setToolTip("Removes the selected segment")
        self.add_remove = QWidget(owner)
        buttons = QHBoxLayout(self.add_remove)
        buttons.setContentsMargins(0, 0, 0, 0)
        buttons.addWidget(self.add)
        buttons.addWidget(self.remove)
        self.table = qMRMLSegmentsTableView(owner)
        self.table.setToolTip("The segment that is edited (Q, W)")
        self.table.setMaximumHeight(TABLE_HEIGHT)
        self.table.setOpacityColumnVisible(False)
        self.table.setStatusColumnVisible(False)
        self.effects = EffectButtons(owner)
        self.brush = BrushOptions(owner)
        self.threshold = ThresholdOptions(owner)
        self.masking = MaskingOptions(owner)
        self._problem = QLabel(owner)
        self._problem.setWordWrap(True)
        self._problem.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._problem.hide()
        self._nodes = QFormLayout()
        self._nodes.setContentsMargins(0, 0, 0, 0)
        self._nodes.addRow("Segmentation", self.segmentation)
        self._nodes.addRow("Source volume", self.source_volume)
        layout = QVBoxLayout(owner)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(self._nodes)
        for widget in (self.add_remove, self.table, self.effects, self._problem, self.brush, self.threshold):
            layout.addWidget(widget)
        layout.addWidget(self.masking)
        layout.addStretch()

    def set_tab_order(self) -> None:
        """The effects' buttons after the table, from left to right: new ones would come last of all."""
        for first, second in itertools.pairwise([self.table.tableWidget(), *self.effects.buttons()]):
            QWidget.setTabOrder(first, second)

    def is_visible(self, control: str) -> bool:
        return not getattr(self, control).isHidden()

    def set_visible(self, control: str, visible: bool) -> None:
        """With the label, where it has one."""
        widget = getattr(self, control)
        widget.setVisible(visible)
        label = self._nodes.labelForField(widget)
        if label:
            label.setVisible(visible)

    def set_read_only(self, read_only: bool) -> None:
        self.table.setReadOnly(read_only)
        for widget in (
            self.add_remove,
            self.segmentation,
            self.source_volume,
            self.brush,
            self.threshold,
            self.masking,
        ):
            widget.setEnabled(not read_only)

    def show_node(self, node: vtkMRMLSegmentEditorNode | None) -> None:
        """Nodes, selected segment and masking."""
        segmentation = node.GetSegmentationNode() if node else None
        with QSignalBlocker(self.segmentation), QSignalBlocker(self.source_volume), QSignalBlocker(self.table):
            self.segmentation.setCurrentNode(segmentation)
            self.source_volume.setCurrentNode(node.GetSourceVolumeNode() if node else None)
            if self.table.segmentationNode() is not segmentation:
                self.table.setSegmentationNode(segmentation)
            selected = [node.GetSelectedSegmentID()] if node and node.GetSelectedSegmentID() else []
            if self.table.selectedSegmentIDs() != selected:
                self.table.setSelectedSegmentIDs(selected)
        self.masking.show_node(node)
        unit = value_unit(node.GetSourceVolumeNode()) if node and node.GetSourceVolumeNode() else ""
        for ranged in (self.threshold.range, self.masking.range):
            ranged.show_unit(unit)

    def show_effect(self, effect: Effect | None) -> None:
        """Its button and its options."""
        self.effects.choose(effect.name if effect else NO_EFFECT)
        self.brush.setVisible(isinstance(effect, BrushEffect))
        self.threshold.setVisible(isinstance(effect, ThresholdEffect))
        if isinstance(effect, BrushEffect):
            self.brush.show_effect(effect)
        if isinstance(effect, ThresholdEffect):
            self.threshold.show_effect(effect)

    def show_problem(self, sentence: str) -> None:
        """Why nothing was edited; an empty one takes the last one away."""
        self._problem.setText(sentence)
        self._problem.setVisible(bool(sentence))

    def confirm_removal(self, node: vtkMRMLSegmentationNode, segment: str) -> bool:
        name = node.GetSegmentation().GetSegment(segment).GetName()
        answer = QMessageBox.question(self._owner, "Remove segment", f"Remove “{name}”? This cannot be undone.")
        return answer == QMessageBox.StandardButton.Yes

    def _selector(self, kind: str, hint: str) -> qMRMLNodeComboBox:
        selector = qMRMLNodeComboBox(self._owner)
        selector.setProperty("noneEnabled", True)
        selector.setProperty("addEnabled", False)
        selector.setProperty("removeEnabled", False)
        selector.setProperty("nodeTypes", [kind])
        selector.setToolTip(hint)
        return selector
