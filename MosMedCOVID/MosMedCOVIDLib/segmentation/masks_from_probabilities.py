"""From the network's probabilities to masks on the study's own grid."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..study.study import Study
from .masks import Masks, Model
from .resampling import Grid, resample, resampling_matrix
from .sides import tell_sides
from .view import View

HALF = 127.5  # of 255


def masks_from_probabilities(
    study: Study,
    view: View,
    probabilities: np.ndarray,
    model: Model | None,
    progress: Callable[[float], None] = lambda share: None,
) -> Masks:
    """Masks of a study from uint8 [slice, 2, row, column] (lung, lesion; 255 = certain) on the view's grid.

    Lesions count as lung wherever the network sees them, and only inside the lungs. `progress` gets 0…1.
    """
    sides = tell_sides(probabilities.max(1) > HALF, view.middle)
    lungs, lesions, lesion_probability = (np.zeros(study.hu.shape, np.uint8) for _ in range(3))
    targets = [view.orientation.to_standard(array) for array in (lungs, lesions, lesion_probability)]
    to_study = _ToStudy(view)
    count = len(probabilities)
    for index in range(count):
        if sides[index].any():
            place, labels, certainty = to_study(sides[index], *probabilities[index])
            for target, values in zip(targets, (labels, certainty > HALF, certainty), strict=True):
                target[view.first + index][place] = values
        progress((index + 1) / count)
    return Masks(lungs, lesions, model, lesion_probability)


class _ToStudy:
    """One slice from the view's pixels to the study's."""

    def __init__(self, view: View) -> None:
        self._rows = _covered(view.study_rows, view.rows)
        self._columns = _covered(view.study_columns, view.columns)
        self._to_rows = resampling_matrix(view.rows, view.study_rows)
        self._to_columns = resampling_matrix(view.columns, view.study_columns)

    def __call__(
        self, sides: np.ndarray, lung: np.ndarray, lesion: np.ndarray
    ) -> tuple[tuple[slice, slice], np.ndarray, np.ndarray]:
        """Where in the study's slice the lungs lie, and there: labels of the lungs, and certainty of lesion inside."""
        from scipy import ndimage

        labelled = sides > 0
        rows = _reached(self._to_rows, np.any(labelled, axis=1), self._rows)
        columns = _reached(self._to_columns, np.any(labelled, axis=0), self._columns)
        to_rows, to_columns = self._to_rows[rows], self._to_columns[columns]
        certainty = resample(lesion, to_rows, to_columns)
        inside = np.maximum(resample(lung, to_rows, to_columns), certainty) > HALF
        # The mask's edge lies up to a pixel outside the labelled pixels: there the label of the nearest one holds.
        labels = np.where(sides > 0, sides, ndimage.maximum_filter(sides, size=3))
        labels = labels[np.ix_(to_rows.argmax(1), to_columns.argmax(1))] * inside
        return (rows, columns), labels, np.where(labels > 0, np.rint(certainty), 0).astype(np.uint8)


def _reached(matrix: np.ndarray, labelled: np.ndarray, covered: slice) -> slice:
    """The study's pixels that labelled pixels of the view, or the ones next to these, have a part in."""
    near = np.convolve(labelled, [1, 1, 1], "same") > 0
    reached = np.flatnonzero(matrix[covered][:, near].any(1)) + covered.start
    if not reached.size:
        return slice(0, 0)  # all of it lies beyond the study's frame, where the view repeats the edge
    return slice(int(reached[0]), int(reached[-1]) + 1)


def _covered(study: Grid, seen: Grid) -> slice:
    """The study's pixels that lie inside the view; nothing is known of the others."""
    inside = (study.centres_mm >= seen.start_mm) & (study.centres_mm <= seen.start_mm + seen.size * seen.step_mm)
    covered = np.flatnonzero(inside)
    return slice(int(covered[0]), int(covered[-1]) + 1)
