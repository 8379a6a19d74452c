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
    from scipy import ndimage

    sides = tell_sides(probabilities.max(1) > HALF, view.middle)
    # The finer grid's edge lies up to one pixel outside: the label of the nearest voxel in plane goes there.
    around = ndimage.maximum_filter(sides, size=(1, 3, 3))

    lungs, lesions, lesion_probability = (np.zeros(study.hu.shape, np.uint8) for _ in range(3))
    targets = [view.orientation.to_standard(array) for array in (lungs, lesions, lesion_probability)]
    to_rows = resampling_matrix(view.rows, view.study_rows)
    to_columns = resampling_matrix(view.columns, view.study_columns)
    rows, columns = _covered(view.study_rows, view.rows), _covered(view.study_columns, view.columns)
    to_rows, to_columns = to_rows[rows], to_columns[columns]
    nearest = np.ix_(to_rows.argmax(1), to_columns.argmax(1))
    count = len(probabilities)
    for index in range(count):
        if sides[index].any():
            lung, lesion = (resample(channel, to_rows, to_columns) for channel in probabilities[index])
            label = sides[index][nearest]
            label = np.where(label > 0, label, around[index][nearest])
            label = np.where(np.maximum(lung, lesion) > HALF, label, 0).astype(np.uint8)
            inside = label > 0
            certainty = np.where(inside, np.rint(lesion), 0).astype(np.uint8)
            values = (label, certainty > HALF, certainty)
            for target, value in zip(targets, values, strict=True):
                target[view.first + index, rows, columns] = value
        progress((index + 1) / count)
    return Masks(lungs, lesions, model, lesion_probability)


def _covered(study: Grid, seen: Grid) -> slice:
    """The study's pixels that lie inside the view; nothing is known of the others."""
    inside = (study.centres_mm >= seen.start_mm) & (study.centres_mm <= seen.start_mm + seen.size * seen.step_mm)
    covered = np.flatnonzero(inside)
    return slice(int(covered[0]), int(covered[-1]) + 1)
