"""Which voxels are the right lung and which the left one, also where the two touch."""

from __future__ import annotations

import numpy as np

from .masks import LEFT, RIGHT

LEAST_SHARE_OF_LARGEST = 0.03  # smaller pieces are no lung: bowel gas, the trachea, air beside the body
MOST_SHARE_OUTSIDE = 0.5  # other pieces are the mattress, or the air round the neck
ONE_SIDED = 0.9  # a piece with this share on one side of the body's middle belongs to that side
DEEPEST_EROSION = 4  # double pixels; lungs that touch in front or behind are parted by less
LEAST_SEED_SHARE = 0.1
ROW, COLUMN = 1, 2  # axes


def tell_sides(lungs: np.ndarray, middle: float, outside: np.ndarray) -> np.ndarray:
    """Labels 1 (right) and 2 (left), uint8, of a lung mask bool [slice, row, column] in the standard orientation.

    middle: the body's middle column; outside: bool like lungs, the air around the body. Pieces of it, and those that
    are much smaller than the largest other one, are dropped.
    """
    from scipy import ndimage

    pieces, count = ndimage.label(lungs)
    sizes = np.bincount(pieces[lungs], minlength=count + 1)[1:]
    of_air = np.bincount(pieces[lungs & outside], minlength=count + 1)[1:]
    sizes[of_air > MOST_SHARE_OUTSIDE * sizes] = 0
    sides = np.zeros(lungs.shape, np.uint8)
    for part, box in enumerate(ndimage.find_objects(pieces)):
        if sizes[part] > LEAST_SHARE_OF_LARGEST * sizes.max():
            piece = pieces[box] == part + 1
            sides[box][piece] = _sides_of_piece(piece, middle - box[COLUMN].start)[piece]
    return sides


def _sides_of_piece(piece: np.ndarray, middle: float) -> np.ndarray:
    """Labels of one connected piece; where it reaches over the middle it is parted at its narrowest places."""
    by_column = np.where(np.arange(piece.shape[COLUMN]) + 0.5 < middle, RIGHT, LEFT).astype(np.uint8)
    right_share = np.count_nonzero(piece[:, :, by_column == RIGHT]) / np.count_nonzero(piece)
    if right_share > ONE_SIDED or right_share < 1 - ONE_SIDED:
        return np.full(piece.shape, RIGHT if right_share > 0.5 else LEFT, np.uint8)
    # On every second pixel first, where it takes a quarter of the time; what lies between follows its neighbours.
    coarse = piece[:, ::2, ::2]
    labels = _seeds(coarse, by_column[::2] == RIGHT)
    _grow(labels, coarse)
    labels = labels.repeat(2, ROW).repeat(2, COLUMN)[:, : piece.shape[ROW], : piece.shape[COLUMN]] * piece
    _grow(labels, piece)
    return np.where(labels > 0, labels, by_column)


def _seeds(piece: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Large cores on either side of the middle, got by eroding in plane until the piece falls apart; or nothing.

    right: bool [column], the columns on the right side.
    """
    from scipy import ndimage

    core, least = piece, LEAST_SEED_SHARE * np.count_nonzero(piece)
    labels = np.zeros(piece.shape, np.uint8)
    for _ in range(DEEPEST_EROSION):
        core = _eroded(core)
        parts, count = ndimage.label(core)
        sizes = np.bincount(parts.ravel(), minlength=count + 1)
        on_right = np.bincount(parts[:, :, right].ravel(), minlength=count + 1) > sizes / 2
        large = sizes >= least
        large[0] = False
        if (large & on_right).any() and (large & ~on_right).any():
            labels = np.select([large & on_right, large], [RIGHT, LEFT]).astype(np.uint8)[parts]
            break
    return labels


def _grow(labels: np.ndarray, piece: np.ndarray) -> None:
    """The seeds grow within the piece, voxel by voxel and at the same pace, until they fill it or find no more."""
    framed = np.pad(labels, 1)  # so that every voxel has six neighbours, at these distances in memory
    steps = [towards * stride for stride in framed.strides for towards in (1, -1)]
    free = np.flatnonzero(np.pad(piece, 1) & (framed == 0))
    grown = framed.ravel()
    while free.size:
        found = np.zeros(free.size, np.uint8)
        for step in steps:
            np.copyto(found, grown[free + step], where=found == 0)
        reached = found > 0
        if not reached.any():
            break
        grown[free[reached]] = found[reached]
        free = free[~reached]
    labels[:] = framed[1:-1, 1:-1, 1:-1]


def _eroded(piece: np.ndarray) -> np.ndarray:
    """The voxels of a piece whose four neighbours in the slice are in it as well, or beyond the frame."""
    core = piece.copy()
    core[:, :-1] &= piece[:, 1:]
    core[:, 1:] &= piece[:, :-1]
    core[:, :, :-1] &= piece[:, :, 1:]
    core[:, :, 1:] &= piece[:, :, :-1]
    return core
