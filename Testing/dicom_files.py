"""DICOM made on the spot, for tests: written by pydicom, encoded by pydicom or GDCM."""

from __future__ import annotations

import tempfile
import zipfile
from pathlib import Path

import numpy as np
import pydicom
import SimpleITK
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.sequence import Sequence
from pydicom.uid import CTImageStorage, EnhancedCTImageStorage, RLELossless, generate_uid

PATIENT = "IVANOV^IVAN"
STUDY = generate_uid()
AXIAL = (1, 0, 0, 0, 1, 0)
ORIGIN = (-120.5, -90.25, -300.0)

# Transfer syntaxes, and what encodes them; there is no free encoder of JPEG-LS among the packages.
SYNTAXES = {
    "explicit": ("1.2.840.10008.1.2.1", None),
    "implicit": ("1.2.840.10008.1.2", None),
    "big-endian": ("1.2.840.10008.1.2.2", None),
    "deflated": ("1.2.840.10008.1.2.1.99", None),
    "RLE": ("1.2.840.10008.1.2.5", "pydicom"),
    "JPEG Lossless": ("1.2.840.10008.1.2.4.70", "JPEG"),
    "JPEG 2000": ("1.2.840.10008.1.2.4.90", "JPEG2000"),
}


def write_series(
    folder: Path,
    hu: np.ndarray,
    spacing_mm: tuple[float, float, float] = (2.5, 0.7, 0.8),
    orientation: tuple[float, ...] = AXIAL,
    origin: tuple[float, float, float] = ORIGIN,
    step: np.ndarray | None = None,
    syntax: str = "explicit",
    stored: str = "unsigned 12",
    **tags: object,
) -> list[FileDataset]:
    """Writes int16 HU [slice, row, column], slice k at origin + k·step (LPS mm), under names in mixed-up order.

    stored: how the values stand in the file, in a word and bits; tags: set in each file, or made by a function of k.
    """
    folder.mkdir(parents=True, exist_ok=True)
    step = _step(orientation, spacing_mm) if step is None else step
    series = generate_uid()
    names = np.random.default_rng(3).permutation(len(hu))
    written = []
    for k, image in enumerate(hu):
        file = _file(CTImageStorage, syntax, stored)
        file.Modality, file.ImageType, file.ConvolutionKernel = "CT", ["ORIGINAL", "PRIMARY", "AXIAL"], "D40s"
        file.SeriesInstanceUID, file.StudyInstanceUID, file.SeriesNumber = series, STUDY, 2
        file.InstanceNumber = int(names[k]) + 1  # wrong on purpose: only the position counts
        file.ImagePositionPatient = [f"{v:.6f}" for v in np.array(origin) + k * np.asarray(step)]
        file.ImageOrientationPatient = [f"{v:.8f}" for v in orientation]
        file.PixelSpacing, file.SliceThickness = [spacing_mm[1], spacing_mm[2]], spacing_mm[0]
        file.RescaleSlope, file.RescaleIntercept = 1, _intercept(stored)
        file.Rows, file.Columns = image.shape
        for tag, value in tags.items():
            setattr(file, tag, value(k) if callable(value) else value)
        pixels = (image - _intercept(stored)).astype(_kind(stored))
        file.PixelData = _encoded([pixels], syntax)
        if SYNTAXES[syntax][1]:
            file["PixelData"].is_undefined_length = True
        save(file, folder / f"IM{names[k]:04}")
        written.append(file)
    return written


def write_multiframe(
    path: Path,
    hu: np.ndarray,
    syntax: str = "explicit",
    step: tuple[float, float, float] = (0, 0, 2.5),
    order: np.ndarray | None = None,
    slopes: tuple[float, ...] = (1.0,),
    **tags: object,
) -> FileDataset:
    """Writes HU as one Enhanced CT, its frames in mixed-up order, each with its own rescale."""
    order = np.random.default_rng(4).permutation(len(hu)) if order is None else order
    file = _file(EnhancedCTImageStorage, syntax, "unsigned 12")
    file.Modality, file.ImageType = "CT", ["ORIGINAL", "PRIMARY", "VOLUME", "NONE"]
    file.SeriesInstanceUID, file.StudyInstanceUID, file.SeriesNumber = generate_uid(), STUDY, 8
    file.NumberOfFrames, (file.Rows, file.Columns) = len(hu), hu.shape[1:]
    shared, frames, pixels = Dataset(), [], []
    shared.PlaneOrientationSequence = [_item(ImageOrientationPatient=list(AXIAL))]
    shared.PixelMeasuresSequence = [_item(PixelSpacing=[0.7, 0.8], SliceThickness=2.5)]
    for number, k in enumerate(order):
        slope = slopes[number % len(slopes)]
        frame = Dataset()
        place = [f"{v:.6f}" for v in np.array(ORIGIN) + k * np.array(step)]
        frame.PlanePositionSequence = [_item(ImagePositionPatient=place)]
        frame.PixelValueTransformationSequence = [
            _item(RescaleSlope=slope, RescaleIntercept=-1024 * slope, RescaleType="HU")
        ]
        frames.append(frame)
        pixels.append((hu[k] / slope + 1024).astype(np.uint16))
    file.SharedFunctionalGroupsSequence = Sequence([shared])
    file.PerFrameFunctionalGroupsSequence = Sequence(frames)
    for tag, value in tags.items():
        setattr(file, tag, value)
    file.PixelData = _encoded(pixels, syntax)
    if SYNTAXES[syntax][1]:
        file["PixelData"].is_undefined_length = True
    path.parent.mkdir(parents=True, exist_ok=True)
    save(file, path)
    return file


