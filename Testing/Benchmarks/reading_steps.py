"""What a reader does with one study, each step in turn with a plain VTK view of the same size.

A frame of the window is from the change until Qt has painted it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from statistics import median

import numpy as np
from bare_view import BareSlice, BareSurfaces, Surface
from budgets import GRADE, STROKE, beside, show
from figures import Seconds, in_turn, seconds_of
from hosted_window import HostedWindow
from MosMedCOVIDLib.segmentation.masks import Masks
from MosMedCOVIDLib.study.phantom import Phantom
from mouse import pixel_of, show_slice
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QWidget

VIEWS = {"axial": "Red", "coronal": "Green", "sagittal": "Yellow"}
FRAMES, STROKES = 40, 5  # of each round
STROKE_STEPS = 10  # of the mouse, a pixel or two each
LESION_ML, BOTH = 1, 2  # row and column of the panel's table
SLAB_MM, TURN_DEGREES, BRUSH_MM = 30.0, 3.0, 18.0


class Steps:
    """What a reader does with one study."""

    def __init__(self, window: HostedWindow, phantom: Phantom, rounds: int) -> None:
        self._window, self._rounds = window, rounds
        self._reading = window.panel.reading
        self._masks = Masks(phantom.lungs, phantom.lesions)
        self._free_lung = free_lung(phantom)
        self._reading.show_study(phantom.study)
        window.panel.new_masks()
        window.settle()

    def scroll(self, name: str, budget: float | None) -> None:
        """Slice by slice through the middle, in three planes."""
        for plane in VIEWS:
            taken = self._scroll(plane, {"bare": self._bare(plane)})
            show(f"{name}, {plane}", beside(taken["ours"], taken["bare"], budget))

    def show_masks(self) -> None:
        """The true masks, as the panel shows them."""
        self._reading.show(self._masks)
        self._masks = None
        self._window.panel.new_masks()
        self._window.settle()

    def slab(self) -> None:
        """A MIP under the overlay, put in place by the panel; beside a thin slice, and beside VTK's own MIP."""
        from MosMedCOVIDLib.scene import slabs

        self._set_slab(slabs.MIP)
        for plane, view_name in VIEWS.items():
            slices, _ = slabs.really_used(self._window.panes[view_name].sliceLogic())
            thin, thick = self._bare(plane), self._bare(plane)
            thick.set_slab(slices)
            taken = self._scroll(plane, {"bare": thin, "MIP": thick})
            show(f"{SLAB_MM:g} mm MIP, {plane}", beside(taken["ours"], taken["bare"]))
            show(f"  bare of {slices} slices", beside(taken["ours"], taken["MIP"]))
        self._set_slab(slabs.OFF)

    def turn(self) -> None:
        """Lesions in 3D inside faint lungs, turned; beside the same surfaces in plain VTK."""
        from MosMedCOVIDLib.scene import surfaces

        window, segmentation = self._window, self._reading.segmentation
        window.panel.view_section.show_lesions_in_3d()
        window.settle()
        models = [segmentation.GetNodeReference(role) for role in surfaces.ROLES.values()]
        looks = [(model.GetPolyData(), model.GetDisplayNode()) for model in models]
        bare = BareSurfaces(
            [Surface(shape, look.GetColor(), look.GetOpacity()) for shape, look in looks],
            pixels_of(window.three_d),
            bool(window.three_d.mrmlViewNode().GetUseDepthPeeling()),
        )
        camera = window.three_d.cameraNode().GetCamera()
        steps = {
            "ours": lambda: window.until_painted(window.three_d, lambda: camera.Azimuth(TURN_DEGREES)),
            "bare": lambda: bare.turn(TURN_DEGREES),
        }
        taken = in_turn(self._rounds * FRAMES // 2, steps)
        show("3D turn", beside(taken["ours"], taken["bare"]))
        window.panel.ui.surfacesCheck.setChecked(False)
        window.settle()

    def strokes(self) -> None:
        """From the mouse until the disc is on the screen, and until the grade with it can be read."""
        window, bare = self._window, self._bare("axial")
        view = window.panes["Red"].sliceView()
        show_slice("Red", self._free_lung)
        take_brush(window.panel.ui)
        window.settle()
        place, _ = pixel_of("Red", self._free_lung)
        middle = len(self._reading.study.hu) // 2
        times: dict[str, list[float]] = {"bare": [], "press": [], "drag": [], "grade": []}
        for _ in range(self._rounds * STROKES):
            times["bare"].append(seconds_of(lambda: bare.show(middle)))
            window.move(view, place)
            times["press"].append(seconds_of(lambda: window.until_painted(view, lambda: window.press(view, place))))
            times["drag"].append(median(self._drag(view, place)))
            window.release(view, place)
            self._undo()
            times["grade"].append(seconds_of(lambda: self._click_until_graded(view, place)))
            self._undo()
        taken = {name: Seconds(tuple(values)) for name, values in times.items()}
        show("stroke to screen", beside(taken["press"], taken["bare"], seconds=STROKE))
        show("  each further step", beside(taken["drag"], taken["bare"], seconds=STROKE))
        show("stroke to grade", beside(taken["grade"], taken["bare"], seconds=GRADE))

    def _drag(self, view: QWidget, place: QPoint) -> list[float]:
        """Seconds of each step of the mouse with the button held, until it is painted."""
        places = [place + QPoint(step, step % 2) for step in range(1, STROKE_STEPS + 1)]
        return [
            seconds_of(lambda to=to: self._window.until_painted(view, lambda: self._window.move(view, to)))
            for to in places
        ]

    def _click_until_graded(self, view: QWidget, place: QPoint) -> None:
        """One disc, and its millilitres in the panel, which come with the grade."""
        lesions_ml = self._window.panel.ui.involvementTable.item(LESION_ML, BOTH).text
        before = lesions_ml()
        self._window.press(view, place)
        self._window.release(view, place)
        self._window.until(lambda: lesions_ml() != before)

    def _undo(self) -> None:
        self._window.settle()
        self._window.panel.ui.segmentEditor.undo()
        self._window.settle()

    def _set_slab(self, mode: str) -> None:
        parameters = self._reading.parameters
        parameters.slabMode, parameters.slabThickness = mode, SLAB_MM
        self._window.panel.view_section.apply_slab()
        self._window.settle()

    def _bare(self, plane: str) -> BareSlice:
        """A plain view of the same volume and size."""
        display = self._reading.volume.GetScalarVolumeDisplayNode()
        size = pixels_of(self._window.panes[VIEWS[plane]].sliceView())
        return BareSlice(
            self._reading.volume.GetImageData(),
            self._reading.study.spacing_mm[::-1],
            plane,
            size,
            (display.GetWindow(), display.GetLevel()),
        )

    def _scroll(self, plane: str, bare: dict[str, BareSlice]) -> dict[str, Seconds]:
        """Seconds of each frame: "ours", and those of the bare views."""
        pane = self._window.panes[VIEWS[plane]]
        logic, view = pane.sliceLogic(), pane.sliceView()
        bounds = [0.0] * 6
        logic.GetLowestVolumeSliceBounds(bounds)
        step = logic.GetLowestVolumeSliceSpacing()[2]
        frames = self._rounds * FRAMES
        numbers = {name: middle_and_back(round((bounds[5] - bounds[4]) / step)) for name in ("ours", *bare)}

        def scroll() -> None:
            offset = bounds[4] + (next(numbers["ours"]) + 0.5) * step
            self._window.until_painted(view, lambda: logic.SetSliceOffset(offset))

        steps = {"ours": scroll}
        steps |= {name: lambda name=name: bare[name].show(next(numbers[name])) for name in bare}
        for each in steps.values():  # warm
            each()
        return in_turn(frames, steps)


def middle_and_back(count: int) -> Iterator[int]:
    """The slices of the middle half of a volume, to and fro."""
    numbers = range(count // 4, count - count // 4)
    return itertools.cycle([*numbers, *numbers[-2:0:-1]])


def free_lung(phantom: Phantom) -> np.ndarray:
    """The place (RAS) in the middle slice that lies deepest in lung without lesions."""
    from scipy import ndimage

    k = len(phantom.lungs) // 2
    free = (phantom.lungs[k] > 0) & (phantom.lesions[k] == 0)
    depth = ndimage.distance_transform_edt(free)
    j, i = np.unravel_index(depth.argmax(), depth.shape)
    return (phantom.study.affine @ [i, j, k, 1])[:3]


def take_brush(ui: object) -> None:
    """Paint, with a round brush."""
    ui.correctSection.collapsed = False
    ui.segmentEditor.setActiveEffectByName("Paint")
    brush = ui.segmentEditor.activeEffect()
    brush.setCommonParameter("BrushDiameterIsRelative", 0)
    brush.setCommonParameter("BrushAbsoluteDiameter", BRUSH_MM)


def pixels_of(view: object) -> tuple[int, int]:
    """Width and height of a view."""
    return tuple(view.renderWindow().GetSize())
