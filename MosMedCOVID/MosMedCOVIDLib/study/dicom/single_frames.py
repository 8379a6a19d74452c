"""One compressed frame of a multi-frame file as a file of its own, which GDCM decodes as fast as any single image."""

from __future__ import annotations

import hashlib
import threading
from pathlib import Path
from typing import Any

from .image import DEFLATED, Image
from .quiet import quiet
from .sources import Source

ABOUT_PIXELS = """Rows Columns SamplesPerPixel PhotometricInterpretation BitsAllocated BitsStored HighBit
    PixelRepresentation""".split()
_splitting = threading.Lock()


def single_frame_file(image: Image, path: Path, source: Source) -> Path:
    """A file with this frame alone, without rescale, in the source's private folder."""
    folder = source.scratch / hashlib.sha256(image.entry.encode("utf-8", "replace")).hexdigest()
    with _splitting:  # the first thread that asks takes the file apart
        if not folder.exists():
            unfinished = folder.with_suffix(".part")
            unfinished.mkdir(exist_ok=True)
            _take_apart(path, unfinished)
            unfinished.rename(folder)
    return folder / f"{image.frame:06}"


def _take_apart(path: Path, folder: Path) -> None:
    import pydicom
    from pydicom.dataset import Dataset, FileMetaDataset
    from pydicom.encaps import encapsulate
    from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian

    with quiet():
        file = pydicom.dcmread(path)
        compressed = file.file_meta.TransferSyntaxUID != DEFLATED
        for number, frame in enumerate(_frames(file, compressed)):
            alone = Dataset()
            for keyword in ABOUT_PIXELS:
                setattr(alone, keyword, file[keyword].value)
            alone.SOPClassUID, alone.SOPInstanceUID = CTImageStorage, "1.2.3"
            alone.PixelData = encapsulate([frame]) if compressed else frame
            alone["PixelData"].VR = "OB" if compressed else "OW"
            alone["PixelData"].is_undefined_length = compressed
            alone.file_meta = FileMetaDataset()
            alone.file_meta.MediaStorageSOPClassUID = CTImageStorage
            alone.file_meta.MediaStorageSOPInstanceUID = alone.SOPInstanceUID
            syntax = file.file_meta.TransferSyntaxUID if compressed else ExplicitVRLittleEndian
            alone.file_meta.TransferSyntaxUID = syntax
            alone.preamble = b"\0" * 128
            _save(alone, folder / f"{number:06}")


def _frames(file: Any, compressed: bool) -> Any:
    """The bytes of the frames one by one; pydicom 3 has another name for it than pydicom 2."""
    pixels, count = file.PixelData, int(file.NumberOfFrames)
    if not compressed:
        size = int(file.Rows) * int(file.Columns) * int(file.BitsAllocated) // 8
        return (pixels[number * size : (number + 1) * size] for number in range(count))
    try:
        from pydicom.encaps import generate_frames
    except ImportError:
        from pydicom.encaps import generate_pixel_data_frame

        return generate_pixel_data_frame(pixels, count)
    return generate_frames(pixels, number_of_frames=count)


def _save(alone: Any, path: Path) -> None:
    import pydicom

    if int(pydicom.__version__.split(".")[0]) >= 3:
        alone.save_as(path, implicit_vr=False, little_endian=True)
    else:
        alone.is_implicit_VR, alone.is_little_endian = False, True
        alone.save_as(path)
