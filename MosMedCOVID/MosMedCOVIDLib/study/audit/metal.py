"""Metal in the chest: it throws streaks over the lungs, which look like lesions or hide them."""

from __future__ import annotations

import numpy as np

from ..orientation import Orientation
from ..quick_lungs import QuickLungs
from ..study import Study
from .checks import Check, judged, not_assessed
from .limits import METAL_HU, METAL_ML

# The highest value of a CT stands in a single voxel, in one that was cut at it in more (two real series: 18 and 89).
MOST_AT_THE_TOP = 10


def check_metal(study: Study, lungs: QuickLungs) -> Check:
    """The volume of metal in the body at the lungs' height; what lies on the skin is left out."""
    highest = int(study.hu.max())
    if highest <= METAL_HU.value and np.count_nonzero(study.hu == highest) > MOST_AT_THE_TOP:
        told = f"The values are cut at {highest} HU, so metal cannot be told from bone."
        return not_assessed("metal", told, METAL_HU)
    hu = Orientation.of(study.affine).to_standard(study.hu)[lungs.first[0] : lungs.last[0]]
    metal_ml = 0.0
    if hu.max() > METAL_HU.value:
        places = np.argwhere(hu > METAL_HU.value)
        places[:, 0] += lungs.first[0]
        coarse = np.minimum(places // lungs.steps, np.array(lungs.body.shape) - 1)
        metal_ml = float(lungs.body[tuple(coarse.T)].sum()) * study.voxel_ml
    found = round(metal_ml, 2)
    if metal_ml > METAL_ML.value:
        told = f"{found:.1f} ml of metal in the chest: its streaks may be taken for lesions."
        return judged("metal", "warning", found, METAL_ML, told)
    return judged("metal", "ok", found, METAL_ML, "No metal that matters in the chest.")
