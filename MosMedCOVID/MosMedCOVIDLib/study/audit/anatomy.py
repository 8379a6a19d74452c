"""Are there two lungs, with how much air, how dense, and does the field of view hold them?"""

from __future__ import annotations

from ..quick_lungs import QuickLungs
from ..study import Study
from .checks import Check, Level, judged, not_assessed
from .headers import number
from .limits import DENSE_LUNG_HU, LEAST_AIR_ML, LEAST_HEIGHT_MM, LEAST_SHARE_OF_ONE_LUNG, LITTLE_AIR_ML, WHOLE_LUNGS


def lungs_missing(lungs: QuickLungs) -> bool:
    """Whether there are no lungs to speak of."""
    return lungs.air_ml < LEAST_AIR_ML.value or lungs.height_mm < LEAST_HEIGHT_MM.value


def check_lungs(study: Study, lungs: QuickLungs) -> list[Check]:
    """Two lungs? White lungs hold little air but are there: they are a warning, no refusal."""
    air = round(lungs.air_ml)
    if lungs_missing(lungs):
        where = f" within {lungs.height_mm:.0f} mm" if lungs.air_ml else ""
        reason = f"No lungs found: {air} ml of lung air inside the body{where}. Is this a CT of the chest?"
        return [judged("lungs_found", "refused", air, LEAST_AIR_ML, reason)]
    return [_both(lungs, air), _air(air), _density(round(lungs.density_hu)), _field_of_view(study, lungs)]


def _both(lungs: QuickLungs, air: int) -> Check:
    sides = {"right": lungs.right_ml, "left": lungs.left_ml}
    parts = f"right {lungs.right_ml:.0f} ml, left {lungs.left_ml:.0f} ml"
    smaller = min(sides, key=lambda side: sides[side])
    level: Level = "ok"
    told = f"Air in the lungs: {parts}."
    if sides[smaller] < LEAST_SHARE_OF_ONE_LUNG.value * lungs.air_ml:
        level, told = "warning", f"Hardly any air in the {smaller} lung ({parts}): consolidated, filled or missing?"
    return judged("lungs_found", level, air, LEAST_AIR_ML, told)


def _air(air: int) -> Check:
    if air < LITTLE_AIR_ML.value:
        told = f"Only {air} ml of air: white lungs, a small patient, or lungs not wholly covered."
        return judged("air_ml", "warning", air, LITTLE_AIR_ML, told)
    return judged("air_ml", "ok", air, LITTLE_AIR_ML, f"{air} ml of air in the lungs.")


def _density(density: int) -> Check:
    if density > DENSE_LUNG_HU.value:
        told = f"The lungs are dense (median {density} HU): white lungs, or breathed out?"
        return judged("lung_density", "warning", density, DENSE_LUNG_HU, told)
    return judged("lung_density", "ok", density, DENSE_LUNG_HU, f"Aerated lung has {density} HU (median).")


def _field_of_view(study: Study, lungs: QuickLungs) -> Check:
    if lungs.cut:
        told = "The field of view cuts the lungs: what lies outside is in no figure."
        return Check("field_of_view", "warning", "cut", None, "", told, WHOLE_LUNGS)
    if number(study, "StraightenedDegrees"):  # the frame is larger than the field of view then
        return not_assessed("field_of_view", "The slices were shifted: where the field of view ends is not known.")
    told = "The lungs lie within the field of view."
    return Check("field_of_view", "ok", "whole", None, "", told, WHOLE_LUNGS)
