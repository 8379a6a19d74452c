"""Lesions beyond the lungs: they count as lung, of the lung that they touch or on whose side they lie."""

from __future__ import annotations

import numpy as np

from ..segmentation.masks import LEFT, RIGHT


def lies_outside(lungs: np.ndarray, lesions: np.ndarray) -> bool:
    """Whether a lesion voxel lies outside the lungs; both uint8 [slice, row, column], lesions {0, 1}."""
    return any((lesion > lung).any() for lesion, lung in zip(lesions, lungs, strict=True))


def with_lesions_outside(lungs: np.ndarray, lesions: np.ndarray, to_right: np.ndarray, middle: float) -> np.ndarray:
    """The lungs {0, 1 right, 2 left} with all lesion voxels in them; the given ones stay as they are.

    A lesion that touches a lung belongs to it, and grows out of both where it touches both; one that lies apart
    belongs to the side on which it lies: to the right where [slice, row, column, 1] @ to_right is above `middle`.
    """
    grown = np.pad(lungs, 1)
    flat, pending = grown.ravel(), np.flatnonzero(np.pad(lesions, 1) > grown)
    _, height, width = grown.shape
    while pending.size:
        labels = np.zeros(pending.size, np.uint8)
        for step in (-1, 1, -width, width, -height * width, height * width):
            labels = np.where(labels == 0, flat[pending + step], labels)
        if not labels.any():
            break
        flat[pending] = labels
        pending = pending[labels == 0]
    slices, rows, columns = np.unravel_index(pending, grown.shape)
    place = np.stack([slices - 1, rows - 1, columns - 1, np.ones_like(slices)], axis=1)
    flat[pending] = np.where(place @ to_right > middle, RIGHT, LEFT)
    return grown[1:-1, 1:-1, 1:-1]
