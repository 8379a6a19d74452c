"""What the headers tell of the patient that matters for the grade: an age under 18, and the dose that was given."""

from __future__ import annotations

from ..orientation import Orientation
from ..study import Study
from .checks import Check, judged, not_assessed
from .headers import number
from .limits import DOSE_MSV_PER_MGY_CM, YOUNGEST_YEARS

MM_PER_CM = 10.0


def check_age(study: Study) -> list[Check]:
    """A warning for children: the grade was made for adults; nothing where no header tells the age."""
    age = number(study, "AgeYears")
    if age is None:
        return []
    years = round(age, 1)
    if age < YOUNGEST_YEARS.value:
        told = f"The patient is {years:g} years old: CT grade, network and dose factor are for adults."
        return [judged("age", "warning", years, YOUNGEST_YEARS, told)]
    return [judged("age", "ok", years, YOUNGEST_YEARS, f"The patient is {years:g} years old.")]


def check_dose(study: Study) -> list[Check]:
    """The effective dose of the scan, where a dose report or headers allow it."""
    product, told = number(study, "DoseLengthProduct"), "of the whole examination, by its dose report"
    index = number(study, "CTDIvol")
    if product is None and index is not None:
        orientation = Orientation.of(study.affine)
        slices, gap = study.hu.shape[orientation.axes[0]], orientation.spacing(study.spacing_mm)[0]
        product = index * slices * gap / MM_PER_CM
        told = "estimated from CTDIvol and the length shown, which is shorter than the length scanned"
    if product is None:
        return []
    age = number(study, "AgeYears")
    if age is not None and age < YOUNGEST_YEARS.value:
        return [not_assessed("dose", "The dose factor is for adults.", DOSE_MSV_PER_MGY_CM)]
    dose = round(product * DOSE_MSV_PER_MGY_CM.value, 2)
    sentence = f"Effective dose {dose:.1f} mSv (DLP {product:.0f} mGy·cm, {told})."
    return [Check("dose", "ok", dose, None, "mSv", sentence, DOSE_MSV_PER_MGY_CM.source)]
