"""The reconstruction kernel, as the headers name it, in words: soft or sharp."""

from __future__ import annotations

from ..kernels import LUNG, SHARP, SOFT, kind_of
from ..study import Study
from .checks import Check, not_assessed
from .headers import words

EFFECT = {
    SOFT: "soft tissue, little noise", LUNG: "edges raised, more noise", SHARP: "edges raised, much noise",
}  # fmt: skip


def check_kernel(study: Study) -> list[Check]:
    """What the headers say; nothing where they say nothing: sharpness itself is not measured."""
    name = words(study, "ConvolutionKernel")
    if not name:
        return []
    kind = kind_of(name)
    if kind not in EFFECT:
        return [not_assessed("kernel", f"The kernel {name} is none that this audit knows.")]
    return [Check("kernel", "ok", name, None, "", f"{kind.capitalize()} {name}: {EFFECT[kind]}.", "DICOM header")]
