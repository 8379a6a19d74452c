"""What a saved result says of where it comes from."""

import pytest
from MosMedCOVIDLib.saving.results import source_of


def written(folder, *names):
    for name in names:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(b"1")
    return folder


@pytest.mark.parametrize(
    ("study", "belongs"),
    [
        ("", "IM0001"),
        ("", "series 2/IM0001"),
        ("DICOMDIR", "DICOMDIR"),
        ("DICOMDIR", "series 2/IM0001"),
        ("a.nii.gz", "a.nii.gz"),
        ("a.hdr", "a.hdr"),
        ("a.hdr", "a.img"),
        ("a.img", "a.hdr"),
        ("a.img.gz", "a.hdr.gz"),
    ],
)
def test_a_stamp_changes_with_any_file_of_the_study(tmp_path, study, belongs):
    folder = written(tmp_path, study or "IM0000", belongs)
    before = source_of(folder / study)
    assert source_of(folder / study) == before
    (folder / belongs).write_bytes(b"12")
    assert source_of(folder / study)["stamp"] != before["stamp"]


@pytest.mark.parametrize(
    ("study", "other"),
    [("", "a_mask.nii.gz"), ("", "a_grade.json"), ("DICOMDIR", "a_grade.json"), ("a.nii", "b.nii"), ("a.hdr", "b.img")],
)
def test_results_and_other_studies_beside_it_do_not_change_it(tmp_path, study, other):
    folder = written(tmp_path, study or "IM0000")
    before = source_of(folder / study)
    written(folder, other)
    assert source_of(folder / study) == before
