"""Where DICOM lies: folders, DICOMDIR and .zip, and the harm that each can do; all ends in a study or a sentence."""

import os
import shutil
import struct
import tempfile
import zipfile
import zlib

import numpy as np
import pydicom
import pytest
from dicom_files import write_other, write_series, zipped
from MosMedCOVIDLib.errors import StudyRefused
from MosMedCOVIDLib.study.dicom import holds_dicom, list_series, read_dicom
from MosMedCOVIDLib.study.read import can_read, find_studies, name_of, read_study
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

HU = np.random.default_rng(0).integers(-1024, 2000, (12, 7, 9)).astype(np.int16)


def refusal(path) -> str:
    with pytest.raises(StudyRefused) as refused:
        read_study(path)
    return str(refused.value)


# Folders


def test_links_that_lead_in_a_circle_and_pipes_are_passed_over(tmp_path):
    write_series(tmp_path / "s" / "a", HU)
    (tmp_path / "s" / "a" / "up").symlink_to(tmp_path / "s", target_is_directory=True)
    (tmp_path / "s" / "self").symlink_to(tmp_path / "s" / "self")
    (tmp_path / "s" / "nowhere").symlink_to(tmp_path / "gone")
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "s" / "pipe")
    assert np.array_equal(read_dicom(tmp_path / "s").hu, HU)


def test_links_to_the_slices_are_read(tmp_path):
    write_series(tmp_path / "real", HU)
    (tmp_path / "s").mkdir()
    for path in (tmp_path / "real").iterdir():
        (tmp_path / "s" / path.name).symlink_to(path)
    assert np.array_equal(read_dicom(tmp_path / "s").hu, HU)


def test_the_header_is_looked_for_only_in_what_carries_the_mark(tmp_path, monkeypatch):
    """Of 3,000 other files each is opened once, and a word comes for each."""
    write_series(tmp_path / "s", HU)
    for number in range(3000):
        (tmp_path / "s" / f"note{number}.txt").write_text("hello" * 40)
    parsed, told = [], []
    read = pydicom.dcmread
    monkeypatch.setattr(pydicom, "dcmread", lambda *args, **options: parsed.append(1) or read(*args, **options))
    list_series(tmp_path / "s", told.append)
    assert len(parsed) == len(HU)
    assert len(told) == 3000 + len(HU)


@pytest.mark.parametrize("what", ["a slice", "all"])
def test_a_folder_that_disappears_while_it_is_read_is_a_sentence(tmp_path, what):
    write_series(tmp_path / "s", HU)

    def take_away(share: float) -> None:
        if share > 0.1:
            (tmp_path / "s" / "IM0009").unlink(missing_ok=True) if what == "a slice" else shutil.rmtree(
                tmp_path / "s", ignore_errors=True
            )

    with pytest.raises(StudyRefused, match=r"changed while it was read: IM\d+ is gone"):
        read_dicom(tmp_path / "s", take_away)


def test_slices_that_disappear_before_they_are_decoded_are_a_sentence(tmp_path):
    write_series(tmp_path / "s", HU)
    with pytest.raises(StudyRefused, match="is gone"):
        read_dicom(
            tmp_path / "s", lambda share: shutil.rmtree(tmp_path / "s", ignore_errors=True) if share >= 0.2 else 0
        )


def test_a_damaged_file_beside_the_series_is_told(tmp_path):
    write_series(tmp_path / "s", HU)
    broken = bytearray((tmp_path / "s" / "IM0001").read_bytes()[:400])
    broken[132:400] = b"\xff" * 268
    (tmp_path / "s" / "broken").write_bytes(broken)
    study = read_dicom(tmp_path / "s")
    assert np.array_equal(study.hu, HU)
    assert study.notes == ("1 file (broken) could not be read (damaged DICOM) and may be missing here.",)


@pytest.mark.parametrize("syntax", ["explicit", "implicit", "big-endian"])
def test_files_without_preamble_and_mark_are_read(tmp_path, syntax):
    write_series(tmp_path / "s", HU, syntax=syntax)
    for path in (tmp_path / "s").iterdir():
        path.write_bytes(path.read_bytes()[132:])
    assert np.array_equal(read_dicom(tmp_path / "s").hu, HU)


def test_old_files_without_meta_header_are_read(tmp_path):
    write_series(tmp_path / "s", HU, syntax="implicit")
    for path in (tmp_path / "s").iterdir():
        whole = path.read_bytes()
        begin = 132 + 12 + int.from_bytes(whole[140:144], "little")
        path.write_bytes(whole[begin:])
    assert np.array_equal(read_dicom(tmp_path / "s").hu, HU)


