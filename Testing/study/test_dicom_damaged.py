"""What fuzzing has found in DICOM: each defect by its name, and the sentence that it ends in now."""

import struct
import zipfile
import zlib

import numpy as np
import pydicom
import pytest
from dicom_elements import PIXEL_DATA, UNDEFINED, Element, File
from dicom_files import PATIENT, SYNTAXES, save, write_multiframe, write_other, write_series
from MosMedCOVIDLib.errors import StudyRefused
from MosMedCOVIDLib.study.dicom import list_series, read_dicom
from MosMedCOVIDLib.study.read import read_study
from pydicom.tag import Tag

HU = np.random.default_rng(0).integers(-1024, 2000, (12, 16, 20)).astype(np.int16)


def refusal(path) -> StudyRefused:
    with pytest.raises(StudyRefused) as refused:
        read_study(path)
    return refused.value


def change(path, keyword: str, value: bytes | None, syntax: str = "explicit", **other) -> None:
    """Gives an element of a file other bytes, or takes it away; other: more of what an Element has."""
    file = File.of(path.read_bytes(), SYNTAXES[syntax][0])
    tag = (Tag(keyword).group, Tag(keyword).element)
    at = sum(element.tag < tag for element in file.elements)
    there = at < len(file.elements) and file.elements[at].tag == tag
    vr = pydicom.datadict.dictionary_VR(Tag(keyword)).split(" ")[0].encode()
    old = file.elements[at] if there else Element(tag, vr, b"")
    file.elements[at : at + there] = [] if value is None else [old.but(value=value, **other)]
    path.write_bytes(file.written())


# Values


@pytest.mark.parametrize(
    ("keyword", "value", "check", "reason"),
    [
        (
            "RescaleSlope",
            b"1,5 ",
            "hu_plausible",
            "IM0003 states a rescale slope that is no number: no Hounsfield units.",
        ),
        ("RescaleSlope", b"1e400 ", "hu_plausible", "IM0003 states a rescale slope that is no number"),
        ("RescaleSlope", b"1\\2 ", "hu_plausible", "IM0003 states a rescale slope that is no number"),
        ("RescaleSlope", b"1" * 200, "hu_plausible", "IM0003 states a rescale slope that is no number"),
        ("RescaleSlope", b"999999999999", "hu_plausible", "IM0003 states a rescale that is none (1e+12, -1024)"),
        ("RescaleIntercept", b"-1e30 ", "hu_plausible", "IM0003 states a rescale that is none (1, -1e+30)"),
        ("PixelRepresentation", None, "readable", "IM0003 does not state whether its values have a sign."),
        ("PixelRepresentation", b"\3\0", "readable", "IM0003 does not state whether its values have a sign."),
        ("Columns", b"\x0f\0", "readable", "IM0003 holds more pixels than it states: one is wrong."),
    ],
)
def test_a_value_that_would_give_other_hounsfield_units_is_no_default(tmp_path, keyword, value, check, reason):
    write_series(tmp_path / "s", HU)
    change(tmp_path / "s" / "IM0003", keyword, value)
    refused = refusal(tmp_path / "s")
    assert reason in str(refused)
    assert refused.check == check


def test_large_slopes_are_calculated_without_overflow(tmp_path):
    hu = np.full((12, 4, 5), -1024, np.int16)
    hu[5, 2, 3] = 2000
    write_series(tmp_path / "s", hu, RescaleSlope=900_000, RescaleIntercept=-1024)
    study = read_dicom(tmp_path / "s")
    assert (study.hu[5, 2, 3], study.hu[0, 0, 0]) == (32767, -1024)
    assert study.notes == ("Values outside −32768…32767 were cut to these limits.",)


def test_a_position_beyond_any_scanner_is_refused(tmp_path):
    write_series(tmp_path / "s", HU, ImagePositionPatient=lambda k: ["1e30", "0", str(2.5 * k)])
    assert str(refusal(tmp_path / "s")) == "s states a position more than a kilometre away: no patient's."


def test_more_frames_than_places_are_refused_since_the_places_may_be_others(tmp_path):
    file = write_multiframe(tmp_path / "m.dcm", HU)
    del file.PerFrameFunctionalGroupsSequence[4]
    save(file, tmp_path / "m.dcm")
    assert str(refusal(tmp_path / "m.dcm")) == "m.dcm states 12 frames and tells the places of 11: one is wrong."


