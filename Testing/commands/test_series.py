"""`series` lists what a DICOM source holds; `--series` chooses one of them wherever a study is read."""

import json

import numpy as np
import pytest
from dicom_files import PATIENT, write_series, zipped
from MosMedCOVIDLib.commands.command_line import main
from MosMedCOVIDLib.saving.results import source_of

HU = np.random.default_rng(0).integers(-1024, 2000, (12, 7, 9)).astype(np.int16)


@pytest.fixture
def patient(tmp_path):
    """A volume in two kernels, and a scout."""
    folder = tmp_path / "P7"
    scout = ["ORIGINAL", "PRIMARY", "LOCALIZER"]
    write_series(folder / "1", HU[:2], SeriesNumber=1, ImageType=scout, SeriesDescription="Topogram")
    write_series(folder / "3", HU, SeriesNumber=3, SeriesDescription="Thorax 2.5")
    write_series(folder / "5", HU, SeriesNumber=5, ConvolutionKernel="B70f", SeriesDescription="Lunge")
    return folder


def test_each_series_is_told_with_the_reason_and_the_recommended_one_is_marked(patient, capsys):
    assert main(["series", str(patient)]) == 0
    lines = capsys.readouterr().out.splitlines()
    heads = [line for line in lines if not line.startswith("      ")]
    assert [head[:3] for head in heads] == ["- 1", "* 3", "  5"]
    assert heads[1] == "* 3  CT  Thorax 2.5 (12 slices, 2.5 mm thick, 2.5 × 0.7 × 0.8 mm apart, axial, D40s)"
    assert "      Series 1 of P7 is a localizer (scout), not a volume." in lines
    assert PATIENT not in "\n".join(lines)


def test_json_is_alone_on_standard_output_and_holds_no_free_text(patient, capsys):
    assert main(["series", str(patient), "--json"]) == 0
    out = capsys.readouterr().out
    said = json.loads(out)
    assert (said["schema"], said["study"]["kind"], len(out.splitlines())) == (1, "dicom", 1)
    assert [(one["number"], one["recommended"]) for one in said["series"]] == [("1", False), ("3", True), ("5", False)]
    assert said["series"][1]["slices"] == 12
    assert "Thorax" not in out


def test_nothing_fit_ends_with_3_and_no_dicom_too(tmp_path, capsys):
    write_series(tmp_path / "mr", HU, Modality="MR")
    assert main(["series", str(tmp_path / "mr")]) == 3
    assert "is MR, not CT" in capsys.readouterr().out
    (tmp_path / "notes.txt").write_text("hello")
    assert main(["series", str(tmp_path / "notes.txt")]) == 3
    assert "notes.txt is no DICOM" in capsys.readouterr().err
    assert main(["series", str(tmp_path / "nothing")]) == 2


def test_the_audit_reads_the_series_that_is_asked_for(patient, capsys):
    def notes(*words: str) -> str:
        main(["audit", str(patient), "--json", *words])
        checks = json.loads(capsys.readouterr().out)["checks"]
        return " ".join(check["message"] for check in checks if check["check"] == "reading_note")

    assert "Series 3 was read, the best suited of 2" in notes()
    assert "was read" not in notes("--series", "5")


def test_a_series_that_is_not_there_is_wrong_usage(patient, capsys):
    assert main(["audit", str(patient), "--series", "9"]) == 2
    assert "P7 holds no series 9: it has series 1 (CT, 2 images), 3" in capsys.readouterr().err


def test_one_series_is_for_one_study(patient, capsys):
    zipped(patient / "3", patient.parent / "a.zip")
    assert main(["grade", str(patient / "3"), str(patient.parent / "a.zip"), "--series", "3"]) == 2
    assert "--series is for one study" in capsys.readouterr().err


def test_results_of_another_series_are_those_of_another_study(patient):
    assert source_of(patient, "5") != source_of(patient)
    assert source_of(patient, None) == source_of(patient)
