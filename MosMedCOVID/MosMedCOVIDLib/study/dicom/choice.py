"""Which of several series is read: the reader's, or the one that suits lungs best, and why in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ...errors import StudyRefused, UsageError
from ..kernels import LUNG, SHARP, SOFT, UNKNOWN, kind_of
from .candidates import Candidate
from .series import Series

# The reader's answer where several are fit: a UID of one of them.
Choose = Callable[[Sequence[Series]], str]

CHOSEN = "ChosenSeries"  # the header under which a study keeps what a reader asked for

# What speaks against a volume, in points; a point is worth 0.5 mm of slice distance. Measured by nobody: a convention.
NOT_AXIAL, DERIVED = 40.0, 12.0
KERNEL_POINTS = {SOFT: 0.0, LUNG: 3.0, UNKNOWN: 4.0, SHARP: 10.0}
POINTS_PER_MM = 2.0
THIN_ENOUGH_MM = 1.5  # a thinner slice shows no more of what is graded, and is noisier
VERY_THIN_MM = 0.7
VERY_THIN = 1.0
POINTS_FOR_HEIGHT = 60.0  # for all of it: a volume that covers half as much as another has half of them against it


def points_against(candidate: Candidate, highest_mm: float) -> float:
    """The lower, the better it suits lungs, among volumes of which the highest covers so many mm."""
    first = candidate.images[0]
    apart = _apart(candidate)
    points = POINTS_FOR_HEIGHT * (1 - candidate.height_mm / highest_mm)
    points += NOT_AXIAL * (candidate.orientation != "axial")
    points += DERIVED * ("DERIVED" in first.image_type)
    points += KERNEL_POINTS[kind_of(first.kernel)]
    points += POINTS_PER_MM * max(0.0, apart - THIN_ENOUGH_MM) + VERY_THIN * (apart < VERY_THIN_MM)
    return points


def _apart(candidate: Candidate) -> float:
    return candidate.height_mm / candidate.slices


def recommended(candidates: Sequence[Candidate]) -> Candidate | None:
    """The fit volume that suits lungs best; None where none is fit."""
    fit = [candidate for candidate in candidates if not candidate.refusal]
    if not fit:
        return None
    highest = max(candidate.height_mm for candidate in fit)
    return min(fit, key=lambda candidate: (round(points_against(candidate, highest), 3), -candidate.slices))


def reasons(candidate: Candidate) -> str:
    """What kind of volume it is, in words."""
    first = candidate.images[0]
    kernel = kind_of(first.kernel)
    named = f"{kernel} ({first.kernel[:16]})" if first.kernel else "kernel not stated"
    origin = "derived" if "DERIVED" in first.image_type else "original"
    apart = f"slices {_apart(candidate):.1f} mm apart over {candidate.height_mm:.0f} mm"
    return f"{candidate.orientation}, {origin}, {named}, {apart}"


def listed(candidates: Sequence[Candidate]) -> list[Series]:
    """What the reader is told of each volume."""
    best = recommended(candidates)
    return [_series(candidate, candidate is best) for candidate in candidates]


def _series(candidate: Candidate, best: bool) -> Series:
    first, grid = candidate.images[0], candidate.grid
    spacing = None
    if grid and first.pixel_spacing:
        spacing = (float(grid.step @ grid.normal), first.pixel_spacing[0], first.pixel_spacing[1])
    refused = str(candidate.refusal) if candidate.refusal else None
    return Series(
        uid=candidate.uid,
        number=candidate.number,
        description=first.description,
        modality=first.modality,
        kernel=first.kernel,
        thickness_mm=first.thickness,
        spacing_mm=spacing,
        slices=candidate.slices,
        orientation=candidate.orientation,
        refused=refused,
        recommended=best,
        why=refused or f"{'Recommended' if best else 'Fit'}: {reasons(candidate)}.",
    )


def chosen(
    candidates: Sequence[Candidate], source_name: str, series: str | None = None, choose: Choose | None = None
) -> Candidate:
    """The volume to read. StudyRefused where there is none, UsageError for a series that is not there.

    A series that was asked for is read also where it is no good for lungs, as long as it is a volume of CT.
    """
    best = recommended(candidates)
    if series is not None:
        asked = _asked_for(candidates, source_name, series)
        asked.asked = {CHOSEN: series}
        return asked
    fit = [candidate for candidate in candidates if not candidate.refusal]
    if best is None:
        (only, *more) = candidates
        if not more and only.grid and only.refusal and only.refusal.check == "slices":
            return only  # there is nothing to choose: what too few slices mean is the audit's to say
        raise _none_fit(candidates, source_name)
    if len(fit) > 1 and choose:
        asked = _asked_for(candidates, source_name, choose(listed(candidates)))
        asked.asked = {} if asked is best else {CHOSEN: asked.uid}
        return asked
    if len({(candidate.images[0].person, candidate.images[0].study) for candidate in fit}) > 1:
        what = "examinations"
        if len({candidate.images[0].person for candidate in fit}) > 1:
            what = "patients"
        raise StudyRefused(
            "series",
            f"{source_name} holds CTs of several {what}: {_told(fit)}. Choose one of the series, or open one "
            "examination's folder.",
        )
    if len(candidates) > 1:
        alone = f"the only one of {len(candidates)} that is fit"
        why = alone if len(fit) == 1 else f"the best suited of {len(fit)} that are fit"
        best.notes.append(f"Series {best.number or 'without number'} was read, {why}: {reasons(best)}.")
    return best


def _asked_for(candidates: Sequence[Candidate], source_name: str, series: str) -> Candidate:
    found = [candidate for candidate in candidates if candidate.uid == series]
    found = found or [candidate for candidate in candidates if candidate.number == series.strip()]
    if len(found) > 1:
        raise UsageError(f"{source_name} holds {len(found)} series with the number {series}: give the UID of one.")
    if not found:
        raise UsageError(f"{source_name} holds no series {series}: it has {_told(candidates)}.")
    (candidate,) = found
    if candidate.refusal:
        if not candidate.grid:
            raise candidate.refusal
        candidate.notes.append(str(candidate.refusal))
    return candidate


def _none_fit(candidates: Sequence[Candidate], source_name: str) -> StudyRefused:
    """The reason of the only volume, or the list of all with their reasons."""
    if len(candidates) == 1 and candidates[0].refusal:
        return candidates[0].refusal
    nearest_first = sorted(candidates, key=lambda candidate: candidate.images[0].modality != "CT")
    told = list(dict.fromkeys(str(candidate.refusal) for candidate in nearest_first))
    more = f" {len(told) - MOST_TOLD} more are not fit either." if len(told) > MOST_TOLD else ""
    checks = {candidate.refusal.check for candidate in candidates if candidate.refusal}
    return StudyRefused(
        checks.pop() if len(checks) == 1 else "series",
        f"None of the {len(candidates)} series is a CT of the chest. {' '.join(told[:MOST_TOLD])}{more}",
    )


MOST_TOLD = 6


def _told(candidates: Sequence[Candidate]) -> str:
    parts = [
        f"{candidate.number or 'without number'} ({candidate.images[0].modality or '?'}, {candidate.slices} images)"
        for candidate in candidates[:MOST_TOLD]
    ]
    more = f" and {len(candidates) - MOST_TOLD} more" if len(candidates) > MOST_TOLD else ""
    return f"series {', '.join(parts)}{more}"
