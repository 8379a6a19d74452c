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
SMALLEST_PART_AT_EDGE_ML = 100.0  # a smaller one is air between the skin and the frame's edge


@dataclass(frozen=True)
class QuickLungs:
    """Aerated lung as found by thresholds.

    right_ml, left_ml: air of the lungs on either side of the body's middle; density_hu: its median, 0 where there
    is none; height_mm: from its lowest to its highest slice; first, last: voxel bounds [slice, row, column] (last
    exclusive) of that air in the *standard* orientation of the study, or the whole frame where no lung was found;
    middle: the body's middle column; cut: whether the frame cuts the lungs in plane; body, air: bool, the body with its
    hollows, and the air of the lungs, on every steps[axis]-th voxel of each axis of the standard orientation.
    """

    right_ml: float
    left_ml: float
    density_hu: float
    height_mm: float
    first: tuple[int, int, int]
    last: tuple[int, int, int]
    middle: float
    cut: bool
    body: np.ndarray
    air: np.ndarray
    steps: tuple[int, int, int]

    def in_body(self, slices: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        """Whether places lie in the body: bool [slice, row, column] of voxel indices along each axis.

        Slices in which no body was found are taken to be all body.
        """
        places = [
            np.clip(np.asarray(index) // step, 0, size - 1).astype(int)
            for index, step, size in zip((slices, rows, columns), self.steps, self.body.shape, strict=True)
        ]
        body = self.body | ~self.body.any((1, 2), keepdims=True)
        return body[np.ix_(*places)]

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
        cut=bool(lungs[:, [0, -1]].any() or lungs[:, :, [0, -1]].any()),
        body=body,
        air=lungs,
        steps=(steps[0], steps[1], steps[2]),
    )


def _body(hu: np.ndarray) -> np.ndarray:
    """The body in each slice, its hollows filled: the largest piece of tissue, without the table beside it."""
    from scipy import ndimage

    body = np.zeros(hu.shape, bool)
    for index, tissue in enumerate(_opened(hu > BODY_ABOVE_HU)):
        pieces, count = ndimage.label(tissue)
        if count:
            largest = pieces == 1 + np.bincount(pieces.ravel())[1:].argmax()
            # A body that reaches the frame in front and behind was cropped, maybe into pieces; no table is left then.
            cropped = largest[0].any() and largest[-1].any()
            body[index] = _filled(tissue if cropped else largest)
    return body


def _opened(tissue: np.ndarray) -> np.ndarray:
    """Tissue bool [slice, row, column] without what is thinner than three pixels in its slice."""
    return _joined(np.logical_or, _joined(np.logical_and, tissue))


def _joined(join: np.ufunc, mask: np.ndarray) -> np.ndarray:
    """Each pixel of a mask joined with its four neighbours in the slice; beyond the frame there is nothing."""
    framed = np.pad(mask, ((0, 0), (1, 1), (1, 1)))
    joined = framed[:, 1:-1, 1:-1].copy()
    for neighbour in (framed[:, :-2, 1:-1], framed[:, 2:, 1:-1], framed[:, 1:-1, :-2], framed[:, 1:-1, 2:]):
        join(joined, neighbour, out=joined)
    return joined


def _filled(body: np.ndarray) -> np.ndarray:
    """A slice of the body without hollows, those included that the frame cuts open.

    Between the outermost places where the body leaves the frame at one edge, it is taken to go on beyond that edge.
    """
    from scipy import ndimage

    framed = np.pad(body, 1)
    for edge, inner in (
        (framed[0], framed[1]),
        (framed[-1], framed[-2]),
        (framed[:, 0], framed[:, 1]),
        (framed[:, -1], framed[:, -2]),
    ):
        touched = np.flatnonzero(inner)
        if touched.size:
            edge[touched[0] : touched[-1] + 1] = True
    filled: np.ndarray = ndimage.binary_fill_holes(framed)[1:-1, 1:-1]
    return filled


def _aerated(hu: np.ndarray, air: np.ndarray, voxel_ml: float) -> np.ndarray:
    """The pieces of air inside the body that have the density of lung, not of gas."""
    from scipy import ndimage

    pieces, count = ndimage.label(air)
    sizes_ml = np.bincount(pieces.ravel(), minlength=count + 1) * voxel_ml
    at_edge = np.union1d(pieces[:, [0, -1]], pieces[:, :, [0, -1]])
    lung = [
        part
        for part, box in enumerate(ndimage.find_objects(pieces), start=1)
        if sizes_ml[part] >= (SMALLEST_PART_AT_EDGE_ML if part in at_edge else SMALLEST_PART_ML)
        and np.median(hu[box][pieces[box] == part]) > GAS_BELOW_HU
    ]
    return np.isin(pieces, lung)
