"""A dataset in the panel: its studies in a table, the way from one to the next, and what becomes of them."""

import os
import shutil
from pathlib import Path

import pytest
from mosmed_root import official_rows, touch, write_csv, write_study

STATM = Path("/proc/self/statm")
ROWS = official_rows(5, masked=range(2, 4))  # one study of each category; two with an expert mask


@pytest.fixture(scope="session")
def thorax_files(tmp_path_factory):
    """A study on a grid of MosMedData, and its expert mask."""
    folder = tmp_path_factory.mktemp("thorax")
    write_study(folder / "study.nii.gz", folder / "mask.nii.gz")
    return folder / "study.nii.gz", folder / "mask.nii.gz"


def made(root, rows, thorax_files):
    """A dataset of these rows; all of its studies are the same thorax."""
    for row in rows:
        for file, place in zip(thorax_files, row[2:], strict=True):
            if place:
                target = root / place.lstrip("/")
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(file, target)
    write_csv(root, rows)
    return root


@pytest.fixture
def root(tmp_path, thorax_files):
    """A dataset of five studies."""
    return made(tmp_path / "mosmed", ROWS, thorax_files)


@pytest.fixture
def dataset_read(reader, root):
    """A reader before the dataset; no study is read yet."""
    reader.open(root)
    yield reader
    reader.panel.dataset_section.close()


def names(reader):
    table = reader.panel.dataset_section.table
    return [reader.panel.dataset_section.dataset.rows[table.at(place)].name for place in range(table.count)]


def column(reader, number):
    model = reader.ui.datasetTable.model()
    return [model.index(row, number).data() for row in range(model.rowCount())]


def test_the_rows_are_there_before_any_study_is_read(dataset_read):
    ui = dataset_read.ui
    assert not ui.datasetSection.isHidden()
    assert ui.datasetSection.text == "Dataset mosmed"
    assert names(dataset_read) == [f"study_{number:04}" for number in range(1, 6)]
    assert column(dataset_read, 1) == [f"CT-{number}" for number in range(5)]
    assert column(dataset_read, 2) == ["", "✓", "✓", "", ""]
    assert set(column(dataset_read, 3)) == {"To read"}
    assert dataset_read.reading.volume is None
    assert ui.datasetLabel.text == "5 studies"


def test_the_button_opens_a_dataset_too(reader, root):
    reader.panel.study_section._open(str(root))
    assert len(names(reader)) == 5
    reader.panel.dataset_section.close()
    assert reader.ui.datasetSection.isHidden()


def test_filters_and_search_narrow_the_list_and_say_how_many_there_are(dataset_read):
    ui = dataset_read.ui
    texts = [ui.categoryFilterBox.itemText(index) for index in range(ui.categoryFilterBox.count)]
    assert texts == ["All (5)", "CT-0 (1)", "CT-1 (1)", "CT-2 (1)", "CT-3 (1)", "CT-4 (1)"]
    assert [ui.maskFilterBox.itemText(index) for index in range(3)] == ["Any mask", "Mask (2)", "No mask (3)"]
    ui.maskFilterBox.setCurrentIndex(1)
    assert names(dataset_read) == ["study_0002", "study_0003"]
    ui.categoryFilterBox.setCurrentIndex(3)
    assert names(dataset_read) == ["study_0003"]
    ui.categoryFilterBox.setCurrentIndex(1)
    assert names(dataset_read) == []
    ui.categoryFilterBox.setCurrentIndex(0)
    ui.maskFilterBox.setCurrentIndex(0)
    for text, found in (("0004", ["study_0004"]), ("STUDY ct-2", ["study_0003"]), ("(", []), ("5 0", ["study_0005"])):
        ui.datasetSearch.setText(text)
        assert names(dataset_read) == found
    ui.datasetSearch.clear()
    assert len(names(dataset_read)) == 5


