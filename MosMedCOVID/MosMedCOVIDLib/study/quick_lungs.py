"""The quick threshold lung finder: where the air of the lungs lies, in a fraction of a second, without a network.

It is for the audit (are there two lungs, and how much air?) and for the box that the network looks at. It finds
aerated lung only: consolidation, vessels and the walls of bronchi are not in it, so it is no lung volume.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .orientation import Orientation
from .study import Study

GRID_MM = 3.0  # the finder looks at voxels about this far apart
BODY_ABOVE_HU = -300
AIR_BELOW_HU = -500
# Lung holds tissue and blood besides air; gas of the bowel, the stomach or around the body doesn't.
GAS_BELOW_HU = -960
SMALLEST_PART_ML = 5.0


@dataclass(frozen=True)
class QuickLungs:
    """Aerated lung as found by thresholds.

    right_ml, left_ml: air of the lungs on either side of the body's middle; density_hu: its median, 0 where there
    is none; height_mm: from its lowest to its highest slice; first, last: voxel bounds [slice, row, column] (last
    exclusive) of that air in the *standard* orientation of the study, or the whole frame where no lung was found;
    middle: the body's middle column.
    """

    right_ml: float
    left_ml: float
    density_hu: float
    height_mm: float
    first: tuple[int, int, int]
    last: tuple[int, int, int]
    middle: float

    @property
    def air_ml(self) -> float:
        """Air of both lungs in ml, airways that are connected with them included."""
        return self.right_ml + self.left_ml


def find_quick_lungs(study: Study) -> QuickLungs:
    """Where the air of the lungs lies; on a grid of about 3 mm, by thresholds in HU."""
    orientation = Orientation.of(study.affine)
    hu, spacing = orientation.to_standard(study.hu), orientation.spacing(study.spacing_mm)
    steps = [max(1, round(GRID_MM / mm)) for mm in spacing]
    coarse = np.ascontiguousarray(hu[:: steps[0], :: steps[1], :: steps[2]])
    coarse_ml = float(np.prod(spacing) * np.prod(steps)) / 1000

    body = _body(coarse)
    columns = np.arange(coarse.shape[2])
    middle = float(body.sum((0, 1)) @ columns / max(1, body.sum())) if body.any() else coarse.shape[2] / 2
    lungs = _aerated(coarse, body & (coarse < AIR_BELOW_HU), coarse_ml)

    first: np.ndarray = np.zeros(3, int)
    last: np.ndarray = np.array(hu.shape)
    if lungs.any():
        found = [np.flatnonzero(lungs.any(others)) for others in ((1, 2), (0, 2), (0, 1))]
        low, high = (np.array([f[end] for f in found]) for end in (0, -1))
        first, last = low * steps, np.minimum((high + 1) * steps, hu.shape)
    side = columns < middle
    return QuickLungs(
        right_ml=float(lungs[:, :, side].sum()) * coarse_ml,
        left_ml=float(lungs[:, :, ~side].sum()) * coarse_ml,
        density_hu=float(np.median(coarse[lungs])) if lungs.any() else 0.0,
        height_mm=float(last[0] - first[0]) * spacing[0] if lungs.any() else 0.0,
        first=(int(first[0]), int(first[1]), int(first[2])),
        last=(int(last[0]), int(last[1]), int(last[2])),
        middle=middle * steps[2],
    )


def _body(hu: np.ndarray) -> np.ndarray:
    """The body in each slice, its hollows filled: the largest piece of tissue, without the table beside it."""
    from scipy import ndimage

    body = np.zeros(hu.shape, bool)
    for index, image in enumerate(hu):
        pieces, count = ndimage.label(ndimage.binary_opening(image > BODY_ABOVE_HU))
        if count:
            sizes = np.bincount(pieces.ravel())
            body[index] = ndimage.binary_fill_holes(pieces == 1 + sizes[1:].argmax())
    return body


def _aerated(hu: np.ndarray, air: np.ndarray, voxel_ml: float) -> np.ndarray:
    """The pieces of air inside the body that have the density of lung, not of gas."""
    from scipy import ndimage

    pieces, count = ndimage.label(air)
    sizes_ml = np.bincount(pieces.ravel(), minlength=count + 1) * voxel_ml
    lung = [
        part
        for part, box in enumerate(ndimage.find_objects(pieces), start=1)
        if sizes_ml[part] >= SMALLEST_PART_ML and np.median(hu[box][pieces[box] == part]) > GAS_BELOW_HU
    ]
    return np.isin(pieces, lung)
