"""A NIfTI's header: what it says of its voxels, refused where it makes no sense; nibabel parses it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..errors import StudyRefused
from .inflating import Contents

SIZES = {348: "Nifti1Header", 540: "Nifti2Header"}
MARKS = {b"n+1\0": 348, b"ni1\0": 348, b"n+2\0": 540, b"ni2\0": 540}
MARK_AT = {348: 344, 540: 4}
SINGLE_MARK = b"n+"
MOST_VOXELS = 1 << 30  # 1024 slices of 1024 × 1024
HU_LIKE_INTENTS = (0, 1011)  # none, and a number without unit


def read_header(contents: Contents, file: str) -> Any:
    """The header that a file begins with, whatever its byte order. StudyRefused if it has none."""
    import nibabel

    try:
        block = contents.take(min(SIZES))
        size, order = next(
            (size, order)
            for order in ("<", ">")
            for size in SIZES
            if int.from_bytes(block[:4], "little" if order == "<" else "big") == size
        )
        block += contents.take(size - len(block))
    except (EOFError, StopIteration):
        raise StudyRefused("readable", f"{file} is not a NIfTI file.") from None
    if MARKS.get(block[MARK_AT[size] :][:4]) != size:
        if size == min(SIZES) and file.lower().endswith((".hdr", ".hdr.gz", ".img", ".img.gz")):
            reason = "is Analyze 7.5, which does not state left and right: convert the study to NIfTI from its DICOM."
            raise StudyRefused("readable", f"{file} {reason}")
        raise StudyRefused("readable", f"{file} is not a NIfTI file.")
    header = getattr(nibabel, SIZES[size])(block, order, check=False)
    header["pixdim"][0] = -1 if header["pixdim"][0] < 0 else 1  # 0 is often written, and means 1
    return header


def holds_voxels(header: Any) -> bool:
    """Whether the voxels follow in the same file; else they are in the other one of a pair."""
    return bytes(header["magic"]).startswith(SINGLE_MARK)


def shape_of(header: Any, file: str) -> tuple[int, int, int]:
    """Columns, rows, slices. StudyRefused unless they are one volume of a possible size."""
    count, *sizes = (int(size) for size in header["dim"])
    if not 1 <= count <= 7:
        raise StudyRefused("readable", f"{file} states {count} dimensions; NIfTI knows 1 to 7.")
    shape = tuple(sizes[:count])
    text = "×".join(map(str, shape))
    if min(shape) < 1:
        raise StudyRefused("readable", f"{file} states a size of {text} voxels, which no volume has.")
    if len(shape) < 3 or any(size > 1 for size in shape[3:]):
        raise StudyRefused("readable", f"{file} is {text}: one three-dimensional volume is needed.")
    if math.prod(shape) > MOST_VOXELS:
        raise StudyRefused("readable", f"{file} states {text} voxels, more than a CT of the chest has.")
    return shape[0], shape[1], shape[2]


def value_type(header: Any, file: str) -> np.dtype:
    """How one value is stored. StudyRefused where that is nothing for a CT."""
    from nibabel.nifti1 import data_type_codes

    code = int(header["datatype"])
    if code not in data_type_codes.code:
        raise StudyRefused("readable", f"{file} stores its values in a way that NIfTI doesn't know (data type {code}).")
    stored = np.dtype(data_type_codes.dtype[code])
    if stored.kind not in "iuf" or not 1 <= stored.itemsize <= 8:
        raise StudyRefused("readable", f"{file} holds {data_type_codes.label[code]} values, not a CT.")
    return stored.newbyteorder(header.endianness)


def scale_of(header: Any, file: str) -> tuple[float, float]:
    """Slope and intercept from stored values to HU; 1 and 0 where the slope is 0 or no number: there is no scale."""
    slope, intercept = float(header["scl_slope"]), float(header["scl_inter"])
    if slope == 0 or math.isnan(slope):
        return 1.0, 0.0
    if not math.isfinite(slope) or not math.isfinite(intercept):
        raise StudyRefused("hu_plausible", f"{file} states a scale that is no number: {slope}, {intercept}.")
    return slope, intercept


def first_byte(header: Any, file: str) -> int:
    """Where the voxels begin in their file. StudyRefused where they can't."""
    offset = float(header["vox_offset"])
    smallest = int(header["sizeof_hdr"]) + 4 if holds_voxels(header) else 0
    if not math.isfinite(offset) or offset != int(offset) or offset < smallest:
        raise StudyRefused("readable", f"{file} states that its voxels begin at byte {offset:g}, where they can't.")
    return int(offset)


def intent_notes(header: Any) -> list[str]:
    """A sentence where the file says that its values are something else than an image."""
    from nibabel.nifti1 import intent_codes

    code = int(header["intent_code"])
    if code in HU_LIKE_INTENTS:
        return []
    name = intent_codes.label[code] if code in intent_codes.code else "unknown"
    return [f"The file says that it holds no image but something else: {name} (intent code {code})."]
