"""The technical audit: may this study be graded, and what should the reader know about it?"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Literal

import numpy as np

from ..errors import StudyRefused
from .orientation import Orientation
from .quick_lungs import QuickLungs
from .study import Study

Level = Literal["ok", "warning", "refused"]

KINDS = {"nifti": "NIfTI", "dicom": "DICOM", "mosmeddata": "MosMedData", "scene": "a volume of the scene"}
FEWEST_SLICES = 10
WIDEST_SLICE_GAP_MM = 10.0  # MosMedData has 8 mm; above 10 mm a lesion fits between two slices
LEAST_AIR_ML = 200.0  # the edges of the lungs on a CT of the abdomen stay below
LEAST_HEIGHT_MM = 80.0
LITTLE_AIR_ML = 1000.0  # an adult's lungs in full breath hold 3 to 6 litres
LEAST_SHARE_OF_ONE_LUNG = 0.1
DENSE_LUNG_HU = -700.0  # the air of healthy lungs in full breath: about -860


@dataclass(frozen=True)
class Check:
    """One check: its name, level, the measured value, its limit and unit, and a sentence for the reader."""

    check: str
    level: Level
    value: float | str | None
    limit: float | str | None
    unit: str
    message: str
    source: str = "MosMedCOVID"


@dataclass(frozen=True)
class Audit:
    """The checks of one study, in the order in which they were made."""

    checks: tuple[Check, ...]

    @property
    def verdict(self) -> Level:
        """The worst level of all checks."""
        levels = {check.level for check in self.checks}
        return "refused" if "refused" in levels else "warning" if "warning" in levels else "ok"

    @property
    def refusal(self) -> Check | None:
        """The first check that refused, or None."""
        return next((check for check in self.checks if check.level == "refused"), None)

    def as_json(self) -> dict[str, object]:
        """Verdict and checks as plain values."""
        return {"verdict": self.verdict, "checks": [asdict(check) for check in self.checks]}


def audit_study(study: Study, lungs: QuickLungs) -> Audit:
    """All checks of a study that could be read; `lungs` as the quick finder found them in it."""
    notes = [Check("reading_note", "warning", None, None, "", note) for note in study.notes]
    readable = Check("readable", "ok", study.kind, None, "", f"Read as {KINDS.get(study.kind, study.kind)}.")
    return Audit((readable, *notes, _slices(study), _slice_gap(study), _hu(study), *_lungs(lungs)))


def audit_of_refusal(refusal: StudyRefused) -> Audit:
    """The audit of something that could not be read."""
    return Audit((Check(refusal.check, "refused", None, None, "", str(refusal)),))


def _slices(study: Study) -> Check:
    count = study.hu.shape[Orientation.of(study.affine).axes[0]]
    level: Level = "ok" if count >= FEWEST_SLICES else "refused"
    message = f"{count} slices." if level == "ok" else f"Only {count} slices: not a whole chest."
    return Check("slices", level, count, FEWEST_SLICES, "slices", message)


def _slice_gap(study: Study) -> Check:
    gap = Orientation.of(study.affine).spacing(study.spacing_mm)[0]
    level: Level = "ok" if gap <= WIDEST_SLICE_GAP_MM else "warning"
    message = f"Slices {gap:.1f} mm apart." + ("" if level == "ok" else " Lesions may lie between them.")
    return Check("slice_gap", level, round(gap, 3), WIDEST_SLICE_GAP_MM, "mm", message)


def _hu(study: Study) -> Check:
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
    message = f"Values from {span} hold no {missing}, so they are not Hounsfield units.{hint}"
    return Check("hu_plausible", "refused", span, None, "HU", message)


def _lungs(lungs: QuickLungs) -> list[Check]:
    """Two lungs? White lungs hold little air but are there: they are a warning, no refusal."""
    air = round(lungs.air_ml)
    if lungs.air_ml < LEAST_AIR_ML or lungs.height_mm < LEAST_HEIGHT_MM:
        where = f" within {lungs.height_mm:.0f} mm" if lungs.air_ml else ""
        reason = f"No lungs found: {air} ml of lung air inside the body{where}. Is this a CT of the chest?"
        return [Check("lungs_found", "refused", air, LEAST_AIR_ML, "ml", reason)]
    sides = {"right": lungs.right_ml, "left": lungs.left_ml}
    parts = f"right {lungs.right_ml:.0f} ml, left {lungs.left_ml:.0f} ml"
    found = Check("lungs_found", "ok", air, LEAST_AIR_ML, "ml", f"Air in the lungs: {parts}.")
    smaller = min(sides, key=lambda side: sides[side])
    if sides[smaller] < LEAST_SHARE_OF_ONE_LUNG * lungs.air_ml:
        message = f"Hardly any air in the {smaller} lung ({parts}): consolidated, filled or missing?"
        found = Check("lungs_found", "warning", air, LEAST_AIR_ML, "ml", message)
    return [found, _air(air), _density(round(lungs.density_hu)), _field_of_view(lungs)]


def _air(air: int) -> Check:
    if air < LITTLE_AIR_ML:
        message = f"Only {air} ml of air: white lungs, a small patient, or lungs not wholly covered."
        return Check("air_ml", "warning", air, LITTLE_AIR_ML, "ml", message)
    return Check("air_ml", "ok", air, LITTLE_AIR_ML, "ml", f"{air} ml of air in the lungs.")


def _density(density: int) -> Check:
    if density > DENSE_LUNG_HU:
        message = f"The lungs are dense (median {density} HU): white lungs, or breathed out?"
        return Check("lung_density", "warning", density, DENSE_LUNG_HU, "HU", message)
    return Check("lung_density", "ok", density, DENSE_LUNG_HU, "HU", f"Aerated lung has {density} HU (median).")


def _field_of_view(lungs: QuickLungs) -> Check:
    if lungs.cut:
        message = "The field of view cuts the lungs: what lies outside is in no figure."
        return Check("field_of_view", "warning", "cut", None, "", message)
    return Check("field_of_view", "ok", "whole", None, "", "The lungs lie within the field of view.")
