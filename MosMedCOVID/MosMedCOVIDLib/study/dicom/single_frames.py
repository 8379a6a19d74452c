"""The bytes of one image taken out of its file: plain or run-length encoded ones, or others as a file for GDCM.

GDCM is never given a file as it came: it makes room for whatever a length in it claims. What it is given holds one
image and no more, and its sizes are known to be true.
"""

from __future__ import annotations

import functools
import hashlib
import io
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .codestream import RLE, must_be_of_size, must_be_whole
from .image import DEFLATED, UNDEFINED_LENGTH, Image, Pixels
from .quiet import quiet
from .sources import Source

LARGEST_PIXELS = 1 << 30  # compressed; less than does harm
_splitting = threading.Lock()


def single_frame_file(image: Image, source: Source) -> Path:
    """A file in the source's private folder with this image alone: its bytes, or DICOM without rescale."""
    name = hashlib.sha256(image.entry.encode("utf-8", "replace")).hexdigest()
    if image.frame is None:
        path = source.scratch / name
        path.write_bytes(next(_frames(image, source)))
        return path
    folder = source.scratch / name
    with _splitting:  # the first thread that asks takes the file apart
        if not folder.exists():
            unfinished = folder.with_suffix(".part")
            unfinished.mkdir(exist_ok=True)
            for number, frame in enumerate(_frames(image, source)):
                (unfinished / f"{number:06}").write_bytes(frame)
            unfinished.rename(folder)
    return folder / f"{image.frame:06}"


def _frames(image: Image, source: Source) -> Iterator[bytes]:
    """What each file is to hold. ValueError where the pixels are not what the header says."""
    about = image.pixels
    assert about
    with source.whole(image.entry) as file:
        if about.syntax == DEFLATED:
            yield from _inflated(file, image, about)
            return
        if about.length != UNDEFINED_LENGTH:
            raise ValueError("compressed pixels that are not in fragments")
        if file.seek(0, io.SEEK_END) - about.at > LARGEST_PIXELS:
            raise ValueError("more compressed pixels than any image has")
        file.seek(about.at)
        pixels = file.read()
    must_be_whole(pixels)
    for frame in _compressed(pixels, about.count):
        must_be_of_size(frame, image, about)  # which knows the compressions too
        if about.syntax == RLE:
            yield frame
            continue
        begin, end = _around(image.rows, image.columns, about)
        frame += b"\0" * (len(frame) % 2)
        yield begin + len(frame).to_bytes(4, "little") + frame + end


def _inflated(file: Any, image: Image, about: Pixels) -> Iterator[bytes]:
    import pydicom

    with quiet():
        pixels = _known(lambda: pydicom.dcmread(file).PixelData)
    size = image.rows * image.columns * about.bits_allocated // 8
    if len(pixels) - size * about.count not in (0, 1):  # a value of odd length is padded
        raise ValueError("another number of pixels than stated")
    for begin in range(0, size * about.count, size):
        yield pixels[begin : begin + size]


def _compressed(pixels: bytes, count: int) -> list[bytes]:
    """The frames in fragments; pydicom 3 has another name for it than pydicom 2."""
    try:
        from pydicom.encaps import generate_frames
    except ImportError:
        from pydicom.encaps import generate_pixel_data_frame

        return _known(lambda: list(generate_pixel_data_frame(pixels, count)))
    return _known(lambda: list(generate_frames(pixels, number_of_frames=count)))


def _known(read: Any) -> Any:
    """What pydicom reads; ValueError for the many kinds of exceptions that it raises on broken files."""
    try:
        return read()
    except Exception as error:
        raise ValueError("pixels that pydicom cannot take apart") from error


@functools.lru_cache(maxsize=16)
def _around(rows: int, columns: int, about: Pixels) -> tuple[bytes, bytes]:
    """What stands in a file before the length of its only fragment, and behind the fragment."""
    import pydicom
    from pydicom.dataset import Dataset, FileMetaDataset
    from pydicom.encaps import encapsulate
    from pydicom.uid import UID, CTImageStorage

    alone = Dataset()
    alone.SOPClassUID, alone.SOPInstanceUID = CTImageStorage, "1.2.3"
    alone.Rows, alone.Columns = rows, columns
    alone.SamplesPerPixel, alone.PhotometricInterpretation = 1, about.photometric or "MONOCHROME2"
    alone.BitsAllocated, alone.BitsStored, alone.HighBit = about.bits_allocated, about.bits_stored, about.high_bit
    alone.PixelRepresentation = int(about.signed or 0)
    alone.PixelData = encapsulate([b"\0\0"])
    alone["PixelData"].VR, alone["PixelData"].is_undefined_length = "OB", True
    alone.file_meta = FileMetaDataset()
    alone.file_meta.MediaStorageSOPClassUID, alone.file_meta.MediaStorageSOPInstanceUID = CTImageStorage, "1.2.3"
    alone.file_meta.TransferSyntaxUID = UID(about.syntax)
    alone.preamble = b"\0" * 128
    file = io.BytesIO()
    if int(pydicom.__version__.split(".")[0]) >= 3:
        alone.save_as(file, implicit_vr=False, little_endian=True)
    else:
        alone.is_implicit_VR, alone.is_little_endian = False, True
        alone.save_as(file)
    begin, _, end = file.getvalue().rpartition(b"\x02\0\0\0\0\0")
    return begin, end