def test_a_folder_without_dicom_is_refused(tmp_path):
    assert "No DICOM images in" in refusal(tmp_path)


def test_a_single_slice_is_refused_with_what_to_give(tmp_path):
    write_series(tmp_path / "s", HU)
    assert refusal(tmp_path / "s" / "IM0000") == "IM0000 is a single slice, not a volume: give the whole series."


def test_a_deflated_file_that_inflates_without_end_is_not_inflated(tmp_path, monkeypatch):
    monkeypatch.setattr("MosMedCOVIDLib.study.dicom.deflated.LARGEST_BYTES", 1 << 20)
    write_series(tmp_path / "s", HU, syntax="deflated")
    for path in (tmp_path / "s").iterdir():
        whole = path.read_bytes()
        begin = 144 + int.from_bytes(whole[140:144], "little")
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
        path.write_bytes(whole[:begin] + packer.compress(bytes(4 << 20)) + packer.flush())
    assert "could not be read (damaged DICOM)" in refusal(tmp_path / "s")


# .zip


@pytest.mark.parametrize("syntax", ["explicit", "JPEG Lossless", "deflated"])
def test_a_zip_is_read_like_its_folder_and_leaves_nothing_behind(tmp_path, syntax, monkeypatch):
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    write_series(tmp_path / "s", HU.repeat(4, 1).repeat(4, 2), syntax=syntax)
    path = zipped(tmp_path / "s", tmp_path / "Пациент 7.zip", lambda file: f"a/b/{file.name}")
    study = read_study(path)
    assert (study.name, study.kind) == ("Пациент 7", "dicom")
    assert study.name == name_of(path)
    folder = read_dicom(tmp_path / "s")
    assert np.array_equal(study.hu, folder.hu)
    assert np.array_equal(study.affine, folder.affine)
    assert dict(study.headers) == dict(folder.headers)
    assert list((tmp_path / "temporary").iterdir()) == []


def test_slices_without_a_series_uid_belong_together_in_a_zip_too(tmp_path):
    write_series(tmp_path / "s", HU, SeriesInstanceUID=None)
    assert np.array_equal(read_study(zipped(tmp_path / "s", tmp_path / "x.zip")).hu, HU)


def test_names_in_a_zip_never_become_paths(tmp_path):
    write_series(tmp_path / "s", HU)
    names = iter(["../../out", "/tmp/out", "..\\out", "C:\\out", "same", "same", *"abcdef"])
    (tmp_path / "deep").mkdir()
    path = zipped(tmp_path / "s", tmp_path / "deep" / "x.zip", lambda file: next(names))
    before = sorted(tmp_path.rglob("*"))
    assert np.array_equal(read_study(path).hu, HU)
    assert sorted(tmp_path.rglob("*")) == before


