"""Files are new, whole, together, and never in the place of older ones."""

import os
import threading
import time

import pytest
from MosMedCOVIDLib.errors import SaveError
from MosMedCOVIDLib.saving.versions import save_together


def text(content):
    return lambda path, names: path.write_text(content)


def broken(path, names):
    path.write_text("half")
    raise OSError(28, "No space left on device")


def listing(folder):
    return sorted(path.name for path in folder.iterdir())


def test_versions_count_up_for_all_files_together(tmp_path):
    writers = {"_mask.nii.gz": text("m"), "_grade.json": text("g")}
    assert save_together(tmp_path / "new", "s", writers)["_mask.nii.gz"] == tmp_path / "new" / "s_mask.nii.gz"
    save_together(tmp_path / "new", "s", writers)
    (tmp_path / "new" / "s_grade_v03.json").write_text("someone else's")
    third = save_together(tmp_path / "new", "s", writers)
    assert third["_grade.json"].name == "s_grade_v04.json"
    assert listing(tmp_path / "new") == [
        "s_grade.json",
        "s_grade_v02.json",
        "s_grade_v03.json",
        "s_grade_v04.json",
        "s_mask.nii.gz",
        "s_mask_v02.nii.gz",
        "s_mask_v04.nii.gz",
    ]
    assert (tmp_path / "new" / "s_grade_v03.json").read_text() == "someone else's"


def test_what_fails_leaves_nothing_and_says_where(tmp_path):
    (tmp_path / "s_a.txt").write_text("old")
    with pytest.raises(SaveError, match=r"could not be written to .*: No space left on device") as failed:
        save_together(tmp_path, "s", {"_a.txt": text("new"), "_b.txt": broken})
    assert failed.value.exit_code == 5
    assert listing(tmp_path) == ["s_a.txt"]
    assert (tmp_path / "s_a.txt").read_text() == "old"


def test_interrupted_in_the_middle_nothing_is_left(tmp_path):
    def interrupted(path, names):
        path.write_text("half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        save_together(tmp_path, "s", {"_a.txt": text("a"), "_b.txt": interrupted})
    assert listing(tmp_path) == []


def test_a_name_taken_in_the_meantime_is_left_alone(tmp_path):
    def slow(path, names):
        path.write_text("mine")
        if not (tmp_path / "s_b.txt").exists():
            (tmp_path / "s_b.txt").write_text("theirs")

    saved = save_together(tmp_path, "s", {"_a.txt": text("mine"), "_b.txt": slow})
    assert (tmp_path / "s_b.txt").read_text() == "theirs"
    assert saved["_a.txt"].name == "s_a_v02.txt"
    assert listing(tmp_path) == ["s_a_v02.txt", "s_b.txt", "s_b_v02.txt"]


def test_without_hard_links_the_same_holds(tmp_path, monkeypatch):
    def no_links(source, target):
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(os, "link", no_links)
    save_together(tmp_path, "s", {"_a.txt": text("1")})
    save_together(tmp_path, "s", {"_a.txt": text("2")})
    assert listing(tmp_path) == ["s_a.txt", "s_a_v02.txt"]
    assert (tmp_path / "s_a.txt").read_text() == "1"


def test_several_savers_at_once_all_keep_their_files(tmp_path):
    def save(content):
        save_together(tmp_path, "s", {"_a.txt": text(content), "_b.txt": text(content)})

    threads = [threading.Thread(target=save, args=(str(n),)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(path.read_text() for path in tmp_path.glob("s_a*.txt")) == [str(n) for n in range(8)]
    for path in tmp_path.glob("s_a*.txt"):
        assert path.read_text() == path.with_name(path.name.replace("_a", "_b")).read_text()
    assert len(listing(tmp_path)) == 16


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(SaveError, match="Choose another folder"):
        save_together(tmp_path / "file" / "results", "s", {"_a.txt": text("a")})


def test_files_get_the_permissions_of_any_new_file(tmp_path):
    (tmp_path / "plain.txt").write_text("x")
    saved = save_together(tmp_path, "s", {"_a.txt": text("a")})["_a.txt"]
    assert saved.stat().st_mode == (tmp_path / "plain.txt").stat().st_mode


def test_what_a_killed_process_left_is_removed_a_day_later(tmp_path):
    for name, age in (("old", 25 * 3600), ("new", 3600)):
        (tmp_path / f".unfinished-{name}.txt").write_text("half")
        then = time.time() - age
        os.utime(tmp_path / f".unfinished-{name}.txt", (then, then))
    save_together(tmp_path, "s", {"_a.txt": text("a")})
    assert listing(tmp_path) == [".unfinished-new.txt", "s_a.txt"]
