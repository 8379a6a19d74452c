"""Whether a contrast agent was given: from the headers, and from the density of the descending aorta."""

from __future__ import annotations

import numpy as np

from ..study import Study
from .aorta import Discs
from .checks import Check, judged, not_assessed
from .headers import words
from .limits import AORTA_SPREAD_HU, ENHANCED_AORTA_HU, FEWEST_AORTA_SLICES

CLEAR_HU = 150.0  # by so much a disc must stand out from what surrounds it
EFFECT = "it makes vessels and consolidation denser"


def check_contrast(study: Study, aorta: Discs) -> Check:
    """aorta: the discs on the patient's left."""
    stated = bool(words(study, "ContrastBolusAgent"))
    density = aorta_density(aorta)
    if density is None:
        if stated:
            told = f"The headers state a contrast agent: {EFFECT}."
            return judged("contrast", "warning", None, ENHANCED_AORTA_HU, told)
        return not_assessed("contrast", "The aorta was not found clearly enough to measure it.", ENHANCED_AORTA_HU)
    if density > ENHANCED_AORTA_HU.value:
        told = f"A contrast agent was given (aorta {density} HU): {EFFECT}."
        return judged("contrast", "warning", density, ENHANCED_AORTA_HU, told)
    if stated:
        told = f"The headers state a contrast agent, but the aorta has only {density} HU."
        return judged("contrast", "warning", density, ENHANCED_AORTA_HU, told)
    return judged("contrast", "ok", density, ENHANCED_AORTA_HU, f"No contrast agent: the aorta has {density} HU.")


def aorta_density(aorta: Discs) -> int | None:
    """The median HU of the descending aorta, or None where too few slices show it or they disagree."""
    hu = aorta.hu[aorta.score > CLEAR_HU]
    if len(hu) < FEWEST_AORTA_SLICES.value:
        return None
    low, middle, high = np.percentile(hu, [25, 50, 75])
    return round(float(middle)) if high - low <= AORTA_SPREAD_HU.value else None
