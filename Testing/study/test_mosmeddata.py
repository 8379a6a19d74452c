"""MosMedData and its mirrors as a list of studies: each row has its files, or says what is wrong with it."""

import os

import pytest
from mosmed_root import official_rows, touch, write_csv, write_xlsx
from MosMedCOVIDLib.errors import StudyRefused
from MosMedCOVIDLib.study.mosmeddata import is_dataset, read_dataset
from MosMedCOVIDLib.study.mosmeddata.places import category_named, is_category
from MosMedCOVIDLib.study.mosmeddata.registry import read_registry

OFFICIAL = official_rows(10, masked=range(3, 5))


def with_files(root, rows=OFFICIAL):
    touch(root, *(row[2] for row in rows), *(row[3] for row in rows if row[3]))
    return root


def seen(dataset):
    """Each row as (name, category, whether it can be opened, whether it has a mask, what is wrong)."""
    return [(row.name, row.category, row.study is not None, row.mask is not None, row.fault) for row in dataset.rows]


@pytest.fixture
def calamine():
    """What reads .xlsx."""
    return pytest.importorskip("python_calamine")


@pytest.mark.parametrize("name", ["dataset_registry.csv", "dataset_registry.xlsx"])
def test_the_real_registry(shared_data, name, request):
    if name.endswith(".xlsx"):
        request.getfixturevalue("calamine")
    entries = read_registry(shared_data / "mosmed" / name)
    assert len(entries) == 1110
    assert (entries[254].study_id, entries[254].category) == ("255", "CT-1")
    assert entries[254].mask_file == "/masks/study_0255_mask.nii.gz"
    assert sum(bool(entry.mask_file) for entry in entries) == 50


def test_both_forms_of_the_real_registry_say_the_same(shared_data, calamine):
    folder = shared_data / "mosmed"
    assert read_registry(folder / "dataset_registry.csv") == read_registry(folder / "dataset_registry.xlsx")


def test_the_real_registry_without_the_studies_says_so_in_each_row(shared_data):
    dataset = read_dataset(shared_data / "mosmed")
    assert dataset.categories == {"CT-0": 254, "CT-1": 684, "CT-2": 125, "CT-3": 45, "CT-4": 2}
    assert {row.fault for row in dataset.rows} == {"missing"}
    assert dataset.rows[254].mask.name == "study_0255_mask.nii.gz"
    assert "1110 of 1110 rows cannot be opened" in dataset.notes[0]


@pytest.mark.parametrize("write", [write_csv, write_xlsx, None])
def test_registry_in_both_forms_and_folders_alone_give_the_same_rows(tmp_path, write, request):
    if write is write_xlsx:
        request.getfixturevalue("calamine")
    with_files(tmp_path)
    if write:
        write(tmp_path, OFFICIAL)
    assert is_dataset(tmp_path)
    dataset = read_dataset(tmp_path)
    assert seen(dataset) == [
        (f"study_{number:04}", f"CT-{(number - 1) // 2}", True, number in (3, 4), "") for number in range(1, 11)
    ]
    assert dataset.studies[0] == tmp_path / "studies" / "CT-0" / "study_0001.nii.gz"
    assert bool(dataset.notes) == (write is None)


@pytest.mark.parametrize(
    "place",
    ["studies/CT_0", "studies/ct-0", "CT-0", "CT_0", "CT0", "COVID19_1110/studies/CT-0", "studies/CT-01", "studies"],
)
@pytest.mark.parametrize("ending", [".nii.gz", ".nii"])
def test_mirrors_name_folders_and_files_differently(tmp_path, place, ending):
    write_csv(tmp_path, [("1", "CT-0", "/studies/CT-0/study_0001.nii.gz", "/masks/study_0001_mask.nii.gz")])
    touch(tmp_path, f"{place}/study_0001{ending}", "Masks/study_0001_mask.nii.gz")
    assert seen(read_dataset(tmp_path)) == [("study_0001", "CT-0", True, True, "")]


@pytest.mark.parametrize(
    ("folder", "category"), [("CT_0", "CT-0"), ("CT-23", "CT-23"), ("ct 4", "CT-4"), ("studies/CT1", "CT-1")]
)
def test_without_a_registry_the_folders_tell_the_categories(tmp_path, folder, category):
    touch(tmp_path, f"{folder}/study_0001.nii.gz", f"{folder}/study_0001_mask.nii.gz", "elsewhere/study_0002.nii.gz")
    assert is_dataset(tmp_path)
    assert seen(read_dataset(tmp_path)) == [("study_0001", category, True, True, "")]


