"""Stored values of a NIfTI as int16 HU, piece by piece as they come from the file."""

from __future__ import annotations

import math

import numpy as np

from .inflating import Contents
from .progress import OnProgress

PADDING_HU = -1024
PIECE = 1 << 18  # values at once: they stay in the processor's cache
LARGEST_WHOLE = 1 << 14  # of slope and intercept: times 16 bits it stays within 32
INT16 = np.iinfo(np.int16)


class Values:
    """Values as they are stored, on their way to HU; what had to be changed is counted."""

    def __init__(self, stored: np.dtype, slope: float, intercept: float) -> None:
        self._stored, self._scaled = stored, (slope, intercept) != (1.0, 0.0)
        whole = slope.is_integer() and intercept.is_integer() and max(abs(slope), abs(intercept)) < LARGEST_WHOLE
        exact = whole and stored.kind in "iu" and stored.itemsize <= 2
        self._calculating: type[np.int32] | type[np.float64] = np.int32 if exact else np.float64  # which is slower
        self._slope, self._intercept = self._calculating(slope), self._calculating(intercept)
        self._no_numbers, self._cut = 0, False

    def bytes_of(self, shape: tuple[int, int, int]) -> int:
        """What a volume takes in the file."""
        return math.prod(shape) * self._stored.itemsize

    def read(self, contents: Contents, shape: tuple[int, int, int], on_progress: OnProgress) -> np.ndarray:
        """HU int16 [slice, row, column] of the next values of a file; shape: columns, rows, slices."""
        hu = np.empty(shape[::-1], np.int16)
        flat = hu.reshape(-1)
        as_it_is = self._stored == np.int16 and not self._scaled
        buffer = np.empty(0 if as_it_is else min(PIECE, flat.size), self._stored)
        for first in range(0, flat.size, PIECE):
            target = flat[first : first + PIECE]
            source = target if as_it_is else buffer[: target.size]
            contents.fill(source.view(np.uint8).data)
            if not as_it_is:
                target[:] = self._hu(source)
            on_progress((first + target.size) / flat.size)
        return hu

    def notes(self) -> list[str]:
        """A sentence for each kind of change."""
        notes = []
        if self._no_numbers:
            notes.append(f"{self._no_numbers} voxels that were no numbers are read as −{-PADDING_HU} HU.")
        if self._cut:
            notes.append("Values outside −32768…32767 were cut to these limits.")
        return notes

    def _hu(self, values: np.ndarray) -> np.ndarray:
        """Scaled, rounded and cut to what int16 holds."""
        if self._scaled:
            with np.errstate(all="ignore"):  # what becomes no number is counted
                values = values.astype(self._calculating) * self._slope + self._intercept
        if values.dtype.kind == "f":
            numbers = np.isfinite(values)
            if not numbers.all():
                self._no_numbers += int(np.count_nonzero(~numbers))
                values = np.where(numbers, values, PADDING_HU)
            values = np.rint(values)
        if values.min() < INT16.min or values.max() > INT16.max:
            self._cut = True
            values = values.clip(INT16.min, INT16.max)
        return values
