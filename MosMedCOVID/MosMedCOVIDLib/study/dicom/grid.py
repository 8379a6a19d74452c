"""From the places of slices to one regular grid: sorted along the normal, the gaps measured, or refused in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...errors import StudyRefused
from ..study import MAXIMUM_SHEAR
from .image import Image

SAME_PLACE_MM = 0.01
# Positions are often rounded to 0.1 mm; and no slice may lie further than this from where an even grid has it.
GAP_TOLERANCE_MM = 0.11
GAP_TOLERANCE = 0.02  # of the distance between slices
MISSING_FROM, TOO_MANY_TO = 1.5, 0.75  # times the others: a gap over a slice that is missing, or beside one too many
SIDEWAYS_TOLERANCE_MM = 0.5
UNIT_TOLERANCE = 1e-3  # of the directions' lengths and right angle
DIRECTION_TOLERANCE = 1e-3  # between slices: 0.4 mm over the width of a chest
SPACING_TOLERANCE = 1e-4  # between slices, of the pixel's side
LARGEST_TILT_DEGREES = 35.0  # gantries tilt by up to 30


@dataclass(frozen=True)
class Grid:
    """Where the slices of a volume lie, in LPS mm.

    slices: sorted along the normal, each with the images at its place, of which there should be one; column, row: the
    steps from voxel to voxel; step: from slice to slice; normal: of length 1.
    """

    slices: tuple[tuple[Image, ...], ...]
    origin: np.ndarray
    column: np.ndarray
    row: np.ndarray
    step: np.ndarray
    normal: np.ndarray

    @property
    def tilt_degrees(self) -> float:
        """How far the slices' stack leans away from their normal; 0 within what counts as a right angle."""
        gap = float(self.step @ self.normal)
        sine = float(np.linalg.norm(self.step - gap * self.normal) / np.linalg.norm(self.step))
        return float(np.degrees(np.arcsin(min(1.0, sine)))) if sine > MAXIMUM_SHEAR else 0.0


def grid_of(images: Sequence[Image], name: str) -> Grid:
    """The grid of the slices of one volume. StudyRefused where they don't form one; name: begins the sentence."""
    first = images[0]
    for image in images:
        _must_have_place(image)
        _must_match(image, first, name)
    column_direction, row_direction = _directions(first, name)
    normal = np.cross(column_direction, row_direction)
    positions = np.array([image.position for image in images])
    order = np.argsort(positions @ normal, kind="stable")
    images, positions = [images[i] for i in order], positions[order]
    apart = np.flatnonzero(np.diff(positions @ normal) > SAME_PLACE_MM) + 1
    slices = [images[begin:end] for begin, end in zip([0, *apart], [*apart, len(images)], strict=True)]
    places = positions[[0, *apart]]
    if len(slices) < 2:
        raise StudyRefused("slices", f"{name} is a single slice, not a volume: give the whole series.")
    step = _regular_step([group[0] for group in slices], places, normal, name)
    row_mm, column_mm = first.pixel_spacing or (0.0, 0.0)
    grid = Grid(
        tuple(map(tuple, slices)), places[0], column_direction * column_mm, row_direction * row_mm, step, normal
    )
    if grid.tilt_degrees > LARGEST_TILT_DEGREES:
        raise StudyRefused("geometry", f"{name} is tilted by {grid.tilt_degrees:.1f}°, more than any gantry.")
    return grid


def _must_have_place(image: Image) -> None:
    wanted = {
        "ImagePositionPatient": image.position,
        "ImageOrientationPatient": image.orientation,
        "PixelSpacing": image.pixel_spacing,
    }
    for tag, found in wanted.items():
        if found is None:
            raise StudyRefused("geometry", f"{image.label} has no valid {tag}: its place in the patient is unknown.")
    if min(image.pixel_spacing or (0.0,)) <= 0:
        stated = ", ".join(f"{mm:g}" for mm in image.pixel_spacing or ())
        raise StudyRefused("geometry", f"{image.label} states a pixel spacing that is not above 0: {stated} mm.")


def _must_match(image: Image, first: Image, name: str) -> None:
    """One volume has one matrix, one pixel size and one direction."""
    differs = None
    if (image.rows, image.columns) != (first.rows, first.columns):
        differs = f"matrix ({first.columns} × {first.rows} and {image.columns} × {image.rows})"
    elif not np.allclose(_array(image.pixel_spacing), _array(first.pixel_spacing), rtol=SPACING_TOLERANCE):
        differs = "PixelSpacing"
    elif not np.allclose(_array(image.orientation), _array(first.orientation), atol=DIRECTION_TOLERANCE):
        differs = "ImageOrientationPatient"
    if differs:
        raise StudyRefused(
            "series", f"The slices of {name} differ in {differs}: {first.label} and {image.label} are not one volume."
        )


def _array(values: tuple[float, ...] | None) -> np.ndarray:
    return np.array(values, np.float64)


def _directions(image: Image, name: str) -> tuple[np.ndarray, np.ndarray]:
    """The directions of columns and rows, exactly at a right angle; headers round them."""
    column, row = _array(image.orientation).reshape(2, 3)
    lengths = np.linalg.norm([column, row], axis=1)
    if np.abs(lengths - 1).max() > UNIT_TOLERANCE:
        raise StudyRefused("geometry", f"{name} states directions that are not of length 1.")
    if abs(column @ row) > UNIT_TOLERANCE:
        raise StudyRefused("geometry", f"{name} states directions that are not at a right angle.")
    column = column / lengths[0]
    row = row - (row @ column) * column
    return column, row / np.linalg.norm(row)


def _cause(share: float) -> str:
    """What a gap means that is so many times as wide as the others."""
    if MISSING_FROM > share > TOO_MANY_TO:
        return "Its distances vary: not one regular volume."
    what = "A slice is missing" if share > 1 else "There is a slice too many"
    return f"{what}, or the series was merged from several."


def _regular_step(images: list[Image], positions: np.ndarray, normal: np.ndarray, name: str) -> np.ndarray:
    """The vector in mm from slice to slice; StudyRefused where the gaps differ or slices shift sideways."""
    heights = positions @ normal
    gaps = np.diff(heights)
    gap = float(np.sort(gaps)[len(gaps) // 2])
    tolerance = max(GAP_TOLERANCE * gap, min(GAP_TOLERANCE_MM, gap / 4))
    worst = int(np.argmax(np.abs(gaps - gap)))
    step = (positions[-1] - positions[0]) / (len(positions) - 1)
    even = heights[0] + np.arange(len(heights)) * float(step @ normal)
    if abs(gaps[worst] - gap) > tolerance or np.abs(heights - even).max() > max(tolerance, GAP_TOLERANCE_MM):
        between = f"{images[worst].label} and {images[worst + 1].label}"
        raise StudyRefused(
            "slice_gap",
            f"Slices of {name} are unevenly spaced: {gaps[worst]:.2f} mm between {between}, {gap:.2f} mm elsewhere. "
            f"{_cause(gaps[worst] / gap)}",
        )
    sideways = positions - positions[0] - np.arange(len(positions))[:, None] * step
    sideways -= np.outer(sideways @ normal, normal)
    shifts = np.abs(sideways).max(1)
    if shifts.max() > SIDEWAYS_TOLERANCE_MM:
        worst = int(np.argmax(shifts))
        raise StudyRefused(
            "geometry",
            f"The slices of {name} are shifted against each other sideways, {images[worst].label} by "
            f"{np.linalg.norm(sideways[worst]):.1f} mm: not one volume.",
        )
    return step
