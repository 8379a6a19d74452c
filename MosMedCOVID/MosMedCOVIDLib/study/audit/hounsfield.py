"""Whether the values are Hounsfield units: air and soft tissue are there, and air and fat where they belong."""

from __future__ import annotations

import numpy as np

from ..study import Study
from .checks import Check, Level, judged, not_assessed
from .limits import AIR_HU, AIR_TOLERANCE_HU, HIGHEST_FAT_HU, LOWEST_FAT_HU
from .samples import Blocks, peak

AIR_BETWEEN_HU, FAT_BETWEEN_HU = (-1200, -850), (-200, -30)
FEWEST_BLOCKS = 200
CALM = 1.5  # times the scatter of the calmest third of soft tissue: blocks without an edge in them


def check_values(study: Study) -> Check:
    """Air near −1000 and soft tissue near 40 must both be there; else the numbers are no Hounsfield units."""
    sample = study.hu[:: max(1, len(study.hu) // 40), ::4, ::4]
    air = float(np.mean((sample > -1100) & (sample < -700)))
    tissue = float(np.mean((sample > -50) & (sample < 150)))
    lowest, highest = int(study.hu.min()), int(study.hu.max())
    span = f"{lowest} to {highest}"
    if air >= 0.01 and tissue >= 0.02:
        return Check("hu_plausible", "ok", span, None, "HU", f"Values from {span} HU, air and soft tissue seen.")
    missing = "air (near −1000)" if air < 0.01 else "soft tissue (near 40)"
    hint = " They look like grey levels, or the rescale intercept was lost." if lowest >= -200 else ""
    told = f"Values from {span} hold no {missing}, so they are not Hounsfield units.{hint}"
    return Check("hu_plausible", "refused", span, None, "HU", told)


def check_peaks(blocks: Blocks) -> list[Check]:
    """Where air round the patient and fat lie; a scanner or a conversion that shifts them shifts lesions as well."""
    return [_air(blocks), _fat(blocks)]


def _air(blocks: Blocks) -> Check:
    outside = ~blocks.in_body & (blocks.deviation > 0)  # padding has no noise
    air = blocks.mean[outside & _between(blocks.mean, AIR_BETWEEN_HU)]
    if len(air) < FEWEST_BLOCKS:
        return not_assessed("air_hu", "Too little air round the patient to measure it.", AIR_TOLERANCE_HU)
    found = round(peak(air))
    away = abs(found - AIR_HU.value)
    told = f"Air round the patient has {found} HU"
    if away > AIR_TOLERANCE_HU.value:
        told += f", {away:.0f} off −1000: all densities may be shifted."
        return judged("air_hu", "warning", found, AIR_TOLERANCE_HU, told)
    return judged("air_hu", "ok", found, AIR_TOLERANCE_HU, f"{told}.")


def _fat(blocks: Blocks) -> Check:
    soft = blocks.in_body & _between(blocks.mean, (FAT_BETWEEN_HU[0], 100))
    calm = CALM * np.percentile(blocks.deviation[soft], 30) if soft.any() else 0.0
    fat = blocks.mean[soft & _between(blocks.mean, FAT_BETWEEN_HU) & (blocks.deviation < calm)]
    if len(fat) < FEWEST_BLOCKS:
        return not_assessed("fat_hu", "Too little fat to measure its density.", LOWEST_FAT_HU)
    found, between = round(peak(fat)), f"{LOWEST_FAT_HU.value:.0f} to {HIGHEST_FAT_HU.value:.0f}"
    level: Level = "ok" if LOWEST_FAT_HU.value <= found <= HIGHEST_FAT_HU.value else "warning"
    told = f"Fat has {found} HU" + ("." if level == "ok" else ", not about −100: densities of tissue may be wrong.")
    return Check("fat_hu", level, found, between, "HU", told, LOWEST_FAT_HU.source)


def _between(values: np.ndarray, limits: tuple[float, float]) -> np.ndarray:
    inside: np.ndarray = (values > limits[0]) & (values < limits[1])
    return inside
