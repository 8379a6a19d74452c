"""Libraries inflate a deflated DICOM file as a whole: here it is seen first whether that does harm."""

from __future__ import annotations

import zlib
from typing import BinaryIO

SYNTAX = b"1.2.840.10008.1.2.1.99"
META_LENGTH = slice(140, 144)  # of the group that is not deflated; it begins after the mark and this length itself
LARGEST_BYTES = 1 << 30  # inflated: more than any image, less than does harm
FIRST_BYTES = 1024  # of a file: with the mark, and the transfer syntax in what follows it
PIECE = 1 << 20


def inflates_sanely(file: BinaryIO, first: bytes) -> bool:
    """Whether a file with these first bytes is not deflated, or inflates to a size that an image may have."""
    if SYNTAX not in first:
        return True
    file.seek(META_LENGTH.stop + int.from_bytes(first[META_LENGTH], "little"))
    stream, total = zlib.decompressobj(-zlib.MAX_WBITS), 0
    piece = file.read(PIECE)
    try:
        while piece and not stream.eof:
            total += len(stream.decompress(piece, PIECE))
            if total > LARGEST_BYTES:
                return False
            piece = stream.unconsumed_tail or file.read(PIECE)
    except zlib.error:
        pass  # a damaged stream ends here for its reader too
    return True
