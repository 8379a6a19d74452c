"""Folders and archives that would harm or trap a reader: all end in a study or a sentence, and nothing waits for ever.

Beside test_dicom_sources (bombs, links, pipes among slices), test_mosmeddata (links and paths that lead outside) and
test_nifti_refused (what is no file).
"""

import json
import os
import socket
import stat
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pytest
from dicom_files import write_series, zipped
from mosmed_root import touch, write_csv
from MosMedCOVIDLib.commands.command_line import main
from MosMedCOVIDLib.errors import Cancelled, MosMedError, StudyRefused
from MosMedCOVIDLib.study.dicom import archive, list_series, read_dicom
from MosMedCOVIDLib.study.mosmeddata import is_dataset, read_dataset
from MosMedCOVIDLib.study.read import can_read, find_studies, read_study
from nifti_files import VALUES, write_nifti

HU = np.random.default_rng(0).integers(-1024, 2000, (12, 7, 9)).astype(np.int16)


def refusal(path, on_progress=lambda share: None) -> str:
    with pytest.raises(StudyRefused) as refused:
        read_study(path, on_progress)
    return str(refused.value)


# What is no file, where a file is expected


def pipe(path: Path) -> None:
    os.mkfifo(path)


def door(path: Path) -> None:
    """A socket, by a name that is short enough for one."""
    here = Path.cwd()
    os.chdir(path.parent)
    try:
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(path.name)
    finally:
        os.chdir(here)


def device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def circle(path: Path) -> None:
    path.symlink_to(path)


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such files")
@pytest.mark.parametrize("make", [pipe, door, device, circle])
@pytest.mark.parametrize(
    "name", ["x.nii", "x.nii.gz", "x.hdr", "x.zip", "x.dcm", "x", "DICOMDIR", "dataset_registry.csv"]
)
def test_what_is_no_file_is_not_waited_for(tmp_path, make, name):
    make(tmp_path / name)
    with pytest.raises(MosMedError):
        read_study(tmp_path / name)
    write_series(tmp_path / "s", HU)
    assert not can_read(tmp_path / name) or name.startswith(("x.nii", "x.hdr"))
    assert tmp_path / "s" in find_studies(tmp_path)
    assert not is_dataset(tmp_path)
    assert np.array_equal(read_dicom(tmp_path).hu, HU)


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such files")
@pytest.mark.parametrize("make", [pipe, door, device, circle])
def test_what_is_no_file_in_a_dataset_is_missing(tmp_path, make):
    touch(tmp_path, "studies/CT-0/study_0001.nii.gz")
    make(tmp_path / "studies" / "CT-0" / "study_0002.nii.gz")
    write_csv(tmp_path, [(str(n), "CT-0", f"/studies/CT-0/study_000{n}.nii.gz", "") for n in (1, 2)])
    first, second = read_dataset(tmp_path).rows
    assert (first.fault, second.study) == ("", None)
    assert second.fault in ("missing", "outside")


# Names


def make_or_skip(path: Path, make) -> None:
    """Some systems have no such names."""
    try:
        make(path)
    except (OSError, ValueError):
        pytest.skip("this system has no such names")


NAMES = {
    "line breaks": "a\nb\r\tc",
    "a terminal's commands": "\x1b[2J\x1b]0;x\x07",
    "no text": os.fsdecode(b"\xff\xfe\x80"),
    "right to left": "\u202egnp.iin",
    "Cyrillic": "Иванов №1",
    "very long": "й" * 120,
    "blanks": "  a  b ",
    "a path's words": "..%2f..\\..",
    "an option": "--force",
}


