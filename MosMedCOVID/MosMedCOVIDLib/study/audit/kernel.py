"""The reconstruction kernel, as the headers name it, in words: soft or sharp."""

from __future__ import annotations

import re

from ..study import Study
from .checks import Check, not_assessed
from .headers import words

# By maker: a soft kernel's number is below the second figure; other makers name their kernels.
NUMBERED = ((re.compile(r"[A-Z][a-z]{0,2}(\d{2})"), 60), (re.compile(r"FC(\d{2})"), 30))
NAMED = {
    "STANDARD": "soft", "SOFT": "soft", "CHEST": "soft", "DETAIL": "soft", "A": "soft", "B": "soft", "C": "soft",
    "LUNG": "sharp", "BONE": "sharp", "BONEPLUS": "sharp", "EDGE": "sharp", "L": "sharp", "YA": "sharp", "YB": "sharp",
}  # fmt: skip
EFFECT = {"soft": "soft tissue, little noise", "sharp": "edges raised, more noise"}


def check_kernel(study: Study) -> list[Check]:
    """What the headers say; nothing where they say nothing: sharpness itself is not measured."""
    name = words(study, "ConvolutionKernel")
    if not name:
        return []
    kind = kernel_kind(name)
    if kind is None:
        return [not_assessed("kernel", f"The kernel {name} is none that this audit knows.")]
    return [
        Check("kernel", "ok", name, None, "", f"{kind.capitalize()} kernel {name}: {EFFECT[kind]}.", "DICOM header")
    ]


def kernel_kind(name: str) -> str | None:
    """soft, sharp, or None where the name is not known."""
    first = name.split()[0]
    for pattern, sharp_from in NUMBERED:
        found = pattern.match(first)
        if found:
            return "sharp" if int(found[1]) >= sharp_from else "soft"
    return NAMED.get(first.upper())
