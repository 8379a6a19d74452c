"""What was read, what had to be repaired on the way, and whether the headers call it a CT without loss."""

from __future__ import annotations

from ..study import Study
from .checks import Check

KINDS = {"nifti": "NIfTI", "dicom": "DICOM", "mosmeddata": "MosMedData", "scene": "a volume of the scene"}
DICOM_STANDARD = "DICOM PS3.3"
LOSSY = "01"


def check_reading(study: Study) -> list[Check]:
    """That it could be read, each note of the reader, the modality and lossy compression where headers state them."""
    checks = [Check("readable", "ok", study.kind, None, "", f"Read as {KINDS.get(study.kind, study.kind)}.")]
    checks += [Check("reading_note", "warning", None, None, "", note) for note in study.notes]
    modality, part = study.headers.get("Modality"), study.headers.get("BodyPartExamined")
    if modality:
        told = f"The headers say {modality}" + (f", body part {part}." if part else ".")
        checks.append(Check("modality", "ok", str(modality), "CT", "", told, DICOM_STANDARD))
    if study.headers.get("LossyImageCompression") == LOSSY:
        told = "The pixels were once compressed with loss: fine ground glass may be smoothed away."
        checks.append(Check("compression", "warning", "lossy", None, "", told, DICOM_STANDARD))
    return checks
