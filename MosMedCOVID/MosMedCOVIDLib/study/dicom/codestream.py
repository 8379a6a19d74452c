"""What a compressed image says of its own size: a decoder makes room for that, whatever the header around it says."""

from __future__ import annotations

import struct

from .image import Image, Pixels

JPEG = tuple(f"1.2.840.10008.1.2.4.{kind}" for kind in (50, 51, 57, 70, 80, 81))  # and JPEG-LS
JPEG_2000 = tuple(f"1.2.840.10008.1.2.4.{kind}" for kind in (90, 91))
RLE = "1.2.840.10008.1.2.5"
FRAMES_OF_JPEG = {*range(0xC0, 0xD0), 0xF7} - {0xC4, 0xC8, 0xCC}  # the markers of a size, of JPEG and of JPEG-LS
MOST_TILES = 4096
ITEM, END = (0xFFFE, 0xE000), (0xFFFE, 0xE0DD)  # of fragments


def must_be_whole(pixels: bytes) -> None:
    """ValueError where one of the fragments breaks off; what is missing would be decoded as something."""
    at = 0
    while at + 8 <= len(pixels):
        group, element, length = struct.unpack_from("<HHI", pixels, at)
        if (group, element) == END:
            return
        at += 8 + length
        if (group, element) != ITEM or at > len(pixels):
            raise ValueError("a fragment that is cut short")


def must_be_of_size(frame: bytes, image: Image, about: Pixels) -> None:
    """ValueError unless a compressed image says of itself that it has rows × columns, in one grey of as many bits."""
    try:
        if about.syntax in JPEG:
            true = _size_of_jpeg(frame) == (image.rows, image.columns, 1)
        elif about.syntax in JPEG_2000:
            true = _size_of_jpeg_2000(frame) == (image.rows, image.columns, 1)
        else:
            true = about.syntax == RLE and _has_segments(frame, about.bits_allocated // 8)
    except (struct.error, IndexError) as error:
        raise ValueError("an image that is cut short") from error
    if not true:
        raise ValueError("an image of another size than its header's, or of an unknown kind")


def _size_of_jpeg(frame: bytes) -> tuple[int, int, int]:
    """Rows, columns, colours, from the first segment that tells them."""
    at = 2 if frame.startswith(b"\xff\xd8") else len(frame)
    while True:
        while frame[at + 1] == 0xFF:  # between segments there may be more of them
            at += 1
        if frame[at] != 0xFF:
            raise IndexError
        if frame[at + 1] in FRAMES_OF_JPEG:
            rows, columns, colours = struct.unpack_from(">HHB", frame, at + 5)
            return rows, columns, colours
        at += 2 + int(struct.unpack_from(">H", frame, at + 2)[0])


def _size_of_jpeg_2000(frame: bytes) -> tuple[int, int, int]:
    """Rows, columns, colours; IndexError where it is cut into more tiles than make sense."""
    if not frame.startswith(b"\xff\x4f\xff\x51"):
        raise IndexError
    right, bottom, left, top, width, height, _, _, colours = struct.unpack_from(">8IH", frame, 8)
    columns, rows = right - left, bottom - top
    if not width or not height or -(-right // width) * -(-bottom // height) > MOST_TILES:
        raise IndexError
    return rows, columns, colours


def _has_segments(frame: bytes, count: int) -> bool:
    """Whether there are as many segments as a value has bytes, one behind the other."""
    stated, *offsets = struct.unpack_from("<16I", frame)
    offsets = [*offsets[:count], len(frame)]
    return stated == count and offsets[0] == 64 and offsets == sorted(offsets)
