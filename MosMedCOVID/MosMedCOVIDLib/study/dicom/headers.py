"""The header of a DICOM file, parsed by pydicom without the pixels."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any, BinaryIO


def header_of(file: BinaryIO, tags: Sequence[str], force: bool = True) -> Any:
    """The elements of these tags; None where pydicom cannot read it. force: also without DICOM's mark.

    OSError where the disk cannot be read.
    """
    import pydicom

    try:
        return pydicom.dcmread(file, stop_before_pixels=True, specific_tags=_tags(tuple(tags)), force=force)
    except Exception as error:  # pydicom raises many kinds on broken files
        if isinstance(error, OSError) and error.errno:
            raise  # the disk's; pydicom's own have no number
        return None


@functools.cache  # pydicom would look up each name for each file again: a fifth of the time
def _tags(names: tuple[str, ...]) -> list[Any]:
    from pydicom.tag import Tag

    return [Tag(name) for name in names]