@pytest.mark.parametrize("name", NAMES)
def test_any_name_is_read_and_its_refusal_is_one_plain_line(tmp_path, name, capsys):
    name = NAMES[name]
    make_or_skip(tmp_path / f"{name}.nii", write_nifti)
    assert np.array_equal(read_study(tmp_path / f"{name}.nii").hu, VALUES.T)
    make_or_skip(tmp_path / name, lambda folder: write_series(folder, HU))
    assert np.array_equal(read_study(tmp_path / name).hu, HU)
    archived = zipped(
        tmp_path / name, tmp_path / f"{name}.zip", lambda file: f"{name.encode('utf-8', 'replace')}/{file.name}"
    )
    assert np.array_equal(read_study(archived).hu, HU)

    whole = tmp_path / f"{name}.nii"
    whole.write_bytes(whole.read_bytes()[:-9])
    for slice_ in list((tmp_path / name).iterdir())[:2]:
        slice_.rename(slice_.with_name(f"{name}{slice_.name}"))
        slice_.with_name(f"{name}{slice_.name}").write_bytes(b"\0" * 128 + b"DICM" + b"\xff" * 500)
    for path in (whole, tmp_path / name, tmp_path / f"{name}.nothing"):
        with pytest.raises(MosMedError) as error:
            read_study(path)
        assert str(error.value).isprintable()
        assert main(["audit", os.fspath(path), "--json"]) in (2, 3)
    said = capsys.readouterr()
    for line in said.out.splitlines():
        assert json.loads(line)["verdict"] == "refused"
    assert "Traceback" not in said.err


# Many, deep, gone


MANY = 100_000
MOST_BYTES = MANY * 500  # less than a volume takes


def test_a_folder_of_very_many_files_takes_little_memory_and_can_be_left(tmp_path):
    write_series(tmp_path / "s", HU)
    list_series(tmp_path / "s")  # what is imported at the first reading doesn't count
    for number in range(MANY):
        os.close(os.open(f"{tmp_path}/s/note {number:06}", os.O_CREAT))  # three times as fast as a Path's touch
    told: list[float] = []
    tracemalloc.start()
    try:
        list_series(tmp_path / "s", told.append)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert told == sorted(told)
    assert len(told) == MANY + len(HU)
    assert peak < MOST_BYTES

    shares: list[float] = []

    def leave(share: float) -> None:
        shares.append(share)
        if share > 0.1:
            raise Cancelled("enough")

    with pytest.raises(Cancelled, match="enough"):
        read_study(tmp_path / "s", leave)
    assert len(shares) < MANY


def test_a_dataset_among_too_many_files_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("MosMedCOVIDLib.study.mosmeddata.places.MOST_FILES", 30)
    touch(tmp_path, *(f"CT-0/study_{number:04}.nii.gz" for number in range(40)))
    with pytest.raises(StudyRefused, match="holds more than 30 files: it is no dataset"):
        read_dataset(tmp_path)


@pytest.fixture
def deep_folder(tmp_path):
    """1,200 folders in each other, deeper than Python's own walk can go; taken away level by level."""
    here = Path.cwd()
    os.chdir(tmp_path)
    for _ in range(1200):
        os.mkdir("d")  # noqa: PTH102, the whole path is too long for some systems
        os.chdir("d")
    os.chdir(here)
    yield tmp_path
    os.chdir(tmp_path)
    for _ in range(1200):
        os.chdir("d")
    for _ in range(1200):
        os.chdir("..")
        os.rmdir("d")  # noqa: PTH106
    os.chdir(here)


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such paths")
def test_folders_in_folders_without_end_are_followed_as_far_as_makes_sense(deep_folder):
    write_series(deep_folder / "s", HU)
    study = read_study(deep_folder)
    assert np.array_equal(study.hu, HU)
    assert study.notes == ("1 folder could not be opened; what lies there was not read.",)
    assert find_studies(deep_folder) == [deep_folder / "s"]
    assert can_read(deep_folder)
    assert not is_dataset(deep_folder)


