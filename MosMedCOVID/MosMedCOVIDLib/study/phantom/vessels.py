"""Arteries, veins and bronchi: trees that grow from the hilum into each lung."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .anatomy import HILUM_LEFT, HILUM_RIGHT
from .grid import Grid
from .thorax import LEFT, RIGHT

# One end branch per so many millilitres of lung, for arteries and for veins.
ML_PER_BRANCH = 3.5
# and on a coarse grid, which does not show the thinnest, one per so many times a voxel's mm³.
ML_PER_BRANCH_OF_VOXEL = 0.2
# How much a branch prefers a short way to the hilum over little new vessel (Cuntz et al., PLoS Comput. Biol. 6
# (2010) e1000877: a spanning tree with this balance looks like a grown one).
BALANCE = 0.45
# Radius of an end branch, and Murray's exponent: the sum of radius**exponent is the same above and below a fork.
END_RADIUS_MM, MURRAY_EXPONENT = 0.6, 2.7
# Vessels thicker than this belong to the hilum and not to the lung.
HILAR_RADIUS_MM = 3.5
# Bronchi are seen beside arteries of at least this radius; their lumen is a little narrower than the artery.
BRONCHUS_ARTERY_MM, BRONCHUS_TO_ARTERY, BRONCHUS_WALL = 1.3, 0.8, 1.35
_GOLDEN_ANGLE = 2.39996


@dataclass(frozen=True, eq=False)
class Pieces:
    """Straight pieces of round tubes: ends [piece, 3] (x, y, z) and radii [piece], mm of the body."""

    start: np.ndarray
    stop: np.ndarray
    radius: np.ndarray

    def where(self, chosen: np.ndarray) -> Pieces:
        """The chosen pieces alone."""
        return Pieces(self.start[chosen], self.stop[chosen], self.radius[chosen])

    def __add__(self, other: Pieces) -> Pieces:
        mine, theirs = (self.start, self.stop, self.radius), (other.start, other.stop, other.radius)
        return Pieces(*(np.concatenate(pair) for pair in zip(mine, theirs, strict=True)))


class Filling:
    """The part of each voxel that lies in tubes, slice by slice.

    Every piece is filled with points that each carry an equal share of its volume, so what is thinner than a voxel
    or than a slice gets its true partial volume.
    """

    def __init__(self, grid: Grid, tubes: Pieces) -> None:
        self._grid = grid
        # At least 8 points a voxel of a thick tube, and enough of them across a thin one.
        step = min(1.0, (grid.voxel_mm3 / 8) ** (1 / 3))
        places, volumes = _points(tubes, step)
        spacing = np.array(grid.spacing_mm[::-1])
        corner = np.array([grid.x[0, 0], grid.y[0, 0], grid.z[0]])
        index = np.rint((places - corner) / spacing).astype(np.int32)
        inside = ((index >= 0) & (index < grid.shape[::-1])).all(axis=1)
        index, volumes = index[inside], volumes[inside]
        order = np.argsort(index[:, 2].astype(np.int16), kind="stable")
        self._pixel = (index[:, 1] * grid.shape[2] + index[:, 0])[order]
        self._part = (volumes / grid.voxel_mm3)[order]
        self._bounds = np.searchsorted(index[order, 2], np.arange(grid.shape[0] + 1))

    def plane(self, index: int) -> np.ndarray:
        """The filled part of one slice: float32 [row, column], 0 to 1."""
        of_slice = slice(self._bounds[index], self._bounds[index + 1])
        rows, columns = self._grid.shape[1:]
        part = np.bincount(self._pixel[of_slice], self._part[of_slice], rows * columns)
        return np.minimum(part, 1).astype(np.float32).reshape(rows, columns)


def _points(tubes: Pieces, step: float) -> tuple[np.ndarray, np.ndarray]:
    """Points that fill tubes, [point, 3], and the volume that each stands for, [point], mm³."""
    way = tubes.stop - tubes.start
    length = np.maximum(np.linalg.norm(way, axis=1), 1e-3)
    along = np.ceil(length / step).astype(int)
    across = np.ceil(np.pi * tubes.radius**2 / step**2).astype(int) + 2
    count = along * across
    piece = np.repeat(np.arange(len(count)), count)
    number = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    layer, spoke = np.divmod(number, across[piece])
    direction = way / length[:, None]
    # Two directions across each piece; z or x helps to find the first, whichever is less parallel.
    helper = np.where(np.abs(direction[:, 2:]) < 0.7, (0.0, 0.0, 1.0), (1.0, 0.0, 0.0))
    first = np.cross(direction, helper)
    first /= np.linalg.norm(first, axis=1, keepdims=True)
    second = np.cross(direction, first)
    # A sunflower covers a disc evenly; each layer turns it a little.
    distance = tubes.radius[piece] * np.sqrt((spoke + 0.5) / across[piece])
    angle = spoke * _GOLDEN_ANGLE + layer
    places = tubes.start[piece] + way[piece] * ((layer + 0.5) / along[piece])[:, None]
    places += first[piece] * (distance * np.cos(angle))[:, None]
    places += second[piece] * (distance * np.sin(angle))[:, None]
    return places, (np.pi * tubes.radius**2 * length / count)[piece]


def grow_lung_trees(grid: Grid, side: np.ndarray, random: np.random.Generator) -> tuple[Pieces, Pieces]:
    """Arteries and veins, and bronchi (their lumen), of both lungs.

    side: uint8 [slice, row, column], 1 right lung, 2 left lung.
    """
    vessels, bronchi = [], []
    for label, hilum in ((RIGHT, HILUM_RIGHT), (LEFT, HILUM_LEFT)):
        arteries = _tree(np.array(hilum), _end_points(grid, side == label, random))
        # Veins enter the left atrium below and in front of the arteries.
        veins = _tree(np.add(hilum, (0.0, -10.0, -14.0)), _end_points(grid, side == label, random))
        vessels += [arteries, veins]
        with_bronchus = arteries.where(arteries.radius > BRONCHUS_ARTERY_MM)
        lumen = BRONCHUS_TO_ARTERY * with_bronchus.radius
        # Side by side, the bronchus behind and towards the midline of its artery.
        aside = np.array([0.6 if label == RIGHT else -0.6, 0.75, 0.3]) * (with_bronchus.radius + 1.2 * lumen)[:, None]
        bronchi.append(Pieces(with_bronchus.start + aside, with_bronchus.stop + aside, lumen))
    return _joined(vessels), _joined(bronchi)


def bronchial_walls(bronchi: Pieces) -> Pieces:
    """The bronchi with their walls."""
    return Pieces(bronchi.start, bronchi.stop, BRONCHUS_WALL * bronchi.radius)


def _joined(parts: list[Pieces]) -> Pieces:
    joined = parts[0]
    for part in parts[1:]:
        joined += part
    return joined


def _end_points(grid: Grid, lung: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Places [point, 3] all over a lung, some millimetres away from its surface."""
    from scipy import ndimage

    steps = [max(1, round(5 / spacing)) for spacing in grid.spacing_mm]
    coarse = ndimage.binary_erosion(lung[:: steps[0], :: steps[1], :: steps[2]])
    voxels = np.argwhere(coarse)
    if not len(voxels):
        return np.empty((0, 3))
    lung_ml = len(voxels) * grid.voxel_mm3 * np.prod(steps) / 1000
    count = round(lung_ml / max(ML_PER_BRANCH, ML_PER_BRANCH_OF_VOXEL * grid.voxel_mm3))
    chosen = voxels[random.permutation(len(voxels))[:count]] * steps
    places = np.stack([grid.x[0, chosen[:, 2]], grid.y[chosen[:, 1], 0], grid.z[chosen[:, 0]]], axis=1)
    return places + random.uniform(-2.5, 2.5, places.shape)


def _tree(root: np.ndarray, ends: np.ndarray) -> Pieces:
    """A tree from the root to all ends: every end, nearest first, joins the node that costs least."""
    away = np.linalg.norm(ends - root, axis=1)
    nodes = np.concatenate([root[None], ends[np.argsort(away)]])
    path = np.zeros(len(nodes))
    parent = np.zeros(len(nodes), int)
    for index in range(1, len(nodes)):
        distance = np.sqrt(((nodes[:index] - nodes[index]) ** 2).sum(axis=1))
        parent[index] = np.argmin(distance + BALANCE * path[:index])
        path[index] = path[parent[index]] + distance[parent[index]]
    supplied = np.ones(len(nodes))
    for index in range(len(nodes) - 1, 0, -1):
        supplied[parent[index]] += supplied[index]
    radius = END_RADIUS_MM * supplied ** (1 / MURRAY_EXPONENT)
    return Pieces(nodes[parent[1:]], nodes[1:], radius[1:])
