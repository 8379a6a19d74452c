"""Which voxels are the right lung and which the left one, also where the two touch."""

from __future__ import annotations

import numpy as np

from .masks import LEFT, RIGHT

LEAST_SHARE_OF_LARGEST = 0.03  # smaller pieces are no lung: bowel gas, the trachea, air beside the body
ONE_SIDED = 0.9  # a piece with this share on one side of the body's middle belongs to that side
DEEPEST_EROSION = 8  # pixels; lungs that touch in front or behind are parted by less
LEAST_SEED_SHARE = 0.1


def tell_sides(lungs: np.ndarray, middle: float) -> np.ndarray:
    """Labels 1 (right) and 2 (left), uint8, of a lung mask bool [slice, row, column] in the standard orientation.

    middle: the body's middle column. Pieces much smaller than the largest one are dropped.
    """
    from scipy import ndimage

    pieces, count = ndimage.label(lungs)
    sizes = np.bincount(pieces.ravel(), minlength=count + 1)[1:]
    sides = np.zeros(lungs.shape, np.uint8)
    for part, box in enumerate(ndimage.find_objects(pieces)):
        if sizes[part] < LEAST_SHARE_OF_LARGEST * sizes.max():
            continue
        piece = pieces[box] == part + 1
        sides[box][piece] = _sides_of_piece(piece, middle - box[2].start)[piece]
    return sides


def _sides_of_piece(piece: np.ndarray, middle: float) -> np.ndarray:
    """Labels of one connected piece; where it reaches over the middle it is parted at its narrowest places."""
    by_column = np.where(np.arange(piece.shape[2]) + 0.5 < middle, RIGHT, LEFT).astype(np.uint8)
    right_share = piece[:, :, by_column == RIGHT].sum() / piece.sum()
    if right_share > ONE_SIDED or right_share < 1 - ONE_SIDED:
        return np.full(piece.shape, RIGHT if right_share > 0.5 else LEFT, np.uint8)
    seeds = _seeds(piece, middle)
    if seeds is None:
        return np.broadcast_to(by_column, piece.shape).copy()
    return _grow(seeds, piece, by_column)


def _seeds(piece: np.ndarray, middle: float) -> np.ndarray | None:
    """Two large cores on either side of the middle, got by eroding in plane until the piece falls apart."""
    from scipy import ndimage

    in_plane = np.zeros((3, 3, 3), bool)
    in_plane[1] = ndimage.generate_binary_structure(2, 1)
    core = piece
    for _ in range(DEEPEST_EROSION):
        core = ndimage.binary_erosion(core, in_plane)
        parts, _ = ndimage.label(core)
        sizes = np.bincount(parts.ravel())
        sizes[0] = 0
        large = np.flatnonzero(sizes > LEAST_SEED_SHARE * piece.sum())
        centres = [c[2] for c in ndimage.center_of_mass(core, parts, large)] if len(large) else []
        if any(c < middle for c in centres) and any(c >= middle for c in centres):
            seeds = np.zeros(piece.shape, np.uint8)
            for part, centre in zip(large, centres, strict=True):
                seeds[parts == part] = RIGHT if centre < middle else LEFT
            return seeds
    return None


def _grow(seeds: np.ndarray, piece: np.ndarray, otherwise: np.ndarray) -> np.ndarray:
    """Both seeds grow at the same pace until they fill the piece; what they never reach goes by its column."""
    from scipy import ndimage

    labels = seeds
    for _ in range(4 * DEEPEST_EROSION):
        empty = piece & (labels == 0)
        if not empty.any():
            break
        # A voxel between both goes to the larger label: a width of one voxel, at the place of contact only.
        grown = ndimage.maximum_filter(labels, size=3)
        labels = np.where(empty, grown, labels)
    return np.where(piece & (labels == 0), otherwise, labels).astype(np.uint8)
