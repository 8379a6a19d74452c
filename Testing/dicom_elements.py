"""A DICOM data set as a list of elements, taken apart and put together byte by byte: pydicom would refuse to write
what tests of broken files need."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, replace

UNDEFINED = 0xFFFFFFFF
LONG = (b"OB", b"OW", b"SQ", b"UN", b"UT", b"UC", b"UR", b"OF", b"OD", b"OL")  # VRs with a length of four bytes
PIXEL_DATA = (0x7FE0, 0x0010)
DEFLATED, IMPLICIT, BIG_ENDIAN = "1.2.840.10008.1.2.1.99", "1.2.840.10008.1.2", "1.2.840.10008.1.2.2"


@dataclass(frozen=True)
class Element:
    """Of the top level, a sequence with all that is in it. stated: a length other than its value's."""

    tag: tuple[int, int]
    vr: bytes
    value: bytes
    stated: int | None = None

    def but(self, **other: object) -> Element:
        """The same, with something else."""
        return replace(self, **other)


@dataclass
class File:
    """A DICOM file in parts: preamble, mark and meta header as they are, and the elements behind."""

    begin: bytes
    syntax: str
    elements: list[Element]

    @classmethod
    def of(cls, whole: bytes, syntax: str) -> File:
        """The parts of a file that pydicom wrote, in a transfer syntax."""
        end = 144 + int.from_bytes(whole[140:144], "little")
        data = zlib.decompress(whole[end:], -15) if syntax == DEFLATED else whole[end:]
        elements = []
        while data:
            element, data = _first(data, syntax)
            elements.append(element)
        return cls(whole[:end], syntax, elements)

    def written(self) -> bytes:
        """The whole file."""
        data = b"".join(_written(element, self.syntax) for element in self.elements)
        if self.syntax == DEFLATED:
            packer = zlib.compressobj(wbits=-15)
            data = packer.compress(data) + packer.flush()
        return self.begin + data


def number(value: int, size: int, syntax: str) -> bytes:
    """A binary number as it stands in a file."""
    return (value % 256**size).to_bytes(size, "big" if syntax == BIG_ENDIAN else "little")


def _first(data: bytes, syntax: str) -> tuple[Element, bytes]:
    """The first element, and what follows it; pixels that are compressed are the last and have all that follows."""
    order = "big" if syntax == BIG_ENDIAN else "little"
    tag = (int.from_bytes(data[:2], order), int.from_bytes(data[2:4], order))
    vr = b"" if syntax == IMPLICIT else data[4:6]
    at, size = (4, 4) if not vr else (8, 4) if vr in LONG else (6, 2)
    length = int.from_bytes(data[at : at + size], order)
    begin = at + size
    if length == UNDEFINED:
        return Element(tag, vr, data[begin:], UNDEFINED), b""
    return Element(tag, vr, data[begin : begin + length]), data[begin + length :]


def _written(element: Element, syntax: str) -> bytes:
    value = element.value + b"\0" * (len(element.value) % 2)
    length = len(value) if element.stated is None else element.stated
    begin = number(element.tag[0], 2, syntax) + number(element.tag[1], 2, syntax)
    if not element.vr or syntax == IMPLICIT:
        return begin + number(length, 4, syntax) + value
    if element.vr in LONG:
        return begin + element.vr + b"\0\0" + number(length, 4, syntax) + value
    return begin + element.vr + number(length, 2, syntax) + value