@pytest.mark.parametrize(
    ("word", "category"),
    [("CT-0", "CT-0"), ("ct_4", "CT-4"), (" CT 2", "CT-2"), ("3", "CT-3"), ("CT-23", "CT-23"), ("CT-234", "CT-234")],
)
def test_words_for_categories(word, category):
    assert (is_category(word), category_named(word)) == (True, category)


@pytest.mark.parametrize("word", ["", "CT", "CT-5", "CT-32", "CT-00", "CT-10", "COVID", "CT-1a"])
def test_words_that_are_no_categories(word):
    assert not is_category(word)


FAULTS = {
    "the file is missing": (("1", "CT-0", "/studies/CT-0/other.nii.gz", ""), "missing", "is not in the dataset's"),
    "no file is named": (("1", "CT-0", "", ""), "missing", "names no file"),
    "up and out": (("1", "CT-0", "../outside/study_0009.nii.gz", ""), "outside", "leads outside"),
    "up and in again": (("1", "CT-0", "/studies/../studies/CT-0/study_0001.nii.gz", ""), "outside", "leads outside"),
    "a Windows path upwards": (("1", "CT-0", "..\\outside\\study_0009.nii.gz", ""), "outside", "leads outside"),
    "a drive": (("1", "CT-0", "C:/studies/study_0001.nii.gz", ""), "outside", "leads outside"),
    "a share": (("1", "CT-0", "\\\\server\\study_0001.nii.gz", ""), "outside", "leads outside"),
    "an absolute path": (("1", "CT-0", "/etc/hostname", ""), "missing", "is not in the dataset's folder"),
    "a link out": (("1", "CT-0", "/studies/CT-0/link.nii.gz", ""), "outside", "by a link"),
    "a folder's link out": (("1", "CT-0", "/away/study_0009.nii.gz", ""), "outside", "by a link"),
    "a link to itself": (("1", "CT-0", "/studies/CT-0/loop.nii.gz", ""), "missing", "is not in the dataset's folder"),
    "no category": (("1", "", "/studies/CT-0/study_0001.nii.gz", ""), "category?", "is no category of MosMedData"),
    "an unknown category": (("1", "CT-7", "/studies/CT-0/study_0001.nii.gz", ""), "category?", "“CT-7” is no"),
    "no mask there": (("1", "CT-0", "/studies/CT-0/study_0001.nii.gz", "/masks/x.nii.gz"), "no mask", "x.nii.gz"),
    "a mask outside": (("1", "CT-0", "/studies/CT-0/study_0001.nii.gz", "../x.nii.gz"), "no mask", "leads outside"),
}


@pytest.mark.parametrize("case", FAULTS)
def test_what_is_wrong_with_a_row_stands_in_it(tmp_path, case):
    row, fault, reason = FAULTS[case]
    root, outside = tmp_path / "root", tmp_path / "outside"
    touch(tmp_path, "root/studies/CT-0/study_0001.nii.gz", "outside/study_0009.nii.gz", "x.nii.gz")
    (root / "studies" / "CT-0" / "link.nii.gz").symlink_to(outside / "study_0009.nii.gz")
    (root / "studies" / "CT-0" / "loop.nii.gz").symlink_to(root / "studies" / "CT-0" / "loop.nii.gz")
    (root / "away").symlink_to(outside)
    write_csv(root, [row])
    (found,) = read_dataset(root).rows
    assert found.fault == fault
    assert reason in found.reason
    assert (found.study is None) == (fault in ("missing", "outside"))
    assert found.mask is None


