"""Reading NIfTI: the same voxels at the same places as nibabel and SimpleITK see them, and HU kept."""

import gzip
import struct
from pathlib import Path

import nibabel
import numpy as np
import pytest
import SimpleITK
from MosMedCOVIDLib.errors import StudyRefused
from MosMedCOVIDLib.study.nifti import read_nifti, study_name
from orientations import ORIENTATIONS

VALUES = np.random.default_rng(0).integers(-1024, 1500, (7, 6, 5)).astype(np.int16)  # (i, j, k)


def written(path: Path, values=VALUES, affine=None, **header) -> Path:
    image = nibabel.Nifti1Image(values, np.diag([-0.7, -0.7, 8.0, 1.0]) if affine is None else affine)
    for field, value in header.items():
        image.header[field] = value
    nibabel.save(image, path)
    return path


@pytest.mark.parametrize("affine", ORIENTATIONS.values(), ids=ORIENTATIONS)
@pytest.mark.parametrize("ending", [".nii", ".nii.gz"])
def test_geometry_is_that_of_nibabel_and_simpleitk(tmp_path, affine, ending):
    path = written(tmp_path / f"study{ending}", affine=affine)
    study = read_nifti(path)
    assert np.array_equal(study.hu, np.asanyarray(nibabel.load(path).dataobj).transpose(2, 1, 0))
    np.testing.assert_allclose(study.affine, nibabel.load(path).affine, rtol=0, atol=1e-5)

    itk = SimpleITK.ReadImage(str(path))
    assert np.array_equal(study.hu, SimpleITK.GetArrayFromImage(itk))
    for index in [(0, 0, 0), (6, 0, 0), (0, 5, 0), (0, 0, 4), (6, 5, 4)]:
        lps = np.array(itk.TransformIndexToPhysicalPoint(index))
        ras = (study.affine @ [*index, 1])[:3]
        np.testing.assert_allclose(ras, lps * (-1, -1, 1), rtol=0, atol=2e-4)  # ITK rebuilds it from float32


def test_names_lose_their_ending_only():
    assert study_name(Path("a/study_0255.nii.gz")) == "study_0255"
    assert study_name(Path("scan.v2.NII")) == "scan.v2"
    assert study_name(Path("P001")) == "P001"


def test_scaled_values_become_hu(tmp_path):
    path = written(tmp_path / "scaled.nii", (VALUES + 1024).astype(np.uint16))
    content = bytearray(path.read_bytes())
    content[112:120] = struct.pack("<ff", 1, -1024)  # scl_slope and scl_inter
    path.write_bytes(content)
    assert np.array_equal(nibabel.load(path).get_fdata(), VALUES)
    assert np.array_equal(read_nifti(tmp_path / "scaled.nii").hu, VALUES.T)


def test_float_and_big_endian_keep_hu(tmp_path):
    assert np.array_equal(read_nifti(written(tmp_path / "f.nii", VALUES.astype(np.float64))).hu, VALUES.T)
    big = nibabel.Nifti1Image(VALUES, np.eye(4), nibabel.Nifti1Header(endianness=">"))
    nibabel.save(big, tmp_path / "big.nii")
    assert (tmp_path / "big.nii").read_bytes()[:4] == struct.pack(">i", 348)
    assert np.array_equal(read_nifti(tmp_path / "big.nii").hu, VALUES.T)


def test_what_is_no_number_becomes_padding_and_is_noted(tmp_path):
    values = VALUES.astype(np.float32)
    values[0, 0, 0] = np.nan
    values[1, 0, 0] = np.inf
    study = read_nifti(written(tmp_path / "nan.nii", values))
    assert study.hu[0, 0, 0] == study.hu[0, 0, 1] == -1024
    assert "2 voxels" in study.notes[0]


def test_one_volume_of_four_dimensions_is_a_study_several_are_not(tmp_path):
    assert read_nifti(written(tmp_path / "one.nii", VALUES[..., None])).hu.shape == (5, 6, 7)
    with pytest.raises(StudyRefused, match="7×6×5×2: one three-dimensional volume"):
        read_nifti(written(tmp_path / "two.nii", np.stack([VALUES, VALUES], -1)))


