# ruff: noqa: N801, N802, N815
"""ctkSliderWidget: a slider and a spin box that show one number."""

from __future__ import annotations

from PySide6.QtCore import Property, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import QDoubleSpinBox, QHBoxLayout, QSizePolicy, QSlider, QWidget


class ctkSliderWidget(QWidget):
    """The slider goes in single steps from the minimum; the spin box takes any number of its decimals.

    Without `tracking`, valueChanged waits until the slider is let go; valueIsChanging tells of the way there.
    """

    valueChanged = Signal(float)
    valueIsChanging = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._value = 0.0
        self._tracking = True
        self._slider = QSlider(Qt.Orientation.Horizontal, self)
        self._box = QDoubleSpinBox(self)
        self._box.setKeyboardTracking(False)
        self._box.setMaximum(99.0)
        self._box.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._slider, 1)
        layout.addWidget(self._box)
        self.setFocusProxy(self._slider)
        self._slider.valueChanged.connect(self._slider_moved)
        self._slider.sliderReleased.connect(lambda: self._settle(self._box.value()))
        self._box.valueChanged.connect(self.setValue)
        self._fit_slider()

    @Slot(float)
    def setValue(self, value: float) -> None:
        """Within the limits and rounded to the decimals; valueChanged if it's another one then."""
        with QSignalBlocker(self._box):
            self._box.setValue(value)
        self._show_on_slider()
        self._settle(self._box.value())

    @Slot(int)
    def setDecimals(self, decimals: int) -> None:
        with QSignalBlocker(self._box):
            self._box.setDecimals(decimals)
        self._settle(self._box.value())

    @Slot(bool)
    def setSpinBoxVisible(self, visible: bool) -> None:
        self._box.setVisible(visible)

    def _set_minimum(self, minimum: float) -> None:
        with QSignalBlocker(self._box):
            self._box.setMinimum(minimum)
        self._fit_slider()

    def _set_maximum(self, maximum: float) -> None:
        with QSignalBlocker(self._box):
            self._box.setMaximum(maximum)
        self._fit_slider()

    def _set_single_step(self, step: float) -> None:
        self._box.setSingleStep(step)
        self._fit_slider()

    def _set_page_step(self, step: float) -> None:
        self._slider.setPageStep(max(1, round(step / self._box.singleStep())))

    def _set_tracking(self, tracking: bool) -> None:
        self._tracking = tracking

    value = Property(float, lambda self: self._value, setValue, user=True)
    minimum = Property(float, lambda self: self._box.minimum(), _set_minimum)
    maximum = Property(float, lambda self: self._box.maximum(), _set_maximum)
    singleStep = Property(float, lambda self: self._box.singleStep(), _set_single_step)
    pageStep = Property(float, lambda self: self._slider.pageStep() * self._box.singleStep(), _set_page_step)
    decimals = Property(int, lambda self: self._box.decimals(), setDecimals)
    prefix = Property(str, lambda self: self._box.prefix(), lambda self, prefix: self._box.setPrefix(prefix))
    suffix = Property(str, lambda self: self._box.suffix(), lambda self, suffix: self._box.setSuffix(suffix))
    tracking = Property(bool, lambda self: self._tracking, _set_tracking)
    spinBoxVisible = Property(bool, lambda self: not self._box.isHidden(), setSpinBoxVisible)

    def _fit_slider(self) -> None:
        """The slider's steps after a new limit or step; the value may have moved with them."""
        box = self._box
        with QSignalBlocker(self._slider):
            self._slider.setRange(0, max(0, round((box.maximum() - box.minimum()) / box.singleStep())))
        self._show_on_slider()
        self._settle(box.value())

    def _show_on_slider(self) -> None:
        if not self._slider.isSliderDown():
            with QSignalBlocker(self._slider):
                self._slider.setValue(round((self._box.value() - self._box.minimum()) / self._box.singleStep()))

    def _slider_moved(self, steps: int) -> None:
        value = self._box.minimum() + steps * self._box.singleStep()
        if self._tracking or not self._slider.isSliderDown():
            self.setValue(value)
            return
        with QSignalBlocker(self._box):
            self._box.setValue(value)
        self.valueIsChanging.emit(self._box.value())

    def _settle(self, value: float) -> None:
        if value != self._value:
            self._value = value
            self.valueIsChanging.emit(value)
            self.valueChanged.emit(value)
