"""What a convolution kernel is good for, by the manufacturers' names."""

from __future__ import annotations

import re

SOFT, LUNG, UNKNOWN, SHARP = "soft or standard kernel", "lung kernel", "kernel of unknown kind", "sharp kernel"

WORDS = {
    SHARP: ("BONE", "EDGE", "ULTRA", "INNER EAR", "IAC"),
    LUNG: ("LUNG",),
    SOFT: ("SOFT", "STANDARD", "STND", "STD", "CHEST", "DETAIL", "BODY", "SMOOTH", "MEDIASTIN"),
}
SIEMENS = re.compile(r"[A-Z]{0,2}?[BDIU][A-Z]?(\d\d)[A-Z]*")  # B40f, D40s, I70f, Br36, Bl57
SIEMENS_LUNG_FROM, SIEMENS_SHARP_FROM = 50, 65
CANON = re.compile(r"FC(\d\d)")
CANON_LUNG = range(50, 60)
CANON_SOFT = range(20)
PHILIPS = {"A": SOFT, "B": SOFT, "C": SOFT, "D": SHARP, "E": SHARP, "L": LUNG, "YA": LUNG, "YB": LUNG, "YC": LUNG}


def kind_of(kernel: str) -> str:
    """SOFT, LUNG, SHARP or UNKNOWN."""
    name = kernel.upper().split("\\")[0].strip()
    first = name.partition(" ")[0]
    for kind, words in WORDS.items():
        if any(word in name for word in words):
            return kind
    canon = CANON.match(first)
    if canon:
        number = int(canon[1])
        return LUNG if number in CANON_LUNG else SOFT if number in CANON_SOFT else UNKNOWN
    siemens = SIEMENS.fullmatch(first)
    if siemens:
        number = int(siemens[1])
        if first.startswith("BL"):
            return LUNG
        return SOFT if number < SIEMENS_LUNG_FROM else LUNG if number < SIEMENS_SHARP_FROM else SHARP
    return PHILIPS.get(first, UNKNOWN)
