"""Values of a DICOM header: plain text as it stands in the file means what pydicom makes of it."""

import io

import pydicom
import pytest
from MosMedCOVIDLib.study.dicom.values import number, numbers, text, texts, whole
from pydicom.dataset import Dataset
from pydicom.filewriter import write_dataset

CASES = {
    "ImageType": [["ORIGINAL", "PRIMARY", "AXIAL"], ["ORIGINAL"], ["ORIGINAL", ""], ""],
    "PixelSpacing": [[0.75, 0.75], ["0.748046875", "0.748046875"], [0.75], ["7.5e-1", " .75"]],
    "ImagePositionPatient": [[-191.5, 0, 1e-7], ["-191.5", "", "2"]],
    "RescaleIntercept": ["-1024", " -1024 ", "", "1e3"],
    "InstanceNumber": ["7", "+07", ""],
    "SeriesInstanceUID": ["1.2.840.1", "1.2"],
    "SeriesDescription": ["Lung 1.0 B70f", "Грудь", "胸部", "a" * 60],
    "ConvolutionKernel": [["B70f", "2"], "LUNG"],
    "AcquisitionTime": ["101112.5"],
    "Rows": [512],
}


def read_again(keyword, value, explicit):
    written = Dataset()
    written.SpecificCharacterSet = (
        "ISO 2022 IR 87" if value == "胸部" else "ISO_IR 144" if value == "Грудь" else "ISO_IR 100"
    )
    if keyword == "Rows":
        written.Rows = value
    else:
        written.add_new(keyword, pydicom.datadict.dictionary_VR(keyword), value)
    file = pydicom.filebase.DicomBytesIO()
    file.is_little_endian, file.is_implicit_VR = True, not explicit
    write_dataset(file, written)
    return pydicom.filereader.read_dataset(io.BytesIO(file.getvalue()), not explicit, True)


@pytest.mark.parametrize(
    ("keyword", "value"), [(keyword, value) for keyword, values in CASES.items() for value in values]
)
def test_what_stands_in_the_file_is_what_pydicom_converts(keyword, value):
    """With the representation stated we read the text, without it pydicom converts."""
    as_stated, converted = (read_again(keyword, value, explicit) for explicit in (True, False))
    assert text(as_stated, keyword) == text(converted, keyword)
    for count in (1, 2, 3):
        assert numbers(as_stated, keyword, count) == numbers(converted, keyword, count)
    assert whole(as_stated, keyword) == whole(converted, keyword)


def test_texts_and_numbers():
    assert texts(read_again("ImageType", ["ORIGINAL", "AXIAL"], True), "ImageType") == ("ORIGINAL", "AXIAL")
    assert text(read_again("SeriesDescription", "Грудь", True), "SeriesDescription") == "Грудь"
    assert text(read_again("SeriesDescription", "胸部", True), "SeriesDescription") == "胸部"
    assert numbers(read_again("PixelSpacing", [0.75, 0.5], True), "PixelSpacing", 2) == (0.75, 0.5)
    assert number(read_again("RescaleIntercept", "-1024", True), "RescaleIntercept") == -1024
    assert whole(read_again("Rows", 512, True), "Rows") == 512
    assert texts(Dataset(), "ImageType") == ()
    assert number(Dataset(), "RescaleIntercept") is None
