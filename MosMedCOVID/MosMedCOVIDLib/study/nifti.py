"""NIfTI files (.nii, .nii.gz) into a Study; nibabel parses them."""

from __future__ import annotations

import re
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import StudyRefused
from .progress import OnProgress, ToldStream, silent
from .study import Study

ENDINGS = (".nii.gz", ".nii")
MOSMED_FOLDER = re.compile(r"CT-?_?[0-4]+")
MOSMED_FILE = re.compile(r"study_\d{4}")
PADDING_HU = -1024
METRES, MICROMETRES = 1, 3  # codes of NIfTI
INT16 = np.iinfo(np.int16)

# What a saved mask repeats from its study; the other header fields are free text, or about the voxel values.
GEOMETRY_FIELDS = (
    "pixdim xyzt_units qform_code sform_code quatern_b quatern_c quatern_d "
    "qoffset_x qoffset_y qoffset_z srow_x srow_y srow_z"
).split()


def study_name(path: Path) -> str:
    """A file's or folder's name without its NIfTI ending."""
    lower = path.name.lower()
    ending = next((ending for ending in ENDINGS if lower.endswith(ending)), "")
    return path.name[: len(path.name) - len(ending)]


def read_nifti(path: Path, on_progress: OnProgress = silent) -> Study:
    """Reads a NIfTI file. StudyRefused if it is damaged, no NIfTI or no three-dimensional image.

    The affine is the sform if it has a code, else the qform (as nibabel and ITK do), else made of the spacing.
    """
    import nibabel
    from nibabel.filebasedimages import ImageFileError
    from nibabel.spatialimages import HeaderDataError

    name = study_name(path)
    notes: list[str] = []
    damaged = f"{path.name} is damaged, cut short or not a NIfTI file."
    if not path.is_file():
        raise StudyRefused("readable", f"{path.name} is no file.")
    try:
        with path.open("rb"):  # nibabel would call a forbidden file a damaged one
            image = nibabel.load(path)
        if not isinstance(image, nibabel.Nifti1Pair):  # Nifti2 derives from it
            raise StudyRefused("readable", f"{path.name} is not a NIfTI image.")
        if image.get_data_dtype().fields is not None or image.get_data_dtype().kind not in "iuf":
            raise StudyRefused("readable", f"{path.name} holds {image.get_data_dtype()} values, not a CT.")
        stored = _stored(path, image.dataobj, on_progress)
        # nibabel clears the scale in the header once it has read the file; the array proxy keeps it.
        slope, intercept = float(image.dataobj.slope), float(image.dataobj.inter)
    except PermissionError as error:
        raise StudyRefused("readable", f"{path.name} may not be opened: no permission.") from error
    except MemoryError as error:
        raise StudyRefused("readable", f"{path.name} claims a size that doesn't fit into memory.") from error
    except (OSError, EOFError, ValueError, OverflowError, zlib.error, ImageFileError, HeaderDataError) as error:
        raise StudyRefused("readable", damaged) from error
    if not np.isfinite([slope, intercept]).all():
        raise StudyRefused("hu_plausible", f"{path.name} states a scale that is no number: {slope}, {intercept}.")
    header = image.header
    while stored.ndim > 3 and stored.shape[-1] == 1:
        stored = stored[..., 0]
    if stored.ndim != 3:
        shape = "×".join(map(str, stored.shape))
        raise StudyRefused("readable", f"{path.name} is {shape}: one three-dimensional volume is needed.")
    hu = _hu(stored, slope, intercept, notes)
    _check_lengths(path, header, image.affine, notes)
    if not header["sform_code"] and not header["qform_code"]:
        notes.append("The file states no position in the patient; left and right follow the usual order of NIfTI.")
    return Study(
        hu=np.ascontiguousarray(hu.T),
        affine=image.affine,
        name=name,
        path=path,
        kind=_kind(path),
        headers={field: header[field].copy() for field in GEOMETRY_FIELDS},
        notes=tuple(notes),
    )


def _stored(path: Path, proxy: Any, on_progress: OnProgress) -> np.ndarray:
    """The values as they stand in the file; inflating them is told piece by piece."""
    import gzip

    if not path.name.lower().endswith(".gz"):
        return np.asanyarray(proxy.get_unscaled())  # mapped, so it takes no time
    length = proxy.offset + int(np.prod(proxy.shape, dtype=np.int64)) * proxy.dtype.itemsize
    with gzip.open(path) as stream:
        spec = (proxy.shape, proxy.dtype, proxy.offset, proxy.slope, proxy.inter)
        told = type(proxy)(ToldStream(stream, length, on_progress), spec, mmap=False, order=proxy.order)
        return np.asanyarray(told.get_unscaled())


def _check_lengths(path: Path, header: Any, affine: np.ndarray, notes: list[str]) -> None:
    """Lengths must be in mm (or of no stated unit), and better stated once than twice."""
    unit = int(header["xyzt_units"]) & 7
    if unit in (METRES, MICROMETRES):
        name = "metres" if unit == METRES else "micrometres"
        raise StudyRefused("geometry", f"{path.name} states its lengths in {name}; convert it to millimetres first.")
    used, stated = np.linalg.norm(affine[:3, :3], axis=0), np.array(header.get_zooms()[:3], float)
    if not np.allclose(used, stated, rtol=0.01):
        sizes = (" × ".join(f"{mm:.3g}" for mm in lengths) for lengths in (used, stated))
        notes.append("The file states two voxel sizes: {} mm in its sform, which is used, and {} mm.".format(*sizes))


def _kind(path: Path) -> str:
    in_dataset = MOSMED_FOLDER.fullmatch(path.parent.name) and MOSMED_FILE.match(path.name)
    return "mosmeddata" if in_dataset else "nifti"


def _hu(stored: np.ndarray, slope: float, intercept: float, notes: list[str]) -> np.ndarray:
    """Stored values as int16 HU; what had to be changed on the way is added to the notes."""
    if slope == 1 and intercept == 0 and stored.dtype.newbyteorder("=") == np.int16:
        return stored.astype(np.int16, copy=False)
    hu = stored.astype(np.float32) * np.float32(slope) + np.float32(intercept)
    finite = np.isfinite(hu)
    if not finite.all():
        notes.append(f"{np.count_nonzero(~finite)} voxels that were no numbers are read as {PADDING_HU} HU.")
        hu[~finite] = PADDING_HU
    if hu.min() < INT16.min or hu.max() > INT16.max:
        notes.append("Values outside −32768…32767 were cut to these limits.")
    return np.clip(np.rint(hu, out=hu), INT16.min, INT16.max, out=hu).astype(np.int16)
