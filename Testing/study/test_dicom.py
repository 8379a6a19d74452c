"""Reading DICOM: each voxel lies where its own header puts it; nothing of the patient's identity is kept."""

import logging

import numpy as np
import pydicom
import pytest
import SimpleITK
from dicom_files import PATIENT, save, write_dose_report, write_multiframe, write_series
from MosMedCOVIDLib.errors import StudyRefused
from MosMedCOVIDLib.study.dicom import facts_of, read_dicom

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
        for row, column in np.ndindex(7, 9):
            lps = np.array(file.ImagePositionPatient, float)
            lps = lps + direction[:3] * file.PixelSpacing[1] * column + direction[3:] * file.PixelSpacing[0] * row
            i, j, k = (to_voxel @ [*(lps * (-1, -1, 1)), 1])[:3]
            np.testing.assert_allclose((i, j, k), np.rint((i, j, k)), atol=1e-5)
            assert study.hu[round(k), round(j), round(i)] == pixels[row, column]


def test_slices_run_along_the_normal_whatever_their_names_and_numbers(tmp_path):
    write_series(tmp_path / "s", HU)
    study = read_dicom(tmp_path / "s")
    assert np.array_equal(study.hu, HU)
    assert study.notes == ()


def test_other_files_in_the_folder_do_not_disturb(tmp_path):
    write_series(tmp_path / "s" / "deeper", HU)
    (tmp_path / "s" / "readme.txt").write_text("hello")
    (tmp_path / "s" / "binary").write_bytes(bytes(range(256)) * 3)
    assert read_dicom(tmp_path / "s").hu.shape == HU.shape


FACTS = {
    "BodyPartExamined": "CHEST",
    "ContrastBolusAgent": "Omnipaque 350 for IVANOV",
    "CTDIvol": 4.25,
    "ExposureTime": 500,
    "XRayTubeCurrent": 210,
    "FilterType": "FLAT",
    "LossyImageCompression": "00",
    "KVP": 110,
    "Manufacturer": "SIEMENS",
}


def test_headers_that_the_audit_may_ask_for_are_kept_and_nothing_of_the_person(tmp_path):
    write_series(tmp_path / PATIENT / "s", HU, **FACTS)
    write_dose_report(tmp_path / PATIENT / "s" / "dose", dlp=123.4, ctdi_vol=5.0)
    study = read_dicom(tmp_path / PATIENT / "s")
    assert study.name == "s"
    assert {key: study.headers[key] for key in FACTS} == {**FACTS, "ContrastBolusAgent": "yes"}
    more = {"Modality": "CT", "AgeYears": 39.0, "SeriesNumber": 2, "DoseLengthProduct": 123.4, "SliceThickness": 2.5}
    assert {key: study.headers[key] for key in more} == more
    kept = repr(dict(study.headers))
    assert not [word for word in ("IVANOV", "4711", "1981", "Patient") if word in kept.replace("PatientPosition", "")]


@pytest.mark.parametrize(("kind", "lossy"), [(50, "01"), (51, "01"), (70, None), (80, None)])
def test_a_compression_that_always_loses_is_lossy_without_a_word_in_the_header(tmp_path, kind, lossy):
    (file, *_) = write_series(tmp_path / "s", HU, syntax="JPEG Lossless")
    file.file_meta.TransferSyntaxUID = pydicom.uid.UID(f"1.2.840.10008.1.2.4.{kind}")
    save(file, tmp_path / "file")
    with (tmp_path / "file").open("rb") as stream:
        assert facts_of(stream).get("LossyImageCompression") == lossy


def test_a_dose_report_speaks_where_the_images_do_not(tmp_path):
    write_series(tmp_path / "s", HU)
    write_dose_report(tmp_path / "s" / "dose", dlp=123.4, ctdi_vol=5.0)
    headers = read_dicom(tmp_path / "s").headers
    assert (headers["CTDIvol"], headers["DoseLengthProduct"]) == (5.0, 123.4)


def test_copies_of_a_dose_report_add_no_dose_and_another_report_does(tmp_path):
    write_series(tmp_path / "s", HU)
    write_dose_report(tmp_path / "s" / "dose", dlp=123.4, ctdi_vol=5.0)
    (tmp_path / "s" / "copy").write_bytes((tmp_path / "s" / "dose").read_bytes())
    headers = read_dicom(tmp_path / "s").headers
    assert (headers["CTDIvol"], headers["DoseLengthProduct"]) == (5.0, 123.4)
    write_dose_report(tmp_path / "s" / "second scan", dlp=100.0, ctdi_vol=4.0)
    assert read_dicom(tmp_path / "s").headers["DoseLengthProduct"] == 223.4


@pytest.mark.parametrize(
    ("tags", "age"),
    [
        ({"PatientAge": "006M"}, 0.5),
        ({"PatientAge": "021D"}, 0.06),
        ({"PatientAge": "017Y"}, 17.0),
        ({"PatientAge": "", "StudyDate": "20210203"}, 40.0),
        ({"PatientAge": "000Y", "PatientBirthDate": ""}, None),
        ({"PatientAge": "old", "StudyDate": "20210203", "PatientBirthDate": "1981"}, None),
    ],
)
def test_the_age_is_in_years(tmp_path, tags, age):
    write_series(tmp_path / "s", HU, **tags)
    assert read_dicom(tmp_path / "s").headers.get("AgeYears") == age


@pytest.mark.parametrize("kind", ["series", "multi-frame"])
def test_an_odd_value_of_a_persons_header_reaches_no_log_and_no_sentence(tmp_path, caplog, capfd, kind):
    caplog.set_level(logging.DEBUG)
    tags = {"PatientName": PATIENT * 9, "PatientID": "4711\\4712" * 20, "Modality": "MR"}
    if kind == "series":
        write_series(tmp_path / "s", HU, **tags)
    else:
        write_multiframe(tmp_path / "s" / "m", HU, **tags)
    caplog.clear()
    capfd.readouterr()
    with pytest.raises(StudyRefused, match="is MR, not CT") as refused:
        read_dicom(tmp_path / "s")
    said = [str(refused.value), caplog.text, *capfd.readouterr()]
    assert not [text for text in said if "IVANOV" in text or "4711" in text]


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
    assert study.notes == ()
