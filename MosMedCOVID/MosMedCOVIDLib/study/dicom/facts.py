"""What a study keeps of its headers: what the audit may ask for; no names, no numbers of persons, no dates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, BinaryIO

from .dose import dose_of
from .headers import header_of
from .quiet import quiet
from .values import items, meta_text, number, text, texts, value

TEXTS = """Modality Manufacturer ManufacturerModelName ConvolutionKernel PatientPosition SeriesInstanceUID
    StudyInstanceUID FrameOfReferenceUID BodyPartExamined FilterType LossyImageCompression""".split()
# In an Enhanced CT some stand in sequences, under a name with its unit.
NUMBERS = {
    "SliceThickness": ("SliceThickness",),
    "KVP": ("KVP",),
    "ExposureTime": ("ExposureTime", "ExposureTimeInms"),
    "XRayTubeCurrent": ("XRayTubeCurrent", "XRayTubeCurrentInmA"),
    "CTDIvol": ("CTDIvol",),
}
WHOLE = ("SeriesNumber", "SamplesPerPixel")
CONTRAST = ("ContrastBolusAgent", "ContrastBolusAgentSequence")
NO_CONTRAST = {"", "NO", "NONE", "N", "NO CONTRAST", "WITHOUT"}
LOSSY_SYNTAXES = tuple(f"1.2.840.10008.1.2.4.{kind}" for kind in (50, 51))  # JPEG that always loses
YEARS = {"Y": 1.0, "M": 1 / 12, "W": 7 / 365.25, "D": 1 / 365.25}
AGE = ("PatientAge", "PatientBirthDate", "StudyDate")
GROUPS = ("SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence")
TAGS = [*TEXTS, "ImageType", *(name for names in NUMBERS.values() for name in names), *WHOLE, *CONTRAST, *AGE, *GROUPS]


def facts_of(file: BinaryIO, reports: Iterable[BinaryIO] = ()) -> dict[str, object]:
    """What is kept of the header in a file, and of dose reports beside it; by DICOM's keywords."""
    with quiet():
        dose = dose_of(header_of(report, ("ContentSequence",)) for report in reports)
        return {**dose, **_kept(header_of(file, TAGS) or {})}


def _kept(header: Any) -> dict[str, object]:
    places = [header, *_groups(header)]
    found: dict[str, object] = {}
    for keyword in TEXTS:
        stated = next((said for place in places if (said := text(place, keyword))), "")
        if stated:
            found[keyword] = stated
    found["ImageType"] = list(texts(header, "ImageType"))
    for keyword, names in NUMBERS.items():
        numbers = (number(place, name) for place in places for name in names)
        first = next((stated for stated in numbers if stated is not None), None)
        if first is not None:
            found[keyword] = first
    for keyword in WHOLE:
        first = number(header, keyword)
        if first is not None:
            found[keyword] = int(first)
    if _contrast(header):
        found["ContrastBolusAgent"] = "yes"
    if meta_text(header, "TransferSyntaxUID") in LOSSY_SYNTAXES:  # whatever the header says
        found["LossyImageCompression"] = "01"
    age = _age(header)
    if age is not None:
        found["AgeYears"] = round(age, 2)
    return found


def _groups(header: Any) -> Iterator[Any]:
    """The items in the functional groups, which hold for all frames or for the first."""
    for sequence in GROUPS:
        for group in items(header, sequence)[:1]:
            for keyword in group.dir():
                yield from items(group, keyword)[:1]


def _contrast(header: Any) -> bool:
    agent = text(header, CONTRAST[0]).strip().upper()
    return agent not in NO_CONTRAST or bool(items(header, CONTRAST[1]))


def _age(header: Any) -> float | None:
    """Years at the examination, as stated or from the dates."""
    stated = text(header, AGE[0]).upper()
    if stated[:-1].isdigit() and stated[-1] in YEARS and int(stated[:-1]):  # 000Y is what some anonymisers write
        return int(stated[:-1]) * YEARS[stated[-1]]
    dates = []
    for keyword in AGE[1:]:
        try:
            dates.append(datetime.strptime(str(value(header, keyword)), "%Y%m%d"))
        except ValueError:
            return None
    years = (dates[1] - dates[0]).days / 365.25
    return years if 0 <= years < 130 else None
