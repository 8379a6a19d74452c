"""HU are slope × stored value + intercept of each slice, whatever the encoding; what was changed is said."""

import numpy as np
import pydicom
import pytest
from dicom_files import SYNTAXES, save, write_series
from MosMedCOVIDLib.errors import Cancelled, StudyRefused
from MosMedCOVIDLib.study.dicom import read_dicom

HU = np.random.default_rng(0).integers(-1024, 2000, (12, 24, 32)).astype(np.int16)


@pytest.mark.parametrize("stored", ["unsigned 12", "unsigned 16", "signed 12", "signed 16"])
@pytest.mark.parametrize("syntax", SYNTAXES)
def test_every_encoding_gives_back_what_was_written(tmp_path, syntax, stored):
    write_series(tmp_path / "s", HU, syntax=syntax, stored=stored)
    study = read_dicom(tmp_path / "s")
    assert np.array_equal(study.hu, HU)
    assert study.notes == ()


@pytest.mark.parametrize("syntax", ["explicit", "JPEG Lossless"])
def test_slope_and_intercept_are_those_of_each_slice(tmp_path, syntax):
    files = write_series(
        tmp_path / "s",
        HU,
        syntax=syntax,
        RescaleSlope=lambda k: [1, 2, 0.5][k % 3],
        RescaleIntercept=lambda k: -1024 - 8 * k,
    )
    study = read_dicom(tmp_path / "s")
    expected = [
        (HU[k] + 1024.0) * float(file.RescaleSlope) + float(file.RescaleIntercept) for k, file in enumerate(files)
    ]
    assert np.array_equal(study.hu, np.rint(expected).astype(np.int16))
    assert study.notes == ("Values between whole Hounsfield units were rounded.",)


def test_bits_above_those_stored_are_no_value(tmp_path):
    write_series(tmp_path / "s", HU)
    for path in (tmp_path / "s").iterdir():
        file = pydicom.dcmread(path)
        values = np.frombuffer(file.PixelData, np.uint16) | 0x7000  # an overlay of old scanners
        file.PixelData = values.tobytes()
        save(file, path)
    assert np.array_equal(read_dicom(tmp_path / "s").hu, HU)


def with_more_bits_than_stated(folder, syntax):
    """A compressed series with an overlay of old scanners above its values."""
    write_series(folder, HU + 0x7000, syntax=syntax, stored="unsigned 16")
    for path in folder.iterdir():
        file = pydicom.dcmread(path)
        file.BitsStored, file.HighBit = 12, 11
        save(file, path)
    return folder


@pytest.mark.parametrize("syntax", ["RLE", "JPEG Lossless"])
def test_compressed_bits_above_those_stored_are_no_value_either(tmp_path, syntax):
    assert np.array_equal(read_dicom(with_more_bits_than_stated(tmp_path / "s", syntax)).hu, HU)


def test_where_the_decoder_brings_them_along_they_are_refused(tmp_path):
    folder = with_more_bits_than_stated(tmp_path / "s", "JPEG 2000")
    with pytest.raises(StudyRefused, match=r"IM00\d\d holds values of more than the 12 bits that it states\."):
        read_dicom(folder)


def test_a_header_that_denies_the_sign_of_its_jpeg_2000_is_read_as_pydicom_reads_it(shared_data, tmp_path):
    original = shared_data / "odd-dicom" / "pydicom" / "J2K_pixelrep_mismatch.dcm"
    assert_as_decoded(original, tmp_path, pydicom.dcmread(original).pixel_array)


def test_jpeg_ls_gives_the_same_as_the_deflated_twin(shared_data, tmp_path):
    files = {path.name.split("_")[1][:6]: path for path in (shared_data / "odd-dicom" / "cornerstone").glob("CT_*")}
    assert_as_decoded(files["JPEGLS"], tmp_path, pydicom.dcmread(files["Deflat"]).pixel_array)


def assert_as_decoded(original, folder, pixels) -> None:
    """A series of copies of one file, laid on each other, has these stored values."""
    (folder / "s").mkdir()
    for k in range(12):
        file = pydicom.dcmread(original)
        across = np.cross(*np.reshape(file.ImageOrientationPatient, (2, 3)))
        file.ImagePositionPatient = [f"{v:.5f}" for v in np.array(file.ImagePositionPatient) + k * 5 * across]
        file.SOPInstanceUID = pydicom.uid.generate_uid()
        save(file, folder / "s" / str(k))
    hu = read_dicom(folder / "s").hu
    assert np.array_equal(hu[3], pixels * int(file.RescaleSlope) + int(file.RescaleIntercept))


def circle(hu: np.ndarray, outside: int) -> np.ndarray:
    """HU with another value outside the circle of reconstruction."""
    rows, columns = np.ogrid[-1 : 1 : hu.shape[1] * 1j, -1 : 1 : hu.shape[2] * 1j]
    return np.where(rows**2 + columns**2 > 1, outside, hu).astype(np.int16)


