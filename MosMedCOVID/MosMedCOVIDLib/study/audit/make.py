"""All checks of a study, in the order in which a reader would ask."""

from __future__ import annotations

from ...errors import StudyRefused
from ..quick_lungs import QuickLungs
from ..study import Study
from .anatomy import check_lungs, lungs_missing
from .aorta import discs_beside_spine
from .checks import Audit, Check
from .chest import Chest
from .contrast import check_contrast
from .coverage import check_coverage
from .hounsfield import check_peaks, check_values
from .kernel import check_kernel
from .metal import check_metal
from .motion import check_motion
from .noise import check_noise
from .orientation import check_orientation
from .patient import check_age, check_dose
from .reading import check_reading
from .samples import blocks_of
from .slices import check_slices
from .unknown import check_unknown


def audit_study(study: Study, lungs: QuickLungs) -> Audit:
    """All checks of a study that could be read; `lungs` as the quick finder found them in it."""
    values = check_values(study)
    checks = [*check_reading(study), *check_slices(study), values, *check_lungs(study, lungs)]
    if values.level != "refused":
        blocks = blocks_of(study, lungs)
        checks += [*check_peaks(blocks), check_noise(blocks)]
        if not lungs_missing(lungs):
            checks += _of_the_chest(study, lungs)
    stated = [*check_kernel(study), *check_age(study), *check_dose(study), *check_unknown(study)]
    return Audit((*checks, *stated))


def audit_of_refusal(refusal: StudyRefused) -> Audit:
    """The audit of something that could not be read."""
    return Audit((Check(refusal.check, "refused", None, None, "", str(refusal)),))


def _of_the_chest(study: Study, lungs: QuickLungs) -> list[Check]:
    """The checks that need lungs."""
    chest = Chest.of(study, lungs)
    return [
        *check_coverage(chest, lungs),
        check_orientation(chest),
        check_contrast(study, discs_beside_spine(chest, side=1)),
        check_metal(study, lungs),
        check_motion(),
    ]
