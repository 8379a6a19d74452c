"""A saved mask lies exactly where its study lies, for nibabel and SimpleITK alike, with the study's own header."""

import nibabel
import numpy as np
import pytest
import SimpleITK
from dicom_files import write_series
from MosMedCOVIDLib.errors import SaveError
from MosMedCOVIDLib.saving.nifti import write_volume
from MosMedCOVIDLib.study.dicom import read_dicom
from MosMedCOVIDLib.study.nifti import GEOMETRY_FIELDS, read_nifti
from nifti_files import write_nifti
from orientations import ORIENTATIONS

HU = np.random.default_rng(0).integers(-1024, 1500, (9, 8, 7)).astype(np.int16)  # (i, j, k)
MASK = np.random.default_rng(1).integers(0, 2, (7, 8, 9)).astype(np.uint8)  # [slice, row, column]
CODES = [(1, 1), (0, 2), (2, 0), (0, 0), (1, 4)]


def study_file(path, affine, qform_code=1, sform_code=1):
    image = nibabel.Nifti1Image(HU, affine)
    image.set_qform(affine, qform_code)
    image.set_sform(affine, sform_code)
    image.header["xyzt_units"] = 10
    image.header["descrip"] = b"IVANOV IVAN"
    nibabel.save(image, path)
    return path


def nibabel_affine(path):
    return nibabel.load(path).affine


def itk_affine(path):
    """As ITK sees it; no numbers where it refuses."""
    try:
        image = SimpleITK.ReadImage(str(path))
    except RuntimeError as error:
        assert "orthonormal" in str(error)
        return np.full((4, 3), np.nan)
    places = [image.TransformIndexToPhysicalPoint(index) for index in [(0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1)]]
    return np.array(places)


@pytest.mark.parametrize("affine", ORIENTATIONS.values(), ids=ORIENTATIONS)
@pytest.mark.parametrize(("qform_code", "sform_code"), CODES)
def test_a_mask_repeats_its_studys_geometry_to_the_bit(tmp_path, affine, qform_code, sform_code):
    source = study_file(tmp_path / "study.nii.gz", affine, qform_code, sform_code)
    study = read_nifti(source)
    write_volume(tmp_path / "mask.nii.gz", MASK, study)

    mask, original = nibabel.load(tmp_path / "mask.nii.gz"), nibabel.load(source)
    assert mask.shape == original.shape
    assert mask.get_data_dtype() == np.int16
    for field in GEOMETRY_FIELDS:
        assert np.array_equal(mask.header[field], original.header[field]), field
    np.testing.assert_array_equal(mask.affine, original.affine)
    assert np.array_equal(np.asanyarray(mask.dataobj).T, MASK)
    assert set(np.unique(mask.get_fdata())) == {0, 1}
    assert b"IVANOV" not in mask.header.binaryblock

    itk_mask, itk_study = (SimpleITK.ReadImage(str(path)) for path in (tmp_path / "mask.nii.gz", source))
    assert np.array_equal(SimpleITK.GetArrayFromImage(itk_mask), MASK)
    assert itk_mask.GetOrigin() == itk_study.GetOrigin()
    assert itk_mask.GetSpacing() == itk_study.GetSpacing()
    assert itk_mask.GetDirection() == itk_study.GetDirection()


SHIFTED, SHEARED = ORIENTATIONS["LAS"].copy(), ORIENTATIONS["LAS"].copy()
SHIFTED[:3, 3] += 3, 4, 0
SHEARED[1, 2] = 0.1


