"""CTDIvol and dose length product out of an X-ray radiation dose report (DICOM SR, template 10011)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from .values import items, number, text

DLP_TOTAL, DLP, MEAN_CTDIVOL = "113813", "113838", "113830"  # codes of DICOM (DCM)
DEEPEST = 20  # contents in contents; reports have five


def dose_of(reports: Iterable[Any]) -> dict[str, object]:
    """CTDIvol in mGy and DoseLengthProduct in mGy·cm, as far as they are stated.

    DoseLengthProduct is the whole examination's, the scout's included; CTDIvol is told where only one scan states it.
    """
    totals: list[float] = []
    parts: list[float] = []
    indices: list[float] = []
    for report in reports:
        for code, value in _measured(report):
            {DLP_TOTAL: totals, DLP: parts, MEAN_CTDIVOL: indices}.get(code, []).append(value)
    found: dict[str, object] = {}
    if totals or parts:
        found["DoseLengthProduct"] = round(sum(totals or parts), 3)
    if len(indices) == 1:
        found["CTDIvol"] = indices[0]
    return found


def _measured(item: Any, deep: int = 0) -> Iterator[tuple[str, float]]:
    """The numbers of a report with the codes of what they are."""
    if deep > DEEPEST:
        return
    for content in items(item, "ContentSequence"):
        code = next((text(name, "CodeValue") for name in items(content, "ConceptNameCodeSequence")), "")
        for measured in items(content, "MeasuredValueSequence"):
            value = number(measured, "NumericValue")
            if value is not None:
                yield code, value
        yield from _measured(content, deep + 1)
