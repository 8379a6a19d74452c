"""What was read, and where the reader was: kept for each dataset, whole or not at all, outside the dataset."""

import json

import pytest
from MosMedCOVIDLib.errors import SaveError
from MosMedCOVIDLib.study.mosmeddata.review import CORRECTED, READ, TO_READ, Review

KEY = "studies/CT-0/study_0001.nii.gz"


def test_what_was_read_is_there_the_next_time(tmp_path):
    review = Review(tmp_path / "own", tmp_path / "data")
    assert (review.status(KEY), review.position) == (TO_READ, "")
    review.set_status(KEY, CORRECTED)
    review.set_position(KEY)
    again = Review(tmp_path / "own", tmp_path / "data")
    assert (again.status(KEY), again.position) == (CORRECTED, KEY)
    assert [path.name for path in (tmp_path / "own").iterdir()] == [review.path.name]
    assert not (tmp_path / "data").exists()


def test_a_dataset_is_known_by_its_real_path(tmp_path):
    (tmp_path / "one").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "one")
    Review(tmp_path / "own", tmp_path / "one").set_status(KEY, READ)
    assert Review(tmp_path / "own", tmp_path / "link").status(KEY) == READ
    assert Review(tmp_path / "own", tmp_path / "other" / "one").status(KEY) == TO_READ


def test_two_windows_do_not_lose_what_the_other_wrote(tmp_path):
    one, other = (Review(tmp_path, tmp_path / "data") for _ in range(2))
    one.set_status("a", READ)
    other.set_status("b", CORRECTED)
    again = Review(tmp_path, tmp_path / "data")
    assert (again.status("a"), again.status("b")) == (READ, CORRECTED)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"statuses": 1, "position": 2}', b"\xff"])
def test_a_damaged_file_is_put_aside(tmp_path, content):
    review = Review(tmp_path, tmp_path / "data")
    review.path.write_bytes(content)
    again = Review(tmp_path, tmp_path / "data")
    assert again.status(KEY) == TO_READ
    again.set_status(KEY, READ)
    assert review.path.with_suffix(".damaged").read_bytes() == content
    assert json.loads(review.path.read_text())["statuses"] == {KEY: READ}


def test_an_unknown_status_counts_as_none(tmp_path):
    review = Review(tmp_path, tmp_path / "data")
    review.path.write_text(json.dumps({"position": "", "statuses": {KEY: "burnt", "b": READ}}))
    again = Review(tmp_path, tmp_path / "data")
    assert (again.status(KEY), again.status("b")) == (TO_READ, READ)


def test_where_nothing_can_be_written_it_is_said_and_held_until_the_end(tmp_path):
    (tmp_path / "own").write_text("a file where the folder should be")
    review = Review(tmp_path / "own", tmp_path / "data")
    with pytest.raises(SaveError, match="could not be written"):
        review.set_status(KEY, READ)
    assert review.status(KEY) == READ


def test_what_cannot_be_read_just_now_is_not_written_over(tmp_path, monkeypatch):
    """As on Windows, where another program holds the file."""
    Review(tmp_path / "kept", tmp_path).set_status("a", READ)
    locked = Review(tmp_path / "kept", tmp_path)

    def refuse(path, **options):
        raise PermissionError(13, "in use")

    with monkeypatch.context() as during:
        during.setattr(type(locked.path), "read_text", refuse)
        again = Review(tmp_path / "kept", tmp_path)
        with pytest.raises(SaveError, match="in use"):
            again.set_status("b", READ)
        assert (again.status("a"), again.status("b")) == (TO_READ, READ)
    again.set_status("c", READ)
    assert [again.status(key) for key in "abc"] == [READ, TO_READ, READ]
