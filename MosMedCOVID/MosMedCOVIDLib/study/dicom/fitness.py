"""Why a series is no volume of Hounsfield units in which lungs could be found; by its headers alone."""

from __future__ import annotations

from collections.abc import Sequence

from ...errors import StudyRefused
from ..audit.limits import FEWEST_SLICES
from .image import Image

LARGEST_MATRIX = 4096
SCREENS = "1.2.840.10008.5.1.4.1.1.7"  # secondary capture, and its multi-frame kinds
CLASSIC, ENHANCED, CONVERTED = (f"1.2.840.10008.5.1.4.1.1.2{kind}" for kind in ("", ".1", ".2"))
DOSE_REPORT = "1.2.840.10008.5.1.4.1.1.88.67"
LOCALIZER, DOSE_PICTURE = "LOCALIZER", "DOSE"
# What a workstation computed from the slices: the words of DERIVED images that are no plain slices any more.
COMPUTED = {
    **dict.fromkeys(("MPR", "MPVR", "REFORMATTED", "CSA MPR", "CURVED"), "a reformation (MPR)"),
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
        kind = KINDS.get(first.modality) or (f"{first.modality}, not CT" if first.modality else "no CT by its headers")
        raise StudyRefused("modality", f"{name} is {kind}.")
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
    if about.at and about.length < image.rows * image.columns * about.bits_allocated // 8 * ((image.frame or 0) + 1):
        raise StudyRefused("readable", f"{image.label} is cut short: it holds fewer pixels than it states.")
    if about.samples != 1 or about.photometric not in ("MONOCHROME1", "MONOCHROME2", ""):
        raise StudyRefused("modality", f"{name} holds colour images, not a CT.")
    sensible = 0 < about.bits_stored <= about.bits_allocated and about.bits_stored - 1 <= about.high_bit
    if about.bits_allocated not in (8, 16, 32) or not sensible or about.high_bit >= about.bits_allocated:
        stated = f"{about.bits_stored} of {about.bits_allocated}, the highest {about.high_bit}"
        raise StudyRefused("readable", f"{image.label} states bits that cannot be ({stated}).")
    if image.intercept is None:
        raise StudyRefused("hu_plausible", f"{name} states no rescale intercept: no Hounsfield units.")
    if not image.slope:
        raise StudyRefused("hu_plausible", f"{name} states a rescale slope of 0: no Hounsfield units.")
    if image.rescale_type not in ("", "HU", "US"):
        raise StudyRefused("hu_plausible", f"{name} holds values of another kind ({image.rescale_type[:16]}), not HU.")


def must_suit_lungs(images: Sequence[Image], slices: int, name: str) -> None:
    """StudyRefused where a volume of CT is not what lungs are looked for in; a reader may wish it all the same."""
    words = set(images[0].image_type)
    if "DERIVED" in words:
        computed = next((COMPUTED[word] for word in images[0].image_type if word in COMPUTED), None)
        if computed:
            raise StudyRefused("series", f"{name} is {computed}, computed from other slices.")
    if slices < FEWEST_SLICES.value:
        raise StudyRefused("slices", f"{name} has only {slices} slices: not a whole chest.")


def is_ct(image: Image) -> bool:
    """Whether it is of a kind that holds slices of a CT."""
    return image.sop_class in (CLASSIC, ENHANCED, CONVERTED)


def is_screen(image: Image) -> bool:
    """Whether it is a picture of a screen."""
    return image.sop_class == SCREENS or image.sop_class.startswith(f"{SCREENS}.")


def is_no_slice(image: Image) -> bool:
    """Whether an image among slices is none: a localizer, a picture of a screen or of the dose."""
    return LOCALIZER in image.image_type or is_screen(image) or DOSE_PICTURE in image.image_type
