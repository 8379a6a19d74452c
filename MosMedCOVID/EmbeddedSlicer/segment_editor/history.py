"""Undo and redo: of each edit only the voxels that it changed are kept, packed."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from .box import Box, around, cropped, is_empty, shape, within

Changes = Mapping[str, tuple[Box, np.ndarray]]
"""Of each segment (by ID) the voxels that an edit turned around: a box and bool [k, j, i] in it."""


@dataclass(frozen=True)
class PackedMask:
    """A mask of a box, one bit a voxel and compressed: kilobytes for a stroke, some hundred for a threshold."""

    box: Box
    bits: bytes

    @classmethod
    def of(cls, box: Box, mask: np.ndarray) -> PackedMask:
        mask, box = cropped(mask, box)
        return cls(box, zlib.compress(np.packbits(mask).tobytes(), 1))

    def unpacked(self) -> tuple[Box, np.ndarray]:
        size = shape(self.box)
        bits = np.frombuffer(zlib.decompress(self.bits), np.uint8)
        return self.box, np.unpackbits(bits, count=int(np.prod(size))).reshape(size).astype(bool)


class Stroke:
    """Collects the steps of an edit. What was turned around twice is as it was before."""

    def __init__(self) -> None:
        self._steps: dict[str, list[PackedMask]] = {}

    def add(self, changes: Changes) -> None:
        for segment, (box, change) in changes.items():
            self._steps.setdefault(segment, []).append(PackedMask.of(box, change))

    @property
    def segments(self) -> list[str]:
        """The IDs of the segments that were changed."""
        return list(self._steps)

    def packed(self) -> dict[str, PackedMask]:
        """All steps as one; without the segments that came out unchanged."""
        packed = {segment: _sum(steps) for segment, steps in self._steps.items()}
        return {segment: mask for segment, mask in packed.items() if not is_empty(mask.box)}


class History:
    """The edits that can be undone and those that can be redone, oldest first."""

    def __init__(self, maximum: int = 10) -> None:
        self._maximum = maximum
        self._undo: list[dict[str, PackedMask]] = []
        self._redo: list[dict[str, PackedMask]] = []

    @property
    def maximum(self) -> int:
        """How many edits are kept."""
        return self._maximum

    @maximum.setter
    def maximum(self, number: int) -> None:
        self._maximum = number
        self._forget()

    @property
    def can_undo(self) -> bool:
        return bool(self._undo)

    @property
    def can_redo(self) -> bool:
        return bool(self._redo)

    def keep(self, stroke: Stroke) -> None:
        """An edit that was made; what had been undone before can no longer be redone."""
        packed = stroke.packed()
        if packed:
            self._undo.append(packed)
            self._redo.clear()
            self._forget()

    def undo(self) -> Changes:
        """What must be turned around to undo the latest edit."""
        return _unpacked(self._undo, self._redo)

    def redo(self) -> Changes:
        """What must be turned around to redo the edit undone last."""
        return _unpacked(self._redo, self._undo)

    def clear(self) -> None:
        self._undo.clear()
        self._redo.clear()

    def _forget(self) -> None:
        del self._undo[: max(0, len(self._undo) - self._maximum)]


def _unpacked(source: list[dict[str, PackedMask]], target: list[dict[str, PackedMask]]) -> Changes:
    edit = source.pop()
    target.append(edit)
    return {segment: mask.unpacked() for segment, mask in edit.items()}


def _sum(steps: list[PackedMask]) -> PackedMask:
    if len(steps) == 1:
        return steps[0]
    whole = steps[0].box
    for step in steps:
        whole = around(whole, step.box)
    total = np.zeros(shape(whole), bool)
    for step in steps:
        box, change = step.unpacked()
        total[within(box, whole)] ^= change
    return PackedMask.of(whole, total)
