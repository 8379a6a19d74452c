"""One image of a CT, or one frame of a file that holds many: what its header says that sorting and decoding need."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, BinaryIO

from .values import is_stated, meta_text, number, numbers, text, texts, whole

# Tags by which one series may hold several volumes of the same places, and what the reader calls them.
PART_TAGS = {
    "AcquisitionNumber": "acquisition",
    "TemporalPositionIdentifier": "time point",
    "TemporalPositionIndex": "time point",
    "NominalPercentageOfCardiacPhase": "heart phase",
    "TriggerTime": "trigger time",
    "ConvolutionKernel": "kernel",
    "SliceThickness": "slice thickness",
    "ImageType": "image type",
    "EchoNumbers": "echo",
    "AcquisitionTime": "acquisition time",
}
TAGS = """SOPClassUID SOPInstanceUID StudyInstanceUID SeriesInstanceUID FrameOfReferenceUID PatientID PatientName
    PatientBirthDate Modality SeriesNumber SeriesDescription ImageType ConvolutionKernel InstanceNumber Rows Columns
    ImagePositionPatient ImageOrientationPatient PixelSpacing SliceThickness RescaleSlope RescaleIntercept RescaleType
    PhotometricInterpretation SamplesPerPixel BitsAllocated BitsStored HighBit PixelRepresentation PixelPaddingValue
    NumberOfFrames SharedFunctionalGroupsSequence PerFrameFunctionalGroupsSequence""".split()
READ_TAGS = list({*TAGS, *PART_TAGS})

DEFLATED = "1.2.840.10008.1.2.1.99"
NATIVE = {"", "1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2"}
IMPLICIT = "1.2.840.10008.1.2"
UNDEFINED_LENGTH = 0xFFFFFFFF
NUMBER = re.compile(r"[+-]?[0-9]{1,12}")


@dataclass(frozen=True)
class Pixels:
    """How a file holds its pixels.

    at: where they begin, 0 where the file is deflated; length: in bytes, UNDEFINED_LENGTH where they are in fragments;
    count: of images; signed: None where it is not stated.
    """

    syntax: str
    at: int
    length: int
    little_endian: bool
    count: int
    bits_allocated: int
    bits_stored: int
    high_bit: int
    signed: bool | None
    samples: int
    photometric: str
    padding: int | None

    @property
    def plain(self) -> bool:
        """Whether the values stand in the file as they are."""
        return self.syntax in NATIVE and self.length != UNDEFINED_LENGTH


@dataclass(frozen=True)
class Image:
    """One slice. Positions and directions as the header gives them (LPS mm), None where it doesn't or not validly.

    entry: its file's name in the source; frame: its number in the file, None for a file with one image; frames: how
    many its file gives places for; person: tells patients apart, and nothing else; slope: 1 where none is stated, None
    where it is no number; parts: the values of PART_TAGS; pixels: None where the file holds none.
    """

    entry: str
    frame: int | None
    person: int
    study: str
    series: str
    instance: str
    sop_class: str
    frame_of_reference: str
    modality: str
    number: str
    description: str
    image_type: tuple[str, ...]
    kernel: str
    rows: int
    columns: int
    position: tuple[float, ...] | None
    orientation: tuple[float, ...] | None
    pixel_spacing: tuple[float, ...] | None
    thickness: float | None
    slope: float | None
    intercept: float | None
    rescale_type: str
    parts: tuple[str, ...]
    pixels: Pixels | None
    frames: int = 1

    @property
    def label(self) -> str:
        """What a sentence calls it: its file's name, and its frame."""
        name = PurePath(self.entry).name
        return name if self.frame is None else f"frame {self.frame + 1} of {name}"

    @property
    def folder(self) -> str:
        """The folder of its file."""
        return str(PurePath(self.entry).parent)


def image_of(header: Any, entry: str, file: BinaryIO) -> Image:
    """What a header says; the file stands where pydicom stopped, before the pixels."""
    return Image(
        entry=entry,
        frame=None,
        person=hash(tuple(text(header, tag) for tag in ("PatientID", "PatientName", "PatientBirthDate"))),
        study=text(header, "StudyInstanceUID"),
        series=text(header, "SeriesInstanceUID"),
        instance=text(header, "SOPInstanceUID"),
        sop_class=text(header, "SOPClassUID") or meta_text(header, "MediaStorageSOPClassUID"),
        frame_of_reference=text(header, "FrameOfReferenceUID"),
        modality=text(header, "Modality").upper(),
        number=number_of(text(header, "SeriesNumber")),
        description=text(header, "SeriesDescription"),
        image_type=tuple(part.upper() for part in texts(header, "ImageType")),
        kernel=text(header, "ConvolutionKernel"),
        rows=whole(header, "Rows"),
        columns=whole(header, "Columns"),
        position=numbers(header, "ImagePositionPatient", 3),
        orientation=numbers(header, "ImageOrientationPatient", 6),
        pixel_spacing=numbers(header, "PixelSpacing", 2),
        thickness=number(header, "SliceThickness"),
        slope=slope_of(header),
        intercept=number(header, "RescaleIntercept"),
        rescale_type=text(header, "RescaleType"),
        parts=tuple(text(header, tag) for tag in PART_TAGS),
        pixels=_pixels(header, file),
    )


def number_of(said: str) -> str:
    """A series' number as it is stated; "" where it is none."""
    return said if NUMBER.fullmatch(said) else ""


def slope_of(header: Any) -> float | None:
    """The rescale slope; 1 where none is stated, None where it is no number."""
    return number(header, "RescaleSlope") if is_stated(header, "RescaleSlope") else 1.0


def _pixels(header: Any, file: BinaryIO) -> Pixels | None:
    """How the pixels are held that begin where the file stands."""
    syntax = meta_text(header, "TransferSyntaxUID")
    at, length, little = (0, 0, True) if syntax == DEFLATED else _element(file, syntax)
    if length is None:
        return None
    stored = whole(header, "BitsStored")
    high = number(header, "HighBit")
    representation = number(header, "PixelRepresentation")
    signed = bool(representation) if representation in (0, 1) else None
    padding = number(header, "PixelPaddingValue")
    if padding is not None:  # some write it as if it were of the other sign
        padding += 65536 if padding < 0 and not signed else -65536 if padding > 32767 and signed else 0
    return Pixels(
        syntax=syntax,
        at=at,
        length=length,
        little_endian=little,
        count=whole(header, "NumberOfFrames") or 1,
        bits_allocated=whole(header, "BitsAllocated"),
        bits_stored=stored,
        high_bit=stored - 1 if high is None else int(high),
        signed=signed,
        samples=whole(header, "SamplesPerPixel") or 1,
        photometric=text(header, "PhotometricInterpretation"),
        padding=None if padding is None else int(padding),
    )


def _element(file: BinaryIO, syntax: str) -> tuple[int, int | None, bool]:
    """Where the values of the element Pixel Data begin, their length (None: there is no such element), byte order."""
    begin = file.tell()
    first = file.read(12)
    little = first[:4] == b"\xe0\x7f\x10\x00"
    if len(first) < 12 or not (little or first[:4] == b"\x7f\xe0\x00\x10"):
        return 0, None, True
    explicit = first[4:6] in (b"OW", b"OB") and syntax != IMPLICIT
    length = int.from_bytes(first[8:12] if explicit else first[4:8], "little" if little else "big")
    return begin + (12 if explicit else 8), length, little
