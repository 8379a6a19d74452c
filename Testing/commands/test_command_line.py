"""What every command keeps to: exit codes, JSON alone on standard output, sentences instead of tracebacks."""

import json
import subprocess
import sys

import numpy as np
import pytest
from dicom_files import PATIENT, write_series
from MosMedCOVIDLib.commands import audit, command_line
from MosMedCOVIDLib.commands.command_line import main
from MosMedCOVIDLib.saving.nifti import write_volume
from shapes import box_study


@pytest.fixture
def chest(tmp_path, phantom):
    """The phantom's CT as a file."""
    write_volume(tmp_path / "chest.nii.gz", phantom.study.hu, phantom.study)
    return tmp_path / "chest.nii.gz"


@pytest.mark.parametrize("arguments", [["grade"], ["grade", "x", "--device", "tpu"], ["audit"], ["phantom"]])
def test_wrong_usage_ends_with_2(arguments):
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2


@pytest.mark.parametrize("command", ["grade", "audit", "evaluate-model"])
def test_a_path_that_does_not_exist_ends_with_2_and_says_so(command, capsys):
    assert main([command, "nowhere.nii.gz"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "nowhere.nii.gz" in said.err
    assert "Traceback" not in said.err


def test_the_viewers_path_must_exist_too(capsys):
    assert main(["nowhere"]) == 2


@pytest.mark.parametrize("arguments", [["--help"], ["grade", "--help"], ["--version"]])
def test_help_names_the_commands(arguments, capsys):
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 0
    said = capsys.readouterr().out
    if arguments == ["--help"]:
        for command in command_line.HELP:
            assert command in said


def test_the_help_of_setup_says_what_torch_is_for(capsys):
    with pytest.raises(SystemExit):
        main(["setup", "--help"])
    assert "for training and other bundles too" in " ".join(capsys.readouterr().out.split())


def test_help_needs_no_package():
    """The parser's file is read by a Python without numpy and all else."""
    code = (
        "import sys\n"
        "from MosMedCOVIDLib.commands.command_line import main\n"
        "before = set(sys.modules)\n"
        "try: main(['grade', '--help'])\n"
        "except SystemExit: pass\n"
        "print(sorted({'numpy', 'torch', 'nibabel', 'scipy'} & set(sys.modules)), file=sys.stderr)\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], cwd="MosMedCOVID", capture_output=True, text=True, check=True)
    assert ran.stderr.strip() == "[]"


def test_a_defect_of_ours_is_a_sentence_and_a_traceback_only_with_debug(chest, monkeypatch, capsys):
    monkeypatch.setattr(audit, "read_and_audit", lambda *arguments: 1 / 0)
    assert main(["audit", str(chest)]) == 1
    assert "A defect of MosMedCOVID (ZeroDivisionError" in capsys.readouterr().err
    with pytest.raises(ZeroDivisionError):
        main(["audit", str(chest), "--debug"])


def test_a_missing_package_says_how_to_get_it(chest, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "nibabel", None)
    assert main(["audit", str(chest)]) == 4
    assert "python3 MosMedCOVID setup" in capsys.readouterr().err


def test_ctrl_c_ends_with_130(chest, monkeypatch, capsys):
    def interrupted(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(audit, "read_and_audit", interrupted)
    assert main(["audit", str(chest)]) == 130


def test_audit_of_a_chest(chest, capsys):
    assert main(["audit", str(chest), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert list(said) == ["schema", "study", "verdict", "checks"]
    assert said["schema"] == 1
    assert said["verdict"] == "ok"
    assert said["study"] == {
        "name": "chest",
        "path": str(chest),
        "kind": "nifti",
        "shape": [36, 128, 128],
        "spacing_mm": pytest.approx([8.0, 2.8, 2.8]),
    }
    assert list(said["checks"][0]) == ["check", "level", "value", "limit", "unit", "message", "source"]
    assert main(["audit", str(chest)]) == 0
    assert "✓ 36 slices." in capsys.readouterr().out


def test_audit_refuses_whatever_else_exists(tmp_path, capsys):
    (tmp_path / "text.txt").write_text("hello")
    write_volume(tmp_path / "box.nii.gz", box_study().hu, box_study())
    (tmp_path / "empty").mkdir()
    for name, check in [("text.txt", "readable"), ("box.nii.gz", "slices"), ("empty", "readable")]:
        assert main(["audit", str(tmp_path / name), "--json"]) == 3
        said = json.loads(capsys.readouterr().out)
        assert said["verdict"] == "refused"
        assert next(c["check"] for c in said["checks"] if c["level"] == "refused") == check


def test_no_patients_name_is_printed(tmp_path, capsys):
    write_series(tmp_path / "P7", np.zeros((12, 8, 8), np.int16))
    for arguments in (["audit", str(tmp_path / "P7"), "--json"], ["audit", str(tmp_path / "P7")]):
        main(arguments)
        said = capsys.readouterr()
        assert PATIENT.split("^")[0] not in said.out + said.err


def test_phantom_writes_a_ct_and_its_truth_and_no_file_twice(tmp_path, capsys):
    file = tmp_path / "teach_ct.nii.gz"
    assert main(["phantom", str(file), "--involvement", "10"]) == 0
    assert "involvement 10.0 %" in capsys.readouterr().out
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "teach_ct.nii.gz",
        "teach_lesions.nii.gz",
        "teach_lungs.nii.gz",
    ]
    before = file.stat().st_mtime_ns
    assert main(["phantom", str(file)]) == 5
    assert "exists already" in capsys.readouterr().err
    assert file.stat().st_mtime_ns == before


@pytest.mark.parametrize("arguments", [["x.png"], ["x.nii.gz", "--involvement", "101"]])
def test_phantom_refuses_what_it_cannot_make(arguments, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["phantom", *arguments]) == 2
    assert not list(tmp_path.iterdir())
