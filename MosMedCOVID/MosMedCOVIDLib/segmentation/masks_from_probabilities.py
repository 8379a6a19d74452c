"""From the network's probabilities to masks on the study's own grid."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..study.study import Study
from .density import dense_pixels
from .masks import Masks, Model
from .resampling import Grid, resample, resampling_matrix, sparse
from .sides import tell_sides
from .view import View

HALF = 127  # of 255: a whole number above it is more than half
LUNG, LESION = 0, 1  # the network's channels


def masks_from_probabilities(
    study: Study,
    view: View,
    probabilities: np.ndarray,
    model: Model | None,
    progress: Callable[[float], None] = lambda share: None,
) -> Masks:
    """Masks of a study from uint8 [slice, channel, row, column] (lung, lesion; 255 = certain).

    The probabilities are on the view's grid. Lesions count as lung wherever the network sees them, and only inside
    the lungs. What is dense is told where lesions are. `progress` gets 0…1.
    """
    sides = tell_sides(np.maximum(probabilities[:, LUNG], probabilities[:, LESION]) > HALF, view.middle, view.outside)
    lungs, lesions, lesion_probability, dense = (np.zeros(study.hu.shape, np.uint8) for _ in range(4))
    to_standard = view.orientation.to_standard
    hu, by_density = to_standard(study.hu), to_standard(dense)
    targets = [to_standard(array) for array in (lungs, lesions, lesion_probability)]
    _, *pixel_mm = view.orientation.spacing(study.spacing_mm)
    to_study = _ToStudy(view)
    count = len(probabilities)
    for index in range(count):
        here = view.first + index
        if sides[index].any():
            seen = to_study(sides[index], probabilities[index])
            for target, values in zip(targets, (seen.lungs, seen.lesions, seen.certainty), strict=True):
                target[here][seen.place] = values
            if seen.lesions.any():
                around = seen.around_lesions()
                by_density[here][around] = dense_pixels(hu[here], (pixel_mm[0], pixel_mm[1]), *around)
        progress((index + 1) / count)
    return Masks(lungs, lesions, model, lesion_probability, dense)


@dataclass(frozen=True, eq=False)
class _Seen:
    """What the network sees in one slice of the study: the rows and columns where the lungs lie, and their pixels.

    lungs: uint8 labels; lesions: bool; certainty: uint8, of lesion, 0 outside the lungs.
    """

    place: tuple[slice, slice]
    lungs: np.ndarray
    lesions: np.ndarray
    certainty: np.ndarray

    def around_lesions(self) -> tuple[slice, slice]:
        """The study's rows and columns that hold lesions; there must be some."""
        found = (np.flatnonzero(self.lesions.any(axis)) for axis in (1, 0))
        rows, columns = (
            slice(part.start + int(used[0]), part.start + int(used[-1]) + 1)
            for part, used in zip(self.place, found, strict=True)
        )
        return rows, columns


class _ToStudy:
    """One slice from the view's pixels to the study's."""

    def __init__(self, view: View) -> None:
        self._covered = _covered(view.study_rows, view.rows), _covered(view.study_columns, view.columns)
        to_rows = resampling_matrix(view.rows, view.study_rows)
        to_columns = resampling_matrix(view.columns, view.study_columns)
        self._nearest_row, self._nearest_column = to_rows.argmax(1), to_columns.argmax(1)
        self._to_rows, self._to_columns = sparse(to_rows), sparse(to_columns)

    def reached(self, labelled: np.ndarray) -> tuple[slice, slice]:
        """The study's rows and columns that labelled pixels [row, column] have a part in, or the ones next to these."""
        rows = _reached(self._to_rows, np.any(labelled, axis=1), self._covered[0])
        return rows, _reached(self._to_columns, np.any(labelled, axis=0), self._covered[1])

    def __call__(self, sides: np.ndarray, probabilities: np.ndarray) -> _Seen:
        """The network's answer uint8 [channel, row, column] for a slice with lungs, whose labels are `sides`."""
        rows, columns = self.reached(sides)
        to_rows, to_columns = self._to_rows[rows], self._to_columns[columns]
        lung = _resampled(probabilities[LUNG], to_rows, to_columns)
        certainty = _resampled(probabilities[LESION], to_rows, to_columns)
        # The mask's edge lies up to a pixel outside the labelled pixels: there the label of the nearest one holds.
        labels = np.where(sides > 0, sides, _grown(sides))
        labels = labels.take(self._nearest_row[rows], 0).take(self._nearest_column[columns], 1)
        labels *= np.maximum(lung, certainty) > HALF
        certainty *= labels > 0
        return _Seen((rows, columns), labels, certainty > HALF, certainty)


def _resampled(channel: np.ndarray, rows: Any, columns: Any) -> np.ndarray:
    """A channel of the network through two sparse matrices, uint8."""
    if not channel.any():
        return np.zeros((rows.shape[0], columns.shape[0]), np.uint8)
    values = resample(channel, rows, columns)
    return np.rint(values, out=values).astype(np.uint8, order="C")


def _grown(labels: np.ndarray) -> np.ndarray:
    """Labels uint8 [row, column], each pixel with the largest of its 3 × 3 neighbourhood."""
    grown = labels.copy()
    for axis in (0, 1):
        before = np.moveaxis(grown.copy(), axis, 0)
        after = np.moveaxis(grown, axis, 0)
        np.maximum(after[1:], before[:-1], out=after[1:])
        np.maximum(after[:-1], before[1:], out=after[:-1])
    return grown


def _reached(matrix: Any, labelled: np.ndarray, covered: slice) -> slice:
    """The study's pixels that labelled pixels of the view, or the ones next to these, have a part in."""
    near = np.convolve(labelled, [1, 1, 1], "same")
    reached = np.flatnonzero((matrix @ near)[covered]) + covered.start
    if not reached.size:
        return slice(0, 0)  # all of it lies beyond the study's frame, where the view repeats the edge
    return slice(int(reached[0]), int(reached[-1]) + 1)


def _covered(study: Grid, seen: Grid) -> slice:
    """The study's pixels that lie inside the view; nothing is known of the others."""
    inside = (study.centres_mm >= seen.start_mm) & (study.centres_mm <= seen.start_mm + seen.size * seen.step_mm)
    covered = np.flatnonzero(inside)
    return slice(int(covered[0]), int(covered[-1]) + 1)