def test_a_file_that_shrinks_while_it_is_read_is_a_sentence(tmp_path):
    big = np.zeros((128, 128, 64), np.int16)
    path = write_nifti(tmp_path / "x.nii", big)
    assert refusal(path, lambda share: os.truncate(path, 5000)).startswith("x.nii is cut short")
    write_series(tmp_path / "s", HU)
    kept = tmp_path / "s" / "IM0004"
    assert "IM0004" in refusal(tmp_path / "s", lambda share: os.truncate(kept, kept.stat().st_size - 20))


def test_a_zip_that_shrinks_while_it_is_read_is_a_sentence(tmp_path):
    write_series(tmp_path / "s", HU)
    path = zipped(tmp_path / "s", tmp_path / "x.zip")
    assert refusal(path, lambda share: os.truncate(path, 3000)) == "x.zip is damaged: a file in it cannot be unpacked."


def test_a_dataset_that_disappears_is_a_sentence_and_a_study_too(tmp_path):
    root = tmp_path / "root"
    touch(root, "CT-0/study_0001.nii.gz")
    dataset = read_dataset(root)
    (root / "CT-0" / "study_0001.nii.gz").unlink()
    assert refusal_of_gone(dataset.studies[0])
    (root / "CT-0").rmdir()
    root.rmdir()
    with pytest.raises(StudyRefused, match="root holds no studies"):
        read_dataset(root)


def refusal_of_gone(path: Path) -> bool:
    with pytest.raises(MosMedError, match="There is no file or folder"):
        read_study(path)
    return True


def test_what_may_not_be_opened_is_told(tmp_path):
    write_series(tmp_path / "s", HU)
    closed = tmp_path / "s" / "closed"
    write_series(closed, HU)
    (tmp_path / "s" / "IM0003").chmod(0)
    closed.chmod(0)
    try:
        if os.access(closed, os.R_OK):
            pytest.skip("this user may open anything")
        said = refusal(tmp_path / "s")
    finally:
        closed.chmod(stat.S_IRWXU)
    assert "1 folder could not be opened" in said
    assert "1 file (IM0003) could not be opened (no permission) and may be missing here." in said


# Archives


def zip_of(path: Path, members: dict[str, bytes], **more) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            member = zipfile.ZipInfo(name)
            for key, value in more.items():
                setattr(member, key, value)
            made.writestr(member, content)
    return path


def test_a_zip_in_a_zip_is_not_opened(tmp_path):
    write_series(tmp_path / "s", HU)
    inner = zipped(tmp_path / "s", tmp_path / "inner.zip").read_bytes()
    for _ in range(5):
        inner = zip_of(tmp_path / "outer.zip", {"inner.zip": inner}).read_bytes()
    assert "outer.zip is neither NIfTI" in refusal(tmp_path / "outer.zip")


def test_links_in_a_zip_lead_nowhere(tmp_path):
    write_series(tmp_path / "outside", HU)
    as_link = {"external_attr": (stat.S_IFLNK | 0o777) << 16, "create_system": 3}
    links = {f"{k}.dcm": os.fsencode(file) for k, file in enumerate((tmp_path / "outside").iterdir())}
    zip_of(tmp_path / "x.zip", links, **as_link)
    before = sorted(tmp_path.rglob("*"))
    assert "x.zip is neither NIfTI" in refusal(tmp_path / "x.zip")
    with pytest.raises(StudyRefused, match=r"No DICOM images in x\.zip"):
        read_dicom(tmp_path / "x.zip")
    assert sorted(tmp_path.rglob("*")) == before


def test_a_zip_of_too_many_files_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "MOST_MEMBERS", 30)
    path = zip_of(tmp_path / "x.zip", {f"{number}.dcm": bytes(128) + b"DICM" for number in range(31)})
    assert refusal(path) == "x.zip holds 31 files, more than 30: unpack what is needed."


def test_a_member_that_would_fill_the_memory_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "LARGEST_MEMBER", 1 << 20)
    path = zip_of(tmp_path / "x.zip", {"0.dcm": bytes(128) + b"DICM" + bytes(2 << 20)})
    assert refusal(path) == "x.zip holds a file of 0.0 GB, as no image is: unpack what is needed."