def test_a_heading_sorts(dataset_read):
    from PySide6.QtCore import Qt

    dataset_read.ui.datasetTable.sortByColumn(1, Qt.SortOrder.DescendingOrder)
    assert names(dataset_read)[0] == "study_0005"
    dataset_read.panel.dataset_section.next_study()
    assert dataset_read.reading.name == "study_0005"


def test_keys_go_to_the_next_and_the_previous_study(dataset_read, host):
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    reader = dataset_read
    reader.window.show()
    reader.window.activateWindow()
    reader.panel.enter()
    reader.settle()
    read = []
    for key in (Qt.Key.Key_PageDown, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp):
        QTest.keyClick(reader.window, key, Qt.KeyboardModifier.ControlModifier)
        reader.settle()
        read.append(reader.reading.name)
    assert read == ["study_0001", "study_0002", "study_0001"]
    assert reader.ui.datasetLabel.text == "study_0001: 1 of 5"
    reader.panel.dataset_section.previous_study()
    assert reader.told[-1] == "There is no further study in this list."


def test_enter_in_the_table_reads_a_study(dataset_read):
    model = dataset_read.ui.datasetTable.model()
    dataset_read.ui.datasetTable.activated.emit(model.index(3, 0))
    assert dataset_read.reading.name == "study_0004"


def test_corrections_that_are_not_saved_are_asked_about(dataset_read):
    reader, section = dataset_read, dataset_read.panel.dataset_section
    section.next_study()
    reader.reading.show(masks_of(reader))
    reader.panel.new_masks()
    reader.reading.edited()
    reader.answer = "cancel"
    section.next_study()
    assert reader.asked == ["study_0001"]
    assert reader.reading.name == "study_0001"
    reader.answer = "discard"
    section.next_study()
    assert reader.reading.name == "study_0002"


def masks_of(reader):
    """Masks for the study that is read: two boxes for lungs, and one voxel of lesion."""
    import numpy as np
    from MosMedCOVIDLib.segmentation.masks import Masks

    lungs = np.zeros(reader.reading.study.hu.shape, np.uint8)
    lungs[5:25, 30:90, 20:50], lungs[5:25, 30:90, 75:105] = 1, 2
    lesions = np.zeros_like(lungs)
    lesions[15, 60, 30] = 1
    return Masks(lungs, lesions)


def test_the_dataset_goes_on_where_the_reader_was(dataset_read, root):
    section = dataset_read.panel.dataset_section
    section.read_row(3)
    dataset_read.reading.close()
    section.close()
    dataset_read.open(root)
    assert dataset_read.reading.name == "study_0004"
    assert dataset_read.ui.datasetTable.currentIndex().row() == 3


def test_the_status_is_set_by_the_reader_and_by_saving(dataset_read, tmp_path):
    reader, ui, section = dataset_read, dataset_read.ui, dataset_read.panel.dataset_section
    assert not ui.datasetStatusBox.enabled
    section.next_study()
    ui.datasetStatusBox.activated.emit(1)
    assert column(reader, 3)[0] == "Read"
    section.next_study()
    reader.reading.show(masks_of(reader))
    reader.panel.new_masks()
    ui.folderButton.directory = str(tmp_path / "saved")
    assert reader.panel.save()
    assert column(reader, 3)[1] == "Read"
    reader.reading.edited()
    assert reader.panel.save()
    assert column(reader, 3)[1] == "Corrected"
    texts = [ui.statusFilterBox.itemText(index) for index in range(5)]
    assert texts == ["Any status", "To read (3)", "Read (1)", "Corrected (1)", "Faulty (0)"]
    ui.statusFilterBox.setCurrentIndex(3)
    assert names(reader) == ["study_0002"]


def test_a_study_that_leaves_the_list_as_it_is_read_leaves_its_place_to_the_next(dataset_read):
    ui, section = dataset_read.ui, dataset_read.panel.dataset_section
    ui.statusFilterBox.setCurrentIndex(1)
    section.next_study()
    section.next_study()
    section.set_status("read")
    assert ui.datasetLabel.text == "study_0002, not in this list"
    section.next_study()
    assert dataset_read.reading.name == "study_0003"
    section.set_status("read")
    section.previous_study()
    assert dataset_read.reading.name == "study_0001"


