# ruff: noqa: N801, N802, N815
"""ctkCollapsibleButton: a section of a panel under a heading that folds it away."""

from __future__ import annotations

from PySide6.QtCore import Property, QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPalette, QPen, QShowEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QStyle, QStyleOption, QToolTip, QWidget

ARROW = 12  # pixels
PADDING = 6
LARGEST_HEIGHT = 16777215  # Qt's "no limit"


class ctkCollapsibleButton(QAbstractButton):
    """A heading (click, Space or Return folds and unfolds) above whatever is laid out in it.

    `collapsed` is the opposite of `checked`. What was hidden by its own owner stays hidden when the section unfolds.
    """

    contentsCollapsed = Signal(bool)

    def __init__(self, text: str | QWidget = "", parent: QWidget | None = None) -> None:
        if isinstance(text, QWidget):  # ctkCollapsibleButton(parent), as Qt writes it
            text, parent = "", text
        super().__init__(parent)
        self.setText(text)
        self.setCheckable(True)
        self.setChecked(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Preferred)
        self._fit_heading()
        self.toggled.connect(self._toggled)

    collapsed = Property(
        bool, lambda self: not self.isChecked(), lambda self, collapsed: self.setChecked(not collapsed), user=True
    )

    def sizeHint(self) -> QSize:
        return self._with_heading(super().sizeHint())

    def minimumSizeHint(self) -> QSize:
        return self._with_heading(super().minimumSizeHint())

    def hitButton(self, position: QPoint) -> bool:
        return self._heading().contains(position)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        self._fold_away()
        super().showEvent(event)

    def event(self, event: QEvent) -> bool:
        # What is added or shown while the section is folded.
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.ChildPolished):
            self._fold_away()
        if event.type() == QEvent.Type.ToolTip and not self.toolTip() and self._heading().contains(event.pos()):
            QToolTip.showText(event.globalPos(), f"Fold or unfold {self.text().replace('&', '')}", self)
            return True
        return super().event(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit_heading()
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        heading = self._heading()
        palette = self.palette()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        background = palette.color(QPalette.ColorRole.Button)
        if self.underMouse() and self.isEnabled():
            background = palette.color(QPalette.ColorRole.Midlight)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(background)
        painter.drawRoundedRect(heading, 4, 4)
        if self.hasFocus():
            painter.setPen(QPen(palette.color(QPalette.ColorRole.Accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(heading.adjusted(1, 1, -1, -1), 4, 4)
        self._paint_arrow(painter, heading)
        painter.setFont(self._heading_font())
        painter.setPen(palette.color(QPalette.ColorRole.ButtonText))
        room = heading.adjusted(2 * PADDING + ARROW, 0, -PADDING, 0)
        text = painter.fontMetrics().elidedText(
            self.text(), Qt.TextElideMode.ElideRight, room.width(), Qt.TextFlag.TextShowMnemonic
        )
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextShowMnemonic
        painter.drawText(room, flags, text)
        painter.end()

    def _paint_arrow(self, painter: QPainter, heading: QRect) -> None:
        option = QStyleOption()
        option.initFrom(self)
        option.rect = QRect(PADDING, heading.center().y() - ARROW // 2 + 1, ARROW, ARROW)
        arrow = QStyle.PrimitiveElement
        shape = arrow.PE_IndicatorArrowDown if self.isChecked() else arrow.PE_IndicatorArrowRight
        self.style().drawPrimitive(shape, option, painter, self)

    def _heading(self) -> QRect:
        return QRect(0, 0, self.width(), self._heading_height())

    def _heading_height(self) -> int:
        return QFontMetrics(self._heading_font()).height() + 2 * PADDING

    def _heading_font(self) -> QFont:
        font = QFont(self.font())
        font.setBold(True)
        return font

    def _with_heading(self, size: QSize) -> QSize:
        """A size hint that leaves room for the heading, and is no more than that while the section is folded."""
        text = QFontMetrics(self._heading_font()).size(Qt.TextFlag.TextShowMnemonic, self.text()).width()
        width = max(size.width(), text + 3 * PADDING + ARROW)
        height = self._heading_height()
        return QSize(width, max(size.height(), height) if self.isChecked() else height)

    def _fit_heading(self) -> None:
        self.setContentsMargins(0, self._heading_height(), 0, 0)
        self._limit_height()

    def _limit_height(self) -> None:
        self.setMaximumHeight(LARGEST_HEIGHT if self.isChecked() else self._heading_height())
        self.updateGeometry()

    def _toggled(self, unfolded: bool) -> None:
        if unfolded:
            for child in self._contents():
                if child.isHidden() and not child.testAttribute(Qt.WidgetAttribute.WA_WState_ExplicitShowHide):
                    child.show()
        else:
            self._fold_away()
        self._limit_height()
        self.contentsCollapsed.emit(not unfolded)

    def _fold_away(self) -> None:
        """While folded: hides the contents, so that the keyboard doesn't wander through them.

        Qt's mark of an explicit hide is taken away again, which tells this hide from one by the child's owner.
        """
        if self.isChecked():
            return
        for child in self._contents():
            if not child.isHidden():
                child.hide()
                child.setAttribute(Qt.WidgetAttribute.WA_WState_ExplicitShowHide, False)

    def _contents(self) -> list[QWidget]:
        return [child for child in self.children() if isinstance(child, QWidget) and not child.isWindow()]
