"""The columns of a segments table, and what stands in a segment's row."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import QTableWidget, QTableWidgetItem
from slicer import vtkMRMLSegmentationNode, vtkSlicerSegmentationsModuleLogic

VISIBILITY, COLOR, OPACITY, NAME, STATUS = range(5)
TITLES = {
    VISIBILITY: ("", "Shown in the views"),
    COLOR: ("", "Colour"),
    OPACITY: ("Opacity", "From 0, clear, to 1"),
    NAME: ("Name", "What the segment is called"),
    STATUS: ("Status", "How far the work on it is"),
}
SWATCH = QSize(28, 16)
SEGMENT_ID = Qt.ItemDataRole.UserRole
FIXED = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
EDITABLE = FIXED | Qt.ItemFlag.ItemIsEditable
CHECKABLE = FIXED | Qt.ItemFlag.ItemIsUserCheckable


def write_titles(table: QTableWidget) -> None:
    for column, (title, hint) in TITLES.items():
        item = QTableWidgetItem(title)
        item.setToolTip(hint)
        table.setHorizontalHeaderItem(column, item)


def write_row(table: QTableWidget, row: int, node: vtkMRMLSegmentationNode, segment_id: str, read_only: bool) -> None:
    """One segment as it is now."""
    segment = node.GetSegmentation().GetSegment(segment_id)
    display = node.GetDisplayNode()
    items = [_item(table, row, column) for column in range(len(TITLES))]
    shown = not display or display.GetSegmentVisibility(segment_id)
    items[VISIBILITY].setCheckState(Qt.CheckState.Checked if shown else Qt.CheckState.Unchecked)
    color = QColor.fromRgbF(*segment.GetColor())
    items[COLOR].setIcon(_swatch(color))
    items[COLOR].setData(Qt.ItemDataRole.AccessibleTextRole, color.name())
    opacity = display.GetSegmentOpacity3D(segment_id) if display else 1.0
    items[OPACITY].setData(Qt.ItemDataRole.EditRole, round(opacity, 2))
    items[NAME].setText(segment.GetName())
    items[NAME].setData(SEGMENT_ID, segment_id)
    logic = vtkSlicerSegmentationsModuleLogic
    items[STATUS].setText(logic.GetSegmentStatusAsHumanReadableString(logic.GetSegmentStatus(segment)))
    for column, flags in (
        (VISIBILITY, CHECKABLE),
        (COLOR, FIXED),
        (OPACITY, EDITABLE),
        (NAME, EDITABLE),
        (STATUS, FIXED),
    ):
        items[column].setFlags(FIXED if read_only else flags)


def _swatch(color: QColor) -> QIcon:
    """A patch of the colour as it is, in a selected row as well."""
    patch = QPixmap(SWATCH)
    patch.fill(color)
    icon = QIcon(patch)
    icon.addPixmap(patch, QIcon.Mode.Selected)
    return icon


def _item(table: QTableWidget, row: int, column: int) -> QTableWidgetItem:
    item = table.item(row, column)
    if item is None:
        item = QTableWidgetItem()
        table.setItem(row, column, item)
    return item
