"""A folder with one CT series in DICOM into a Study; pydicom reads the headers, SimpleITK (GDCM) the pixels.

Slices are sorted by their position along the normal, never by name or number. A series whose slices do not form
one regular grid is refused with the reason.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import StudyRefused
from .progress import OnProgress, silent
from .study import Study

# What is read of each header: geometry, and what the audit may ask for. No names, no numbers of persons.
GEOMETRY_TAGS = ("ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing", "Rows", "Columns")
RESCALE_TAGS = ("RescaleSlope", "RescaleIntercept")
KEPT_TAGS = (
    "Modality Manufacturer ManufacturerModelName ConvolutionKernel SliceThickness KVP PatientPosition "
    "ImageType SeriesNumber SeriesInstanceUID StudyInstanceUID FrameOfReferenceUID"
).split()
SAME_IN_ALL = ("ImageOrientationPatient", "PixelSpacing", "Rows", "Columns", *RESCALE_TAGS)

GAP_TOLERANCE = 0.02  # of the distance between slices
GAP_TOLERANCE_MM = 0.05  # positions are often rounded to 0.1 mm
SIDEWAYS_TOLERANCE_MM = 0.5
UNIT_TOLERANCE = 1e-3
HEADERS_SHARE = 0.3  # of the time that reading takes


def is_dicom(path: Path) -> bool:
    """Whether a file carries DICOM's mark after its preamble."""
    try:
        if not path.is_file():
            return False  # a pipe would wait for ever
        with path.open("rb") as file:
            return file.read(132)[128:] == b"DICM"
    except OSError:
        return False


def read_dicom(folder: Path, on_progress: OnProgress = silent) -> Study:
    """Reads the CT series in a folder and the folders below it. StudyRefused if it isn't one regular series."""
    headers = _one_series(folder, _headers(folder, on_progress))
    positions = np.array([_numbers(header, "ImagePositionPatient", 3) for header in headers])
    column_step, row_step = np.reshape(_numbers(headers[0], "ImageOrientationPatient", 6), (2, 3))
    if abs(np.linalg.norm(column_step) - 1) > UNIT_TOLERANCE or abs(np.linalg.norm(row_step) - 1) > UNIT_TOLERANCE:
        raise StudyRefused("geometry", f"{folder.name} states directions that are not of length 1.")
    normal = np.cross(column_step, row_step)
    order = np.argsort(positions @ normal, kind="stable")
    headers, positions = [headers[i] for i in order], positions[order]
    step = _regular_step(headers, positions, normal)

    row_mm, column_mm = _numbers(headers[0], "PixelSpacing", 2)
    if min(row_mm, column_mm) <= 0:
        raise StudyRefused(
            "geometry", f"{folder.name} states a pixel spacing that is not above 0: {row_mm}, {column_mm} mm."
        )
    lps = np.eye(4)
    lps[:3, :3] = np.column_stack([column_step * column_mm, row_step * row_mm, step])
    lps[:3, 3] = positions[0]
    return Study(
        hu=_pixels(folder, headers, on_progress),
        affine=np.diag([-1.0, -1.0, 1.0, 1.0]) @ lps,
        name=folder.resolve().name,
        path=folder,
        kind="dicom",
        headers={tag: _plain(headers[0].get(tag)) for tag in KEPT_TAGS},
    )


def _headers(folder: Path, on_progress: OnProgress) -> list[Any]:
    """The headers of all DICOM images in a folder, without their pixels."""
    import warnings

    import pydicom
    from pydicom.errors import InvalidDicomError

    warnings.filterwarnings("ignore", module="pydicom")  # about odd values, which may be a person's
    tags = [*GEOMETRY_TAGS, *RESCALE_TAGS, *KEPT_TAGS, "NumberOfFrames"]
    headers = []
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != "DICOMDIR")
    for number, path in enumerate(paths):
        on_progress(HEADERS_SHARE * number / len(paths))
        try:
            header = pydicom.dcmread(path, stop_before_pixels=True, specific_tags=tags)
            for _ in header:  # pydicom converts a value when it is asked for; a damaged one shows here
                pass
            int(header.get("NumberOfFrames") or 1)
            headers.append(header)
        except InvalidDicomError:
            continue  # a text file or a picture beside the slices
        except Exception as error:  # pydicom raises many kinds on broken files
            raise StudyRefused("readable", f"{path.name} is a damaged DICOM file ({error}).") from error
    return headers


