"""Lungs and lesions of one study, voxel by voxel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from ..errors import MosMedError

RIGHT, LEFT = 1, 2
READER_CT0_BELOW_ML = 0.1  # the smallest expert mask of MosMedData holds 0.38 ml and is CT-1


@dataclass(frozen=True)
class IntervalSettings:
    """How a network's probabilities become an interval of involvement; calibrated by those who trained it.

    certain, possible: the probability 0…1 from which on a voxel is surely lesion, and from which on it may be.
    widen_down, widen_up: by how much the distances from the mask's share to these two are stretched. sampling: the
    relative error that slices 8 mm apart bring along. calibrated: whether the interval holds the truth in 90 %.
    """

    certain: float
    possible: float
    widen_down: float = 1.0
    widen_up: float = 1.0
    sampling: float = 0.0
    calibrated: bool = False

    @classmethod
    def from_json(cls, stated: Mapping[str, Any]) -> IntervalSettings:
        """The settings that a model states; what else stands there is not ours. TypeError, ValueError if damaged."""
        given = dict(stated)
        numbers = {field.name: float(given[field.name]) for field in fields(cls)[:-1] if field.name in given}
        return cls(**numbers, calibrated=given.get("calibrated") is True)


@dataclass(frozen=True)
class Model:
    """Which model made masks, and on which device; what is needed to say so and to judge what it found.

    interval: how sure its probabilities are, or None where it doesn't say so: then there is no interval.
    """

    name: str
    version: str
    sha256: str
    device: str
    ct0_below_ml: float
    interval: IntervalSettings | None = None

    @classmethod
    def from_json(cls, stated: Mapping[str, Any]) -> Model:
        """What `dataclasses.asdict` made of a model, also one of an earlier version."""
        interval = stated.get("interval")
        return cls(**{**stated, "interval": interval and IntervalSettings.from_json(interval)})


@dataclass(frozen=True, eq=False)
class Masks:
    """Masks on the study's own grid [slice, row, column]; valid whenever they exist.

    lungs: uint8 {0, 1 right, 2 left}, with their lesions; lesions: uint8 {0, 1}, inside the lungs.
    model: which model made them, or None for a reader's.
    lesion_probability: uint8, 255 = certain, as the network gave it, or None.
    dense: uint8 {0, 1}, 1 where a voxel of a lesion counts as consolidation, or None where nobody told; outside the
    lesions it says nothing. So consolidation is lesions & dense, and ground glass the rest of the lesions.
    corrected: whether a reader changed the model's masks.
    """

    lungs: np.ndarray
    lesions: np.ndarray
    model: Model | None = None
    lesion_probability: np.ndarray | None = None
    dense: np.ndarray | None = None
    corrected: bool = False

    def __post_init__(self) -> None:
        arrays = [self.lungs, self.lesions, self.lesion_probability, self.dense]
        if any(a is not None and (a.dtype, a.ndim, a.shape) != (np.uint8, 3, self.lungs.shape) for a in arrays):
            raise MosMedError("Masks must be uint8 volumes of one shape.")
        binary = [mask for mask in (self.lesions, self.dense) if mask is not None]
        if self.lungs.size and (self.lungs.max() > LEFT or any(mask.max() > 1 for mask in binary)):
            raise MosMedError("Masks hold other labels than 0, 1 right lung, 2 left lung, and 0, 1 lesion.")
        if any((lesions > lungs).any() for lesions, lungs in zip(self.lesions, self.lungs, strict=True)):
            raise MosMedError("Lesions lie outside the lungs.")

    @property
    def ct0_below_ml(self) -> float:
        """Lesion volume under which the study counts as CT-0, in ml; for a mask that a reader changed, the reader's."""
        return READER_CT0_BELOW_ML if self.model is None or self.corrected else self.model.ct0_below_ml

    @property
    def interval(self) -> IntervalSettings | None:
        """How the probabilities become an interval, or None where there is none."""
        return self.model.interval if self.model and self.lesion_probability is not None else None
