"""A mask as a NIfTI file that lies exactly where its study lies, whichever program reads it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from ..errors import SaveError
from ..study.nifti import GEOMETRY_FIELDS
from ..study.nifti_geometry import placed
from ..study.study import Study

MILLIMETRES_AND_SECONDS = 10  # xyzt_units of MosMedData's own masks
SCANNER_POSITION = 1  # their qform and sform codes


def write_volume(path: Path, values: np.ndarray, study: Study) -> None:
    """Writes int16 [slice, row, column] on a study's grid, with the study's own header geometry; then reads it back.

    For a study that is no NIfTI (DICOM, a scene) qform and sform both state its affine. SaveError where what was
    read back differs in a voxel, or in the place of a voxel.
    """
    import nibabel

    header = nibabel.Nifti1Header()
    header.set_data_dtype(np.int16)
    header.set_data_shape(values.shape[::-1])
    if all(field in study.headers for field in GEOMETRY_FIELDS):
        for field in GEOMETRY_FIELDS:
            header[field] = study.headers[field]
    else:
        header.set_qform(study.affine, SCANNER_POSITION)
        header.set_sform(study.affine, SCANNER_POSITION)
        header["xyzt_units"] = MILLIMETRES_AND_SECONDS
    image = nibabel.Nifti1Image(values.T.astype(np.int16, copy=False), None, header)  # None: as the header has it
    nibabel.save(image, path)
    _check(path, values, study, header)


def _check(path: Path, values: np.ndarray, study: Study, header: Any) -> None:
    import nibabel

    saved = nibabel.load(path)
    same = np.array_equal(np.asanyarray(saved.dataobj).T, values)
    # NIfTI keeps places as 32-bit numbers: a few hundred-thousandths of a mm are lost at 1000 mm from the origin.
    affine, _ = placed(saved.header, saved.shape, path.name)
    in_place = np.allclose(affine, study.affine, rtol=0, atol=1e-4)
    kept = all(np.array_equal(saved.header[field], header[field], equal_nan=True) for field in GEOMETRY_FIELDS)
    if not (same and in_place and kept):
        what = "voxels" if not same else "position" if not in_place else "header"
        raise SaveError(f"The {what} of {path.name} were not the same when read back; it was not kept. Try again.")