@pytest.mark.parametrize("read", [nibabel_affine, itk_affine])
@pytest.mark.parametrize(
    "header",
    {
        "no position": {"codes": (0, 0)},
        "two positions, the sform used": {"qform": SHIFTED, "codes": (2, 1)},
        "two positions, the qform used": {"qform": SHIFTED, "codes": (1, 4)},
        "a sheared sform": {"sform": SHEARED, "codes": (0, 1)},
        "a sheared sform beside a qform": {"sform": SHEARED},
        "an sform that is no position": {"srow_x": [np.nan, 0, 0, 0]},
        "a qform that is no position": {"quatern_b": 5},
        "no handedness": {"pixdim": [0, 0.75, 0.8, 8, 0, 0, 0, 0], "codes": (1, 0)},
        "big-endian": {"order": ">"},
        "NIfTI-2": {"version": 2},
    }.values(),
)
def test_a_mask_lies_on_its_study_in_other_programs_however_odd_the_header(tmp_path, header, read):
    source = write_nifti(tmp_path / "study.nii", HU, **header)
    study = read_nifti(source)
    write_volume(tmp_path / "mask.nii.gz", MASK, study)
    original = nibabel.load(source).header
    assert all(
        np.allclose(nibabel.load(tmp_path / "mask.nii.gz").header[field], original[field], rtol=1e-7, equal_nan=True)
        for field in GEOMETRY_FIELDS
    )
    if header.get("version") != 2 or read is not itk_affine:  # which ITK does not know
        np.testing.assert_allclose(read(tmp_path / "mask.nii.gz"), read(source), atol=1e-5)
    np.testing.assert_allclose(read_nifti(tmp_path / "mask.nii.gz").affine, study.affine, atol=1e-4)


@pytest.mark.parametrize("turn", [(1, 0, 0, 0, 1, 0), (0.96592583, 0.25881905, 0, -0.25881905, 0.96592583, 0)])
def test_a_mask_of_a_dicom_series_lies_on_the_series(tmp_path, turn):
    hu = np.zeros(MASK.shape, np.int16)
    write_series(tmp_path / "s", hu, orientation=turn, spacing_mm=(8.0, 0.7421875, 0.7421875))
    study = read_dicom(tmp_path / "s")
    write_volume(tmp_path / "mask.nii.gz", MASK, study)
    mask = nibabel.load(tmp_path / "mask.nii.gz")
    np.testing.assert_allclose(mask.affine, study.affine, rtol=1e-6, atol=1e-5)
    np.testing.assert_allclose(mask.get_qform(), study.affine, rtol=1e-6, atol=1e-4)
    assert (int(mask.header["qform_code"]), int(mask.header["sform_code"])) == (1, 1)
    assert int(mask.header["xyzt_units"]) == 10

    reader = SimpleITK.ImageSeriesReader()
    reader.SetFileNames(reader.GetGDCMSeriesFileNames(str(tmp_path / "s")))
    series, saved = reader.Execute(), SimpleITK.ReadImage(str(tmp_path / "mask.nii.gz"))
    for index in [(0, 0, 0), (8, 7, 6)]:
        np.testing.assert_allclose(
            saved.TransformIndexToPhysicalPoint(index), series.TransformIndexToPhysicalPoint(index), atol=1e-4
        )


def test_the_real_masks_of_mosmed_come_back_unchanged(tmp_path, shared_data):
    source = sorted((shared_data / "mosmed" / "masks").glob("*.nii.gz"))[0]
    study = read_nifti(source)
    write_volume(tmp_path / "mask.nii.gz", study.hu, study)
    again, original = nibabel.load(tmp_path / "mask.nii.gz"), nibabel.load(source)
    assert np.array_equal(np.asanyarray(again.dataobj), np.asanyarray(original.dataobj))
    assert again.get_data_dtype() == original.get_data_dtype()
    for field in GEOMETRY_FIELDS:
        assert np.array_equal(again.header[field], original.header[field]), field


def test_what_was_damaged_on_its_way_to_the_disk_is_noticed(tmp_path, monkeypatch):
    study = read_nifti(study_file(tmp_path / "study.nii", ORIENTATIONS["LAS"]))
    save = nibabel.save

    def damaging(image, path):
        values = np.asanyarray(image.dataobj).copy()
        values[0, 0, 0] ^= 1
        save(nibabel.Nifti1Image(values, image.affine, image.header), path)

    monkeypatch.setattr(nibabel, "save", damaging)
    with pytest.raises(SaveError, match=r"voxels of mask\.nii were not the same"):
        write_volume(tmp_path / "mask.nii", MASK, study)
