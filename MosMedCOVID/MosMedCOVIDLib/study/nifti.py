"""NIfTI files (.nii, .nii.gz) into a Study; nibabel parses them."""

from __future__ import annotations

import re
import zlib
from pathlib import Path

import numpy as np

from ..errors import StudyRefused
from .study import Study

ENDINGS = (".nii.gz", ".nii")
MOSMED_FOLDER = re.compile(r"CT-?_?[0-4]+")
MOSMED_FILE = re.compile(r"study_\d{4}")
PADDING_HU = -1024
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


def read_nifti(path: Path) -> Study:
    """Reads a NIfTI file. StudyRefused if it is damaged, no NIfTI or no three-dimensional image.

    The affine is the sform if it has a code, else the qform (as nibabel and ITK do), else made of the spacing.
    """
    import nibabel
    from nibabel.filebasedimages import ImageFileError

    name = study_name(path)
    notes: list[str] = []
    try:
        image = nibabel.load(path)
        if not isinstance(image, nibabel.Nifti1Pair):  # Nifti2 derives from it
            raise StudyRefused("readable", f"{path.name} is not a NIfTI image.")
        if image.get_data_dtype().fields is not None or image.get_data_dtype().kind not in "iuf":
            raise StudyRefused("readable", f"{path.name} holds {image.get_data_dtype()} values, not a CT.")
        stored = np.asanyarray(image.dataobj.get_unscaled())
    except (OSError, EOFError, ValueError, zlib.error, ImageFileError) as error:
        if isinstance(error, PermissionError):
            raise StudyRefused("readable", f"{path.name} may not be opened: no permission.") from error
        raise StudyRefused("readable", f"{path.name} is damaged, cut short or not a NIfTI file.") from error
    header = image.header
    while stored.ndim > 3 and stored.shape[-1] == 1:
        stored = stored[..., 0]
    if stored.ndim != 3:
        shape = "×".join(map(str, stored.shape))
        raise StudyRefused("readable", f"{path.name} is {shape}: one three-dimensional volume is needed.")
    # nibabel clears the scale in the header once it has read the file; the array proxy keeps it.
    hu = _hu(stored, float(image.dataobj.slope), float(image.dataobj.inter), notes)
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