def test_mosmed_studies_are_told_by_their_place(tmp_path):
    folder = tmp_path / "studies" / "CT-1"
    folder.mkdir(parents=True)
    assert read_nifti(written(folder / "study_0255.nii.gz")).kind == "mosmeddata"
    assert read_nifti(written(tmp_path / "study_0255.nii.gz")).kind == "nifti"


def test_the_geometry_headers_are_kept_and_free_text_is_not(tmp_path):
    path = written(tmp_path / "s.nii", descrip=b"IVANOV IVAN", qform_code=1, sform_code=2)
    study = read_nifti(path)
    assert study.headers["qform_code"] == 1
    assert study.headers["sform_code"] == 2
    assert "IVANOV" not in repr(study)


def test_damaged_files_are_refused_in_a_sentence(tmp_path):
    path = written(tmp_path / "whole.nii.gz")
    whole = path.read_bytes()
    damaged = {
        "cut.nii.gz": whole[: len(whole) // 2],
        "corrupt.nii.gz": whole[:60] + b"\0" * 40 + whole[100:],
        "empty.nii": b"",
        "text.nii": b"not an image" * 100,
        "cut.nii": gzip.decompress(whole)[:400],
        "text.nii.gz": gzip.compress(b"not an image"),
    }
    for name, content in damaged.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(StudyRefused, match=f"{name} is damaged, cut short or not a NIfTI file"):
            read_nifti(tmp_path / name)


def test_colour_images_are_refused(tmp_path):
    colour = np.zeros((4, 4, 4), [("R", "u1"), ("G", "u1"), ("B", "u1")])
    nibabel.save(nibabel.Nifti1Image(colour, np.eye(4)), tmp_path / "rgb.nii")
    with pytest.raises(StudyRefused, match="not a CT"):
        read_nifti(tmp_path / "rgb.nii")


@pytest.mark.parametrize(
    ("offset", "kind", "value"),
    [(70, "<h", 9999), (108, "<f", -100.0), (108, "<f", 1e30), (40, "<h", 9), (42, "<h", 32767), (70, "<h", 1)],
)
def test_headers_that_make_no_sense_are_refused(tmp_path, offset, kind, value):
    path = written(tmp_path / "odd.nii")
    content = bytearray(path.read_bytes())
    struct.pack_into(kind, content, offset, value)
    path.write_bytes(content)
    with pytest.raises(StudyRefused, match=r"odd\.nii"):
        read_nifti(path)


def test_a_scale_that_is_no_number_is_refused(tmp_path):
    path = written(tmp_path / "scale.nii")
    content = bytearray(path.read_bytes())
    struct.pack_into("<ff", content, 112, 1.0, np.inf)
    path.write_bytes(content)
    with pytest.raises(StudyRefused):
        read_nifti(path)


def test_lengths_in_metres_are_refused_and_two_voxel_sizes_noted(tmp_path):
    with pytest.raises(StudyRefused, match="lengths in metres"):
        read_nifti(written(tmp_path / "m.nii", xyzt_units=1))
    path = written(tmp_path / "two.nii", sform_code=1, qform_code=0)
    content = bytearray(path.read_bytes())
    struct.pack_into("<f", content, 88, 4.0)  # pixdim[3], 8 mm in the sform
    path.write_bytes(content)
    study = read_nifti(path)
    assert study.spacing_mm[0] == pytest.approx(8)
    assert "two voxel sizes: 0.7 × 0.7 × 8 mm in its sform, which is used, and 0.7 × 0.7 × 4 mm" in study.notes[0]


def test_what_may_not_be_opened_says_so(tmp_path, monkeypatch):
    path = written(tmp_path / "secret.nii")

    def forbidden(*arguments, **more):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", forbidden)
    with pytest.raises(StudyRefused, match="may not be opened"):
        read_nifti(path)
