"""Widgets beside, below and behind one another, as an arrangement says."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QLabel, QSplitter, QTabWidget, QWidget

from ..layouts import Arrangement, ViewPlace

BORDER = 2  # pixels between views


def arranged(place: ViewPlace | Arrangement, pane_of: Callable[[ViewPlace], QWidget | None]) -> QWidget:
    """A widget with the panes of all places in it; where there is no pane it says so."""
    if isinstance(place, ViewPlace):
        pane = pane_of(place) or _note(f"{place.node_class} {place.name}: a view that is there only in 3D Slicer")
        pane.setVisible(True)
        return pane
    widgets = [arranged(inner, pane_of) for inner in place.places]
    if place.kind == "tab":
        return _tabs(place, widgets)
    return _splitter(place, widgets) if place.is_split else _box(place, widgets)


def _tabs(arrangement: Arrangement, widgets: list[QWidget]) -> QTabWidget:
    tabs = QTabWidget()
    for place, widget in zip(arrangement.places, widgets, strict=True):
        tabs.addTab(widget, getattr(place, "name", ""))
    return tabs


def _splitter(arrangement: Arrangement, widgets: list[QWidget]) -> QSplitter:
    is_row = arrangement.kind == "horizontal"
    splitter = QSplitter(Qt.Orientation.Horizontal if is_row else Qt.Orientation.Vertical)
    splitter.setHandleWidth(2 * BORDER)
    splitter.setChildrenCollapsible(False)
    for number, widget in enumerate(widgets):
        splitter.addWidget(widget)
        splitter.setStretchFactor(number, arrangement.shares[number])
    splitter.setSizes(list(arrangement.shares))
    return splitter


def _box(arrangement: Arrangement, widgets: list[QWidget]) -> QWidget:
    is_row = arrangement.kind == "horizontal"
    box = QWidget()
    row = QBoxLayout(QBoxLayout.Direction.LeftToRight if is_row else QBoxLayout.Direction.TopToBottom, box)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(BORDER)
    for widget, share in zip(widgets, arrangement.shares, strict=True):
        row.addWidget(widget, share)
    return box


def _note(text: str) -> QLabel:
    label = QLabel(text)
    label.setWordWrap(True)
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    return label
