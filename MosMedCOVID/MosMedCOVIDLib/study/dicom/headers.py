"""The header of a DICOM file, parsed by pydicom without the pixels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, BinaryIO


def header_of(file: BinaryIO, tags: Sequence[str], force: bool = True) -> Any:
    """The elements of these tags; None where pydicom cannot read it. force: also without DICOM's mark.

    OSError where the disk cannot be read.
    """
    import pydicom

    try:
        return pydicom.dcmread(file, stop_before_pixels=True, specific_tags=list(tags), force=force)
    except Exception as error:  # pydicom raises many kinds on broken files
        if isinstance(error, OSError) and error.errno:
            raise  # the disk's; pydicom's own have no number
        return None
