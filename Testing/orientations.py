"""Affines of the orientations that files come in, for tests of geometry."""

import numpy as np

SPACING_IJK = (0.75, 0.8, 8.0)
ORIGIN = (-101.5, 87.25, -961.75)


def axes(*rows_of_columns: tuple[int, int, int]) -> np.ndarray:
    """The affine whose columns (i, j, k) point along these RAS directions, at MosMed-like spacing."""
    affine = np.eye(4)
    affine[:3, :3] = np.array(rows_of_columns, float).T * SPACING_IJK
    affine[:3, 3] = ORIGIN
    return affine


def oblique(affine: np.ndarray, degrees: float) -> np.ndarray:
    """An affine turned about the axis (1, 2, 3) of the patient."""
    axis = np.array([1.0, 2.0, 3.0]) / np.sqrt(14)
    cross = np.cross(np.eye(3), axis)
    angle = np.radians(degrees)
    turned = affine.copy()
    turned[:3, :3] = (np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross) @ affine[:3, :3]
    return turned


ORIENTATIONS = {
    "RAS": axes((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "LAS": axes((-1, 0, 0), (0, 1, 0), (0, 0, 1)),  # MosMedData
    "LPS": axes((-1, 0, 0), (0, -1, 0), (0, 0, 1)),  # DICOM
    "LPI": axes((-1, 0, 0), (0, -1, 0), (0, 0, -1)),
    "permuted ASR": axes((0, 1, 0), (0, 0, 1), (1, 0, 0)),
    "permuted SLP": axes((0, 0, 1), (-1, 0, 0), (0, -1, 0)),
    "oblique 17°": oblique(axes((-1, 0, 0), (0, -1, 0), (0, 0, 1)), 17),
    "oblique 40° permuted": oblique(axes((0, 1, 0), (0, 0, 1), (1, 0, 0)), 40),
}
