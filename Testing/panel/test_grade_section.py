"""The section Grade: its table says what the grade says, for each lung, and every word of it can be read."""

import numpy as np
import pytest
from MosMedCOVIDLib.segmentation.bundle import Bundle
from MosMedCOVIDLib.segmentation.masks import Masks


def texts(table):
    """The table by its headers: {"Lung ml": {"Right": …, "Left": …, "Both": …}, …}."""
    lines, columns = range(table.rowCount), range(table.columnCount)
    return {
        table.verticalHeaderItem(line).text(): {
            table.horizontalHeaderItem(column).text(): table.item(line, column).text() for column in columns
        }
        for line in lines
    }


def test_the_table_shows_what_the_grade_says_of_each_lung(phantom_read):
    shown, json = texts(phantom_read.ui.involvementTable), phantom_read.reading.grade.as_json()
    for title, side in (("Right", "right"), ("Left", "left"), ("Both", "both")):
        lung = json["lungs"][side]
        for line, ml in (
            ("Lesion ml", lung["lesion_ml"]),
            ("Ground glass ml", lung["ground_glass_ml"]),
            ("Consolidation ml", lung["consolidation_ml"]),
        ):
            assert float(shown[line][title]) == pytest.approx(ml, abs=0.051)
        for line, percent in (
            ("Lesion share", lung["percent"]),
            ("Ground glass share", lung["ground_glass_percent"]),
            ("Consolidation share", lung["consolidation_percent"]),
        ):
            assert float(shown[line][title].removesuffix(" %")) == pytest.approx(percent, abs=0.051)
        assert float(shown["Lung ml"][title]) == pytest.approx(lung["lung_ml"], abs=0.51)
    assert json["consolidation_ml"] > 0
    assert json["ground_glass_ml"] > 0


def test_without_masks_nothing_is_known(reader, phantom_file):
    reader.open(phantom_file)
    assert {text for line in texts(reader.ui.involvementTable).values() for text in line.values()} == {"–"}


def test_where_no_lungs_were_found_that_is_said(phantom_read, phantom):
    empty = np.zeros(phantom.study.hu.shape, np.uint8)
    phantom_read.reading.show(Masks(empty, empty))
    phantom_read.panel.new_masks()
    assert phantom_read.ui.involvementLabel.text == "No grade: No lungs were found."


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_in_the_table_is_cut(phantom_read, phantom, theme):
    from EmbeddedSlicer.theme import apply_theme

    reader, table = phantom_read, phantom_read.ui.involvementTable
    whole_lungs = Masks(phantom.lungs, (phantom.lungs > 0).astype(np.uint8))  # the longest figures there can be
    reader.reading.show(whole_lungs)
    reader.panel.new_masks()
    apply_theme(theme)
    reader.window.resize(1280, 800)
    reader.window.show()
    reader.settle()
    assert reader.ui.gradeSection.width <= 400
    words = table.fontMetrics().horizontalAdvance
    margins = 2 * 4  # of Qt's, left and right of an item's text
    for column in range(table.columnCount):
        longest = max(words(table.item(line, column).text()) for line in range(table.rowCount))
        assert longest + margins <= table.columnWidth(column)
    header = table.verticalHeader()
    titles = [table.verticalHeaderItem(line).text() for line in range(table.rowCount)]
    assert header.width >= header.sizeHint().width() >= max(map(words, titles))
    assert header.length() <= table.viewport().height, "every line is seen"
    apply_theme("system")


@pytest.fixture
def no_other_module(host):
    """The window as our readers have it: no other module to choose, whatever other tests have loaded."""
    selector = host.window.moduleSelector()
    selector.hide()
    yield
    selector.setVisible(selector.count > 1)


@pytest.mark.usefixtures("no_other_module")
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_after_segmenting_the_grade_and_save_are_seen_without_scrolling(reader, phantom, phantom_file, theme):
    from EmbeddedSlicer.theme import apply_theme
    from PySide6.QtWidgets import QScrollArea

    probability = np.where(phantom.lesions > 0, 255, np.where(phantom.lungs > 0, 100, 0)).astype(np.uint8)
    reader.open(phantom_file)
    reader.reading.show(Masks(phantom.lungs, phantom.lesions, Bundle().model("cpu"), probability))
    reader.panel.new_masks()
    apply_theme(theme)
    reader.window.resize(1280, 800)
    reader.window.show()
    reader.settle()
    assert reader.ui.involvementLabel.text.endswith("borderline"), "as much as there can be to say"
    area = next(area for area in reader.window.findChildren(QScrollArea) if area.isAncestorOf(reader.ui.gradeLabel))
    for part in (reader.ui.gradeLabel, reader.ui.involvementTable, reader.ui.saveButton):
        assert area.viewport().rect().contains(part.mapTo(area.viewport(), part.rect.bottomRight()))
    apply_theme("system")