def test_what_is_listed_twice_can_be_opened_once(tmp_path):
    touch(tmp_path, "studies/CT-0/study_0001.nii.gz", "studies/CT-1/study_0001.nii.gz")
    (tmp_path / "studies" / "CT-1" / "again.nii.gz").symlink_to(tmp_path / "studies" / "CT-0" / "study_0001.nii.gz")
    files = ["CT-0/study_0001", "CT-0/study_0001", "CT-1/again", "CT-1/study_0001"]
    write_csv(tmp_path, [("1", "CT-0", f"/studies/{file}.nii.gz", "") for file in files])
    rows = read_dataset(tmp_path).rows
    assert [row.study is not None for row in rows] == [True, False, False, True]
    assert "is the same file as in row 1" in rows[1].reason
    assert "is the same file as in row 1" in rows[2].reason
    assert "Row 1 is named study_0001 as well" in rows[3].reason
    assert len({row.key for row in rows}) == len(rows)


def test_a_name_that_is_there_several_times_goes_by_its_category(tmp_path):
    touch(tmp_path, "CT_0/study_0001.nii.gz", "CT_1/study_0001.nii.gz", "a/study_0002.nii.gz", "b/study_0002.nii.gz")
    write_csv(tmp_path, [("1", "CT-1", "/studies/CT-1/study_0001.nii.gz", ""), ("2", "CT-1", "study_0002.nii.gz", "")])
    first, second = read_dataset(tmp_path).rows
    assert first.study == tmp_path / "CT_1" / "study_0001.nii.gz"
    assert (second.study, second.fault) == (None, "several")
    assert "a/study_0002.nii.gz, b/study_0002.nii.gz" in second.reason


def test_names_that_differ_by_their_capitals_are_two_files(tmp_path):
    files = ["studies/CT-0/study_0001.nii.gz", "studies/CT-0/Study_0001.nii.gz"]
    touch(tmp_path, *files)
    if len(list((tmp_path / "studies" / "CT-0").iterdir())) == 1:
        pytest.skip("this disk takes them for one")
    write_csv(tmp_path, [("1", "CT-0", f"/{file}", "") for file in files])
    assert [row.study for row in read_dataset(tmp_path).rows] == [tmp_path / file for file in files]


def test_a_pair_is_one_study_by_either_of_its_files(tmp_path):
    touch(tmp_path, *(f"CT-0/study_000{number}{ending}" for number in (1, 2) for ending in (".hdr", ".img")))
    assert seen(read_dataset(tmp_path)) == [(f"study_000{number}", "CT-0", True, False, "") for number in (1, 2)]
    write_csv(tmp_path, [("1", "CT-0", "CT-0/study_0001.hdr", ""), ("2", "CT-0", "CT-0/study_0002.img", "")])
    assert seen(read_dataset(tmp_path)) == [(f"study_000{number}", "CT-0", True, False, "") for number in (1, 2)]


def test_doubles_are_told_without_a_registry_too(tmp_path):
    touch(tmp_path, "CT-0/study_0001.nii.gz", "CT-1/study_0001.nii.gz")
    (tmp_path / "CT-1" / "study_0002.nii.gz").symlink_to(tmp_path / "CT-0" / "study_0001.nii.gz")
    first, named_alike, same_file = read_dataset(tmp_path).rows
    assert (first.study is None, first.fault) == (False, "")
    assert (named_alike.study is None, named_alike.reason) == (False, "Row 1 is named study_0001 as well.")
    assert (same_file.study is None, same_file.reason) == (True, "study_0002 is the same file as in row 1.")


REGISTRIES = {
    "semicolons": b"study_id;category;study_file;mask_file\r\n1;CT-0;/studies/CT-0/study_0001.nii.gz;\r\n",
    "other columns, another order": b"x,STUDY_FILE ,category\n?,studies/CT-0/study_0001.nii.gz,CT-0\n",
    "a line above, empty lines": b"MosMedData\n\nstudy_file,category\n\n/studies/CT-0/study_0001.nii.gz,CT-0\n,\n",
    "short lines": b"study_file,category,mask_file\n/studies/CT-0/study_0001.nii.gz,CT-0\n",
}


@pytest.mark.parametrize("case", REGISTRIES)
def test_a_registry_may_be_written_otherwise(tmp_path, case):
    touch(tmp_path, "studies/CT-0/study_0001.nii.gz")
    (tmp_path / "dataset_registry.csv").write_bytes(REGISTRIES[case])
    dataset = read_dataset(tmp_path)
    assert seen(dataset) == [("study_0001", "CT-0", True, False, "")]
    assert dataset.notes == ()


