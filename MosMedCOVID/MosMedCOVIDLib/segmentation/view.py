"""What the network sees of a study: the box around the lungs, at the pixel size and grey scale that it was taught.

The study's slices stay its own (they are never resampled); rows and columns are scaled by millimetres.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..study.orientation import Orientation
from ..study.quick_lungs import QuickLungs
from ..study.study import Study
from .resampling import Grid, resample, resampling_matrix, sparse

# Lung without air (consolidation, effusion beneath) lies beyond the air that the quick finder sees.
MARGIN_MM = 15.0
SLICE_MARGIN_MM = 30.0
AIR_BELOW_HU = -930  # lung is denser, and where a small frame hides the body's outline nothing else tells it from air


@dataclass(frozen=True)
class ViewSettings:
    """How the network wants to see a study; stands in the bundle's inference.json.

    pixel_mm: pixel size in plane; neighbour_mm: distance of the slices below and above that are shown as well;
    multiple: rows and columns must be a multiple of it; hu_low, hu_high: mapped to −1 and 1, clipped beyond.
    """

    pixel_mm: float
    neighbour_mm: float
    multiple: int
    hu_low: float
    hu_high: float


@dataclass(frozen=True, eq=False)
class View:
    """A study through the network's eyes.

    images: float32 [slice, row, column], −1…1; slices first…last (exclusive) of the study in standard orientation.
    neighbour: how many slices away the neighbours are; middle: the body's middle column among the images' columns;
    outside: bool like images, air that is not in the body, to within about 3 mm.
    """

    images: np.ndarray
    first: int
    last: int
    neighbour: int
    middle: float
    outside: np.ndarray
    orientation: Orientation
    study_rows: Grid
    study_columns: Grid
    rows: Grid
    columns: Grid

    @classmethod
    def of(cls, study: Study, lungs: QuickLungs, settings: ViewSettings) -> View:
        """The view of a study whose lungs the quick finder found (or whole slices, where it found none)."""
        orientation = Orientation.of(study.affine)
        hu = orientation.to_standard(study.hu)
        slice_mm, row_mm, column_mm = orientation.spacing(study.spacing_mm)
        margin = round(SLICE_MARGIN_MM / slice_mm)
        first, last = max(0, lungs.first[0] - margin), min(len(hu), lungs.last[0] + margin)
        # As far to the left of the body's middle as to the right: an airless lung hides from the quick finder.
        reach = max(lungs.middle - lungs.first[2], lungs.last[2] - lungs.middle)
        study_rows, study_columns = Grid(hu.shape[1], 0.0, row_mm), Grid(hu.shape[2], 0.0, column_mm)
        rows = _window(study_rows, lungs.first[1], lungs.last[1], settings)
        columns = _window(study_columns, lungs.middle - reach, lungs.middle + reach, settings)

        shrink_rows, shrink_columns = resampling_matrix(study_rows, rows), resampling_matrix(study_columns, columns)
        box_rows, box_columns = _needed(shrink_rows), _needed(shrink_columns)
        shrink_rows, shrink_columns = sparse(shrink_rows[:, box_rows]), sparse(shrink_columns[:, box_columns])
        scale = 2 / (settings.hu_high - settings.hu_low)
        images = np.empty((last - first, rows.size, columns.size), np.float32)
        for index, image in enumerate(hu[first:last, box_rows, box_columns]):
            clipped = image.clip(settings.hu_low, settings.hu_high)
            images[index] = (resample(clipped, shrink_rows, shrink_columns) - settings.hu_low) * scale - 1
        return cls(
            images=images,
            first=first,
            last=last,
            neighbour=max(1, round(settings.neighbour_mm / slice_mm)),
            middle=(lungs.middle * column_mm - columns.start_mm) / columns.step_mm,
            outside=(images < (AIR_BELOW_HU - settings.hu_low) * scale - 1)
            & ~lungs.in_body(np.arange(first, last), rows.centres_mm / row_mm, columns.centres_mm / column_mm),
            orientation=orientation,
            study_rows=study_rows,
            study_columns=study_columns,
            rows=rows,
            columns=columns,
        )

    @classmethod
    def whole(cls, study: Study, lungs: QuickLungs) -> View:
        """The study as a network sees it that takes all of it: its own voxels, in no images of ours."""
        orientation = Orientation.of(study.affine)
        shape = orientation.to_standard(study.hu).shape
        _, row_mm, column_mm = orientation.spacing(study.spacing_mm)
        rows, columns = Grid(shape[1], 0.0, row_mm), Grid(shape[2], 0.0, column_mm)
        return cls(
            images=np.broadcast_to(np.float32(0), shape),
            first=0,
            last=shape[0],
            neighbour=1,
            middle=lungs.middle,
            outside=(orientation.to_standard(study.hu) < AIR_BELOW_HU)
            & ~lungs.in_body(*(np.arange(size) for size in shape)),
            orientation=orientation,
            study_rows=rows,
            study_columns=columns,
            rows=rows,
            columns=columns,
        )

    def channels(self, index: int) -> np.ndarray:
        """Slice `index` of the images between its neighbours below and above: float32 [3, row, column]."""
        return self.with_neighbours(range(index, index + 1))[0]

    def with_neighbours(self, indices: range) -> np.ndarray:
        """Some slices of the images, each between its neighbours below and above: float32 [n, 3, row, column]."""
        chosen = np.array(indices)[:, None] + [-self.neighbour, 0, self.neighbour]
        return self.images[chosen.clip(0, len(self.images) - 1)]

    def voxel_ml(self, study: Study) -> float:
        """Volume of one of the view's voxels in ml."""
        slice_mm = self.orientation.spacing(study.spacing_mm)[0]
        return slice_mm * self.rows.step_mm * self.columns.step_mm / 1000


def _window(study: Grid, first: float, last: float, settings: ViewSettings) -> Grid:
    """The network's pixels that cover study pixels first…last with a margin, inside the frame where possible."""
    frame_mm = study.size * study.step_mm
    start = max(0.0, first * study.step_mm - MARGIN_MM)
    end = min(frame_mm, last * study.step_mm + MARGIN_MM)
    step_mm = settings.pixel_mm * settings.multiple
    size = int(np.ceil((end - start) / step_mm - 1e-6)) * settings.multiple
    start = max(0.0, min(start, frame_mm - size * settings.pixel_mm))
    return Grid(size, start, settings.pixel_mm)


def _needed(matrix: np.ndarray) -> slice:
    """The source pixels that a matrix uses at all."""
    used = np.flatnonzero(matrix.any(0))
    return slice(int(used[0]), int(used[-1]) + 1)
