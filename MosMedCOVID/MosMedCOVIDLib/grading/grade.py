"""From masks to a grade that can be trusted, or to the reason why there is none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..errors import UsageError
from ..segmentation.masks import IntervalSettings, Masks
from ..study.orientation import Orientation
from ..study.study import Study
from .interval import plausible_lesion
from .involvement import Involvement, measure
from .rule import RULES, ct_grade, to_next_boundary

# A lung below this share of the other one is missing, or was missed: a percent would mislead.
LEAST_SHARE_OF_OTHER_LUNG = 0.05
NO_LUNGS = "No lungs were found."
KINDS = ("ground_glass", "consolidation")


@dataclass(frozen=True)
class Grade:
    """The CT grade of one study and the figures behind it.

    grade: CT-0 … CT-4, or None with the reason in `withheld`. rule: "total" or "worse_lung"; involvement_percent
    and interval_percent follow it. interval_percent: least and most that is plausible, or None where the model says
    not how sure it is, and for a mask without probabilities; interval_calibrated: whether it holds the truth in 90 %,
    which is known of both lungs together in masks that nobody corrected. borderline: the grade differs within the
    interval. lungs: "right", "left" and "both".
    """

    grade: str | None
    rule: str
    borderline: bool
    involvement_percent: float
    interval_percent: tuple[float, float] | None
    interval_calibrated: bool
    to_next_boundary_percent: float | None
    ct0_below_ml: float
    lungs: Mapping[str, Involvement]
    withheld: str | None = None

    def as_json(self) -> dict[str, object]:
        """Plain values by the keys of the command line's JSON; shares unrounded, so that none moves onto a boundary."""
        lungs = {
            side: {
                "lung_ml": round(lung.lung_ml, 3),
                "lesion_ml": round(lung.lesion_ml, 3),
                "percent": lung.percent,
                **kinds_of_lesion(lung),
            }
            for side, lung in self.lungs.items()
        }
        return {
            "grade": self.grade,
            **({"withheld": self.withheld} if self.withheld else {}),
            "rule": self.rule,
            "borderline": self.borderline,
            "involvement_percent": self.involvement_percent,
            "interval_percent": self.interval_percent and list(self.interval_percent),
            "interval_calibrated": self.interval_calibrated,
            "to_next_boundary_percent": self.to_next_boundary_percent,
            "ct0_below_ml": self.ct0_below_ml,
            **kinds_of_lesion(self.lungs["both"]),
            "lungs": lungs,
        }


def grade_study(study: Study, masks: Masks, rule: str = "total", withheld: str | None = None) -> Grade:
    """The grade of a study by its masks; `withheld` is a reason known beforehand for not giving one."""
    if rule not in RULES:
        raise UsageError(f"There is no grading rule {rule!r}; there are {' and '.join(RULES)}.")
    if masks.lungs.shape != study.hu.shape:
        raise UsageError(f"The masks of {study.name} are not on its grid.")
    lungs = measure(masks, study.voxel_ml)
    both = lungs["both"]
    ct0 = masks.ct0_below_ml
    candidates = [both] if rule == "total" else [lungs["right"], lungs["left"]]
    judged = max(candidates, key=lambda lung: lung.percent)
    grade = ct_grade(judged.percent, both.lesion_ml, ct0)
    slice_mm = Orientation.of(study.affine).spacing(study.spacing_mm)[0]
    (least, most), volumes_ml = _plausible(candidates, both, masks.interval, slice_mm)
    ends = [ct_grade(percent, ml, ct0) for percent, ml in zip((least, most), volumes_ml, strict=True)]
    withheld = withheld or _missing_lung(lungs)
    return Grade(
        grade=None if withheld else grade,
        rule=rule,
        borderline=not withheld and ends[0] != ends[1],
        involvement_percent=judged.percent,
        interval_percent=(least, most) if masks.interval else None,
        interval_calibrated=_is_calibrated(masks, rule),
        to_next_boundary_percent=None
        if withheld
        else to_next_boundary(grade, judged.percent, both.lesion_ml, judged.lung_ml, ct0),
        ct0_below_ml=ct0,
        lungs=lungs,
        withheld=withheld,
    )


def _plausible(
    judged: Sequence[Involvement], both: Involvement, settings: IntervalSettings | None, slice_mm: float
) -> tuple[tuple[float, float], tuple[float, float]]:
    """The least and the most that is plausible: the share of the lung that is worse then, and ml in both together."""
    shares = [tuple(map(lung.percent_of_lung, plausible_lesion(lung, settings, slice_mm))) for lung in judged]
    least, most = plausible_lesion(both, settings, slice_mm)
    return (max(low for low, _ in shares), max(high for _, high in shares)), (both.ml(least), both.ml(most))


def _is_calibrated(masks: Masks, rule: str) -> bool:
    """Whether the interval is of the kind that it was calibrated for."""
    return masks.interval is not None and masks.interval.calibrated and rule == "total" and not masks.corrected


def kinds_of_lesion(lung: Involvement) -> dict[str, float | None]:
    """Ground glass and consolidation by the keys of the JSON, in ml and as share of the lung; None where nobody told.

    They add up to the lesion as it stands there, to the last digit of its ml.
    """
    if lung.consolidation is None or lung.ground_glass is None:
        return dict.fromkeys(f"{kind}_{unit}" for unit in ("ml", "percent") for kind in KINDS)
    consolidation_ml = round(lung.ml(lung.consolidation), 3)
    return {
        "ground_glass_ml": round(round(lung.lesion_ml, 3) - consolidation_ml, 3),
        "consolidation_ml": consolidation_ml,
        "ground_glass_percent": lung.percent_of_lung(lung.ground_glass),
        "consolidation_percent": lung.percent_of_lung(lung.consolidation),
    }


def _missing_lung(lungs: Mapping[str, Involvement]) -> str | None:
    right, left = lungs["right"].lung_ml, lungs["left"].lung_ml
    if not right and not left:
        return NO_LUNGS
    for side, lung, other in (("right", right, left), ("left", left, right)):
        if lung < LEAST_SHARE_OF_OTHER_LUNG * other:
            return f"The {side} lung is missing or was not found: a share of both lungs would mislead."
    return None
