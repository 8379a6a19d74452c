# ruff: noqa: N802, N815
"""What is edited: the segmentation, its segment and the volume that a segment editor node says."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget
from slicer import vtkMRMLScalarVolumeNode, vtkMRMLSegmentationNode, vtkMRMLSegmentEditorNode

from ..qmrml import qMRMLWidget


class EditedNodes(qMRMLWidget):
    """A widget that tells and changes what its segment editor node says is edited."""

    currentSegmentIDChanged = Signal(str)
    segmentationNodeChanged = Signal(object)  # vtkMRMLSegmentationNode*
    sourceVolumeNodeChanged = Signal(object)  # vtkMRMLVolumeNode*

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._node: vtkMRMLSegmentEditorNode | None = None
        self._shown: dict[str, object] = {"segmentation": None, "volume": None, "segment": ""}

    def mrmlSegmentEditorNode(self) -> vtkMRMLSegmentEditorNode | None:
        return self._node

    def segmentationNode(self) -> vtkMRMLSegmentationNode | None:
        return self._node.GetSegmentationNode() if self._node else None

    @Slot(object)
    def setSegmentationNode(self, node: vtkMRMLSegmentationNode | None) -> None:
        """Its reference volume becomes the source volume, if there is none yet."""
        if self._node is None:
            return
        self._node.SetAndObserveSegmentationNode(node)
        reference = node.GetNodeReference(node.GetReferenceImageGeometryReferenceRole()) if node else None
        if reference and self.sourceVolumeNode() is None:
            self.setSourceVolumeNode(reference)

    @Slot(str)
    def setSegmentationNodeID(self, node_id: str) -> None:
        self.setSegmentationNode(self._scene.GetNodeByID(node_id))

    def segmentationNodeID(self) -> str:
        return self.segmentationNode().GetID() if self.segmentationNode() else ""

    def sourceVolumeNode(self) -> vtkMRMLScalarVolumeNode | None:
        return self._node.GetSourceVolumeNode() if self._node else None

    @Slot(object)
    def setSourceVolumeNode(self, node: vtkMRMLScalarVolumeNode | None) -> None:
        """A segmentation that knows no grid yet takes that of the volume."""
        if self._node is None:
            return
        self._node.SetAndObserveSourceVolumeNode(node)
        segmentation = self.segmentationNode()
        if (
            node
            and segmentation
            and not segmentation.GetNodeReference(segmentation.GetReferenceImageGeometryReferenceRole())
        ):
            segmentation.SetReferenceImageGeometryParameterFromVolumeNode(node)

    @Slot(str)
    def setSourceVolumeNodeID(self, node_id: str) -> None:
        self.setSourceVolumeNode(self._scene.GetNodeByID(node_id))

    def sourceVolumeNodeID(self) -> str:
        return self.sourceVolumeNode().GetID() if self.sourceVolumeNode() else ""

    def currentSegmentID(self) -> str:
        return (self._node.GetSelectedSegmentID() or "") if self._node else ""

    @Slot(str)
    def setCurrentSegmentID(self, segment_id: str) -> None:
        if self._node:
            self._node.SetSelectedSegmentID(segment_id)

    @Slot()
    def selectNextSegment(self) -> None:
        self.selectSegmentAtOffset(1)

    @Slot()
    def selectPreviousSegment(self) -> None:
        self.selectSegmentAtOffset(-1)

    @Slot(int)
    def selectSegmentAtOffset(self, offset: int) -> None:
        """Further down in the table, or up."""
        segments = self._segment_ids()
        if self.currentSegmentID() in segments:
            index = segments.index(self.currentSegmentID()) + offset
            self.setCurrentSegmentID(segments[min(max(index, 0), len(segments) - 1)])

    def _segment_ids(self) -> list[str]:
        node = self.segmentationNode()
        return list(node.GetSegmentation().GetSegmentIDs()) if node else []

    def _choose_first_segment(self) -> None:
        segments = self._segment_ids()
        if segments and self.currentSegmentID() not in segments:
            self._node.SetSelectedSegmentID(segments[0])

    def _tell_changes(self) -> None:
        """By signals, what is another one than when it was told before."""
        self._tell("segmentation", self.segmentationNode(), self.segmentationNodeChanged)
        self._tell("volume", self.sourceVolumeNode(), self.sourceVolumeNodeChanged)
        self._tell("segment", self.currentSegmentID(), self.currentSegmentIDChanged)

    def _tell(self, what: str, now: object, signal: object) -> None:
        before, self._shown[what] = self._shown[what], now
        if before is not now and before != now:
            signal.emit(now)
