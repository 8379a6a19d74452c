"""Where may be edited, and what happens to other segments there: the settings of a segment editor node."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QCheckBox, QComboBox, QFormLayout, QGroupBox, QWidget
from slicer import vtkMRMLSegmentationNode, vtkMRMLSegmentEditorNode

from .range_boxes import RangeBoxes

AREAS = {
    vtkMRMLSegmentationNode.EditAllowedEverywhere: "Everywhere",
    vtkMRMLSegmentationNode.EditAllowedInsideAllSegments: "Inside all segments",
    vtkMRMLSegmentationNode.EditAllowedInsideVisibleSegments: "Inside visible segments",
    vtkMRMLSegmentationNode.EditAllowedOutsideAllSegments: "Outside all segments",
    vtkMRMLSegmentationNode.EditAllowedOutsideVisibleSegments: "Outside visible segments",
}
INSIDE_ONE = vtkMRMLSegmentationNode.EditAllowedInsideSingleSegment
OVERWRITING = {
    vtkMRMLSegmentEditorNode.OverwriteAllSegments: "Overwrite all",
    vtkMRMLSegmentEditorNode.OverwriteVisibleSegments: "Overwrite visible",
    vtkMRMLSegmentEditorNode.OverwriteNone: "Allow overlap",
}


class MaskingOptions(QGroupBox):
    """Shows the node's settings and changes them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Masking", parent)
        self._node: vtkMRMLSegmentEditorNode | None = None
        self.area = self._combo("Where painting and erasing have an effect")
        self.overwriting = self._combo("Whether painting takes voxels from the other segments or overlaps them")
        for mode, text in OVERWRITING.items():
            self.overwriting.addItem(text, mode)
        self.ranged = QCheckBox("Intensities", self)
        self.ranged.setToolTip("Edit only voxels whose intensity in the source volume lies within this range (I)")
        self.range = RangeBoxes("Lowest intensity that may be edited", "Highest intensity that may be edited", self)
        form = QFormLayout(self)
        form.addRow("Editable area", self.area)
        form.addRow("Other segments", self.overwriting)
        form.addRow(self.ranged, self.range)
        self.area.activated.connect(self._set_area)
        self.overwriting.activated.connect(self._set_overwriting)
        self.ranged.toggled.connect(self._set_ranged)
        self.range.changed.connect(self._set_range)

    def show_node(self, node: vtkMRMLSegmentEditorNode | None) -> None:
        """The node's settings as they are now; none can be changed without a node."""
        self._node = node
        self.setEnabled(node is not None)
        if node is None:
            return
        segmentation = node.GetSegmentationNode() and node.GetSegmentationNode().GetSegmentation()
        segments = segmentation.GetSegmentIDs() if segmentation else ()
        choices = {(mode, ""): text for mode, text in AREAS.items()}
        choices |= {(INSIDE_ONE, each): f"Inside {segmentation.GetSegment(each).GetName()}" for each in segments}
        chosen = node.GetMaskMode(), (node.GetMaskSegmentID() or "") if node.GetMaskMode() == INSIDE_ONE else ""
        self.area.clear()
        for choice, text in choices.items():
            self.area.addItem(text, choice)
        self.area.setCurrentIndex(list(choices).index(chosen) if chosen in choices else -1)
        self.overwriting.setCurrentIndex(list(OVERWRITING).index(node.GetOverwriteMode()))
        with QSignalBlocker(self.ranged):
            self.ranged.setChecked(node.GetSourceVolumeIntensityMask())
        self.range.show_values(*node.GetSourceVolumeIntensityMaskRange())
        self.range.setEnabled(node.GetSourceVolumeIntensityMask())

    def _combo(self, hint: str) -> QComboBox:
        combo = QComboBox(self)
        combo.setToolTip(hint)
        combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        combo.setMinimumContentsLength(8)
        return combo

    def _set_area(self, index: int) -> None:
        mode, segment = self.area.itemData(index)
        self._node.SetMaskSegmentID(segment)
        self._node.SetMaskMode(mode)

    def _set_overwriting(self, index: int) -> None:
        self._node.SetOverwriteMode(self.overwriting.itemData(index))

    def _set_ranged(self, on: bool) -> None:
        """The first time the range is that of the volume, so that nothing is shut out unasked."""
        volume = self._node.GetSourceVolumeNode()
        if on and self._node.GetSourceVolumeIntensityMaskRange() == (0, 0) and volume and volume.GetImageData():
            self._node.SetSourceVolumeIntensityMaskRange(volume.GetImageData().GetScalarRange())
        self._node.SetSourceVolumeIntensityMask(on)

    def _set_range(self, low: float, high: float) -> None:
        self._node.SetSourceVolumeIntensityMaskRange(low, high)
