"""How much lung and how much lesion: the only place where millilitres and percents are computed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..segmentation.masks import LEFT, RIGHT, Masks

# The network's probability (of 255) from which on a voxel is surely lesion, and from which on it may be lesion. A half
# is the mask's own boundary. Chosen because the interval then holds the reader's percent in 14 of 15 labelled scans,
# which the network had seen in training: so it is not calibrated, and on others it may be too narrow.
CERTAIN, POSSIBLE = 243, 13  # 95 % and 5 %; whole numbers, since numpy compares bytes with others ten times slower


@dataclass(frozen=True)
class Involvement:
    """Lung and lesion of one lung, or of both; lesions count as lung.

    Voxel counts, so that a share is exact at a boundary: `lung`, `lesion`, and the `least` and `most` lesion that
    is plausible (least ≤ lesion ≤ most); voxel_ml: volume of one voxel.
    """

    lung: int
    lesion: int
    least: int
    most: int
    voxel_ml: float

    @property
    def lung_ml(self) -> float:
        """Volume of the lung in ml."""
        return self.lung * self.voxel_ml

    @property
    def lesion_ml(self) -> float:
        """Volume of the lesions in ml."""
        return self.lesion * self.voxel_ml

    @property
    def percent(self) -> float:
        """Share of the lung that is lesion; 0 where there is no lung."""
        return self._percent(self.lesion)

    @property
    def interval_percent(self) -> tuple[float, float]:
        """The least and the most share that is plausible."""
        return self._percent(self.least), self._percent(self.most)

    def __add__(self, other: Involvement) -> Involvement:
        return Involvement(
            self.lung + other.lung,
            self.lesion + other.lesion,
            self.least + other.least,
            self.most + other.most,
            self.voxel_ml,
        )

    def _percent(self, voxels: int) -> float:
        return 100 * voxels / self.lung if self.lung else 0.0


def measure(masks: Masks, voxel_ml: float) -> dict[str, Involvement]:
    """The involvement of "right", "left" and "both" lungs.

    Least are the lesion voxels of which the network is sure; most are those with the ones that it holds possible.
    Where a reader changed the mask the reader is sure.
    """
    counts = {RIGHT: np.zeros(4, np.int64), LEFT: np.zeros(4, np.int64)}
    for index, lungs in enumerate(masks.lungs):  # slice by slice: five times faster, as one fits into the cache
        lesions = masks.lesions[index].view(bool)
        least = most = lesions
        if masks.lesion_probability is not None:
            probability = masks.lesion_probability[index]
            changed = lesions != (probability > 127)
            least = lesions & (changed | (probability >= CERTAIN))
            most = lesions | (~changed & (probability >= POSSIBLE))
        for label, count in counts.items():
            lung = lungs == label
            count += [np.count_nonzero(part) for part in (lung, lesions & lung, least & lung, most & lung)]
    sides = {}
    for side, label in (("right", RIGHT), ("left", LEFT)):
        lung, lesion, low, high = counts[label].tolist()
        sides[side] = Involvement(lung, lesion, low, high, voxel_ml)
    return {**sides, "both": sides["right"] + sides["left"]}