@pytest.mark.parametrize("name", ["dataset_registry.csv", "dataset_registry.xlsx"])
@pytest.mark.parametrize("content", [b"", b"\x00" * 64, b"a,b\n1,2\n", b"PK\x03\x04 broken", b"\xff\xfe\x00"])
def test_a_registry_that_cannot_be_read_leaves_the_folders(tmp_path, name, content, request):
    if name.endswith(".xlsx"):
        request.getfixturevalue("calamine")
    with_files(tmp_path)
    (tmp_path / name).write_bytes(content)
    dataset = read_dataset(tmp_path)
    assert len(dataset.rows) == 10
    assert name in dataset.notes[0]
    assert "listed by their folders" in dataset.notes[1]


def test_a_spreadsheet_that_unpacks_to_more_than_memory_holds_is_not_unpacked(tmp_path, calamine, monkeypatch):
    from MosMedCOVIDLib.study.mosmeddata import registry

    path = write_xlsx(tmp_path, OFFICIAL)
    monkeypatch.setattr(registry, "LARGEST_BYTES", 1000)
    with pytest.raises(StudyRefused, match="damaged"):
        read_registry(path)


def test_the_folder_of_studies_stands_for_the_dataset(tmp_path):
    write_csv(with_files(tmp_path), OFFICIAL)
    assert is_dataset(tmp_path / "studies")
    assert read_dataset(tmp_path / "studies") == read_dataset(tmp_path)


def test_a_spreadsheet_packed_in_a_way_that_is_yet_to_come_is_damaged(tmp_path, calamine):
    path = write_xlsx(tmp_path, OFFICIAL)
    whole = path.read_bytes()
    at = whole.index(b"PK\x01\x02") + 6
    path.write_bytes(whole[:at] + b"\xff\0" + whole[at + 2 :])
    with pytest.raises(StudyRefused, match="damaged"):
        read_registry(path)


@pytest.mark.parametrize(
    "row", [("1", "CT\x1b[2J", "a.nii", ""), ("1", "CT-0", "a\0\x07.nii", ""), ("1", "", "..\r", "")]
)
def test_letters_that_cannot_be_shown_reach_no_sentence(tmp_path, row):
    write_csv(tmp_path, [row])
    dataset = read_dataset(tmp_path)
    assert dataset.rows[0].reason.isprintable()
    assert all(note.isprintable() for note in dataset.notes)


def test_what_is_no_dataset(tmp_path):
    touch(tmp_path, "series/IM0001", "CT-5/study.nii.gz", "1/study.nii.gz", "CT-1/notes.txt")
    assert not is_dataset(tmp_path)
    assert not is_dataset(tmp_path / "nothing")
    assert not is_dataset(tmp_path / "series" / "IM0001")
    assert not is_dataset(tmp_path / ("long" * 1000))


def test_a_dataset_without_studies_is_refused(tmp_path):
    write_csv(tmp_path, [])
    with pytest.raises(StudyRefused, match="holds no studies"):
        read_dataset(tmp_path)


def test_results_and_hidden_folders_hold_no_studies_and_no_masks(tmp_path):
    touch(tmp_path, "CT-0/study_0001.nii.gz", "CT-0/MosMedCOVID-results/study_0001_mask.nii.gz", ".CT-0/s.nii.gz")
    assert seen(read_dataset(tmp_path)) == [("study_0001", "CT-0", True, False, "")]


def test_a_read_only_folder(tmp_path):
    write_csv(with_files(tmp_path), OFFICIAL)
    tmp_path.chmod(0o555)
    try:
        if os.access(tmp_path, os.W_OK):
            pytest.skip("this user may write anywhere")
        assert len(read_dataset(tmp_path).studies) == 10
    finally:
        tmp_path.chmod(0o755)


def test_ten_thousand_rows(tmp_path):
    rows = official_rows(10_000, masked=range(1, 51))
    write_csv(with_files(tmp_path, rows), rows)
    dataset = read_dataset(tmp_path)
    assert len(dataset.studies) == 10_000
    assert sum(dataset.categories.values()) == 10_000


def test_a_link_to_the_root_and_links_in_a_circle(tmp_path):
    root = with_files(tmp_path / "root")
    (root / "studies" / "again").symlink_to(root)
    (tmp_path / "link").symlink_to(root)
    write_csv(root, OFFICIAL)
    assert len(read_dataset(tmp_path / "link").studies) == 10
