"""Which of a network's output channels shows what, by the words in its bundle's metadata.json."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ..errors import SetupError

KINDS = {
    "background": "background",
    "lung": "lungs",
    "lungs": "lungs",
    "lesion": "lesions",
    "lesions": "lesions",
    "infection": "lesions",
    "infections": "lesions",
    "opacity": "lesions",
    "opacities": "lesions",
    "consolidation": "consolidation",  # a part of the lesions, never all of them
    "consolidations": "consolidation",
}
# What follows only adds to what a channel shows: "lungs with their lesions" are lungs.
ADDITION = re.compile(r"\b(with|without|of|in|inside|outside|and|or)\b|[(,;:/]")
SIDES = {"left", "right"}


@dataclass(frozen=True)
class Channels:
    """The numbers of the channels that show the lungs, and of those that show lesions, consolidation among them.

    count: how many channels there are; exclusive: whether each voxel is of one class only, since one of them is the
    background. Otherwise each channel is true or not by itself.
    """

    count: int
    lungs: tuple[int, ...]
    lesions: tuple[int, ...]
    exclusive: bool

    def select(self, certainty: np.ndarray) -> np.ndarray:
        """Lungs and lesions [n, 2, …] of the network's channels uint8 [n, count, …]."""
        return np.stack([self._joined(certainty[:, channels]) for channels in (self.lungs, self.lesions)], 1)

    def _joined(self, certainty: np.ndarray) -> np.ndarray:
        """How certain one of some channels is: classes that exclude one another add up."""
        if self.exclusive:
            return certainty.sum(1, dtype=np.uint16).clip(max=255).astype(np.uint8)
        joined: np.ndarray = certainty.max(1)
        return joined


def find_channels(definition: Mapping[str, str]) -> Channels:
    """The channels by a `channel_def` such as {"0": "background", "1": "left lung", "2": "right lung", "3": "lesions"}.

    A channel shows what its label's noun says: "lung lesions" are lesions, a "lung nodule" is neither. SetupError where
    no channel shows lungs, or none lesions, and where they are not counted from 0.
    """
    found: dict[str, list[int]] = {kind: [] for kind in set(KINDS.values())}
    for number, label in definition.items():
        kind = KINDS.get(_noun(str(label)))
        if kind and number.isdecimal():
            found[kind].append(int(number))
    if not found["lungs"] or not found["lesions"]:
        labels = ", ".join(f'{number} "{label}"' for number, label in definition.items()) or "none"
        raise SetupError(
            f"The model does not give lungs and lesions: its channels are {labels}. One must be called lung and one "
            "lesion in network_data_format.outputs.pred.channel_def of its configs/metadata.json."
        )
    last = max(number for numbers in found.values() for number in numbers)
    if last >= len(definition):
        raise SetupError(
            f'Channels are counted from 0, and the model describes "{last}" of {len(definition)} channels: correct '
            "network_data_format.outputs.pred.channel_def of its configs/metadata.json."
        )
    lesions = (*found["lesions"], *found["consolidation"])
    return Channels(len(definition), tuple(found["lungs"]), lesions, exclusive=bool(found["background"]))


def _noun(label: str) -> str:
    """The last word before any addition, sides left out: "lesion" of "COVID-19 lesion in the left lung"."""
    head = ADDITION.split(label.lower().replace("_", " "))[0]
    words = [word for word in re.findall(r"[a-z]+", head) if word not in SIDES]
    return words[-1] if words else ""
