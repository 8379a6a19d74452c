"""Each file that is no volume of a CT, and the one sentence that it is refused with."""

import gzip
import os
from pathlib import Path

import numpy as np
import pytest
from MosMedCOVIDLib.errors import StudyRefused
from MosMedCOVIDLib.study.nifti import read_nifti
from nifti_files import VALUES, nifti_bytes, nifti_header, write_nifti

WHOLE = nifti_bytes()
PACKED_WHOLE = gzip.compress(WHOLE)
NO_NIFTI = "{} is not a NIfTI file."
CUT_SHORT = "{} is cut short: it holds less than the 7×6×5 voxels that it states."
REFUSED = {  # name: content, check, sentence
    "empty.nii": (b"", "readable", "{} is empty."),
    "text.nii": (b"not an image" * 100, "readable", NO_NIFTI),
    "short text.nii": (b"not an image", "readable", NO_NIFTI),
    "text.nii.gz": (gzip.compress(b"not an image"), "readable", NO_NIFTI),
    "nothing packed.nii.gz": (gzip.compress(b""), "readable", NO_NIFTI),
    "no mark.nii": (nifti_bytes(magic=b"xyz\0"), "readable", NO_NIFTI),
    "a picture.hdr": (b"#?RADIANCE\n" * 100, "readable", NO_NIFTI),
    "header cut.nii": (WHOLE[:200], "readable", NO_NIFTI),
    "no voxels.nii": (WHOLE[:352], "readable", CUT_SHORT),
    "voxels cut.nii": (WHOLE[:-1], "readable", CUT_SHORT),
    "voxels cut.nii.gz": (
        gzip.compress(WHOLE[:-1]),
        "readable",
        "{} is cut short: it ends before its last voxel.",
    ),
    "gzip cut.nii.gz": (PACKED_WHOLE[:-9], "readable", "{} is damaged: its compressed data end too early."),
    "gzip changed.nii.gz": (
        PACKED_WHOLE[:60] + b"\0" * 40 + PACKED_WHOLE[100:],
        "readable",
        "{} is damaged: its compressed data cannot be inflated, or fail their checksum.",
    ),
    "checksum changed.nii.gz": (
        PACKED_WHOLE[:-8] + b"\0" * 4 + PACKED_WHOLE[-4:],
        "readable",
        "{} is damaged: its compressed data cannot be inflated, or fail their checksum.",
    ),
    "header of a pair.nii": (
        nifti_header(pair=True).binaryblock,
        "readable",
        "{} is one half of a NIfTI pair; header of a pair.img is not beside it.",
    ),
    "more than it states.nii": (
        WHOLE + bytes(5000),
        "readable",
        "{} holds more than the 7×6×5 voxels that it states: one is wrong.",
    ),
    "moved by some bytes.nii": (
        WHOLE[:500] + b"moved" + WHOLE[500:],
        "readable",
        "{} holds more than the 7×6×5 voxels that it states: one is wrong.",
    ),
    "more than it states.nii.gz": (
        gzip.compress(WHOLE + bytes(5000)),
        "readable",
        "{} holds more than the 7×6×5 voxels that it states: one is wrong.",
    ),
    "several volumes.nii": (
        nifti_bytes(np.stack([VALUES, VALUES], -1)),
        "readable",
        "{} is 7×6×5×2: one three-dimensional volume is needed.",
    ),
    "vectors.nii": (
        nifti_bytes(np.stack([VALUES, VALUES, VALUES], -1)[:, :, :, None], intent_code=1007),
        "readable",
        "{} is 7×6×5×1×3: one three-dimensional volume is needed.",
    ),
    "one slice.nii": (nifti_bytes(VALUES[:, :, 0]), "readable", "{} is 7×6: one three-dimensional volume is needed."),
    "no rows.nii": (
        nifti_bytes(dim=[3, 7, 0, 5, 1, 1, 1, 1]),
        "readable",
        "{} states a size of 7×0×5 voxels, which no volume has.",
    ),
    "negative slices.nii": (
        nifti_bytes(dim=[3, 7, 6, -5, 1, 1, 1, 1]),
        "readable",
        "{} states a size of 7×6×-5 voxels, which no volume has.",
    ),
    "no dimensions.nii": (
        nifti_bytes(dim=[0, 7, 6, 5, 1, 1, 1, 1]),
        "readable",
        "{} states 0 dimensions; NIfTI knows 1 to 7.",
    ),
    "nine dimensions.nii": (
        nifti_bytes(dim=[9, 7, 6, 5, 1, 1, 1, 1]),
        "readable",
        "{} states 9 dimensions; NIfTI knows 1 to 7.",
    ),
    "terabytes.nii": (
        nifti_bytes(dim=[3, 32767, 32767, 32767, 1, 1, 1, 1]),
        "readable",
        "{} states 32767×32767×32767 voxels, more than a CT of the chest has.",
    ),
    "exabytes.nii.gz": (
        gzip.compress(nifti_bytes(version=2, dim=[3, 2**40, 2**40, 2**40, 1, 1, 1, 1])),
        "readable",
        "{} states 1099511627776×1099511627776×1099511627776 voxels, more than a CT of the chest has.",
    ),
    "a gigabyte.nii.gz": (
        gzip.compress(nifti_bytes(dim=[3, 1024, 1024, 1024, 1, 1, 1, 1])),
        "readable",
        "{} is cut short: it holds less than the 1024×1024×1024 voxels that it states.",
    ),
    "voxels before the file.nii": (
        nifti_bytes(vox_offset=-100),
        "readable",
        "{} states that its voxels begin at byte -100, where they can't.",
    ),
    "voxels in the header.nii": (
        nifti_bytes(vox_offset=0),
        "readable",
        "{} states that its voxels begin at byte 0, where they can't.",
    ),
    "voxels nowhere.nii": (
        nifti_bytes(vox_offset=np.nan),
        "readable",
        "{} states that its voxels begin at byte nan, where they can't.",
    ),
    "voxels between bytes.nii": (
        nifti_bytes(vox_offset=352.5),
        "readable",
        "{} states that its voxels begin at byte 352.5, where they can't.",
    ),
    "voxels beyond the file.nii": (nifti_bytes(vox_offset=1e30), "readable", CUT_SHORT),
    "unknown type.nii": (
        nifti_bytes(datatype=9999),
        "readable",
        "{} stores its values in a way that NIfTI doesn't know (data type 9999).",
    ),
    "bits.nii": (nifti_bytes(datatype=1), "readable", "{} holds binary values, not a CT."),
    "colours.nii": (nifti_bytes(datatype=128), "readable", "{} holds RGB values, not a CT."),
    "complex.nii": (nifti_bytes(datatype=32), "readable", "{} holds complex64 values, not a CT."),
    "quadruple.nii": (nifti_bytes(datatype=1536), "readable", "{} holds float128 values, not a CT."),
    "endless scale.nii": (
        nifti_bytes(scl_inter=np.inf),
        "hu_plausible",
        "{} states a scale that is no number: 1.0, inf.",
    ),
    "endless slope.nii": (
        nifti_bytes(scl_slope=np.inf),
        "hu_plausible",
        "{} states a scale that is no number: inf, 0.0.",
    ),
    "metres.nii": (
        nifti_bytes(xyzt_units=1),
        "geometry",
        "{} states its lengths in metres; convert it to millimetres first.",
    ),
    "micrometres.nii": (
        nifti_bytes(xyzt_units=3),
        "geometry",
        "{} states its lengths in micrometres; convert it to millimetres first.",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_volume_of_a_ct_is_refused_in_one_sentence(tmp_path, name):
    content, check, sentence = REFUSED[name]
    (tmp_path / name).write_bytes(content)
    with pytest.raises(StudyRefused) as refused:
        read_nifti(tmp_path / name)
    assert str(refused.value) == sentence.format(name)
    assert refused.value.check == check


def test_a_folder_a_pipe_and_nothing_at_all_are_no_files(tmp_path):
    (tmp_path / "folder.nii").mkdir()
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.nii")
    for name in ("folder.nii", "pipe.nii", "nothing.nii"):
        with pytest.raises(StudyRefused, match=rf"^{name} is no file\.$"):
            read_nifti(tmp_path / name)


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (PermissionError(13, "Permission denied"), "secret.nii may not be opened: no permission."),
        (OSError(5, "Input/output error"), "secret.nii could not be read: Input/output error."),
    ],
)
def test_what_the_system_refuses_is_said(tmp_path, monkeypatch, error, sentence):
    path = write_nifti(tmp_path / "secret.nii")

    def refuse(*arguments, **more):
        raise error

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(StudyRefused) as refused:
        read_nifti(path)
    assert str(refused.value) == sentence
