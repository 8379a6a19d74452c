"""How well a mask agrees with another one that is held to be true."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Agreement:
    """A mask against the truth of one patient, in voxels of the whole volume."""

    found: int
    true: int
    common: int

    @classmethod
    def of(cls, found: np.ndarray, true: np.ndarray) -> Agreement:
        """Of two masks (non-zero is inside) on one grid."""
        found, true = found > 0, true > 0
        return cls(*(int(np.count_nonzero(part)) for part in (found, true, found & true)))

    @property
    def dice(self) -> float | None:
        """3D Dice 0…1 (Dice, 1945); None where the truth is empty, since every finding would then score 0."""
        return 2 * self.common / (self.found + self.true) if self.true else None
