"""Enhanced and legacy-converted CT: the frames' functional groups give each its place and its rescale."""

import numpy as np
import pydicom
import pytest
from dicom_files import SYNTAXES, save, write_multiframe
from MosMedCOVIDLib.errors import StudyRefused
from MosMedCOVIDLib.study.dicom import list_series, read_dicom
from MosMedCOVIDLib.study.read import read_study

HU = np.random.default_rng(0).integers(-1024, 2000, (12, 32, 24)).astype(np.int16)


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_frames_are_sorted_by_their_places_in_each_encoding(tmp_path, syntax):
    write_multiframe(tmp_path / "m.dcm", HU, syntax=syntax)
    study = read_study(tmp_path / "m.dcm")
    assert study.name == "m"
    assert np.array_equal(study.hu, HU)
    np.testing.assert_allclose(
        study.affine[:3], [[-0.8, 0, 0, 120.5], [0, -0.7, 0, 90.25], [0, 0, 2.5, -300]], atol=1e-9
    )
    assert study.notes == ()


@pytest.mark.parametrize("syntax", ["explicit", "JPEG Lossless"])
def test_each_frame_has_its_own_rescale(tmp_path, syntax):
    write_multiframe(tmp_path / "m.dcm", HU // 4 * 4, syntax=syntax, slopes=(1.0, 2.0, 4.0))
    assert np.array_equal(read_study(tmp_path / "m.dcm").hu, HU // 4 * 4)


def test_several_files_may_make_one_volume(tmp_path):
    first = write_multiframe(tmp_path / "s" / "a", HU[:7])
    write_multiframe(tmp_path / "s" / "b", HU[7:], SeriesInstanceUID=first.SeriesInstanceUID)
    for frame in (second := pydicom.dcmread(tmp_path / "s" / "b")).PerFrameFunctionalGroupsSequence:
        place = frame.PlanePositionSequence[0]
        place.ImagePositionPatient = [*place.ImagePositionPatient[:2], float(place.ImagePositionPatient[2]) + 17.5]
    save(second, tmp_path / "s" / "b")
    assert np.array_equal(read_dicom(tmp_path / "s").hu, HU)


def test_a_missing_frame_is_refused_by_the_frames_names(tmp_path):
    kept = np.delete(np.arange(12), 5)
    file = write_multiframe(tmp_path / "m.dcm", HU, order=np.arange(12))
    groups, pixels = file.PerFrameFunctionalGroupsSequence, np.frombuffer(file.PixelData, np.uint16).reshape(HU.shape)
    file.PerFrameFunctionalGroupsSequence = [groups[k] for k in kept]
    file.PixelData, file.NumberOfFrames = pixels[kept].tobytes(), 11
    save(file, tmp_path / "m.dcm")
    with pytest.raises(StudyRefused, match=r"5\.00 mm between frame 5 of m\.dcm and frame 6 of m\.dcm"):
        read_study(tmp_path / "m.dcm")


def test_frames_without_places_are_refused(tmp_path):
    write_multiframe(tmp_path / "m.dcm", HU)
    file = pydicom.dcmread(tmp_path / "m.dcm")
    del file.PerFrameFunctionalGroupsSequence
    file.RescaleIntercept, file.ImagePositionPatient = -1024, [0, 0, 0]
    file.NumberOfFrames = 2_000_000_000
    save(file, tmp_path / "m.dcm")
    with pytest.raises(StudyRefused, match=r"frame 1 of m\.dcm has no valid ImagePositionPatient"):
        read_study(tmp_path / "m.dcm")


def test_fewer_pixels_than_frames_are_refused(tmp_path):
    file = write_multiframe(tmp_path / "m.dcm", HU)
    file.PixelData = file.PixelData[: HU[:9].nbytes]
    save(file, tmp_path / "m.dcm")
    with pytest.raises(StudyRefused, match=r"frame 10 of m\.dcm is cut short"):
        read_study(tmp_path / "m.dcm")


def test_a_real_conversion_has_the_voxels_and_places_of_the_slices_it_was_made_of(shared_data):
    folder = shared_data / "odd-dicom" / "legacy-enhanced-ct"
    converted = read_dicom(folder / "multiframe", series="123456")
    slices = read_dicom(folder / "image", series="123456")
    assert np.array_equal(converted.hu, slices.hu)
    np.testing.assert_allclose(converted.affine, slices.affine)
    assert [series.slices for series in list_series(folder / "multiframe")] == [3]
