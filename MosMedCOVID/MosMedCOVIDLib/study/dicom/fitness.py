"""Why a series is no volume of Hounsfield units in which lungs could be found; by its headers alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePath

from ...errors import StudyRefused
from ..audit.limits import FEWEST_SLICES
from .image import Image, Pixels

LARGEST_MATRIX = 4096
WORD = re.compile(r"[A-Z0-9_]{1,16}")  # as modalities and units are; damage may bring anything, a person's name too
LARGEST_RESCALE = 1e6  # of slope and intercept
SCREENS = "1.2.840.10008.5.1.4.1.1.7"  # secondary capture, and its multi-frame kinds
CLASSIC, ENHANCED, CONVERTED = (f"1.2.840.10008.5.1.4.1.1.2{kind}" for kind in ("", ".1", ".2"))
DOSE_REPORT = "1.2.840.10008.5.1.4.1.1.88.67"
LOCALIZER, DOSE_PICTURE = "LOCALIZER", "DOSE"
# What a workstation computed from the slices: the words of DERIVED images that are no plain slices any more.
COMPUTED = {
    **dict.fromkeys(("MPR", "MPVR", "REFORMATTED", "CURVED"), "a reformation (MPR)"),
    **dict.fromkeys(("MIP", "MINIP", "MIN_IP", "PROJECTION IMAGE", "AVERAGE", "MEAN"), "a projection (MIP)"),
    **dict.fromkeys(("VRT", "3D", "SSD", "VOLUME RENDERING"), "a rendered picture"),
    **dict.fromkeys(("PERFUSION", "RCBF", "RCBV", "MTT", "TTP", "TMAX", "PBV"), "a perfusion map"),
    **dict.fromkeys(("IODINE", "Z_EFF", "ZEFF", "RHO", "EFF_ATOMIC_NUM", "SUBTRACT"), "a map of another quantity"),
}
KINDS = {
    "MR": "MR, not CT",
    "PT": "PET, not CT",
    "US": "ultrasound, not CT",
    "CR": "a plain radiograph, not CT",
    "DX": "a plain radiograph, not CT",
    "NM": "nuclear medicine, not CT",
    "SC": "a picture of a screen (secondary capture), not CT",
    "OT": "of another kind (OT), not CT",
    "SR": "a report (SR), not images",
    "SEG": "a segmentation, not CT",
    "PR": "a presentation state, not images",
    "RTSTRUCT": "a set of outlines (RT), not images",
    "RTPLAN": "a treatment plan (RT), not images",
    "RTDOSE": "a dose distribution (RT), not CT",
    "ECG": "an ECG, not images",
}


def must_be_ct(images: Sequence[Image], name: str) -> None:
    """StudyRefused where images cannot be slices of a CT, whatever a reader wishes."""
    first = images[0]
    if first.sop_class == DOSE_REPORT:
        raise StudyRefused("modality", f"{name} is a dose report, not images.")
    if first.modality != "CT" and not (not first.modality and is_ct(first)):
        unknown = f"{first.modality}, not CT" if WORD.fullmatch(first.modality) else "no CT by its headers"
        raise StudyRefused("modality", f"{name} is {KINDS.get(first.modality, unknown)}.")
    if all(is_screen(image) for image in images):
        raise StudyRefused(
            "modality", f"{name} is a picture of a screen (secondary capture), without Hounsfield units."
        )
    if all(LOCALIZER in image.image_type for image in images):
        raise StudyRefused("series", f"{name} is a localizer (scout), not a volume.")
    for image in images:
        _must_have_values(image, name)


def _must_have_values(image: Image, name: str) -> None:
    """StudyRefused where an image holds no pixels that become Hounsfield units."""
    about = image.pixels
    if about is None or not image.rows or not image.columns:
        raise StudyRefused("readable", f"{image.label} holds no pixels.")
    if max(image.rows, image.columns) > LARGEST_MATRIX:
        raise StudyRefused("readable", f"{image.label} states {image.columns} × {image.rows} pixels, as no CT has.")
    if image.frame is not None and image.frames != about.count:
        stated = f"{about.count} frames and tells the places of {image.frames}"
        raise StudyRefused("readable", f"{PurePath(image.entry).name} states {stated}: one is wrong.")
    if about.plain:
        _must_hold_all(image, about)
    if about.samples != 1 or about.photometric not in ("MONOCHROME1", "MONOCHROME2", ""):
        raise StudyRefused("modality", f"{name} holds colour images, not a CT.")
    sensible = 0 < about.bits_stored <= about.bits_allocated and about.bits_stored - 1 <= about.high_bit
    if about.bits_allocated not in (8, 16, 32) or not sensible or about.high_bit >= about.bits_allocated:
        stated = f"{about.bits_stored} of {about.bits_allocated}, the highest {about.high_bit}"
        raise StudyRefused("readable", f"{image.label} states bits that cannot be ({stated}).")
    if about.signed is None:
        raise StudyRefused("readable", f"{image.label} does not state whether its values have a sign.")
    if image.intercept is None:
        raise StudyRefused("hu_plausible", f"{image.label} states no rescale intercept: no Hounsfield units.")
    if not image.slope:
        stated = "of 0" if image.slope == 0 else "that is no number"
        raise StudyRefused("hu_plausible", f"{image.label} states a rescale slope {stated}: no Hounsfield units.")
    if max(abs(image.slope), abs(image.intercept)) > LARGEST_RESCALE:
        stated = f"that is none ({image.slope:g}, {image.intercept:g})"
        raise StudyRefused("hu_plausible", f"{image.label} states a rescale {stated}: no Hounsfield units.")
    if image.rescale_type.upper() not in ("", "HU", "US"):
        kind = f" ({image.rescale_type})" if WORD.fullmatch(image.rescale_type) else ""
        raise StudyRefused("hu_plausible", f"{image.label} holds values of another kind{kind}, not HU.")


def _must_hold_all(image: Image, about: Pixels) -> None:
    """StudyRefused where plain values are not as many as the header states: then its rows may be of another length."""
    value = about.bits_allocated // 8
    one = image.rows * image.columns * value
    more = about.length - one * about.count
    if about.length < one * ((image.frame or 0) + 1):
        raise StudyRefused("readable", f"{image.label} is cut short: it holds fewer pixels than it states.")
    if more >= min(image.rows, image.columns) * value:  # a line of them; less is padding
        raise StudyRefused("readable", f"{image.label} holds more pixels than it states: one is wrong.")


def must_suit_lungs(images: Sequence[Image], slices: int, name: str) -> None:
    """StudyRefused where a volume of CT is not what lungs are looked for in; a reader may wish it all the same."""
    computed = [kind for image in images if (kind := _computed(image))]
    if computed:
        part = "" if len(computed) == len(images) else "in part "
        raise StudyRefused("series", f"{name} is {part}{computed[0]}, computed from other slices.")
    if slices < FEWEST_SLICES.value:
        raise StudyRefused("slices", f"{name} has only {slices} slices: not a whole chest.")


def _computed(image: Image) -> str | None:
    """What a workstation computed an image as; None for a plain slice. Makers put their own words before (CSA MPR)."""
    if "DERIVED" not in image.image_type:
        return None
    words = (word for part in image.image_type for word in (part, *part.split()))
    return next((COMPUTED[word] for word in words if word in COMPUTED), None)


def is_ct(image: Image) -> bool:
    """Whether it is of a kind that holds slices of a CT."""
    return image.sop_class in (CLASSIC, ENHANCED, CONVERTED)


def is_screen(image: Image) -> bool:
    """Whether it is a picture of a screen."""
    return image.sop_class == SCREENS or image.sop_class.startswith(f"{SCREENS}.")


def is_no_slice(image: Image) -> bool:
    """Whether an image among slices is none: a localizer, a picture of a screen or of the dose."""
    return LOCALIZER in image.image_type or is_screen(image) or DOSE_PICTURE in image.image_type
