"""`evaluate-model`: Dice and involvement of labelled cases, and of MosMedData's own layout."""

import json
import shutil
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from MosMedCOVIDLib.commands import evaluate_model
from MosMedCOVIDLib.commands.command_line import main
from MosMedCOVIDLib.commands.phantom import save_phantom
from MosMedCOVIDLib.segmentation.bundle import DEFAULT_BUNDLE
from MosMedCOVIDLib.segmentation.masks import Masks
from MosMedCOVIDLib.study.labelled import find_labelled_cases


def report(capsys, *arguments):
    assert main(["evaluate-model", *arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_labelled_cases_are_judged_one_by_one(tmp_path, phantom, capsys):
    save_phantom(phantom, tmp_path / "one_ct.nii.gz")
    save_phantom(phantom, tmp_path / "two_ct.nii.gz")
    (tmp_path / "two_lungs.nii.gz").unlink()
    said = report(capsys, str(tmp_path))
    assert list(said) == ["schema", "mean", "worst", "patients", "model"]
    one, two = said["patients"]
    assert list(one) == ["patient", "lesion_dice", "lung_dice", "involvement_percent", "truth_percent"]
    assert (one["patient"], two["patient"]) == ("one", "two")
    assert one["truth_percent"] == pytest.approx(35, abs=0.1)
    assert one["lung_dice"] > 0.85
    assert two["lung_dice"] is None
    assert said["mean"]["lesion_dice"] == pytest.approx((one["lesion_dice"] + two["lesion_dice"]) / 2, abs=1e-3)
    errors = [abs(p["involvement_percent"] - p["truth_percent"]) for p in said["patients"]]
    assert said["worst"]["involvement_error"] == pytest.approx(max(errors), abs=1e-3)
    assert said["model"]["sha256"]

    assert main(["evaluate-model", str(tmp_path)]) == 0
    assert "lesion Dice" in capsys.readouterr().out


def test_the_layout_of_mosmeddata(tmp_path, phantom, capsys):
    for folder in ("studies/CT-1", "studies/CT-0", "masks"):
        (tmp_path / folder).mkdir(parents=True)
    save_phantom(phantom, tmp_path / "study_0255_ct.nii.gz")
    shutil.move(tmp_path / "study_0255_ct.nii.gz", tmp_path / "studies/CT-1/study_0255.nii.gz")
    shutil.move(tmp_path / "study_0255_lesions.nii.gz", tmp_path / "masks/study_0255_mask.nii.gz")
    (tmp_path / "study_0255_lungs.nii.gz").unlink()
    said = report(capsys, str(tmp_path))
    assert [patient["patient"] for patient in said["patients"]] == ["study_0255"]
    assert said["patients"][0]["lesion_dice"] > 0.4


@pytest.mark.parametrize("outlined", [True, False])
def test_a_lesion_where_no_lung_was_found_is_true_all_the_same(tmp_path, phantom, monkeypatch, outlined):
    """Or the truth of a network that misses the airless lung would be as low as its own answer."""
    lungs, lesions = (np.zeros(phantom.study.hu.shape, np.uint8) for _ in range(2))
    lungs[10, :10, :9], lesions[10, :10, 8:10] = 1, 1
    save_phantom(replace(phantom, lungs=np.maximum(lungs, lesions), lesions=lesions), tmp_path / "one_ct.nii.gz")
    case = find_labelled_cases(tmp_path)[0]
    worker = SimpleNamespace(segment=lambda *arguments: Masks(lungs, lungs * lesions))
    patient, _ = evaluate_model._evaluate(replace(case, lungs=case.lungs if outlined else None), worker, "cpu", print)
    assert patient["truth_percent"] == 20
    assert patient["involvement_percent"] == pytest.approx(100 / 9, abs=1e-3)


def test_a_folder_without_cases_says_what_is_expected(tmp_path, capsys):
    assert main(["evaluate-model", str(tmp_path)]) == 2
    assert "<case>_lesions.nii.gz" in capsys.readouterr().err


def test_a_mask_of_another_grid_is_refused_and_the_other_cases_are_judged(tmp_path, phantom, capsys):
    for name in ("one", "two"):
        save_phantom(phantom, tmp_path / f"{name}_ct.nii.gz")
    affine = phantom.study.affine.copy()
    affine[0, 3] += 5
    moved = replace(phantom, study=replace(phantom.study, affine=affine))
    (tmp_path / "one_lesions.nii.gz").unlink()
    save_phantom(moved, tmp_path / "other" / "one_ct.nii.gz")
    shutil.move(tmp_path / "other" / "one_lesions.nii.gz", tmp_path / "one_lesions.nii.gz")
    assert main(["evaluate-model", str(tmp_path), "--json"]) == 3
    said = capsys.readouterr()
    assert "one was left out: one_lesions.nii.gz lies elsewhere in the patient" in said.err
    report = json.loads(said.out)
    assert [(case["patient"], case["check"]) for case in report["refused"]] == [("one", "mask")]
    assert [patient["patient"] for patient in report["patients"]] == ["two"]
    assert report["mean"]["lung_dice"] == report["patients"][0]["lung_dice"]

    for path in tmp_path.glob("two_*"):
        path.unlink()
    assert main(["evaluate-model", str(tmp_path)]) == 3
    assert "–" in capsys.readouterr().out


def test_another_bundle_is_judged_once_it_is_trusted(tmp_path, phantom, capsys):
    save_phantom(phantom, tmp_path / "cases" / "one_ct.nii.gz")
    theirs = shutil.copytree(DEFAULT_BUNDLE, tmp_path / "theirs")
    metadata = json.loads((theirs / "configs" / "metadata.json").read_text(encoding="utf-8"))
    (theirs / "configs" / "metadata.json").write_text(json.dumps({**metadata, "name": "theirs"}))
    chosen = [str(tmp_path / "cases"), "--bundle", str(theirs)]
    assert main(["evaluate-model", *chosen]) == 4
    assert "--trust-bundle" in capsys.readouterr().err
    said = report(capsys, *chosen, "--trust-bundle", "--device", "cpu")
    assert (said["model"]["name"], said["model"]["device"]) == ("theirs", "cpu")
    assert said["mean"]["lung_dice"] > 0.85


@pytest.mark.parametrize("command", ["evaluate-model", "grade"])
def test_a_bundle_that_is_not_there_is_wrong_usage(command, tmp_path, capsys):
    assert main([command, str(tmp_path), "--bundle", str(tmp_path / "nowhere")]) == 2
    assert "There is no folder" in capsys.readouterr().err