def test_the_expert_mask_is_a_segment_of_its_own_and_counts_for_nothing(dataset_read):
    from MosMedCOVIDLib.scene.expert_mask import expert_mask_of

    reader, section = dataset_read, dataset_read.panel.dataset_section
    section.read_row(1)
    segmentation = expert_mask_of(reader.reading.volume)
    assert segmentation.GetSegmentation().GetNthSegment(0).GetName() == "Expert mask"
    assert reader.reading.segmentation is None
    assert reader.reading.grade is None
    assert not reader.ui.takeExpertButton.enabled
    reader.reading.show(masks_of(reader))
    reader.panel.new_masks()
    percent = reader.reading.grade.involvement_percent
    reader.ui.takeExpertButton.click()
    assert reader.reading.corrected
    assert reader.reading.grade.involvement_percent > percent + 5
    section.read_row(0)
    assert not section._reading.parameters.segmentation
    assert expert_mask_of(reader.reading.volume) is None
    assert reader.ui.expertCheck.isHidden()
    assert scene_segmentations() == []


def scene_segmentations():
    import slicer

    return slicer.util.getNodesByClass("vtkMRMLSegmentationNode")


def test_the_expert_mask_is_hidden_by_its_box_and_with_all_masks(dataset_read):
    from MosMedCOVIDLib.scene.expert_mask import expert_mask_of

    dataset_read.panel.dataset_section.read_row(1)
    display = expert_mask_of(dataset_read.reading.volume).GetDisplayNode()
    assert display.GetVisibility2D()
    dataset_read.ui.expertCheck.click()
    assert not display.GetVisibility2D()
    dataset_read.ui.expertCheck.click()
    dataset_read.panel.view_section.toggle_overlay()
    assert not display.GetVisibility2D()
    dataset_read.panel.view_section.toggle_overlay()
    assert display.GetVisibility2D()


def test_an_expert_mask_of_another_grid_is_not_shown_and_said(dataset_read, root, thorax_files):
    write_study(root / "other.nii.gz", root / ROWS[1][3].lstrip("/"), shape=(20, 64, 64))
    assert dataset_read.panel.dataset_section.read_row(1)
    assert dataset_read.reading.name == "study_0002"
    assert "The expert mask is not shown" in dataset_read.told[-1]


def test_rows_that_cannot_be_opened_say_why_and_are_passed_over(reader, tmp_path, thorax_files):
    rows = [ROWS[0], ("2", "CT-1", "../study.nii.gz", ""), ("3", "CT-9", "/studies/none.nii.gz", ""), ROWS[4]]
    made(tmp_path / "mosmed", [ROWS[0], ROWS[4]], thorax_files)
    write_csv(tmp_path / "mosmed", rows)
    reader.open(tmp_path / "mosmed")
    section = reader.panel.dataset_section
    assert column(reader, 3) == ["To read", "! outside", "! missing", "To read"]
    assert "2 of 4 rows cannot be opened" in reader.ui.datasetReasonLabel.text
    section.table.select(1)
    assert "leads outside the dataset's folder" in reader.ui.datasetReasonLabel.text
    assert not section.read_row(2)
    assert "not in the dataset's folder" in reader.told[-1]
    section.next_study()
    section.next_study()
    assert reader.reading.name == "study_0005"
    reader.ui.statusFilterBox.setCurrentIndex(4)
    assert len(names(reader)) == 2
    section.close()


def test_thumbnails_come_from_a_process_and_are_kept(dataset_read, root):
    section = dataset_read.panel.dataset_section
    model = section.table._model
    dataset_read.wait(lambda: section.table._icons and not section._thumbnails.busy)
    shown = len(section.table._icons)
    assert shown >= 3
    assert "<img" in model.item(0, 0).toolTip()
    pictures = list(section._thumbnails._folder.glob("*.png"))
    assert len(pictures) >= shown
    section.close()
    assert section._thumbnails._process is None
    dataset_read.open(root)
    dataset_read.wait(lambda: len(section.table._icons) == shown)
    assert section._thumbnails._process is None


