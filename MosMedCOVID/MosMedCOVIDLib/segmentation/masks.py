"""Lungs and lesions of one study, voxel by voxel."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..errors import MosMedError

RIGHT, LEFT = 1, 2
READER_CT0_BELOW_ML = 0.1  # the smallest expert mask of MosMedData holds 0.38 ml and is CT-1


@dataclass(frozen=True)
class Model:
    """Which model made masks, and on which device; what is needed to say so and to judge its smallest findings."""

    name: str
    version: str
    sha256: str
    device: str
    ct0_below_ml: float


@dataclass(frozen=True, eq=False)
class Masks:
    """Masks on the study's own grid [slice, row, column]; valid whenever they exist.

    lungs: uint8 {0, 1 right, 2 left}, with their lesions; lesions: uint8 {0, 1}, inside the lungs.
    model: which model made them, or None for a reader's.
    lesion_probability: uint8, 255 = certain, as the network gave it, or None.
    """

    lungs: np.ndarray
    lesions: np.ndarray
    model: Model | None = None
    lesion_probability: np.ndarray | None = None

    def __post_init__(self) -> None:
        arrays = [self.lungs, self.lesions]
        arrays += [] if self.lesion_probability is None else [self.lesion_probability]
        if any(a.dtype != np.uint8 or a.ndim != 3 or a.shape != self.lungs.shape for a in arrays):
            raise MosMedError("Masks must be uint8 volumes of one shape.")
        if self.lungs.size and (self.lungs.max() > LEFT or self.lesions.max() > 1):
            raise MosMedError("Masks hold other labels than 0, 1 right lung, 2 left lung, and 0, 1 lesion.")
        if any((lesions > lungs).any() for lesions, lungs in zip(self.lesions, self.lungs, strict=True)):
            raise MosMedError("Lesions lie outside the lungs.")

    @property
    def ct0_below_ml(self) -> float:
        """Lesion volume under which the study counts as CT-0, in ml."""
        return READER_CT0_BELOW_ML if self.model is None else self.model.ct0_below_ml
