"""`window_steps.py SLICES [--rounds N]`: opens, scrolls, turns and paints in the window, beside plain VTK views.

A program of its own: for its memory, and since a process has one scene. Each frame is drawn in turn with one of a
plain view of the same size; a frame of the window is from the change of the slice until Qt has painted it.
"""

from __future__ import annotations

import argparse
import itertools
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "Testing"))

import numpy as np  # noqa: E402, the path comes first
from bare_view import BareSlice, BareSurfaces, Surface  # noqa: E402
from budgets import (  # noqa: E402
    GRADE,
    LARGE_STUDY,
    MEMORY_MB,
    SCROLL,
    SCROLL_WITH_OVERLAY,
    SMALL_STUDY,
    STROKE,
    beside,
    in_seconds,
    verdict,
)
from figures import Seconds, in_turn  # noqa: E402
from hosted_window import HostedWindow  # noqa: E402
from mouse import pixel_of, show_slice  # noqa: E402
from MosMedCOVIDLib.commands.phantom import save_phantom  # noqa: E402
from MosMedCOVIDLib.segmentation.masks import Masks  # noqa: E402
from MosMedCOVIDLib.study.phantom import Phantom, thorax_phantom  # noqa: E402
from MosMedCOVIDLib.study.study import Study  # noqa: E402
from PySide6.QtCore import QPoint  # noqa: E402

P001 = ROOT.parent / "shared" / "data" / "covid-ct-md" / "P001"
SPACING_MM = {40: (8.0, 0.74, 0.74), 400: (0.7, 0.74, 0.74)}
VIEWS = {"axial": "Red", "coronal": "Green", "sagittal": "Yellow"}
DRAWN = 40  # slices of the phantom; a thinner one shows each of them several times
FRAMES, STROKES = 40, 5  # of each round
BOTH, LESION_ML = 2, 1  # row and column of the panel's table
SLAB_MM, TURN_DEGREES, BRUSH_MM = 30.0, 3.0, 18.0


def main() -> None:
    """Measures a volume of 512×512 and so many slices."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("slices", type=int, choices=SPACING_MM)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    window = HostedWindow(ROOT / "MosMedCOVID")
    phantom = phantom_of(options.slices)
    print(f"\n512 × 512 × {options.slices}, {SPACING_MM[options.slices][0]:g} mm", flush=True)
    opening(window, phantom, options.rounds)
    steps = Steps(window, phantom, options.rounds)
    del phantom
    steps.scroll("scroll", SCROLL)
    steps.show_masks()
    steps.scroll("with overlay", SCROLL_WITH_OVERLAY)
    steps.slab()
    steps.turn()
    steps.strokes()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1024)
    show("peak memory", f"{memory:8.0f} MB{verdict(memory, MEMORY_MB, 'MB')}")
    window.close()


def phantom_of(slices: int) -> Phantom:
    """A thorax with its true lungs and lesions."""
    spacing = SPACING_MM[slices]
    times = slices // DRAWN
    drawn = thorax_phantom(35.0, shape=(DRAWN, 512, 512), spacing_mm=(spacing[0] * times, *spacing[1:]))
    if times == 1:
        return drawn
    affine = drawn.study.affine @ np.diag([1, 1, 1 / times, 1])
    hu, lungs, lesions = (np.repeat(values, times, axis=0) for values in (drawn.study.hu, drawn.lungs, drawn.lesions))
    return Phantom(Study(hu, affine, drawn.study.name, drawn.study.path, drawn.study.kind), lungs, lesions)


def opening(window: HostedWindow, phantom: Phantom, rounds: int) -> None:
    """From a file that is opened in the window to its painted slices."""
    import slicer

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "study.nii.gz"
        save_phantom(phantom, file)
        paths = {"a study shown": (file, SMALL_STUDY if len(phantom.study.hu) == DRAWN else None)}
        if P001.is_dir():
            paths["P001 shown"] = (P001, LARGE_STUDY)
        for name, (path, budget) in paths.items():
            taken = in_turn(
                rounds,
                {name: lambda path=path: window.until_all_painted(lambda: slicer.app.ioManager().open_path(path))},
            )
            show(name, in_seconds(taken[name], budget))
    window.panel.worker.stop()


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
        view, ui = window.panes["Red"].sliceView(), window.panel.ui
        show_slice("Red", self._free_lung)
        take_brush(ui)
        window.settle()
        place, _ = pixel_of("Red", self._free_lung)
        beyond = place + QPoint(4, 4)
        lesions_ml = ui.involvementTable.item(BOTH, LESION_ML).text
        times: dict[str, list[float]] = {"bare": [], "press": [], "move": [], "grade": []}
        middle = len(self._reading.study.hu) // 2
        for _ in range(self._rounds * STROKES):
            times["bare"].append(seconds_of(lambda: bare.show(middle)))
            window.move(view, place)
            times["press"].append(seconds_of(lambda: window.until_painted(view, lambda: window.press(view, place))))
            times["move"].append(seconds_of(lambda: window.until_painted(view, lambda: window.move(view, beyond))))
            window.release(view, beyond)
            self._undo()
            before = lesions_ml()
            begin = time.perf_counter()
            window.press(view, place)
            window.release(view, place)
            window.until(lambda before=before: lesions_ml() != before)
            times["grade"].append(time.perf_counter() - begin)
            self._undo()
        taken = {name: Seconds(tuple(values)) for name, values in times.items()}
        show("stroke to screen, begun", beside(taken["press"], taken["bare"], seconds=STROKE))
        show("stroke to screen, on", beside(taken["move"], taken["bare"], seconds=STROKE))
        show("stroke to grade", beside(taken["grade"], taken["bare"], seconds=GRADE))

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


def seconds_of(action: Callable[[], object]) -> float:
    """What something takes."""
    begin = time.perf_counter()
    action()
    return time.perf_counter() - begin


def pixels_of(view: object) -> tuple[int, int]:
    """Width and height of a view."""
    return tuple(view.renderWindow().GetSize())


def show(name: str, value: object) -> None:
    """One line of the table."""
    print(f"  {name:<26}{value}", flush=True)


if __name__ == "__main__":
    main()
