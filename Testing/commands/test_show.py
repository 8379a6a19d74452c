"""Without a command the whole way is gone, on a phantom or on a study, and a picture is drawn."""

import pytest

pytest.importorskip("torch")

from MosMedCOVIDLib.commands import show
from MosMedCOVIDLib.commands.command_line import main
from MosMedCOVIDLib.saving.nifti import write_volume
from PIL import Image


def test_the_phantoms_truth_stands_beside_what_was_found(tmp_path, phantom, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(show, "thorax_phantom", lambda name: phantom)
    assert main([]) == 0
    said = capsys.readouterr().out
    assert "neither was fitted to the other" in said
    row = next(line.split() for line in said.splitlines() if line.strip().startswith("involvement"))
    assert row[-2:] == ["35.0", "%"]
    assert row[1:3] != row[3:5], "a difference is printed, not hidden"
    files = sorted(path.name for path in (tmp_path / "MosMedCOVID-results").iterdir())
    assert files == [
        "teaching_phantom_ct.nii.gz",
        "teaching_phantom_ct_grade.json",
        "teaching_phantom_ct_lungs.nii.gz",
        "teaching_phantom_ct_mask.nii.gz",
        "teaching_phantom_ct_picture.png",
        "teaching_phantom_lesions.nii.gz",
        "teaching_phantom_lungs.nii.gz",
    ]
    assert Image.open(tmp_path / "MosMedCOVID-results" / "teaching_phantom_ct_picture.png").size[0] > 600
    assert main([]) == 0, "a second time on the same phantom"


def test_a_study_is_shown_too(tmp_path, phantom, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    write_volume(tmp_path / "chest.nii.gz", phantom.study.hu, phantom.study)
    assert main(["chest.nii.gz"]) == 0
    assert (tmp_path / "MosMedCOVID-results" / "chest_picture.png").exists()
    assert "chest_picture.png" in capsys.readouterr().out
