"""The chest as the checks look at it: on the quick finder's grid of about 3 mm, in the standard orientation."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from ..orientation import Orientation
from ..quick_lungs import QuickLungs
from ..study import Study

TALLEST_GAS_MM, LARGEST_GAS = 80.0, 0.25  # gas in stomach or bowel is lower, and smaller than this part of a lung
BONE_HU = 200
BLOOD_RIM, BLOOD_CM2 = 2, 8.0  # bright blood is wider than a vertebra, even without so many pixels of rim
BONE_BLUR_MM = 12.0  # wider than a vertebra's hollows, narrower than the way from the spine to the ribs
NEAR_SPINE_MM = 25.0  # a spine stays within this of a straight line


@dataclass(frozen=True, eq=False)
class Chest:
    """A study on a coarse grid [slice, row, column]: slices feet to head, rows front to back, columns right to left.

    hu: int16; body: bool, the body with its hollows; air: bool, the air of the lungs, without small pieces that may be
    gas in the abdomen; spacing_mm: of the grid.
    """

    hu: np.ndarray
    body: np.ndarray
    air: np.ndarray
    spacing_mm: tuple[float, float, float]

    @classmethod
    def of(cls, study: Study, lungs: QuickLungs) -> Chest:
        """A study on the grid on which its lungs were found."""
        orientation = Orientation.of(study.affine)
        slices, rows, columns = lungs.steps
        hu = np.ascontiguousarray(orientation.to_standard(study.hu)[::slices, ::rows, ::columns])
        spacing = zip(orientation.spacing(study.spacing_mm), lungs.steps, strict=True)
        slice_mm, row_mm, column_mm = (mm * step for mm, step in spacing)
        return cls(hu, lungs.body, _main_pieces(lungs.air, slice_mm), (slice_mm, row_mm, column_mm))

    def flipped(self, axis: int) -> Chest:
        """The chest as if one axis ran the other way."""
        return replace(self, hu=np.flip(self.hu, axis), body=np.flip(self.body, axis), air=np.flip(self.air, axis))

    @cached_property
    def height(self) -> slice:
        """The slices from the lowest to the highest with air of the lungs."""
        found = np.flatnonzero(self.air.any((1, 2)))
        return slice(int(found[0]), int(found[-1]) + 1)

    @cached_property
    def bone(self) -> np.ndarray:
        """Bone inside the body at the lungs' height: bool."""
        bright: np.ndarray = (self.hu[self.height] > BONE_HU) & self.body[self.height]
        return bright & ~_blood(bright, self.spacing_mm[1] * self.spacing_mm[2] / 100)

    def bone_along(self, axis: int) -> np.ndarray:
        """The share of bone on lines along an axis, blurred: a spine along it is one bright spot."""
        from scipy import ndimage

        across = np.delete(self.spacing_mm, axis)
        share: np.ndarray = ndimage.gaussian_filter(self.bone.mean(axis, dtype=np.float32), BONE_BLUR_MM / across)
        return share

    @cached_property
    def spine(self) -> tuple[int, int]:
        """Row and column where most bone lies above one another."""
        share = self.bone_along(0)
        row, column = np.unravel_index(int(share.argmax()), share.shape)
        return int(row), int(column)

    @cached_property
    def spine_by_slice(self) -> tuple[np.ndarray, np.ndarray]:
        """Row and column of the spine in each slice of the lungs' height: it is curved, and patients lie askew."""
        from scipy import ndimage

        _, row_mm, column_mm = self.spacing_mm
        row, column = self.spine
        rows = slice(max(0, row - round(NEAR_SPINE_MM / row_mm)), row + round(NEAR_SPINE_MM / row_mm) + 1)
        columns = slice(
            max(0, column - round(NEAR_SPINE_MM / column_mm)), column + round(NEAR_SPINE_MM / column_mm) + 1
        )
        near = self.bone[:, rows, columns].astype(np.float32)
        near = ndimage.gaussian_filter(near, (BONE_BLUR_MM / self.spacing_mm[0], 8 / row_mm, 8 / column_mm))
        near *= near > 0.5 * near.max((1, 2), keepdims=True)
        weight = np.maximum(near.sum((1, 2)), 1e-6)
        found_rows = near.sum(2) @ np.arange(near.shape[1]) / weight + rows.start
        found_columns = near.sum(1) @ np.arange(near.shape[2]) / weight + columns.start
        lost = near.sum((1, 2)) == 0
        return np.where(lost, row, found_rows), np.where(lost, column, found_columns)


def _blood(bright: np.ndarray, pixel_cm2: float) -> np.ndarray:
    """Heart and large vessels that a contrast agent made as bright as bone: of one piece, somewhere wider than bone."""
    from scipy import ndimage

    in_plane = ndimage.generate_binary_structure(2, 1)[None]
    cores, _ = ndimage.label(ndimage.binary_erosion(bright, in_plane, BLOOD_RIM))
    wide = [
        part
        for part, box in enumerate(ndimage.find_objects(cores), start=1)
        if (cores[box] == part).sum((1, 2)).max() * pixel_cm2 > BLOOD_CM2
    ]
    if not wide:
        return np.zeros_like(bright)
    grown: np.ndarray = ndimage.binary_dilation(np.isin(cores, wide), in_plane, BLOOD_RIM + 1)
    return grown


def _main_pieces(air: np.ndarray, slice_mm: float) -> np.ndarray:
    """The tall or large pieces of the lungs' air."""
    from scipy import ndimage

    pieces, count = ndimage.label(air)
    sizes = np.bincount(pieces.ravel(), minlength=count + 1)
    sizes[0] = 0
    main = [
        part
        for part, box in enumerate(ndimage.find_objects(pieces), start=1)
        if (box[0].stop - box[0].start) * slice_mm > TALLEST_GAS_MM or sizes[part] > LARGEST_GAS * sizes.max()
    ]
    return np.isin(pieces, main)