@pytest.mark.parametrize("keyword", ["RescaleType", "SeriesNumber", "Modality"])
def test_letters_that_cannot_be_shown_reach_no_sentence(tmp_path, keyword):
    write_series(tmp_path / "s", HU, **({"Modality": "MR"} if keyword == "SeriesNumber" else {}))
    for path in (tmp_path / "s").iterdir():
        change(path, keyword, b"A\r\n\x1b[31m")
    write_series(tmp_path / "t", HU, Modality="MR")
    assert str(refusal(tmp_path)).isprintable()


def test_a_modality_that_runs_on_into_the_persons_name_is_not_repeated(tmp_path):
    write_series(tmp_path / "s", HU)
    for path in (tmp_path / "s").iterdir():
        change(path, "Modality", b"\0\0\x10\0\x10\0PN\x0c\0" + PATIENT.encode())
    assert str(refusal(tmp_path / "s")) == "s is no CT by its headers."


@pytest.mark.parametrize(("vr", "value"), [(b"OB", b"D40s"), (b"SQ", struct.pack("<HHI", 0xFFFE, 0xE000, 0))])
def test_what_stands_as_bytes_or_as_a_sequence_is_no_text(tmp_path, vr, value):
    write_series(tmp_path / "s", HU)
    for path in (tmp_path / "s").iterdir():
        change(path, "ConvolutionKernel", value, vr=vr)
    assert "ConvolutionKernel" not in read_dicom(tmp_path / "s").headers


def test_descriptions_are_shown_in_one_line(tmp_path):
    write_series(tmp_path / "s", HU)
    for path in (tmp_path / "s").iterdir():
        change(path, "SeriesDescription", b"Thorax\x1b[2J\r\n1.0" + b"x" * 4000)
    (series,) = list_series(tmp_path / "s")
    assert series.description.isprintable()
    assert len(series.description) < 200


# Files that break off, or claim what is not there


def test_a_damaged_file_beside_the_series_is_not_taken_for_a_damaged_disk(tmp_path):
    """pydicom tells of a sequence that never ends by the same kind of exception as the system of a disk."""
    write_series(tmp_path / "s", HU)
    never_ending = struct.pack("<HHI", 0xFFFE, 0xE000, UNDEFINED)
    last = max((tmp_path / "s").iterdir(), key=lambda path: float(pydicom.dcmread(path).ImagePositionPatient[2]))
    change(last, "ReferencedImageSequence", never_ending, stated=UNDEFINED)
    study = read_dicom(tmp_path / "s")
    assert np.array_equal(study.hu, HU[:-1])
    assert study.notes == (f"1 file ({last.name}) could not be read (damaged DICOM) and may be missing here.",)


@pytest.mark.parametrize("length", [2**31, UNDEFINED - 1])
def test_no_room_is_made_for_bytes_that_a_header_only_claims(tmp_path, length, monkeypatch):
    asked = []
    write_series(tmp_path / "s", HU)
    for path in (tmp_path / "s").iterdir():
        change(path, "SeriesDescription", b"x", vr=b"UT", stated=length)
    read = pydicom.filereader.read_partial
    monkeypatch.setattr(
        pydicom.filereader, "read_partial", lambda file, *more, **named: read(Asked(file, asked), *more, **named)
    )
    assert "holds no pixels" in str(refusal(tmp_path / "s"))
    assert asked
    assert max(asked) < 5000


class Asked:
    """A file that remembers how many bytes were really asked for and given."""

    def __init__(self, file, asked) -> None:
        self.file, self.asked = file, asked

    def __getattr__(self, name):
        return getattr(self.file, name)

    def read(self, count=-1):
        given = self.file.read(count)
        self.asked.append(len(given))
        return given


def deep_report(depth: int) -> bytes:
    """Contents in contents, of undefined length, as they stand in a file."""
    content = struct.pack("<HH", 0x0040, 0xA730) + b"SQ\0\0" + struct.pack("<I", UNDEFINED)
    item = struct.pack("<HHI", 0xFFFE, 0xE000, UNDEFINED)
    end = struct.pack("<HHIHHI", 0xFFFE, 0xE00D, 0, 0xFFFE, 0xE0DD, 0)
    return (item + content) * depth + end * depth


def test_a_dose_report_of_contents_in_contents_does_not_end_the_reading(tmp_path):
    write_series(tmp_path / "s", HU)
    for depth in (30, 200, 5000):
        path = tmp_path / "s" / f"report{depth}"
        write_other(path, "SR", "1.2.840.10008.5.1.4.1.1.88.67", ContentSequence=[])
        change(path, "ContentSequence", deep_report(depth), stated=UNDEFINED)
    study = read_dicom(tmp_path / "s")
    assert np.array_equal(study.hu, HU)
    assert "DoseLengthProduct" not in study.headers


