"""Reading DICOM: voxels and places as pydicom's headers and SimpleITK state them; odd series are refused."""

import numpy as np
import pydicom
import pytest
import SimpleITK
from dicom_files import PATIENT, write_series
from MosMedCOVIDLib.errors import StudyRefused
from MosMedCOVIDLib.study.dicom import read_dicom

HU = np.random.default_rng(0).integers(-1024, 3000, (12, 7, 9)).astype(np.int16)
ORIENTATIONS = {
    "axial": (1, 0, 0, 0, 1, 0),
    "feet first, prone": (-1, 0, 0, 0, -1, 0),
    "head at the end": (1, 0, 0, 0, -1, 0),
    "coronal": (1, 0, 0, 0, 0, -1),
    "sagittal": (0, 1, 0, 0, 0, -1),
    "oblique": (0.96592583, 0.25881905, 0, -0.25881905, 0.96592583, 0),
}


@pytest.mark.parametrize("orientation", ORIENTATIONS.values(), ids=ORIENTATIONS)
def test_each_voxel_lies_where_its_own_header_puts_it(tmp_path, orientation):
    files = write_series(tmp_path / "s", HU, orientation=orientation)
    study = read_dicom(tmp_path / "s")
    to_voxel = np.linalg.inv(study.affine)
    for file in files:
        pixels = file.pixel_array.astype(int) + int(file.RescaleIntercept)
        direction = np.array(file.ImageOrientationPatient, float)
        for row, column in [(0, 0), (6, 0), (0, 8), (3, 5)]:
            lps = np.array(file.ImagePositionPatient, float)
            lps = lps + direction[:3] * file.PixelSpacing[1] * column + direction[3:] * file.PixelSpacing[0] * row
            i, j, k = (to_voxel @ [*(lps * (-1, -1, 1)), 1])[:3]
            np.testing.assert_allclose((i, j, k), np.rint((i, j, k)), atol=1e-5)
            assert study.hu[round(k), round(j), round(i)] == pixels[row, column]


def test_the_series_is_that_of_simpleitk(tmp_path):
    write_series(tmp_path / "s", HU)
    study = read_dicom(tmp_path / "s")
    reader = SimpleITK.ImageSeriesReader()
    reader.SetFileNames(reader.GetGDCMSeriesFileNames(str(tmp_path / "s")))
    itk = reader.Execute()
    assert np.array_equal(study.hu, SimpleITK.GetArrayFromImage(itk))
    for index in [(0, 0, 0), (8, 6, 11)]:
        lps = np.array(itk.TransformIndexToPhysicalPoint(index))
        np.testing.assert_allclose((study.affine @ [*index, 1])[:3], lps * (-1, -1, 1), rtol=0, atol=1e-5)


def test_slices_run_along_the_normal_whatever_their_names_and_numbers(tmp_path):
    write_series(tmp_path / "s", HU)
    assert np.array_equal(read_dicom(tmp_path / "s").hu, HU)


def test_no_name_of_a_patient_is_kept(tmp_path):
    write_series(tmp_path / PATIENT / "s", HU)
    study = read_dicom(tmp_path / PATIENT / "s")
    assert study.name == "s"
    assert "IVANOV" not in repr(dict(study.headers))
    assert study.headers["Modality"] == "CT"


def test_other_files_in_the_folder_do_not_disturb(tmp_path):
    write_series(tmp_path / "s" / "deeper", HU)
    (tmp_path / "s" / "readme.txt").write_text("hello")
    assert read_dicom(tmp_path / "s").hu.shape == HU.shape


def refusal(folder) -> StudyRefused:
    with pytest.raises(StudyRefused) as refused:
        read_dicom(folder)
    return refused.value


def test_a_missing_slice_is_refused_with_both_neighbours_and_the_gap(tmp_path):
    files = write_series(tmp_path / "s", HU)
    names = {str(pydicom.dcmread(p).SOPInstanceUID): p.name for p in (tmp_path / "s").iterdir()}
    (tmp_path / "s" / names[files[5].SOPInstanceUID]).unlink()
    refused = refusal(tmp_path / "s")
    assert refused.check == "slice_gap"
    assert "5.00 mm between" in str(refused)
    assert names[files[4].SOPInstanceUID] in str(refused)
    assert names[files[6].SOPInstanceUID] in str(refused)


