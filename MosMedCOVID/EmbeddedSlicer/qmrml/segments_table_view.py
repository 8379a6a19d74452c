# ruff: noqa: N801, N802, N815
"""qMRMLSegmentsTableView: the segments of a segmentation, with colour, visibility and name."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Property, QItemSelection, QItemSelectionModel, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QAbstractItemView,
    QColorDialog,
    QHBoxLayout,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)
from slicer import vtkMRMLScene, vtkMRMLSegmentationNode, vtkSegment, vtkSegmentation

from .observations import Observations
from .segment_rows import COLOR, NAME, OPACITY, SEGMENT_ID, STATUS, SWATCH, TITLES, VISIBILITY, write_row, write_titles
from .widget import qMRMLWidget


def _column(column: int) -> tuple[Property, Slot]:
    """Property and slot that show a column."""

    @Slot(bool)
    def write(self: qMRMLSegmentsTableView, visible: bool) -> None:
        self._table.setColumnHidden(column, not visible)

    return Property(bool, lambda self: not self._table.isColumnHidden(column), write), write


class qMRMLSegmentsTableView(qMRMLWidget):
    """Follows the segmentation node both ways. Read-only, it shows and selects, and changes nothing."""

    selectionChanged = Signal(QItemSelection, QItemSelection)

    visibilityColumnVisible, setVisibilityColumnVisible = _column(VISIBILITY)
    colorColumnVisible, setColorColumnVisible = _column(COLOR)
    opacityColumnVisible, setOpacityColumnVisible = _column(OPACITY)
    statusColumnVisible, setStatusColumnVisible = _column(STATUS)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._node: vtkMRMLSegmentationNode | None = None
        self._read_only = False
        self._scene_events, self._node_events = Observations(), Observations()
        self._table = table = QTableWidget(0, len(TITLES), self)
        write_titles(table)
        table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        table.horizontalHeader().setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        table.verticalHeader().hide()
        table.setIconSize(SWATCH)
        table.setShowGrid(False)
        table.setTabKeyNavigation(False)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSizeAdjustPolicy(QAbstractItemView.SizeAdjustPolicy.AdjustToContents)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(table)
        self.setFocusProxy(table)
        table.itemChanged.connect(self._edited)
        table.cellActivated.connect(self._choose_color)
        table.selectionModel().selectionChanged.connect(self.selectionChanged)

    def tableWidget(self) -> QTableWidget:
        return self._table

    @Slot(object)
    def setMRMLScene(self, scene: vtkMRMLScene | None) -> None:
        self._scene_events.clear()
        if scene:
            self._scene_events.add(scene, scene.NodeRemovedEvent, self._let_go_of_removed)
        super().setMRMLScene(scene)

    def segmentationNode(self) -> vtkMRMLSegmentationNode | None:
        return self._node

    @Slot(object)
    def setSegmentationNode(self, node: vtkMRMLSegmentationNode | None) -> None:
        self._node_events.clear()
        self._node = node
        if node:
            kind = vtkSegmentation
            for event in (kind.SegmentAdded, kind.SegmentRemoved, kind.SegmentsOrderModified, kind.SegmentModified):
                self._node_events.add(node, event, self._update)
            self._node_events.add(node, node.DisplayModifiedEvent, self._update)
        self._update()

    def selectedSegmentIDs(self) -> list[str]:
        """In the order of the table."""
        rows = sorted(index.row() for index in self._table.selectionModel().selectedRows())
        return [self.segmentIDForRow(row) for row in rows]

    @Slot("QStringList")
    def setSelectedSegmentIDs(self, segment_ids: Sequence[str]) -> None:
        model = self._table.model()
        selection = QItemSelection()
        for row in range(model.rowCount()):
            if self.segmentIDForRow(row) in segment_ids:
                selection.select(model.index(row, 0), model.index(row, len(TITLES) - 1))
        self._table.selectionModel().select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    @Slot()
    def clearSelection(self) -> None:
        self._table.clearSelection()

    def segmentIDForRow(self, row: int) -> str:
        item = self._table.item(row, NAME)
        return item.data(SEGMENT_ID) if item else ""

    def rowForSegmentID(self, segment_id: str) -> int:
        """-1 where there's no such segment."""
        rows = range(self._table.model().rowCount())
        return next((row for row in rows if self.segmentIDForRow(row) == segment_id), -1)

    @Slot(bool)
    def setReadOnly(self, read_only: bool) -> None:
        self._read_only = read_only
        self._update()

    @Slot(bool)
    def setHeaderVisible(self, visible: bool) -> None:
        self._table.horizontalHeader().setVisible(visible)

    @Slot(int)
    def setSelectionMode(self, mode: int) -> None:
        self._table.setSelectionMode(QAbstractItemView.SelectionMode(mode))

    readOnly = Property(bool, lambda self: self._read_only, setReadOnly)
    headerVisible = Property(bool, lambda self: not self._table.horizontalHeader().isHidden(), setHeaderVisible)
    selectionMode = Property(int, lambda self: self._table.selectionMode().value, setSelectionMode)
    segmentCount = Property(int, lambda self: self._table.model().rowCount())

    def _segment(self, row: int) -> vtkSegment:
        return self._node.GetSegmentation().GetSegment(self.segmentIDForRow(row))

    def _let_go_of_removed(self) -> None:
        if self._node and self._node.GetScene() is None:
            self.setSegmentationNode(None)

    def _update(self) -> None:
        """The rows as the segmentation is now. The same segments stay selected."""
        ids = list(self._node.GetSegmentation().GetSegmentIDs()) if self._node else []
        with QSignalBlocker(self._table):
            if ids != [self.segmentIDForRow(row) for row in range(self._table.model().rowCount())]:
                selected = self.selectedSegmentIDs()
                self._table.setRowCount(0)
                self._table.setRowCount(len(ids))
                self._write(ids)
                self.setSelectedSegmentIDs(selected)
            else:
                self._write(ids)
        self._table.updateGeometry()

    def _write(self, ids: list[str]) -> None:
        for row, segment_id in enumerate(ids):
            write_row(self._table, row, self._node, segment_id, self._read_only)

    def _edited(self, item: QTableWidgetItem) -> None:
        segment_id, display = self.segmentIDForRow(item.row()), self._node.GetDisplayNode()
        if item.column() == NAME:
            self._segment(item.row()).SetName(item.text())
        elif item.column() == VISIBILITY and display:
            display.SetSegmentVisibility(segment_id, item.checkState() == Qt.CheckState.Checked)
        elif item.column() == OPACITY and display:
            display.SetSegmentOpacity(segment_id, min(max(item.data(Qt.ItemDataRole.EditRole), 0.0), 1.0))

    def _choose_color(self, row: int, column: int) -> None:
        if column == COLOR and not self._read_only:
            color = QColorDialog.getColor(QColor.fromRgbF(*self._segment(row).GetColor()), self)
            if color.isValid():
                self._segment(row).SetColor(color.redF(), color.greenF(), color.blueF())
