"""Several studies at once, dropped or chosen: the first is read, and the others wait in the list of volumes."""

import shutil

import pytest


@pytest.fixture
def files(phantom_file, tmp_path):
    """Three studies as files: a, b and c."""
    return [shutil.copy(phantom_file, tmp_path / f"{name}.nii.gz") for name in "abc"]


def waiting(reader):
    """The names of the volumes that the reader may choose, beside the one that they read."""
    from MosMedCOVIDLib.scene.next_studies import volumes_to_read

    return [volume.GetName() for volume in volumes_to_read() if volume is not reader.reading.volume]


def test_of_several_that_are_dropped_the_first_is_read_and_the_others_can_be_chosen(reader, files):
    assert reader.window.open_paths(files)
    assert reader.reading.name == "a"
    assert waiting(reader) == ["b", "c"]
    assert reader.ui.volumeSelector.currentNode() is reader.reading.volume
    from MosMedCOVIDLib.scene.next_studies import next_after, volumes_to_read

    assert len(next_after(reader.reading.volume)) == 2, "which can be segmented ahead"
    reader.ui.volumeSelector.setCurrentNode(volumes_to_read()[2])
    reader.settle()
    assert reader.reading.name == "c"
    assert waiting(reader) == ["a", "b"]


def test_several_are_chosen_in_the_panels_dialog(reader, files, monkeypatch):
    import qt

    monkeypatch.setattr(qt.QFileDialog, "getOpenFileNames", lambda *arguments: [str(file) for file in files])
    reader.ui.openFileButton.click()
    assert reader.reading.name == "a"
    assert waiting(reader) == ["b", "c"]


def test_no_file_and_no_folder_is_chosen(reader, monkeypatch):
    import qt

    monkeypatch.setattr(qt.QFileDialog, "getOpenFileNames", lambda *arguments: [])
    monkeypatch.setattr(qt.QFileDialog, "getExistingDirectory", lambda *arguments: "")
    reader.ui.openFileButton.click()
    reader.ui.openFolderButton.click()
    assert reader.told == []
    assert reader.reading.volume is None


def test_where_the_first_is_no_study_the_next_is_read(reader, files):
    files[0].write_text("no CT")
    assert not reader.window.open_paths(files)
    assert reader.reading.name == "b"
    assert waiting(reader) == ["c"]


def test_corrections_that_the_reader_keeps_stay_and_the_others_wait(phantom_read, files):
    reader = phantom_read
    volume = reader.reading.volume
    reader.reading.edited()
    reader.answer = "cancel"
    assert not reader.window.open_paths(files)
    assert len(reader.asked) == 1
    assert reader.reading.volume is volume
    assert reader.reading.unsaved
    assert waiting(reader) == ["b", "c"]


def test_what_waits_goes_when_the_scene_is_closed(reader, files):
    reader.window.open_paths(files)
    assert reader.window.close_scene()
    assert waiting(reader) == []
