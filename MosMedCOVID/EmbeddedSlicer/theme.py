"""Light and dark palettes for Qt's Fusion style."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QPainter, QPalette
from PySide6.QtWidgets import QApplication, QProxyStyle, QStyle, QStyleOption, QToolTip, QWidget

ROLES = QPalette.ColorRole
# Text on its background has a contrast of 4.5 or more (WCAG AA), disabled text of 3 or more; a test measures both.
LIGHT = {
    ROLES.Window: "#f3f4f6",
    ROLES.WindowText: "#1c2026",
    ROLES.Base: "#ffffff",
    ROLES.AlternateBase: "#f0f2f5",
    ROLES.Text: "#1c2026",
    ROLES.PlaceholderText: "#5e6773",
    ROLES.Button: "#e4e7eb",
    ROLES.ButtonText: "#1c2026",
    ROLES.BrightText: "#ffffff",
    ROLES.ToolTipBase: "#1f2a37",
    ROLES.ToolTipText: "#f3f4f6",
    ROLES.Highlight: "#2b6cb0",
    ROLES.HighlightedText: "#ffffff",
    ROLES.Accent: "#2b6cb0",
    ROLES.Link: "#235f9e",
    ROLES.LinkVisited: "#5b4b8a",
    ROLES.Light: "#ffffff",
    ROLES.Midlight: "#d8dce2",
    ROLES.Mid: "#b4bac3",
    ROLES.Dark: "#8b929c",
    ROLES.Shadow: "#5a6068",
}
DARK = {
    ROLES.Window: "#24282e",
    ROLES.WindowText: "#e4e7eb",
    ROLES.Base: "#1b1e23",
    ROLES.AlternateBase: "#22262b",
    ROLES.Text: "#e4e7eb",
    ROLES.PlaceholderText: "#9aa3ae",
    ROLES.Button: "#343a42",
    ROLES.ButtonText: "#e4e7eb",
    ROLES.BrightText: "#ffffff",
    ROLES.ToolTipBase: "#e4e7eb",
    ROLES.ToolTipText: "#1c2026",
    ROLES.Highlight: "#2f6aa8",
    ROLES.HighlightedText: "#ffffff",
    ROLES.Accent: "#62a3dd",
    ROLES.Link: "#7db4e6",
    ROLES.LinkVisited: "#b3a1e0",
    ROLES.Light: "#4a515b",
    ROLES.Midlight: "#3f464f",
    ROLES.Mid: "#2c3138",
    ROLES.Dark: "#181b1f",
    ROLES.Shadow: "#0e1013",
}
DISABLED_TEXT = {"light": "#7a818b", "dark": "#8a929c"}


class OutlinedFusion(QProxyStyle):
    """Fusion, with an outline that can be seen around tick boxes and radio buttons: on dark it draws black on black."""

    def drawPrimitive(  # noqa: N802
        self,
        element: QStyle.PrimitiveElement,
        option: QStyleOption,
        painter: QPainter,
        widget: QWidget | None = None,
    ) -> None:
        super().drawPrimitive(element, option, painter, widget)
        kind = QStyle.PrimitiveElement
        boxes = (kind.PE_IndicatorCheckBox, kind.PE_IndicatorItemViewItemCheck)
        if element not in (*boxes, kind.PE_IndicatorRadioButton):
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(option.palette.color(ROLES.PlaceholderText))
        side = min(option.rect.width(), option.rect.height()) - 1
        radius = 2 if element in boxes else side / 2
        painter.drawRoundedRect(QRectF(option.rect.x() + 0.5, option.rect.y() + 0.5, side, side), radius, radius)
        painter.restore()


def apply_theme(scheme: str) -> None:
    """Sets Fusion and a palette: "light", "dark", or "system", which follows the desktop."""
    hints = QGuiApplication.styleHints()
    if hints.property("theme") is None:
        hints.colorSchemeChanged.connect(_set_palette)
    hints.setProperty("theme", scheme)
    wanted = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark, "system": Qt.ColorScheme.Unknown}[scheme]
    hints.setColorScheme(wanted)  # for frames and dialogs of the desktop; Unknown means as the desktop is
    _set_palette()


def _set_palette() -> None:
    """The palette comes first: what has a style sheet takes its colours when the style is set, and keeps them."""
    hints = QGuiApplication.styleHints()
    scheme = hints.property("theme")
    if scheme == "system":
        scheme = "dark" if hints.colorScheme() == Qt.ColorScheme.Dark else "light"
    QApplication.setPalette(palette(scheme))
    QApplication.setStyle(OutlinedFusion("Fusion"))
    QToolTip.setPalette(palette(scheme))


def palette(scheme: str) -> QPalette:
    """The colours of "light" or "dark"."""
    made = QPalette()
    for role, color in (DARK if scheme == "dark" else LIGHT).items():
        made.setColor(role, QColor(color))
    for role in (ROLES.WindowText, ROLES.Text, ROLES.ButtonText, ROLES.HighlightedText, ROLES.PlaceholderText):
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor(DISABLED_TEXT[scheme]))
    for role in (ROLES.Accent, ROLES.Highlight):  # of which Fusion paints the grooves of sliders, disabled ones too
        made.setColor(QPalette.ColorGroup.Disabled, role, made.color(ROLES.Mid))
    return made