def _one_series(folder: Path, headers: list[Any]) -> list[Any]:
    """The slices of the only CT series, or StudyRefused."""
    if not headers:
        raise StudyRefused("readable", f"No DICOM images in the folder {folder.name}.")
    by_series: dict[str, list[Any]] = defaultdict(list)
    for header in headers:
        by_series[str(header.get("SeriesInstanceUID", ""))].append(header)
    if len(by_series) > 1:
        parts = ", ".join(
            f"series {slices[0].get('SeriesNumber', '?')} ({slices[0].get('Modality', '?')}, {len(slices)} images)"
            for slices in by_series.values()
        )
        raise StudyRefused(
            "series", f"{folder.name} holds {len(by_series)} series: {parts}. Give a folder with one of them."
        )
    (slices,) = by_series.values()
    modality = slices[0].get("Modality", "of unknown modality")
    if modality != "CT":
        raise StudyRefused("modality", f"{folder.name} is {modality}, not CT.")
    if any(int(header.get("NumberOfFrames") or 1) > 1 for header in slices):
        raise StudyRefused("series", f"{folder.name} is a multi-frame CT, which cannot be read yet.")
    if "LOCALIZER" in (slices[0].get("ImageType") or ()):
        raise StudyRefused("series", f"{folder.name} is a localizer (scout), not a volume.")
    for tag in SAME_IN_ALL:
        if len({str(header.get(tag)) for header in slices}) > 1:
            raise StudyRefused("series", f"The slices of {folder.name} differ in {tag}: not one volume.")
    if slices[0].get("RescaleIntercept") is None:
        raise StudyRefused("hu_plausible", f"{folder.name} states no rescale intercept: no Hounsfield units.")
    if len(slices) < 2:
        raise StudyRefused("slices", f"{folder.name} is a single slice, not a volume.")
    return slices


def _numbers(header: Any, tag: str, count: int) -> np.ndarray:
    """The numbers of a tag, or StudyRefused where they are missing or no numbers."""
    try:
        numbers = np.array([float(value) for value in header.get(tag)])
    except (TypeError, ValueError):
        numbers = np.array([])
    if numbers.shape != (count,) or not np.isfinite(numbers).all():
        name = Path(header.filename).name
        raise StudyRefused("geometry", f"{name} has no valid {tag}: its place in the patient is unknown.")
    return numbers


def _regular_step(headers: list[Any], positions: np.ndarray, normal: np.ndarray) -> np.ndarray:
    """The vector in mm from slice to slice (sorted); StudyRefused where the gaps differ or slices shift sideways."""
    gaps = np.diff(positions @ normal)
    gap = float(np.median(gaps))
    worst = int(np.argmax(np.abs(gaps - gap)))
    between = f"{Path(headers[worst].filename).name} and {Path(headers[worst + 1].filename).name}"
    if gaps.min() < 1e-3:
        first = int(np.argmin(gaps))
        names = f"{Path(headers[first].filename).name} and {Path(headers[first + 1].filename).name}"
        raise StudyRefused("slice_gap", f"Two slices lie at the same place: {names}.")
    if abs(gaps[worst] - gap) > max(GAP_TOLERANCE * gap, GAP_TOLERANCE_MM):
        raise StudyRefused(
            "slice_gap",
            f"Slices are unevenly spaced: {gaps[worst]:.2f} mm between {between}, {gap:.2f} mm elsewhere. "
            "A slice is missing, or the series was merged from several.",
        )
    step = (positions[-1] - positions[0]) / (len(positions) - 1)
    sideways = positions - positions[0] - np.arange(len(positions))[:, None] * step
    if np.abs(sideways - np.outer(sideways @ normal, normal)).max() > SIDEWAYS_TOLERANCE_MM:
        raise StudyRefused("geometry", "The slices are shifted against each other sideways: not one volume.")
    return step


def _pixels(folder: Path, headers: list[Any], on_progress: OnProgress) -> np.ndarray:
    """HU of the sorted slices as int16 [slice, row, column]."""
    import SimpleITK as sitk  # noqa: N813, the library's own abbreviation

    reader = sitk.ImageSeriesReader()
    reader.GlobalWarningDisplayOff()
    reader.SetFileNames([str(header.filename) for header in headers])
    stopped: list[BaseException] = []

    def tell() -> None:
        """An exception cannot cross ITK: it is kept, the reading stopped, and it goes on from here."""
        try:
            on_progress(HEADERS_SHARE + (1 - HEADERS_SHARE) * reader.GetProgress())
        except BaseException as reason:
            stopped.append(reason)
            reader.Abort()

    reader.AddCommand(sitk.sitkProgressEvent, tell)
    try:
        image = reader.Execute()
    except RuntimeError as error:
        if stopped:
            raise stopped[0] from None
        raise StudyRefused("readable", f"The pixels of {folder.name} are damaged or not readable.") from error
    values = sitk.GetArrayViewFromImage(image)  # a view: `image` must outlive it
    if values.ndim != 3:
        raise StudyRefused("readable", f"{folder.name} holds colour images, not a CT.")
    limits = np.iinfo(np.int16)
    if values.dtype.kind == "f":
        values = np.rint(values)
    return np.clip(values, limits.min, limits.max).astype(np.int16)


def _plain(value: Any) -> object:
    """A DICOM value as text, number or list of text."""
    if value is None or isinstance(value, str | int | float):
        return value
    return [str(part) for part in value]
