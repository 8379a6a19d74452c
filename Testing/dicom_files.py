"""DICOM series made on the spot, for tests: written by pydicom, so that the reader is held against another library."""

from pathlib import Path

import numpy as np
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

PATIENT = "IVANOV^IVAN"


def write_series(
    folder: Path,
    hu: np.ndarray,
    spacing_mm: tuple[float, float, float] = (2.5, 0.7, 0.8),
    orientation: tuple[float, ...] = (1, 0, 0, 0, 1, 0),
    origin: tuple[float, float, float] = (-120.5, -90.25, -300.0),
    step: np.ndarray | None = None,
    **tags: object,
) -> list[FileDataset]:
    """Writes int16 HU [slice, row, column], slice k at origin + k·step (LPS mm), under names in mixed-up order."""
    folder.mkdir(parents=True, exist_ok=True)
    row_direction, column_direction = np.reshape(orientation, (2, 3)).astype(float)
    step = np.cross(row_direction, column_direction) * spacing_mm[0] if step is None else step
    series, study = generate_uid(), generate_uid()
    names = np.random.default_rng(3).permutation(len(hu))
    written = []
    for k, image in enumerate(hu):
        meta = FileMetaDataset()
        meta.MediaStorageSOPClassUID = CTImageStorage
        meta.MediaStorageSOPInstanceUID = generate_uid()
        meta.TransferSyntaxUID = ExplicitVRLittleEndian
        file = FileDataset(None, {}, file_meta=meta, preamble=b"\0" * 128)
        file.SOPClassUID, file.SOPInstanceUID = CTImageStorage, meta.MediaStorageSOPInstanceUID
        file.Modality, file.PatientName, file.PatientID = "CT", PATIENT, "4711"
        file.SeriesInstanceUID, file.StudyInstanceUID, file.SeriesNumber = series, study, 2
        file.InstanceNumber = int(names[k]) + 1  # wrong on purpose: only the position counts
        file.ImagePositionPatient = [f"{v:.6f}" for v in np.array(origin) + k * step]
        file.ImageOrientationPatient = [f"{v:.8f}" for v in orientation]
        file.PixelSpacing, file.SliceThickness = [spacing_mm[1], spacing_mm[2]], spacing_mm[0]
        file.Rows, file.Columns = image.shape
        file.SamplesPerPixel, file.PhotometricInterpretation = 1, "MONOCHROME2"
        file.BitsAllocated, file.BitsStored, file.HighBit, file.PixelRepresentation = 16, 12, 11, 0
        file.RescaleSlope, file.RescaleIntercept = 1, -1024
        file.PixelData = (image + 1024).astype("<u2").tobytes()
        for tag, value in tags.items():
            setattr(file, tag, value(k) if callable(value) else value)
        file.save_as(folder / f"IM{names[k]:04}", enforce_file_format=True)
        written.append(file)
    return written
