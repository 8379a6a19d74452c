"""The options of the effect in use: the brush's size and shape, the range of the threshold."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QFormLayout, QHBoxLayout, QPushButton, QWidget

from ..ctk import ctkSliderWidget
from .effects import BrushEffect, ThresholdEffect
from .effects.brush import LARGEST_DIAMETER, SMALLEST_DIAMETER
from .range_boxes import RangeBoxes


class BrushOptions(QWidget):
    """Diameter and shape, which Paint and Erase share."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._effect: BrushEffect | None = None
        self.diameter = ctkSliderWidget(self)
        self.diameter.setDecimals(1)
        self.diameter.setProperty("singleStep", 0.5)
        self.diameter.setProperty("minimum", SMALLEST_DIAMETER)
        self.diameter.setProperty("maximum", LARGEST_DIAMETER)
        self.diameter.setProperty("suffix", " mm")
        self.diameter.setToolTip("Diameter of the brush (in a slice view: Shift and the wheel)")
        self.sphere = QCheckBox("Sphere: across the slices too", self)
        self.sphere.setToolTip("On: the brush is a sphere and edits the neighbouring slices as well. Off: a disc.")
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.addRow("Brush", self.diameter)
        form.addRow("", self.sphere)
        self.diameter.valueChanged.connect(self._set_diameter)
        self.sphere.toggled.connect(self._set_sphere)

    def show_effect(self, effect: BrushEffect) -> None:
        """What the node says of the brush."""
        self._effect = effect
        with QSignalBlocker(self.diameter), QSignalBlocker(self.sphere):
            self.diameter.setValue(effect.doubleParameter("BrushAbsoluteDiameter"))
            self.sphere.setChecked(bool(effect.integerParameter("BrushSphere")))

    def _set_diameter(self, diameter: float) -> None:
        self._effect.setCommonParameter("BrushDiameterIsRelative", 0)
        self._effect.setCommonParameter("BrushAbsoluteDiameter", diameter)

    def _set_sphere(self, on: bool) -> None:
        self._effect.setCommonParameter("BrushSphere", int(on))


class ThresholdOptions(QWidget):
    """The range, and the button that applies it."""

    applied = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._effect: ThresholdEffect | None = None
        self.range = RangeBoxes("Lowest intensity that belongs", "Highest intensity that belongs", self)
        self.apply = QPushButton("Apply", self)
        self.apply.setToolTip("Replaces the segment, as far as the mask allows, by what lies within the range")
        row = QHBoxLayout()
        row.addWidget(self.range, 1)
        row.addWidget(self.apply)
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.addRow("Range", row)
        self.range.changed.connect(self._set_range)
        self.apply.clicked.connect(self.applied)
        self.setAttribute(Qt.WidgetAttribute.WA_LayoutUsesWidgetRect)

    def show_effect(self, effect: ThresholdEffect) -> None:
        self._effect = effect
        self.range.show_values(effect.doubleParameter("MinimumThreshold"), effect.doubleParameter("MaximumThreshold"))

    def _set_range(self, low: float, high: float) -> None:
        self._effect.setParameter("MinimumThreshold", low)
        self._effect.setParameter("MaximumThreshold", high)
