"""NIfTI files as odd as hospitals and tools leave them, byte by byte: nibabel would put much of it right on saving."""

from pathlib import Path

import nibabel
import numpy as np
from orientations import axes

VALUES = np.random.default_rng(0).integers(-1024, 1500, (7, 6, 5)).astype(np.int16)  # (i, j, k)
LAS = axes((-1, 0, 0), (0, 1, 0), (0, 0, 1))  # MosMedData's
SCANNER = 1
HEADERS = {1: nibabel.Nifti1Header, 2: nibabel.Nifti2Header}
MARKS = {(1, False): b"n+1\0", (1, True): b"ni1\0", (2, False): b"n+2\0\r\n\032\n", (2, True): b"ni2\0\r\n\032\n"}


def nifti_header(
    values=VALUES, sform=LAS, qform=None, codes=(SCANNER, SCANNER), order="<", version=1, pair=False, **fields
):
    """A header of nibabel's for values (i, j, k); codes: of qform and sform; qform: the sform's if not given; fields:
    set last, as they are."""
    header = HEADERS[version](endianness=order)
    header.set_data_dtype(np.asarray(values).dtype.newbyteorder("="))
    header.set_data_shape(values.shape)
    header.set_qform(sform if qform is None else qform, codes[0], strip_shears=True)
    header.set_sform(sform, codes[1])
    header["magic"] = MARKS[version, pair]
    header["vox_offset"] = 0 if pair else len(header.binaryblock) + 4
    header["scl_slope"], header["scl_inter"] = 1, 0
    for field, value in fields.items():
        header[field] = value
    return header


def nifti_bytes(values=VALUES, order="<", version=1, **more) -> bytes:
    """A whole .nii file."""
    header = nifti_header(values, order=order, version=version, **more)
    return header.binaryblock + bytes(4) + voxel_bytes(values, order)


def voxel_bytes(values=VALUES, order="<") -> bytes:
    """The voxels as they stand in a file."""
    return np.asarray(values, np.asarray(values).dtype.newbyteorder(order)).tobytes("F")


def write_nifti(path: Path, values=VALUES, **more) -> Path:
    """Writes a .nii file, see nifti_header."""
    path.write_bytes(nifti_bytes(values, **more))
    return path