def bomb(path, claimed: int | None = None, members: int = 1):
    """A .zip of zeros, a thousand times larger unpacked; claimed: the size that its directory states."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(members):
            archive.writestr(f"{number}.dcm", bytes(128) + b"DICM" + bytes(80 << 20))
    if claimed is not None:
        whole = path.read_bytes()
        for mark, at in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
            begin = whole.rindex(mark) + at
            whole = whole[:begin] + struct.pack("<I", claimed) + whole[begin + 4 :]
        path.write_bytes(whole)
    return path


def test_a_zip_that_unpacks_to_a_thousand_times_its_size_is_refused_unopened(tmp_path):
    assert "times its size, as no CT does: it is not opened" in refusal(bomb(tmp_path / "x.zip"))


def test_a_zip_that_hides_its_real_size_is_read_no_further_than_it_claims(tmp_path):
    path = bomb(tmp_path / "x.zip", claimed=1000)
    assert "is damaged: a file in it cannot be unpacked" in refusal(path)


def test_members_that_share_their_bytes_are_counted_each_time(tmp_path):
    path = bomb(tmp_path / "x.zip")
    whole = path.read_bytes()
    entry = whole[whole.rindex(b"PK\x01\x02") : whole.rindex(b"PK\x05\x06")]
    end = bytearray(whole[whole.rindex(b"PK\x05\x06") :])
    end[8:12] = struct.pack("<HH", 300, 300)
    end[12:16] = struct.pack("<I", 300 * len(entry))
    path.write_bytes(whole[: whole.rindex(b"PK\x01\x02")] + entry * 300 + end)
    assert "would unpack to 23.4 GB, more than 8 GB" in refusal(path)


def test_locked_damaged_and_empty_zips_are_sentences(tmp_path):
    write_series(tmp_path / "s", HU)
    path = zipped(tmp_path / "s", tmp_path / "x.zip")
    whole = bytearray(path.read_bytes())
    broken = whole[:]
    broken[2000:2100] = bytes(100)
    (tmp_path / "broken.zip").write_bytes(broken)
    assert "broken.zip is damaged: a file in it cannot be unpacked" in refusal(tmp_path / "broken.zip")
    (tmp_path / "cut.zip").write_bytes(whole[:-100])
    assert refusal(tmp_path / "cut.zip") == "cut.zip is damaged, or not a zip archive."
    at = whole.rindex(b"PK\x01\x02") + 8
    whole[at] |= 1
    (tmp_path / "locked.zip").write_bytes(whole)
    assert refusal(tmp_path / "locked.zip") == "locked.zip is locked with a password: unpack it first."
    with zipfile.ZipFile(tmp_path / "texts.zip", "w") as archive:
        archive.writestr("readme.txt", "hello")
    assert "texts.zip is neither NIfTI" in refusal(tmp_path / "texts.zip")


# DICOMDIR


def dicomdir(folder, *files: tuple[str, ...], name: str = "DICOMDIR"):
    """A DICOMDIR that names these files, part by part."""
    records = []
    for parts in files:
        record = Dataset()
        record.DirectoryRecordType, record.ReferencedFileID = "IMAGE", list(parts)
        records.append(record)
    write_other(folder / name, "", "1.2.840.10008.1.3.10", DirectoryRecordSequence=Sequence(records))
    return folder / name


def test_a_dicomdir_stands_for_the_files_that_it_names(tmp_path):
    write_series(tmp_path / "CD7" / "images", HU)  # in small letters, as some systems show a CD
    write_series(tmp_path / "CD7" / "unnamed", HU[:4])
    path = dicomdir(tmp_path / "CD7", *(("IMAGES", f"IM{k:04}") for k in range(12)))
    study = read_study(path)
    assert (study.name, study.kind) == ("CD7", "dicom")
    assert study.name == name_of(path)
    assert np.array_equal(study.hu, HU)
    assert study.notes == ()


def test_a_dicomdir_leads_nowhere_outside_its_folder(tmp_path):
    write_series(tmp_path / "outside", HU)
    (tmp_path / "CD").mkdir()
    (tmp_path / "CD" / "link").symlink_to(tmp_path / "outside", target_is_directory=True)
    wrong = [
        ("..", "outside", "IM0000"),
        ("../outside/IM0001",),
        ("LINK", "IM0002"),
        (str(tmp_path / "outside" / "IM0003"),),
    ]
    path = dicomdir(tmp_path / "CD", *wrong)
    assert refusal(path) == "None of the 4 files that DICOMDIR names is there."
    write_series(tmp_path / "CD" / "IN", HU)
    dicomdir(tmp_path / "CD", *wrong, *(("IN", f"IM{k:04}") for k in range(12)))
    assert read_study(path).notes == ("4 of the 16 files that the DICOMDIR names are not in its folder.",)


def test_an_empty_or_damaged_dicomdir_is_a_sentence(tmp_path):
    assert refusal(dicomdir(tmp_path)) == "DICOMDIR names no files: open its folder instead."
    whole = (tmp_path / "DICOMDIR").read_bytes()
    (tmp_path / "DICOMDIR").write_bytes(whole[:132] + b"\xff" * 50)
    assert "open its folder instead" in refusal(tmp_path / "DICOMDIR")


# What a folder of studies holds, and what may be dropped on the window


def test_zips_and_media_among_studies_are_found(tmp_path):
    write_series(tmp_path / "P1", HU)
    zipped(tmp_path / "P1", tmp_path / "P2.ZIP")
    with zipfile.ZipFile(tmp_path / "texts.zip", "w") as archive:
        archive.writestr("readme.txt", "hello")
    write_series(tmp_path / "CD" / "IMAGES", HU)
    dicomdir(tmp_path / "CD", ("IMAGES", "IM0001"))
    found = {str(path.relative_to(tmp_path)) for path in find_studies(tmp_path)}
    assert found == {"P1", "P2.ZIP", "CD"}
    assert [can_read(tmp_path / name) for name in ("P2.ZIP", "CD/DICOMDIR", "CD", "texts.zip")] == [True] * 3 + [False]
    assert holds_dicom(tmp_path / "P2.ZIP")
