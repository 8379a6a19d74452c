"""Several DICOM series may be read: the reader chooses in a dialog, and no choice leaves all as it was."""

import numpy as np
import pytest
from dicom_files import write_series


@pytest.fixture
def patient(tmp_path, phantom):
    """One volume in two kernels, the second upside down to be known by, and a scout."""
    hu = np.clip(phantom.study.hu, -1024, 2000)
    spacing = phantom.study.spacing_mm
    write_series(tmp_path / "P7" / "3", hu, spacing, SeriesNumber=3, SeriesDescription="Thorax")
    write_series(tmp_path / "P7" / "5", hu[::-1], spacing, SeriesNumber=5, ConvolutionKernel="B70f")
    write_series(tmp_path / "P7" / "1", hu[:2], spacing, SeriesNumber=1, ImageType=["ORIGINAL", "PRIMARY", "LOCALIZER"])
    return tmp_path / "P7"


@pytest.fixture
def answers(monkeypatch):
    """The reader's answer: the number of the series that they click and accept, or None for Cancel."""
    import slicer
    from MosMedCOVIDLib.panel.series_choice import SeriesDialog

    given: list[str | None] = []
    shown: list[SeriesDialog] = []

    def ask(dialog):
        shown.append(dialog)
        number = given.pop()
        for row in range(dialog.tree.topLevelItemCount if number else 0):
            if dialog.tree.topLevelItem(row).text(0) == number:
                dialog.tree.setCurrentItem(dialog.tree.topLevelItem(row))
        return number is not None

    monkeypatch.setattr(SeriesDialog, "ask", ask)
    monkeypatch.setattr(type(slicer.app), "testingEnabled", lambda app: False)
    return given, shown


def test_the_series_that_the_reader_chooses_is_read(reader, patient, answers):
    given, shown = answers
    given.append("5")
    assert reader.panel.open_path(patient)
    assert reader.reading.study.headers["SeriesNumber"] == 5
    (dialog,) = shown
    rows = [dialog.tree.topLevelItem(row) for row in range(3)]
    assert [row.text(0) for row in rows] == ["1", "3", "5"]
    assert [row.isDisabled() for row in rows] == [True, False, False]
    assert rows[1].text(1) == "Thorax"
    assert "localizer" in rows[0].text(7)


def test_the_recommended_one_is_chosen_when_the_list_opens(reader, patient, answers):
    given, _ = answers
    given.append("nothing else")
    assert reader.panel.open_path(patient)
    assert reader.reading.study.headers["SeriesNumber"] == 3
    assert "ChosenSeries" not in reader.reading.study.headers


def test_no_choice_leaves_the_study_that_is_read(reader, patient, answers):
    given, _ = answers
    given.append("5")
    reader.panel.open_path(patient)
    volume = reader.reading.volume
    given.append(None)
    assert not reader.panel.open_path(patient)
    assert reader.reading.volume is volume


def test_one_series_alone_is_read_unasked(reader, patient, answers):
    _, shown = answers
    assert reader.panel.open_path(patient / "5")
    assert shown == []


def test_what_is_saved_of_a_chosen_series_says_so(reader, patient, answers, tmp_path):
    from MosMedCOVIDLib.saving.results import source_of

    given, _ = answers
    given.append("5")
    reader.panel.open_path(patient)
    chosen = reader.reading.study.headers["ChosenSeries"]
    assert chosen == reader.reading.study.headers["SeriesInstanceUID"]
    assert source_of(patient, chosen)["series"] == chosen


def test_the_series_named_on_the_command_line_is_read_unasked(reader, patient, answers):
    _, shown = answers
    assert reader.panel.open_path(patient, series="5")
    assert reader.reading.study.headers["ChosenSeries"] == "5"
    assert shown == []
