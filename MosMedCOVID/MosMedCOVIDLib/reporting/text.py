"""A graded or refused study in words, for a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

NOT_CLINICAL = "Research and teaching, not for clinical decisions."
MARKS = {"refused": "✗", "warning": "!", "not assessed": "–", "ok": "✓"}  # of the audit's levels, worst first
REMARKS = ("refused", "warning")
BOUNDARIES = (0, 25, 50, 75, 100)
KINDS = (("ground_glass", "ground glass"), ("consolidation", "consolidation"))  # of lesion, in the JSON and in words


def percent_text(percent: float) -> str:
    """A percentage with one decimal, or with as many more as it takes not to fall onto a boundary of the grade."""
    for decimals in range(1, 13):
        text = f"{percent:.{decimals}f}"
        if float(text) not in BOUNDARIES or float(text) == percent:
            break
    return f"{text} %"


def points_text(points: float) -> str:
    """A distance in percentage points with one decimal, or as many as it takes not to look like none."""
    for decimals in range(1, 13):
        text = f"{points:.{decimals}f}"
        if float(text) or not points:
            break
    return text


def study_text(study: Mapping[str, Any]) -> str:
    """Name, size and spacing in one line."""
    if "shape" not in study:
        return str(study["name"])
    return f"{study['name']} · {size_text(study)} · {study['kind']}"


def size_text(study: Mapping[str, Any]) -> str:
    """How many voxels of which size, as columns, rows, slices."""
    voxels = " × ".join(str(count) for count in reversed(study["shape"]))
    spacing = " × ".join(f"{mm:.2f}" for mm in reversed(study["spacing_mm"]))
    return f"{voxels} voxels of {spacing} mm"


def result_text(result: Mapping[str, Any]) -> str:
    """The JSON of one study (graded, refused or failed) as lines for a reader."""
    lines = [study_text(result["study"])]
    if "refused" in result:
        lines.append(f"  Refused: {result['refused']['reason']}")
    elif "error" in result:
        lines.append(f"  Failed: {result['error']['message']}")
    else:
        lines += ["", *(f"  {line}" for line in grade_lines(result)), ""]
        lines += [f"  {line}" for line in audit_lines(result["audit"], only_remarks=True)]
        model = result["model"]
        seconds = f"{result['seconds']['total']:.1f} s"
        again = " · graded earlier, not again" if result.get("resumed") else ""
        lines.append(f"  {model['name']} {model['version']} on {model['device']} · {seconds}{again}")
        lines += [f"  {what:<8} {file}" for what, file in result["files"].items()]
        lines.append(f"  {NOT_CLINICAL}")
    return "\n".join(lines)


def audit_lines(audit: Mapping[str, Any], only_remarks: bool = False) -> list[str]:
    """One line for each check, worst first, or only for those that a reader should know of."""
    checks = [check for check in audit["checks"] if not only_remarks or check["level"] in REMARKS]
    checks.sort(key=lambda check: list(MARKS).index(check["level"]))
    return [f"{MARKS[check['level']]} {check['message']}" for check in checks]


def headline(result: Mapping[str, Any]) -> str:
    """The grade, the share that it rests on and how sure that is, in one line."""
    if result["grade"] is None:
        return _no_grade(result)
    return f"{result['grade']}  " + ", ".join(filter(None, [_share_text(result), _interval_text(result)]))


def remarks_on_grade(result: Mapping[str, Any]) -> list[str]:
    """What a reader should know of a grade: the share, how far the next grade is, how sure; or why there is none.

    result: a grade as JSON.
    """
    if result["grade"] is None:
        return [_no_grade(result)]
    share, sure = _share_text(result), [_interval_text(result), "borderline" if result["borderline"] else ""]
    if result["to_next_boundary_percent"] is not None:
        points, following = result["to_next_boundary_percent"], int(result["grade"][-1]) + 1
        share += f", {points_text(points)} points below CT-{following}"
    return [remark[0].upper() + remark[1:] for remark in (share, ": ".join(filter(None, sure))) if remark]


def _no_grade(result: Mapping[str, Any]) -> str:
    return f"No grade: {result['withheld']}"


def _share_text(result: Mapping[str, Any]) -> str:
    return f"involvement {percent_text(result['involvement_percent'])}"


def _interval_text(result: Mapping[str, Any]) -> str:
    """How sure the share is; nothing of a mask that a reader drew."""
    if not result["interval_percent"]:
        return ""
    low, high = (percent_text(percent) for percent in result["interval_percent"])
    interval = f"{low.removesuffix(' %')} to {high}"
    calibrated = result.get("interval_calibrated")
    return f"90 % interval {interval}" if calibrated else f"plausible {interval} (not calibrated)"


def grade_lines(result: Mapping[str, Any]) -> list[str]:
    """The grade and its figures, lung by lung; ground glass and consolidation where they were told apart."""
    told = result.get("consolidation_ml") is not None  # not by every mask, and in no result of an earlier version
    kinds = KINDS if told else ()
    lines = remarks_on_grade(result)
    if result["grade"] is not None:
        lines[0] = f"{result['grade']}  {lines[0][0].lower()}{lines[0][1:]}"
    lines += ["", f"{'':8}{'lung ml':>10}{'lesion ml':>12}{'share':>10}"]
    lines[-1] += "".join(f"{name + ' ml':>18}" for _, name in kinds)
    for side, lung in result["lungs"].items():
        share = percent_text(lung["percent"])
        lines.append(f"{side:8}{lung['lung_ml']:>10.0f}{lung['lesion_ml']:>12.1f}{share:>10}")
        lines[-1] += "".join(f"{lung[f'{kind}_ml']:>18.1f}" for kind, _ in kinds)
    if told:
        shares = [f"{name} {percent_text(result[f'{kind}_percent'])}" for kind, name in kinds]
        lines.append(f"Of both lungs: {' and '.join(shares)}")
    rule = "both lungs together" if result["rule"] == "total" else "the worse lung"
    return [*lines, f"Judged by {rule}"]
