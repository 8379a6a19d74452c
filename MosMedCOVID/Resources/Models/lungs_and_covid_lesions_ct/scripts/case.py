"""One scan to train on: its slices in HU, what was outlined in them, and where the outlines can be believed."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from pathlib import Path

import numpy as np

LUNG, LESION, CONSOLIDATION = range(3)  # channels of the masks, and of what the network gives
HU_LOW, HU_HIGH = -1024, 400


@dataclass(frozen=True, eq=False)
class Case:
    """A scan on whatever pixels it was kept in; training scales it by millimetres.

    images: int16 [slice, row, column], HU, feet to head, row 0 in front, column 0 on the patient's right.
    masks: uint8 [slice, 3, row, column], lung (with its lesions), lesion, consolidation; 255 = all of the pixel.
    known: uint8 of the same shape, or [slice, 3, 1, 1]: 1 where the mask can be believed.
    inside: bool [slice, row, column], or [slice, 1, 1]: where there is a picture at all.
    pixel_mm: size of a pixel; slice_mm: distance of the slices, 0 where they are of different patients.
    spread: how far to trust the grey values: 1 for true HU, more for values that were estimated.
    """

    name: str
    patient: str
    images: np.ndarray
    masks: np.ndarray
    known: np.ndarray
    inside: np.ndarray
    pixel_mm: float
    slice_mm: float
    spread: float

    def neighbours(self, index: int, distance_mm: float) -> list[int]:
        """A slice and those about a distance below and above it, as View.channels takes them: below, it, above."""
        step = max(1, round(distance_mm / self.slice_mm)) if self.slice_mm else 0
        return [max(0, index - step), index, min(len(self.images) - 1, index + step)]

    def slab(self, index: int, count: int) -> slice:
        """As many slices around one, as a thicker slice would hold."""
        first = max(0, index - count // 2)
        return slice(first, first + count)

    def save(self, folder: Path) -> None:
        """Writes FOLDER/<name>.npz."""
        np.savez(folder / f"{self.name}.npz", **asdict(self))


def load_cases(folder: str | Path) -> list[Case]:
    """All cases of a folder, in the order of their names."""
    cases = []
    for path in sorted(Path(folder).glob("*.npz")):
        with np.load(path) as stored:
            values = {field.name: stored[field.name] for field in fields(Case)}
        plain = {key: value.item() if value.ndim == 0 else value for key, value in values.items()}
        cases.append(Case(**plain))
    if not cases:
        raise FileNotFoundError(f"{folder} holds no prepared cases (<case>.npz); scripts.prepare makes them.")
    return cases