def test_a_study_that_is_none_has_no_thumbnail_and_is_asked_for_once(reader, tmp_path):
    touch(tmp_path / "mosmed", "CT-0/study_0001.nii.gz", "CT-0/study_0002.nii.gz")
    reader.open(tmp_path / "mosmed")
    thumbnails = reader.panel.dataset_section._thumbnails
    reader.wait(lambda: len(thumbnails._failed) == 2)
    reader.panel.dataset_section._look_for_pictures()
    assert not thumbnails.busy
    reader.panel.dataset_section.close()


def test_leaving_the_dataset_ends_the_thumbnails(dataset_read):
    section = dataset_read.panel.dataset_section
    dataset_read.wait(lambda: section._thumbnails._process is not None or section.table._icons)
    section.close()
    assert section._thumbnails._process is None
    assert not section._thumbnails.busy


def test_ten_thousand_rows_are_listed_filtered_and_found(reader, tmp_path):
    rows = official_rows(10_000, masked=range(1, 51))
    touch(tmp_path, rows[-1][2])
    write_csv(tmp_path, rows)
    reader.open(tmp_path)
    assert reader.panel.dataset_section.table.count == 10_000
    reader.ui.datasetSearch.setText("study_9999")
    assert names(reader) == ["study_9999"]
    reader.ui.datasetSearch.clear()
    reader.ui.maskFilterBox.setCurrentIndex(1)
    assert names(reader) == []  # their files are not there
    reader.panel.dataset_section.close()


def test_the_next_study_of_the_list_is_the_one_to_be_segmented_ahead(dataset_read, root):
    from MosMedCOVIDLib.scene.next_studies import keys_of

    reader, section = dataset_read, dataset_read.panel.dataset_section
    section.read_row(0)
    (following,) = reader.panel.worker.next_after(reader.reading.volume)
    assert following.key == str(root / "studies" / "CT-1" / "study_0002.nii.gz")
    assert following.read().name == "study_0002"
    section.next_study()
    assert following.key in keys_of(reader.reading.volume)
    section.read_row(4)
    assert reader.panel.worker.next_after(reader.reading.volume) == []


def resident_mb() -> float:
    return int(STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


@pytest.mark.skipif(not STATM.exists(), reason="memory is read from /proc")
def test_paging_through_fifty_studies_takes_no_more_memory(reader, tmp_path, shared_data, capsys):
    """On the grids and with the expert masks of real studies: 512×512×33 to 53 voxels."""
    import nibabel

    masks = sorted((shared_data / "mosmed" / "masks").glob("*.nii.gz"))[:5]
    grids = [nibabel.load(mask) for mask in masks]
    made = tmp_path / "made"
    for number, grid in enumerate(grids):
        write_study(made / f"{number}.nii.gz", made / "mask.nii.gz", grid.affine, grid.shape[::-1])
    rows = official_rows(50, masked=range(1, 51))
    root = tmp_path / "mosmed"
    for number, row in enumerate(rows):
        for place, source in ((row[2], made / f"{number % 5}.nii.gz"), (row[3], masks[number % 5])):
            target = root / place.lstrip("/")
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target)
    write_csv(root, rows)
    reader.open(root)
    used = []
    for _ in rows:
        reader.panel.dataset_section.next_study()
        reader.settle()
        used.append(resident_mb())
    assert reader.reading.name == "study_0050"
    assert len(scene_segmentations()) == 1
    with capsys.disabled():
        figures = f"{used[9]:.0f} MB after 10, {used[-1]:.0f} MB after 50, {max(used):.0f} MB at most"
        print(f"\n50 studies paged through: {figures}")
    assert min(used[-10:]) < max(used[:10]) + 60  # over 30 studies of 40 MB; what comes and goes doesn't count
    reader.panel.dataset_section.close()
