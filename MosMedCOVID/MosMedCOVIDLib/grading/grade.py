"""From masks to a grade that can be trusted, or to the reason why there is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..errors import UsageError
from ..segmentation.masks import Masks
from ..study.study import Study
from .involvement import Involvement, measure
from .rule import RULES, ct_grade, to_next_boundary

# A lung below this share of the other one is missing, or was missed: a percent would mislead.
LEAST_SHARE_OF_OTHER_LUNG = 0.05


@dataclass(frozen=True)
class Grade:
    """The CT grade of one study and the figures behind it.

    grade: CT-0 … CT-4, or None with the reason in `withheld`. rule: "total" or "worse_lung"; involvement_percent
    and interval_percent follow it. interval_percent: least and most that the network holds plausible (not
    calibrated), or None for a mask without probabilities. borderline: the grade differs within the interval.
    lungs: "right", "left" and "both".
    """

    grade: str | None
    rule: str
    borderline: bool
    involvement_percent: float
    interval_percent: tuple[float, float] | None
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
            "to_next_boundary_percent": self.to_next_boundary_percent,
            "ct0_below_ml": self.ct0_below_ml,
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
    least_percent, most_percent = (max(lung.interval_percent[end] for lung in candidates) for end in (0, 1))
    ends = (
        ct_grade(least_percent, both.least * both.voxel_ml, ct0),
        ct_grade(most_percent, both.most * both.voxel_ml, ct0),
    )
    withheld = withheld or _missing_lung(lungs)
    return Grade(
        grade=None if withheld else grade,
        rule=rule,
        borderline=not withheld and ends[0] != ends[1],
        involvement_percent=judged.percent,
        interval_percent=None if masks.lesion_probability is None else (least_percent, most_percent),
        to_next_boundary_percent=None
        if withheld
        else to_next_boundary(grade, judged.percent, both.lesion_ml, judged.lung_ml, ct0),
        ct0_below_ml=ct0,
        lungs=lungs,
        withheld=withheld,
    )


def _missing_lung(lungs: Mapping[str, Involvement]) -> str | None:
    right, left = lungs["right"].lung_ml, lungs["left"].lung_ml
    if not right and not left:
        return "No lungs were found."
    for side, lung, other in (("right", right, left), ("left", left, right)):
        if lung < LEAST_SHARE_OF_OTHER_LUNG * other:
            return f"The {side} lung is missing or was not found: a share of both lungs would mislead."
    return None