def write_other(path: Path, modality: str, sop_class: str, **tags: object) -> FileDataset:
    """Writes an object without pixels: a report, say."""
    file = _file(sop_class, "explicit", "unsigned 12")
    file.Modality, file.StudyInstanceUID, file.SeriesInstanceUID = modality, STUDY, generate_uid()
    for tag, value in tags.items():
        setattr(file, tag, value)
    path.parent.mkdir(parents=True, exist_ok=True)
    save(file, path)
    return file


def write_dose_report(path: Path, dlp: float, ctdi_vol: float) -> None:
    """Writes the two numbers of an X-ray radiation dose report that matter, nested as in template 10011."""

    def measured(code: str, value: float) -> Dataset:
        item = _item(ValueType="NUM", MeasuredValueSequence=Sequence([_item(NumericValue=value)]))
        item.ConceptNameCodeSequence = Sequence([_item(CodeValue=code, CodingSchemeDesignator="DCM", CodeMeaning="x")])
        return item

    scan = _item(ValueType="CONTAINER", ContentSequence=Sequence([measured("113830", ctdi_vol)]))
    total = _item(ValueType="CONTAINER", ContentSequence=Sequence([measured("113813", dlp)]))
    write_other(path, "SR", "1.2.840.10008.5.1.4.1.1.88.67", ContentSequence=Sequence([total, scan]))


def zipped(folder: Path, path: Path, name=lambda path: path.name) -> Path:
    """A .zip of the files of a folder, called as `name` says."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.iterdir()):
            archive.write(file, name(file))
    return path


def save(file: FileDataset, path: Path) -> None:
    """Saves with preamble and meta header, by pydicom 2 and 3."""
    if hasattr(file, "_read_implicit"):  # pydicom 3
        file.save_as(path, enforce_file_format=True)
        return
    syntax = file.file_meta.TransferSyntaxUID
    file.is_implicit_VR, file.is_little_endian = syntax.is_implicit_VR, syntax.is_little_endian
    file.save_as(path, write_like_original=False)


def _step(orientation: tuple[float, ...], spacing_mm: tuple[float, float, float]) -> np.ndarray:
    row_direction, column_direction = np.reshape(orientation, (2, 3)).astype(float)
    return np.cross(row_direction, column_direction) * spacing_mm[0]


def _item(**tags: object) -> Dataset:
    item = Dataset()
    for tag, value in tags.items():
        setattr(item, tag, value)
    return item


def _file(sop_class: str, syntax: str, stored: str) -> FileDataset:
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = sop_class, generate_uid()
    meta.TransferSyntaxUID = pydicom.uid.UID(SYNTAXES[syntax][0])
    order = {"is_implicit_VR": syntax == "implicit", "is_little_endian": syntax != "big-endian"}
    file = FileDataset(None, {}, file_meta=meta, preamble=b"\0" * 128, **order)
    file.SOPClassUID, file.SOPInstanceUID = sop_class, meta.MediaStorageSOPInstanceUID
    file.PatientName, file.PatientID, file.PatientAge, file.PatientBirthDate = PATIENT, "4711", "039Y", "19810203"
    file.SamplesPerPixel, file.PhotometricInterpretation = 1, "MONOCHROME2"
    bits = int(stored.split()[1])
    file.BitsAllocated, file.BitsStored, file.HighBit = 16, bits, bits - 1
    file.PixelRepresentation = int(stored.startswith("signed"))
    return file


def _kind(stored: str) -> type:
    return np.int16 if stored.startswith("signed") else np.uint16


def _intercept(stored: str) -> int:
    return 0 if stored.startswith("signed") else -1024


def _encoded(images: list[np.ndarray], syntax: str) -> bytes:
    """The value of Pixel Data."""
    compressor = SYNTAXES[syntax][1]
    if compressor is None:
        kind = images[0].dtype.newbyteorder(">" if syntax == "big-endian" else "<")
        return b"".join(image.astype(kind).tobytes() for image in images)
    return encapsulate([_compressed(image, compressor) for image in images])


def _compressed(image: np.ndarray, compressor: str) -> bytes:
    """One frame, encoded."""
    if compressor == "pydicom":
        file = _file(CTImageStorage, "explicit", "unsigned 16")
        file.Rows, file.Columns = image.shape
        file.compress(RLELossless, image.view(np.uint16))
    else:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "x.dcm"
            writer = SimpleITK.ImageFileWriter()
            writer.SetFileName(str(path))
            writer.SetImageIO("GDCMImageIO")
            writer.UseCompressionOn()
            writer.SetCompressor(compressor)
            writer.Execute(SimpleITK.GetImageFromArray(image[None]))
            file = pydicom.dcmread(path)
    return next(pydicom.encaps.generate_pixel_data_frame(file.PixelData, 1))
