"""The list of the audit's checks: worst first, each with its badge; what is in order is folded into one line."""

from __future__ import annotations

from pathlib import Path

import qt

from ..reporting.text import MARKS
from ..study.audit import Audit, Check

HIGHEST_LIST = 190  # pixels
BADGE_SIZE = 14
TEXT_MARGINS, LINE_GAP, NARROWEST = 14, 3, 100
ICONS = Path(__file__).parents[2] / "Resources" / "Icons"


class AuditList:
    """Fills the panel's tree with the checks of an audit, and keeps it as high as its lines."""

    def __init__(self, tree: qt.QTreeWidget) -> None:
        self._tree = tree
        self._badges = {level: qt.QIcon(str(ICONS / f"audit_{level.replace(' ', '_')}.png")) for level in MARKS}
        tree.setIconSize(qt.QSize(BADGE_SIZE, BADGE_SIZE))
        tree.setIndentation(BADGE_SIZE)
        tree.connect("itemExpanded(QTreeWidgetItem*)", self._folded)
        tree.connect("itemCollapsed(QTreeWidgetItem*)", self._folded)

    def show(self, audit: Audit | None) -> None:
        """Shows an audit's checks, or none."""
        tree = self._tree
        tree.clear()
        checks = audit.worst_first if audit else ()
        for check in checks:
            if check.level != "ok":
                self._fill(qt.QTreeWidgetItem(tree), check)
        in_order = [check for check in checks if check.level == "ok"]
        if in_order:
            folded = qt.QTreeWidgetItem(tree)
            folded.setIcon(0, self._badges["ok"])
            folded.setText(0, f"{len(in_order)} checks are in order")
            folded.setToolTip(0, "Click the arrow to see them")
            for check in in_order:
                self._fill(qt.QTreeWidgetItem(folded), check)
        tree.setRootIsDecorated(bool(in_order))
        self.fit()
        self.fit_soon()

    def fit_soon(self) -> None:
        """Fits the list once it has the width that its place, or a scroll bar beside it, leaves."""
        qt.QTimer.singleShot(0, self.fit)

    def fit(self) -> None:
        """Each line as high as its words at the list's width (Qt leaves lines with a badge one word high), the list as
        high as its lines, up to a limit."""
        tree = self._tree
        height = 0
        for item, depth in self._shown():
            lines = self._text_height(item.text(0), depth)
            item.setSizeHint(0, qt.QSize(0, lines))
            height += lines
        tree.doItemsLayout()
        tree.setFixedHeight(min(height + 2 * tree.frameWidth, HIGHEST_LIST))

    def _shown(self) -> list[tuple[qt.QTreeWidgetItem, int]]:
        """The lines and how deep they stand, without those that are folded away."""
        top = [self._tree.topLevelItem(row) for row in range(self._tree.topLevelItemCount)]
        inner = [(item.child(row), 2) for item in top if item.isExpanded() for row in range(item.childCount())]
        return [*((item, 1) for item in top), *inner]

    def _text_height(self, text: str, depth: int) -> int:
        width = self._tree.viewport().width - depth * BADGE_SIZE - BADGE_SIZE - TEXT_MARGINS
        room = qt.QRect(0, 0, max(width, NARROWEST), 10 * HIGHEST_LIST)
        return self._tree.fontMetrics().boundingRect(room, qt.Qt.TextWordWrap, text).height() + LINE_GAP

    def _fill(self, item: qt.QTreeWidgetItem, check: Check) -> None:
        item.setIcon(0, self._badges[check.level])
        item.setText(0, check.message)
        item.setToolTip(0, details(check))

    def _folded(self, item: qt.QTreeWidgetItem) -> None:
        self.fit_soon()


def details(check: Check) -> str:
    """A check with its level, measured value, limit and source, line by line."""
    lines = [f"{check.level.capitalize()}: {check.message}"]
    if check.value is not None:
        measured = f"Measured {check.value} {check.unit}".rstrip()
        lines.append(measured + (f", limit {check.limit} {check.unit}".rstrip() if check.limit is not None else ""))
    return "\n".join([*lines, f"Source: {check.source}"])