@pytest.mark.parametrize("when", ["before the last facts", "before the pixels"])
def test_a_folder_that_disappears_between_headers_and_pixels_is_a_sentence(tmp_path, when):
    write_series(tmp_path / "s", HU)
    kept = {"before the last facts": 0, "before the pixels": 12}[when]

    def take_away(share: float) -> None:
        if share >= 0.25 * 11 / 12:
            for path in sorted((tmp_path / "s").iterdir())[: 12 - kept // 2]:
                path.unlink()

    assert "is gone" in str(refusal_while(tmp_path / "s", take_away))


def refusal_while(path, on_progress) -> StudyRefused:
    with pytest.raises(StudyRefused) as refused:
        read_study(path, on_progress)
    return refused.value


# Compressed pixels: what an image says of its own size is what a decoder makes room for


def compressed(folder, syntax: str, change_pixels) -> None:
    """A series of which the pixels of one slice, in their fragment, are changed."""
    write_series(folder, HU, syntax=syntax)
    path = folder / "IM0003"
    file = File.of(path.read_bytes(), SYNTAXES[syntax][0])
    at = next(at for at, element in enumerate(file.elements) if element.tag == PIXEL_DATA)
    value = file.elements[at].value
    begin = value.index(b"\xfe\xff\x00\xe0", 8) + 8
    file.elements[at] = file.elements[at].but(value=value[:begin] + change_pixels(value[begin:]))
    path.write_bytes(file.written())


def with_bytes(mark: bytes, at: int, new: bytes):
    """Changes the bytes at a distance from a mark."""

    def changed(pixels: bytes) -> bytes:
        begin = pixels.index(mark) + at
        return pixels[:begin] + new + pixels[begin + len(new) :]

    return changed


HUGE = struct.pack(">I", 2**31 - 1)
SIZES = {
    "JPEG 2000 of two thousand million columns": ("JPEG 2000", with_bytes(b"\xff\x51", 6, HUGE)),
    "JPEG 2000 of two thousand million rows": ("JPEG 2000", with_bytes(b"\xff\x51", 10, HUGE)),
    "JPEG 2000 in tiles of one pixel": ("JPEG 2000", with_bytes(b"\xff\x51", 22, struct.pack(">II", 0, 1))),
    "JPEG 2000 of 16,000 colours": ("JPEG 2000", with_bytes(b"\xff\x51", 38, b"\x3f\xff")),
    "JPEG of 65,535 rows": ("JPEG Lossless", with_bytes(b"\xff\xc3", 5, b"\xff\xff")),
    "JPEG of 65,535 columns": ("JPEG Lossless", with_bytes(b"\xff\xc3", 7, b"\xff\xff")),
    "JPEG of three colours": ("JPEG Lossless", with_bytes(b"\xff\xc3", 9, b"\3")),
    "JPEG without a size": ("JPEG Lossless", with_bytes(b"\xff\xc3", 0, b"\xff\xff")),
    "RLE of fifteen segments": ("RLE", with_bytes(b"\2\0\0\0", 0, b"\x0f")),
    "RLE that begins behind its end": ("RLE", with_bytes(b"\2\0\0\0", 8, b"\xff\xff\xff\x7f")),
    "nothing": ("JPEG Lossless", lambda pixels: b"\0\0" + pixels[2:]),
}


@pytest.mark.parametrize("case", SIZES)
def test_a_compressed_image_of_another_size_is_never_decoded(tmp_path, case, monkeypatch):
    import SimpleITK

    syntax, change_pixels = SIZES[case]
    compressed(tmp_path / "s", syntax, change_pixels)
    given = []
    names = SimpleITK.ImageSeriesReader.SetFileNames
    monkeypatch.setattr(
        SimpleITK.ImageSeriesReader, "SetFileNames", lambda self, paths: given.append(len(paths)) or names(self, paths)
    )
    assert str(refusal(tmp_path / "s")) == "The pixels of IM0003 are damaged, cut short or not readable."
    assert sum(given) <= len(HU) - 1 + 4  # the other slices, some twice


@pytest.mark.parametrize("syntax", ["RLE", "JPEG Lossless", "JPEG 2000"])
def test_a_fragment_that_claims_two_thousand_million_bytes_is_not_believed(tmp_path, syntax):
    write_series(tmp_path / "s", HU, syntax=syntax)
    path = tmp_path / "s" / "IM0003"
    whole = path.read_bytes()
    begin = whole.rindex(b"\xfe\xff\x00\xe0") + 4
    path.write_bytes(whole[:begin] + struct.pack("<I", 0x7FFFFFFE) + whole[begin + 4 :])
    assert str(refusal(tmp_path / "s")) == "The pixels of IM0003 are damaged, cut short or not readable."


@pytest.mark.parametrize("missing", [9, 40, 120])
@pytest.mark.parametrize("syntax", ["RLE", "JPEG Lossless", "JPEG 2000"])
def test_a_slice_that_breaks_off_within_its_pixels_is_not_decoded_as_far_as_it_goes(tmp_path, syntax, missing):
    write_series(tmp_path / "s", HU, syntax=syntax)
    path = tmp_path / "s" / "IM0003"
    path.write_bytes(path.read_bytes()[:-missing])
    assert str(refusal(tmp_path / "s")) == "The pixels of IM0003 are damaged, cut short or not readable."


@pytest.mark.parametrize("syntax", ["RLE", "JPEG Lossless", "JPEG 2000", "deflated"])
def test_frames_that_are_not_there_are_refused(tmp_path, syntax):
    write_multiframe(tmp_path / "m.dcm", HU, syntax=syntax)
    for number in (b"13", b"1 ", None):
        change(tmp_path / "m.dcm", "NumberOfFrames", number, syntax)
        assert str(refusal(tmp_path / "m.dcm")).startswith("m.dcm states ")


@pytest.mark.parametrize(
    "syntax", [b"1.2.840.10008.1.2.4.90", b"1.2.840.10008.1.2.4.99", b"1.2.840.10008.1.2.4.\xe4\xff"]
)
def test_a_compressed_series_that_says_another_compression_is_refused(tmp_path, syntax):
    write_series(tmp_path / "s", HU, syntax="JPEG Lossless")
    for path in (tmp_path / "s").iterdir():
        path.write_bytes(path.read_bytes().replace(b"1.2.840.10008.1.2.4.70", syntax))
    assert "are damaged, cut short or not readable" in str(refusal(tmp_path / "s"))


# Directories and archives


def test_a_dicomdir_that_inflates_without_end_is_not_inflated(tmp_path, monkeypatch):
    monkeypatch.setattr("MosMedCOVIDLib.study.dicom.deflated.LARGEST_BYTES", 1 << 20)
    path = tmp_path / "DICOMDIR"
    write_other(path, "", "1.2.840.10008.1.3.10")
    whole = path.read_bytes().replace(b"1.2.840.10008.1.2.1\0", b"1.2.840.10008.1.2.1.99")
    grown = struct.pack("<I", int.from_bytes(whole[140:144], "little") + 2)
    syntax = whole.index(b"\x02\x00\x10\x00UI") + 6
    whole = whole[:140] + grown + whole[144:syntax] + struct.pack("<H", 22) + whole[syntax + 2 :]
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    begin = 144 + int.from_bytes(whole[140:144], "little")
    path.write_bytes(whole[:begin] + packer.compress(bytes(4 << 20)) + packer.flush())
    assert str(refusal(path)) == "DICOMDIR is damaged: open its folder instead."


@pytest.mark.parametrize("packing", [zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_a_member_that_is_damaged_behind_its_header_is_a_sentence(tmp_path, packing):
    """Each way of packing has exceptions of its own, and they come late: the header is whole."""
    hu = np.random.default_rng(1).integers(-1024, 2000, (12, 400, 400)).astype(np.int16)
    write_series(tmp_path / "s", hu)
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w", packing) as archive:
        for file in sorted((tmp_path / "s").iterdir()):
            archive.write(file, file.name)
        at = archive.infolist()[5].header_offset
        end = archive.infolist()[6].header_offset
    whole = bytearray(path.read_bytes())
    whole[end - 3000 : end - 2000] = b"\xff" * 1000
    assert at < end - 3000
    path.write_bytes(whole)
    assert str(refusal(path)) == "x.zip is damaged: a file in it cannot be unpacked."


def test_no_persons_name_is_in_a_sentence_of_a_damaged_series(tmp_path):
    write_series(tmp_path / "s", HU)
    for keyword in ("Rows", "PixelSpacing", "RescaleSlope"):
        change(tmp_path / "s" / "IM0003", keyword, b"\xff\xff")
    assert PATIENT.split("^")[0] not in str(refusal(tmp_path / "s"))
