"""Series of 512×512 slices in each compression, written for the benchmarks."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pydicom
from asked import SHARED
from dicom_files import save, write_series
from phantoms import CHEST_MM, DRAWN, PIXEL_MM, repeated_phantom
from pydicom.dataset import FileDataset
from pydicom.uid import generate_uid

JPEG_LS = "JPEG-LS"  # a real slice, since no package encodes it
COMPRESSIONS = {  # and what the tests' writer calls them
    "uncompressed": "explicit",
    "big-endian": "big-endian",
    "deflated": "deflated",
    "RLE": "RLE",
    "JPEG Lossless": "JPEG Lossless",
    JPEG_LS: JPEG_LS,
    "JPEG 2000": "JPEG 2000",
}
REAL_JPEG_LS = SHARED / "odd-dicom" / "cornerstone" / "CT_JPEGLSLosslessTransferSyntax_1.2.840.10008.1.2.4.80.dcm"


def compressions() -> list[str]:
    """Those that can be written here."""
    return [name for name in COMPRESSIONS if name != JPEG_LS or REAL_JPEG_LS.is_file()]


def write_slices(folder: Path, compression: str, slices: int) -> None:
    """One series of a chest, its files named in the order of the slices; a picture that is drawn once comes often."""
    folder.mkdir(parents=True, exist_ok=True)
    pictures = [_real_slice()] if compression == JPEG_LS else _drawn_slices(COMPRESSIONS[compression])
    for number in range(slices):
        file = pictures[number * len(pictures) // slices]
        file.SOPInstanceUID = file.file_meta.MediaStorageSOPInstanceUID = generate_uid()
        file.InstanceNumber, file.SliceThickness = number + 1, f"{CHEST_MM / slices:.4f}"
        file.ImagePositionPatient = ["-190", "-190", f"{number * CHEST_MM / slices:.4f}"]
        save(file, folder / f"{number:04}.dcm")


def _drawn_slices(syntax: str) -> list[FileDataset]:
    hu = repeated_phantom(DRAWN).study.hu
    with tempfile.TemporaryDirectory() as folder:
        return write_series(Path(folder), hu, (CHEST_MM / DRAWN, PIXEL_MM, PIXEL_MM), syntax=syntax)


def _real_slice() -> FileDataset:
    """A slice of a CT; axial, since its own position in the patient goes."""
    file = pydicom.dcmread(REAL_JPEG_LS)
    file.Modality, file.ImageType = "CT", ["ORIGINAL", "PRIMARY", "AXIAL"]
    file.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    return file
