"""What of a lesion counts as consolidation: what is dense, for every mask, whoever drew it.

Consolidation hides the vessels in it, ground glass lets them be seen (Hansell et al., Fleischner Society glossary,
Radiology 2008); in HU the one is near soft tissue, the other between it and lung. Where readers draw the line differs
from patient to patient; this limit agrees better with them than a network that learnt it, as docs/README.md of the
bundle says (bundle scripts: `python -m scripts.calibrate`).
"""

from __future__ import annotations

import numpy as np

from ..study.boxes import Box
from ..study.orientation import Orientation
from ..study.study import Study

CONSOLIDATION_ABOVE_HU = -450
# A voxel's density is the mean over a square about this wide in its axial slice, however the study is stored: an odd
# number of pixels, since one alone is noise.
SMOOTHED_OVER_MM = 2.5


def dense_by_density(study: Study, box: Box | None = None, above_hu: float = CONSOLIDATION_ABOVE_HU) -> np.ndarray:
    """Where a lesion of a study would count as consolidation: uint8 {0, 1} of a box of its grid, or of all of it.

    box: slices, rows and columns, each with its start and stop.
    """
    orientation = Orientation.of(study.affine)
    stored = box or tuple(slice(0, size) for size in study.hu.shape)
    dense = np.empty([part.stop - part.start for part in stored], np.uint8)
    slices, rows, columns = (
        _turned(stored[axis], study.hu.shape[axis]) if flip else stored[axis]
        for axis, flip in zip(orientation.axes, orientation.flips, strict=True)
    )
    _, row_mm, column_mm = orientation.spacing(study.spacing_mm)
    images = orientation.to_standard(study.hu)[slices]
    for target, image in zip(orientation.to_standard(dense), images, strict=True):
        target[:] = dense_pixels(image, (row_mm, column_mm), rows, columns, above_hu)
    return dense


def _turned(part: slice, size: int) -> slice:
    """The same part of an axis that is counted from its other end."""
    return slice(size - part.stop, size - part.start)


def dense_pixels(
    hu: np.ndarray,
    pixel_mm: tuple[float, float],
    rows: slice,
    columns: slice,
    above_hu: float = CONSOLIDATION_ABOVE_HU,
) -> np.ndarray:
    """The same, bool, of some rows and columns of an axial slice in HU; beyond the frame its edge goes on."""
    reach = [max(0, round((SMOOTHED_OVER_MM / mm - 1) / 2)) for mm in pixel_mm]
    wide = np.pad(hu, [(pixels, pixels) for pixels in reach], mode="edge")
    sums = wide[rows.start : rows.stop + 2 * reach[0], columns.start : columns.stop + 2 * reach[1]].astype(np.int32)
    for axis, pixels in enumerate(reach):
        sums = _sums(sums, 2 * pixels + 1, axis)
    count = (2 * reach[0] + 1) * (2 * reach[1] + 1)
    dense: np.ndarray = sums > above_hu * count
    return dense


def _sums(values: np.ndarray, count: int, axis: int) -> np.ndarray:
    """The sum of each `count` neighbours along an axis; as many fewer values as a neighbour lacks."""
    along = np.moveaxis(values, axis, 0)
    size = len(along) - count + 1
    sums = along[:size].copy("K")  # as it lies in memory, not turned round
    for first in range(1, count):
        sums += along[first : first + size]
    return np.moveaxis(sums, 0, axis)
