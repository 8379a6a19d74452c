"""What this kind of file does not say: one check that lists it, so that silence is not taken for health."""

from __future__ import annotations

from ..study import Study
from .checks import Check, not_assessed
from .headers import number, words
from .reading import KINDS

WORDS = {"Modality": "modality", "ConvolutionKernel": "kernel"}
NUMBERS = {"SliceThickness": "slice thickness", "AgeYears": "age"}
DOSES = ("DoseLengthProduct", "CTDIvol")


def check_unknown(study: Study) -> list[Check]:
    """What the headers leave open; nothing where they say all."""
    missing = [name for keyword, name in WORDS.items() if not words(study, keyword)]
    missing += [name for keyword, name in NUMBERS.items() if number(study, keyword) is None]
    if all(number(study, keyword) is None for keyword in DOSES):
        missing.append("dose")
    if "modality" in missing:  # DICOM must state it where it is so
        missing.append("lossy compression")
    if not missing:
        return []
    file = {"scene": "The volume's headers do"}.get(study.kind, f"This {KINDS.get(study.kind, 'file')} file does")
    return [not_assessed("not_known", f"{file} not tell: {', '.join(missing)}.")]