def test_two_slices_at_one_place_are_refused(tmp_path):
    write_series(tmp_path / "s", HU)
    path = tmp_path / "s" / "IM0003"
    path.with_name("copy").write_bytes(path.read_bytes())
    assert "at the same place" in str(refusal(tmp_path / "s"))


@pytest.mark.parametrize("degrees", [15.0, 0.5])
def test_gantry_tilt_is_refused_with_its_angle(tmp_path, degrees):
    """Half a degree too: a mask's qform cannot say it, so programs would disagree by a millimetre."""
    tilt = np.array([0, 2.5 * np.tan(np.radians(degrees)), 2.5])
    write_series(tmp_path / "s", HU, step=tilt)
    refused = refusal(tmp_path / "s")
    assert refused.check == "geometry"
    assert f"{degrees:.1f}°" in str(refused)


def test_slices_shifted_sideways_are_refused(tmp_path):
    shift = {4: 3.0}
    write_series(
        tmp_path / "s", HU, ImagePositionPatient=lambda k: [-120.5 + shift.get(k, 0.0), -90.25, -300.0 + 2.5 * k]
    )
    assert "sideways" in str(refusal(tmp_path / "s"))


def test_several_series_are_refused_and_listed(tmp_path):
    write_series(tmp_path / "s" / "a", HU)
    write_series(tmp_path / "s" / "b", HU[:10], SeriesNumber=7)
    refused = refusal(tmp_path / "s")
    assert refused.check == "series"
    assert "2 series: series 2 (CT, 12 images), series 7 (CT, 10 images)" in str(refused)


@pytest.mark.parametrize(
    ("tags", "reason"),
    [
        ({"Modality": "MR"}, "is MR, not CT"),
        ({"NumberOfFrames": 4}, "multi-frame"),
        ({"ImageType": ["ORIGINAL", "PRIMARY", "LOCALIZER"]}, "localizer"),
        ({"RescaleIntercept": lambda k: -1024 if k else -1000}, "differ in RescaleIntercept"),
        ({"PixelSpacing": lambda k: [0.7, 0.8] if k else [0.7, 0.7]}, "differ in PixelSpacing"),
        ({"RescaleIntercept": None}, "no rescale intercept"),
        ({"ImagePositionPatient": None}, "no valid ImagePositionPatient"),
        ({"PixelSpacing": [-0.7, -0.8]}, "pixel spacing that is not above 0"),
        ({"ImageOrientationPatient": [2, 0, 0, 0, 2, 0]}, "not of length 1"),
    ],
)
def test_what_is_no_ct_volume_is_refused_with_the_reason(tmp_path, tags, reason):
    write_series(tmp_path / "s", HU, **tags)
    assert reason in str(refusal(tmp_path / "s"))


def test_a_folder_without_dicom_is_refused(tmp_path):
    assert "No DICOM images" in str(refusal(tmp_path))


def test_damaged_pixels_are_refused(tmp_path):
    write_series(tmp_path / "s", HU)
    path = tmp_path / "s" / "IM0003"
    path.write_bytes(path.read_bytes()[:-40])
    assert refusal(tmp_path / "s").check == "readable"


def test_a_real_series_in_jpeg_lossless_lies_where_pydicom_says(shared_data):
    folder = shared_data / "covid-ct-md" / "P001"
    study = read_dicom(folder)
    assert study.hu.shape == (148, 512, 512)
    assert (study.hu.min(), study.hu.max()) == (-1024, 1563)
    headers = [pydicom.dcmread(path, stop_before_pixels=True) for path in folder.glob("*.dcm")]
    heights = sorted(float(header.ImagePositionPatient[2]) for header in headers)
    np.testing.assert_allclose(study.affine[2, 3] + study.affine[2, 2] * np.arange(148), heights, atol=1e-5)
    lowest = min(headers, key=lambda header: float(header.ImagePositionPatient[2]))
    itk = SimpleITK.GetArrayFromImage(SimpleITK.ReadImage(str(lowest.filename)))[0]
    assert np.array_equal(study.hu[0], itk)


@pytest.mark.parametrize("folder", ["gantry-tilt", "pydicom", "barre", "dicomdir", "cornerstone", "dwv", "fo-dicom"])
def test_odd_real_dicom_is_refused_in_a_sentence(shared_data, folder):
    assert str(refusal(shared_data / "odd-dicom" / folder)).endswith((".", ").", "volume.", "them."))
