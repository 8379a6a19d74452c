"""How sure a volume of lesion is: the one place where the network's interval is made."""

from __future__ import annotations

import math

from ..segmentation.masks import IntervalSettings
from .involvement import Involvement

SAMPLING_STATED_AT_MM = 8.0  # the distance of slices that `sampling` is stated for: MosMedData's


def plausible_lesion(lung: Involvement, settings: IntervalSettings | None, slice_mm: float) -> tuple[float, float]:
    """The least and the most lesion that is plausible in a lung, or in both, in voxels (not whole ones).

    settings: how it is calibrated; None: nothing but what was found is plausible. slice_mm: distance of the slices;
    the error of looking at a lung in so few of them adds to the network's own as independent errors do.
    """
    if settings is None:
        return lung.lesion, lung.lesion
    sampling = settings.sampling * lung.lesion * slice_mm / SAMPLING_STATED_AT_MM
    down = math.hypot(settings.widen_down * (lung.lesion - lung.least), sampling)
    up = math.hypot(settings.widen_up * (lung.most - lung.lesion), sampling)
    return max(0.0, lung.lesion - down), min(float(lung.lung), lung.lesion + up)
