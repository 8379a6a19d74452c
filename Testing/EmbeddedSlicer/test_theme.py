"""Both palettes can be read."""

import pytest

pytest.importorskip("PySide6")

from EmbeddedSlicer.theme import apply_theme, palette
from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication, QCheckBox, QSlider, QToolButton

ROLES = QPalette.ColorRole
TEXT_ON = [
    (ROLES.WindowText, ROLES.Window),
    (ROLES.Text, ROLES.Base),
    (ROLES.Text, ROLES.AlternateBase),
    (ROLES.PlaceholderText, ROLES.Base),
    (ROLES.ButtonText, ROLES.Button),
    (ROLES.ButtonText, ROLES.Midlight),
    (ROLES.HighlightedText, ROLES.Highlight),
    (ROLES.ToolTipText, ROLES.ToolTipBase),
    (ROLES.Link, ROLES.Window),
    (ROLES.Link, ROLES.Base),
]


@pytest.fixture(autouse=True)
def application():
    """The application, with the theme it had before."""
    application = QApplication.instance() or QApplication(["tests"])
    before = QApplication.palette()
    yield application
    QApplication.setPalette(before)


def luminance(color):
    """Relative luminance, WCAG 2."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in color.getRgbF()[:3]]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    dark, bright = sorted((luminance(one), luminance(other)))
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out(scheme):
    made = palette(scheme)
    for text, background in TEXT_ON:
        assert contrast(made.color(text), made.color(background)) >= 4.5, (text, background)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_disabled_text_can_still_be_read(scheme):
    made = palette(scheme)
    made.setCurrentColorGroup(QPalette.ColorGroup.Disabled)
    for text, background in TEXT_ON[:2] + TEXT_ON[4:5]:
        assert contrast(made.color(text), made.color(background)) >= 3, (text, background)
        enabled = made.color(QPalette.ColorGroup.Active, text)
        assert contrast(made.color(text), made.color(background)) < contrast(enabled, made.color(background))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_focus_ring_stands_out(scheme):
    made = palette(scheme)
    for background in (ROLES.Window, ROLES.Button):
        assert contrast(made.color(ROLES.Accent), made.color(background)) >= 3


def test_a_theme_is_applied_and_another_after_it(application):
    for scheme in ("dark", "light"):
        apply_theme(scheme)
        assert application.palette().window().color() == palette(scheme).window().color()
        assert application.style().baseStyle().name() == "fusion"
    apply_theme("system")
    assert application.palette().window().color() in [palette(s).window().color() for s in ("light", "dark")]


def test_buttons_with_a_style_sheet_go_along_when_the_theme_changes(application):
    apply_theme("light")
    button = QToolButton()
    button.setStyleSheet("QToolButton:checked { background: palette(highlight) }")
    button.resize(60, 30)
    button.show()
    for scheme in ("dark", "light", "dark"):
        apply_theme(scheme)
        application.processEvents()
        face = button.grab().toImage().pixelColor(8, 15)
        assert (luminance(face) < 0.2) == (scheme == "dark")
    button.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_groove_of_a_slider_that_is_disabled_has_no_colour(application, scheme):
    apply_theme(scheme)
    slider = QSlider(Qt.Orientation.Horizontal)
    slider.resize(200, 24)
    slider.setValue(90)

    def most_saturated():
        image = slider.grab().toImage()
        return max(image.pixelColor(x, y).saturation() for x in range(20, 120) for y in range(24))

    assert most_saturated() > 100
    slider.setEnabled(False)
    assert most_saturated() < 60


def test_an_empty_tick_box_can_be_seen_on_dark(application):
    apply_theme("dark")
    box = QCheckBox()
    box.resize(40, 30)
    image = box.grab().toImage()
    background = palette("dark").window().color()
    pixels = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
    assert max(contrast(pixel, background) for pixel in pixels) >= 3
