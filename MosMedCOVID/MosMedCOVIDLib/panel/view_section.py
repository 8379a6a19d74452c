"""The section View: overlay, window, slab, layout and 3D, each following its parameter."""

from __future__ import annotations

from collections.abc import Callable

import qt
import slicer
from slicer.util import VTKObservationMixin

from ..scene import expert_mask, layouts, overlay, slabs, surfaces, window
from ..scene.reading import Reading
from ..scene.slab_keeper import SlabKeeper
from . import messages
from .choices import Choices

PAUSE_MS = 1500  # between strokes, from which on the surfaces are made anew; that takes about as long
STYLES = {overlay.FILL: "Fill", overlay.OUTLINE: "Outline", overlay.BOTH: "Fill and line"}
SLABS = {slabs.OFF: "Thin", slabs.MIP: "MIP", slabs.MINIP: "MinIP", slabs.MEAN: "Mean"}
LAYOUTS = {
    layouts.FOUR_UP: "Four-up",
    layouts.CONVENTIONAL: "Conventional",
    layouts.AXIAL: "Axial",
    layouts.CORONAL: "Coronal",
    layouts.SAGITTAL: "Sagittal",
    layouts.THREE_D: "3D",
}


class ViewSection(VTKObservationMixin):
    """Puts the parameters into the views, whoever changed them."""

    def __init__(self, ui: object, reading: Reading) -> None:
        VTKObservationMixin.__init__(self)
        self.ui, self._reading = ui, reading
        self._slabs: SlabKeeper | None = None
        self._buttons = {
            window.LUNG: ui.lungWindowButton,
            window.MEDIASTINUM: ui.mediastinumWindowButton,
            window.BONE: ui.boneWindowButton,
        }
        for preset, button in self._buttons.items():
            button.connect("clicked()", self._window_setter(preset))
        self._choices = [
            Choices(ui.styleBox, STYLES, reading, "overlayStyle", self.apply_overlay),
            Choices(ui.slabBox, SLABS, reading, "slabMode", self.apply_slab),
            Choices(ui.layoutBox, LAYOUTS, reading, "layout", self.apply_layout),
        ]
        self._surfaces_soon = qt.QTimer()
        self._surfaces_soon.setSingleShot(True)
        self._surfaces_soon.setInterval(PAUSE_MS)
        self._surfaces_soon.connect("timeout()", self.apply_surfaces)
        ui.overlayCheck.connect("toggled(bool)", self._overlay_switched)
        ui.opacitySlider.connect("valueChanged(double)", self._opacity_changed)
        ui.thicknessSlider.connect("valueChanged(double)", self._thickness_changed)
        ui.surfacesCheck.connect("toggled(bool)", self._surfaces_switched)

    def show(self) -> None:
        """Shows the parameters, and what can be done now."""
        ui, parameters = self.ui, self._reading.parameters
        for choice in self._choices:
            choice.show()
        for widget, value in (
            (ui.overlayCheck, parameters.overlayVisible),
            (ui.surfacesCheck, parameters.surfacesVisible),
        ):
            blocked = widget.blockSignals(True)
            widget.setChecked(value)
            widget.blockSignals(blocked)
        for slider, value in (
            (ui.opacitySlider, 100 * parameters.overlayOpacity),
            (ui.thicknessSlider, parameters.slabThickness),
        ):
            blocked = slider.blockSignals(True)
            slider.value = value
            slider.blockSignals(blocked)
        masked, shown = self._reading.segmentation is not None, self._reading.volume is not None
        for widget in (ui.styleBox, ui.surfacesCheck):
            widget.setEnabled(masked)
        ui.overlayCheck.setEnabled(masked or self._has_expert_mask)
        ui.opacitySlider.setEnabled(masked and parameters.overlayStyle != overlay.OUTLINE)
        for widget in (ui.slabBox, *self._buttons.values()):
            widget.setEnabled(shown)
        self.show_window()
        ui.thicknessSlider.setEnabled(parameters.slabMode != slabs.OFF)

    def show_window(self) -> None:
        """Marks the button of the window in which the study is shown; none where the mouse has changed it."""
        volume = self._reading.volume
        shown = None if volume is None else window.preset_of(volume)
        for preset, button in self._buttons.items():
            button.setChecked(preset == shown)

    def follow_window(self) -> None:
        """The marked button follows the mouse in the views."""
        self.removeObservers()
        volume = self._reading.volume
        if volume is not None and volume.GetDisplayNode() is not None:
            self.addObserver(volume.GetDisplayNode(), "ModifiedEvent", lambda caller, event: self.show_window())

    def apply_all(self) -> None:
        """Puts all parameters into the views: a study, a mask or a scene is new."""
        self.follow_window()
        self.apply_overlay()
        if self._reading.volume is not None:  # a scene without a study of ours keeps its own
            self.apply_layout()
        self.apply_slab()
        self.apply_surfaces()
        if self._reading.parameters.surfacesVisible:
            self.look_at_surfaces()

    def apply_overlay(self) -> None:
        """Shows the masks in the slices as the parameters say."""
        parameters, segmentation = self._reading.parameters, self._reading.segmentation
        self.ui.opacitySlider.setEnabled(segmentation is not None and parameters.overlayStyle != overlay.OUTLINE)
        if segmentation is not None:
            overlay.set_visible(segmentation, parameters.overlayVisible)
            overlay.set_style(segmentation, parameters.overlayStyle)
            overlay.set_opacity(segmentation, parameters.overlayOpacity)
        expert_mask.set_visible(self._reading.volume, parameters.overlayVisible and parameters.expertVisible)

    def apply_layout(self) -> None:
        """Shows the layout that was chosen."""
        layouts.show(self._reading.parameters.layout)

    def apply_slab(self) -> None:
        """Shows the slab that was chosen in every slice view, and says what it really holds."""
        parameters = self._reading.parameters
        self.ui.thicknessSlider.setEnabled(parameters.slabMode != slabs.OFF)
        if self._slabs is None and slicer.app.layoutManager() is not None and parameters.slabMode != slabs.OFF:
            self._slabs = SlabKeeper(slice_logics())
        if self._slabs is not None:
            self._slabs.show(slabs.Slab(parameters.slabMode, parameters.slabThickness))
        if parameters.slabMode == slabs.OFF:  # from here on the views' own slabs are the reader's
            self._let_go_of_slabs()
        self.say_slab()

    def say_slab(self) -> None:
        """Says what the slabs hold, read back from the views."""
        self.ui.slabUsedLabel.setVisible(self._slabs is not None)
        if self._slabs is None:
            return
        if self._slabs.problem:
            self.ui.slabUsedLabel.setText(self._slabs.problem)
            return
        used = {logic.GetSliceNode().GetName(): slabs.really_used(logic) for logic in slice_logics()}
        parts = [f"{name} {count} × {step:.3g} mm" for name, (count, step) in used.items()]
        masks = "; masks of the middle slice" if self._reading.segmentation is not None else ""
        self.ui.slabUsedLabel.setText(f"Slices in the slab: {', '.join(parts)}{masks}")

    def apply_surfaces(self) -> None:
        """Shows or hides the lesions in 3D."""
        segmentation = self._reading.segmentation
        if segmentation is None:
            return
        visible = self._reading.parameters.surfacesVisible
        self._surfaces_soon.stop()
        with slicer.util.WaitCursor():
            surfaces.show(segmentation, visible)

    def follow_edit(self) -> None:
        """The mask was changed: surfaces that are shown are made anew once the reader pauses."""
        if self._reading.parameters.surfacesVisible:
            self._surfaces_soon.start()

    def look_at_surfaces(self) -> None:
        """Turns the 3D view such that all of them are seen."""
        manager = slicer.app.layoutManager()
        if manager is not None and manager.threeDViewCount:
            manager.threeDWidget(0).threeDView().resetCamera()

    def show_lesions_in_3d(self) -> None:
        """As the check box does."""
        self.ui.surfacesCheck.setChecked(True)

    def toggle_overlay(self) -> None:
        """As the check box does."""
        if self._reading.segmentation is not None or self._has_expert_mask:
            self.ui.overlayCheck.setChecked(not self.ui.overlayCheck.checked)

    def set_window(self, preset: str) -> None:
        """Shows the study in a window of radiology."""
        if self._reading.volume is not None:
            window.apply(self._reading.volume, preset)
            self.show_window()
            width, level = window.PRESETS[preset]
            messages.note(f"Window {preset}: width {width:.0f}, level {level:.0f} HU".replace("-", "−"))

    def cleanup(self) -> None:
        """Lets go of the views."""
        self._surfaces_soon.stop()
        self.removeObservers()
        self._let_go_of_slabs()

    def _let_go_of_slabs(self) -> None:
        if self._slabs is not None:
            self._slabs.removeObservers()
            self._slabs = None

    @property
    def _has_expert_mask(self) -> bool:
        return expert_mask.expert_mask_of(self._reading.volume) is not None

    def _window_setter(self, preset: str) -> Callable[[], None]:
        return lambda: self.set_window(preset)

    def _overlay_switched(self, visible: bool) -> None:
        self._reading.parameters.overlayVisible = visible
        self.apply_overlay()

    def _opacity_changed(self, percent: float) -> None:
        self._reading.parameters.overlayOpacity = percent / 100
        self.apply_overlay()

    def _thickness_changed(self, millimetres: float) -> None:
        self._reading.parameters.slabThickness = millimetres
        self.apply_slab()

    def _surfaces_switched(self, visible: bool) -> None:
        self._reading.parameters.surfacesVisible = visible
        self.apply_surfaces()
        if visible:
            self.look_at_surfaces()


def slice_logics() -> list[slicer.vtkMRMLSliceLogic]:
    """The logics of all slice views."""
    manager = slicer.app.layoutManager()
    return [manager.sliceWidget(name).sliceLogic() for name in manager.sliceViewNames()]