def test_padding_below_air_stays_as_it_is(tmp_path):
    hu = circle(HU, -3024)
    write_series(tmp_path / "s", hu, stored="signed 16", PixelPaddingValue=-3024)
    study = read_dicom(tmp_path / "s")
    assert np.array_equal(study.hu, hu)
    assert study.notes == ()


@pytest.mark.parametrize("outside", [0, 3000])
def test_padding_that_would_look_like_a_body_is_air_and_the_same_value_inside_is_not(tmp_path, outside):
    hu = circle(HU, outside)
    hu[:, 10:14, 10:14] = outside
    write_series(tmp_path / "s", hu, stored="signed 16", PixelPaddingValue=outside)
    study = read_dicom(tmp_path / "s")
    expected = circle(hu, -1024)
    touching = (hu == outside) & (study.hu == -1024)
    assert (study.hu[:, 10:14, 10:14] == outside).all()
    assert (study.hu[expected == -1024] == -1024).mean() > 0.99
    assert np.array_equal(study.hu[~touching], hu[~touching])
    (note,) = study.notes
    assert note.startswith("What lies outside the reconstruction circle")


def test_values_beyond_sixteen_bits_are_cut_with_a_note(tmp_path):
    hu = HU.copy()
    hu[2, 3, 4] = -32768
    write_series(tmp_path / "s", hu, stored="signed 16", RescaleIntercept=-1024)
    study = read_dicom(tmp_path / "s")
    assert study.hu[2, 3, 4] == -32768
    assert "were cut to these limits" in " ".join(study.notes)


def test_inverted_display_changes_no_value_and_is_told(tmp_path):
    write_series(tmp_path / "s", HU, PhotometricInterpretation="MONOCHROME1")
    study = read_dicom(tmp_path / "s")
    assert np.array_equal(study.hu, HU)
    assert "MONOCHROME1" in study.notes[0]


@pytest.mark.parametrize(
    ("tags", "check", "reason"),
    [
        ({"RescaleIntercept": None}, "hu_plausible", "states no rescale intercept"),
        ({"RescaleSlope": 0}, "hu_plausible", "a rescale slope of 0"),
        ({"RescaleType": "EDW"}, "hu_plausible", "holds values of another kind (EDW), not HU"),
        ({"SamplesPerPixel": 3, "PhotometricInterpretation": "RGB"}, "modality", "colour images"),
        ({"BitsStored": 17}, "readable", "states bits that cannot be"),
        ({"Rows": 60000}, "readable", "pixels, as no CT has"),
        ({"Rows": 25}, "readable", "is cut short: it holds fewer pixels than it states"),
        ({"Rows": None}, "readable", "holds no pixels"),
    ],
)
def test_what_cannot_become_hounsfield_units_is_refused(tmp_path, tags, check, reason):
    write_series(tmp_path / "s", HU, **tags)
    with pytest.raises(StudyRefused) as refused:
        read_dicom(tmp_path / "s")
    assert reason in str(refused.value)
    assert refused.value.check == check


def test_the_slice_without_hounsfield_units_is_named(tmp_path):
    write_series(tmp_path / "s", HU)
    file = pydicom.dcmread(tmp_path / "s" / "IM0003")
    del file.RescaleIntercept
    save(file, tmp_path / "s" / "IM0003")
    with pytest.raises(StudyRefused) as refused:
        read_dicom(tmp_path / "s")
    assert str(refused.value) == "IM0003 states no rescale intercept: no Hounsfield units."


def test_hounsfield_units_may_be_written_small(tmp_path):
    write_series(tmp_path / "s", HU, RescaleType="hu")
    assert np.array_equal(read_dicom(tmp_path / "s").hu, HU)


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_damaged_pixels_are_refused_by_the_slices_name(tmp_path, syntax):
    write_series(tmp_path / "s", HU, syntax=syntax)
    path = tmp_path / "s" / "IM0003"
    path.write_bytes(path.read_bytes()[:-400])
    with pytest.raises(StudyRefused, match="IM0003") as refused:
        read_dicom(tmp_path / "s")
    assert refused.value.check in ("readable", "slice_gap")  # a deflated file that breaks off has no header either


@pytest.mark.parametrize("syntax", ["explicit", "JPEG Lossless"])
def test_reading_tells_how_far_it_is_and_ends_when_it_is_stopped(tmp_path, syntax):
    write_series(tmp_path / "s", HU, syntax=syntax)
    told: list[float] = []
    read_dicom(tmp_path / "s", told.append)
    assert told == sorted(told)
    assert (told[0], told[-1]) == (0.0, 1.0)

    def stop(share: float) -> None:
        if share > 0.5:
            raise Cancelled("enough")

    with pytest.raises(Cancelled, match="enough"):
        read_dicom(tmp_path / "s", stop)
