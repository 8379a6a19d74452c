"""`grade`: from a path to a result on standard output and files beside it; a bad study stops nothing."""

import json
import os
import signal
import subprocess
import sys
import time

import nibabel
import numpy as np
import pytest
from dicom_files import PATIENT, write_series
from MosMedCOVIDLib.commands import grade
from MosMedCOVIDLib.commands.command_line import main
from MosMedCOVIDLib.errors import WorkerDied
from MosMedCOVIDLib.saving.nifti import write_volume
from MosMedCOVIDLib.segmentation.bundle import Bundle

KEYS = (
    "schema study grade rule borderline involvement_percent interval_percent interval_calibrated "
    "to_next_boundary_percent ct0_below_ml ground_glass_ml consolidation_ml ground_glass_percent consolidation_percent "
    "lungs audit model corrected files seconds source"
).split()


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def chest(tmp_path, phantom):
    write_volume(tmp_path / "chest.nii.gz", phantom.study.hu, phantom.study)
    return tmp_path / "chest.nii.gz"


def lines(capsys):
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_one_study_gives_one_json_object_and_its_files(chest, tmp_path, capsys):
    assert main(["grade", str(chest), "--out", "out", "--json", "--device", "cpu"]) == 0
    (result,) = lines(capsys)
    assert list(result) == KEYS
    assert result["schema"] == 1
    assert result["grade"] in ("CT-1", "CT-2")
    low, high = result["interval_percent"]
    assert 0 < low <= result["involvement_percent"] <= high < 100
    both = result["lungs"]["both"]
    assert both["percent"] == pytest.approx(100 * both["lesion_ml"] / both["lung_ml"], abs=1e-3)
    assert set(result["model"]) == {"name", "version", "sha256", "device"}
    assert set(result["seconds"]) == {"read", "segment", "save", "total"}

    study, mask = nibabel.load(chest), nibabel.load(result["files"]["lesions"])
    assert np.array_equal(mask.affine, study.affine)
    assert mask.shape == study.shape
    voxel_ml = np.prod(study.header.get_zooms()) / 1000
    assert mask.get_fdata().sum() * voxel_ml == pytest.approx(both["lesion_ml"], abs=0.01)
    assert json.loads((tmp_path / result["files"]["grade"]).read_text(encoding="utf-8"))["grade"] == result["grade"]

    assert main(["grade", str(chest), "--out", "out"]) == 0, "graded again, it gets a version of its own"
    assert "chest_mask_v02.nii.gz" in capsys.readouterr().out
    assert len(list((tmp_path / "out").iterdir())) == 6


def test_several_studies_one_bad_none_lost_and_resumed(chest, tmp_path, capsys):
    write_series(tmp_path / "all" / "P7", np.full((12, 8, 8), 40, np.int16))
    (tmp_path / "all" / "broken.nii.gz").write_bytes(b"no image")
    for name in ("a", "b"):
        (tmp_path / "all" / f"{name}.nii.gz").write_bytes(chest.read_bytes())

    assert main(["grade", "all", "--out", "out", "--json"]) == 3
    first = {result["study"]["name"]: result for result in lines(capsys)}
    assert set(first) == {"P7", "broken", "a", "b"}
    assert first["P7"]["refused"]["check"] == "hu_plausible"
    assert first["broken"]["refused"]["check"] == "readable"
    assert set(first["broken"]) == {"schema", "study", "refused", "audit"}
    assert first["a"]["grade"] == first["b"]["grade"]

    assert main(["grade", "all", "--out", "out", "--json"]) == 3
    again = {result["study"]["name"]: result for result in lines(capsys)}
    assert again["a"].pop("resumed")
    assert again["a"]["files"] == first["a"]["files"]
    assert len(list((tmp_path / "out").glob("a_*"))) == 3, "nothing was graded twice"

    time.sleep(0.01)
    (tmp_path / "all" / "a.nii.gz").write_bytes(chest.read_bytes())
    main(["grade", "all", "--out", "out", "--json", "--rule", "total"])
    changed = {result["study"]["name"]: result for result in lines(capsys)}
    assert "resumed" not in changed["a"], "a study that changed is graded anew"
    assert changed["b"]["resumed"]


def resumed(capsys):
    return {result["study"]["name"]: bool(result.get("resumed")) for result in lines(capsys)}


def test_only_the_very_same_study_is_not_graded_again(chest, tmp_path, phantom, monkeypatch, capsys):
    """Another patient's result, or an old one, under the same name would be the worst thing a resumed run could do."""
    monkeypatch.setattr(grade, "grade_path", lambda path, *_: quick_result(path, tmp_path / "out"))
    for folder in ("p1", "p2"):
        (tmp_path / folder).mkdir()
        for name in ("a", "b"):
            (tmp_path / folder / f"{name}.nii.gz").write_bytes(chest.read_bytes() + folder.encode())
    (tmp_path / "out").mkdir()

    def graded(*paths, **more):
        assert main(["grade", *paths, "--out", str(tmp_path / "out"), "--json", *more.get("options", [])]) == 0
        return resumed(capsys)

    monkeypatch.chdir(tmp_path / "p1")
    assert graded(".") == {"a": False, "b": False}
    assert graded(".") == {"a": True, "b": True}
    monkeypatch.chdir(tmp_path / "p2")
    assert graded(".") == {"a": False, "b": False}, "the same relative path is another study here"

    older = tmp_path / "older.nii.gz"
    older.write_bytes(b"another patient")
    os.utime(older, (1, 1))
    older.replace(tmp_path / "p2" / "a.nii.gz")
    assert graded(".") == {"a": False, "b": True}, "a file that took its place, though it is older"

    for name in ("s1", "s2"):
        write_series(tmp_path / "dicom" / name, np.zeros((12, 8, 8), np.int16))
    assert graded(str(tmp_path / "dicom")) == {"s1": False, "s2": False}
    slice_ = tmp_path / "dicom" / "s1" / "IM0003"
    slice_.write_bytes(slice_.read_bytes() + b" ")
    assert graded(str(tmp_path / "dicom")) == {"s1": False, "s2": True}, "one slice changed, the folder's time did not"

    (tmp_path / "links").mkdir()
    for name in ("l1", "l2"):
        (tmp_path / "links" / f"{name}.nii.gz").symlink_to(tmp_path / "p1" / f"{'ab'[int(name[1]) - 1]}.nii.gz")
    assert graded(str(tmp_path / "links")) == {"l1": False, "l2": False}
    assert graded(str(tmp_path / "links")) == {"l1": True, "l2": True}, "links keep their own names"


@pytest.mark.parametrize("stated", [{"version": "another"}, {"ct0_below_ml": 77.0}])
def test_what_was_graded_by_another_version_of_the_model_is_graded_again(chest, tmp_path, monkeypatch, capsys, stated):
    """The weights may be the same ones, and what is said of them not."""
    monkeypatch.setattr(grade, "grade_path", lambda path, *_: quick_result(path, tmp_path / "out"))
    (tmp_path / "two").mkdir()
    for name in ("a", "b"):
        (tmp_path / "two" / f"{name}.nii.gz").write_bytes(chest.read_bytes())
    (tmp_path / "out").mkdir()
    arguments = ["grade", str(tmp_path / "two"), "--out", str(tmp_path / "out"), "--json"]
    for expected in (False, True):
        assert main(arguments) == 0
        assert resumed(capsys) == {"a": expected, "b": expected}
    metadata = Bundle().metadata
    monkeypatch.setattr(Bundle, "metadata", {**metadata, **stated})
    assert main(arguments) == 0
    assert resumed(capsys) == {"a": False, "b": False}


def quick_result(path, out, verdict="ok"):
    """A result as grade_path saves it, without the network."""
    from MosMedCOVIDLib.saving.results import source_of
    from MosMedCOVIDLib.saving.versions import save_together
    from MosMedCOVIDLib.study.read import name_of

    model = Bundle().model("cpu")

    def result(names):
        return {
            "study": {"name": name_of(path), "path": str(path), "kind": "nifti"},
            "grade": None,
            "withheld": "a test",
            "rule": "total",
            "ct0_below_ml": model.ct0_below_ml,
            "audit": {"verdict": verdict, "checks": []},
            "model": {"version": model.version, "sha256": model.sha256},
            "files": {"grade": str(names["_grade.json"])},
            "source": source_of(path),
        }

    def write(place, names):
        place.write_text(json.dumps(result(names)))

    return result(save_together(out, name_of(path), {"_grade.json": write}))


def test_what_was_forced_is_not_resumed_when_it_is_no_longer(tmp_path, phantom, monkeypatch, capsys):
    (tmp_path / "few").mkdir()
    for name in ("a", "b"):
        write_volume(tmp_path / "few" / f"{name}.nii.gz", phantom.study.hu[14:23], phantom.study)
    (tmp_path / "out").mkdir()
    way = grade.grade_path
    monkeypatch.setattr(grade, "grade_path", lambda path, *_: quick_result(path, tmp_path / "out", "refused"))
    assert main(["grade", "few", "--out", "out", "--json", "--force"]) == 0
    capsys.readouterr()
    assert main(["grade", "few", "--out", "out", "--json", "--force"]) == 0
    assert resumed(capsys) == {"a": True, "b": True}
    monkeypatch.setattr(grade, "grade_path", way)
    assert main(["grade", "few", "--out", "out", "--json"]) == 3
    assert all("refused" in result for result in lines(capsys))


def test_whatever_a_bad_study_does_the_rest_is_graded(tmp_path, chest, monkeypatch, capsys):
    folder = tmp_path / "all"
    folder.mkdir()
    (folder / "z_good.nii.gz").write_bytes(chest.read_bytes())
    (folder / "loop.nii.gz").symlink_to(folder / "loop.nii.gz")
    (folder / "dead.nii.gz").symlink_to(folder / "nowhere.nii.gz")
    os.mkfifo(folder / "pipe.nii.gz")
    (folder / "deeper").mkdir()
    os.mkfifo(folder / "deeper" / "pipe")
    (folder / os.fsdecode(b"\xff.nii.gz")).write_bytes(b"no image")
    way = grade.grade_path

    def failing(path, *arguments):
        if path.name == "chest.nii.gz":
            raise ZeroDivisionError("a library's own")
        return way(path, *arguments)

    monkeypatch.setattr(grade, "grade_path", failing)
    assert main(["grade", "all", "chest.nii.gz", "--json"]) == 3
    results = lines(capsys)
    assert len(results) == 6
    kinds = {result["study"]["name"]: result.get("error", {}).get("kind", "refused") for result in results}
    assert kinds["loop"] == kinds["dead"] == "UsageError"
    assert kinds["pipe"] == "refused"
    assert kinds["chest"] == "Defect"
    assert [result["grade"] for result in results if result["study"]["name"] == "z_good"] == ["CT-2"]


def test_studies_of_one_name_keep_their_own_results(chest, tmp_path, capsys):
    for folder in ("1", "2"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "scan.nii.gz").write_bytes(chest.read_bytes())
    for _ in range(2):
        assert main(["grade", "1/scan.nii.gz", "2/scan.nii.gz", "--json", "--out", "out"]) == 0
        results = lines(capsys)
        assert [result["study"]["path"] for result in results] == ["1/scan.nii.gz", "2/scan.nii.gz"]
        assert results[0]["files"] != results[1]["files"]
    assert len(list((tmp_path / "out").iterdir())) == 6


def test_forced_past_a_refusal_there_is_a_mask_but_no_grade(tmp_path, phantom, capsys):
    write_volume(tmp_path / "short.nii.gz", phantom.study.hu[14:23], phantom.study)
    assert main(["grade", "short.nii.gz", "--json"]) == 3
    assert lines(capsys)[0]["refused"]["check"] == "slices"
    assert main(["grade", "short.nii.gz", "--json", "--force"]) == 0
    (result,) = lines(capsys)
    assert result["grade"] is None
    assert "Only 9 slices" in result["withheld"]
    assert (tmp_path / result["files"]["lesions"]).exists()
    assert result["files"]["lesions"].startswith("MosMedCOVID-results")


def test_a_dicom_patients_name_reaches_no_file(tmp_path, phantom, capsys):
    write_series(tmp_path / "P7", phantom.study.hu, spacing_mm=(8.0, 2.8, 2.8))
    assert main(["grade", "P7", "--out", "out", "--json"]) == 0
    (result,) = lines(capsys)
    assert result["study"]["kind"] == "dicom"
    name = PATIENT.split("^")[0].encode()
    for path in (tmp_path / "out").iterdir():
        content = nibabel.load(path).header.binaryblock if path.suffix == ".gz" else path.read_bytes()
        assert name not in content


def test_a_worker_that_dies_with_one_study_does_not_stop_the_rest(chest, tmp_path, monkeypatch, capsys):
    (tmp_path / "other.nii.gz").write_bytes(chest.read_bytes())
    way = grade.grade_path

    def dying(path, worker, wishes, show):
        if path.name == "chest.nii.gz":
            raise WorkerDied("It died.")
        return way(path, worker, wishes, show)

    monkeypatch.setattr(grade, "grade_path", dying)
    assert main(["grade", "chest.nii.gz", "other.nii.gz", "--json"]) == 4
    died, graded = lines(capsys)
    assert died["error"] == {"kind": "WorkerDied", "message": "It died."}
    assert graded["grade"]


def test_results_that_cannot_be_written_end_with_5(chest, tmp_path, capsys):
    (tmp_path / "out").write_text("a file, no folder")
    assert main(["grade", str(chest), "--out", "out", "--json"]) == 5
    said = capsys.readouterr()
    assert said.out == ""
    assert "Choose another folder" in said.err


def process(*arguments, cwd, root):
    """The command as a user starts it."""
    return subprocess.Popen(
        [sys.executable, root / "MosMedCOVID", *arguments],
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
        preexec_fn=heed_signals,
    )


def heed_signals():
    """Tests that run in the background, or under nohup, hand on ignored signals; a user's terminal doesn't."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_stopped_in_the_middle_all_ends_and_nothing_is_left(chest, tmp_path, root, how, monkeypatch):
    (tmp_path / "temporary").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    running = process("grade", str(chest), "--out", "out", cwd=tmp_path, root=root)
    for line in running.stderr:
        if "lungs and lesions" in line or "loading the network" in line:
            break
    os.kill(running.pid, how)
    out, err = running.communicate(timeout=60)
    assert running.returncode == 130
    assert not list((tmp_path / "temporary").iterdir())
    assert out == ""
    assert "Stopped" in err
    assert "Traceback" not in err
    assert not (tmp_path / "out").exists()
    with pytest.raises(ProcessLookupError):
        for _ in range(50):
            os.killpg(running.pid, 0)
            time.sleep(0.1)


def test_killed_hard_the_worker_tidies_up_after_it(chest, tmp_path, root, monkeypatch):
    (tmp_path / "temporary").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    running = process("grade", str(chest), "--out", "out", cwd=tmp_path, root=root)
    next(line for line in running.stderr if "loading the network" in line or "finding the lungs" in line)
    os.kill(running.pid, signal.SIGKILL)
    running.communicate(timeout=60)
    for _ in range(200):
        if not list((tmp_path / "temporary").iterdir()):
            break
        time.sleep(0.1)
    assert not list((tmp_path / "temporary").iterdir()), "the patient's CT must not stay behind"


def test_a_reader_that_goes_away_does_not_leave_it_hanging(chest, tmp_path, root):
    running = process("grade", str(chest), "--out", "out", cwd=tmp_path, root=root)
    running.stderr.readline()
    running.stderr.close()
    assert running.stdout.read() == ""
    assert running.wait(timeout=60) == 130


def test_a_real_series_as_a_process(shared_data, tmp_path, root):
    path = str(shared_data / "covid-ct-md" / "P001")
    running = process("grade", path, "--out", "out", "--json", cwd=tmp_path, root=root)
    out, err = running.communicate(timeout=600)
    assert running.returncode == 0, err
    result = json.loads(out)
    assert list(result) == KEYS
    assert result["study"]["shape"] == [148, 512, 512]
    assert result["study"]["kind"] == "dicom"
    assert result["grade"] == "CT-1"
    assert 1 < result["involvement_percent"] < 4
    assert result["lungs"]["right"]["lesion_ml"] > result["lungs"]["left"]["lesion_ml"]
    mask = nibabel.load(tmp_path / result["files"]["lesions"])
    assert mask.shape == (512, 512, 148)
    labelled = np.genfromtxt(
        shared_data / "covid-ct-md" / "P001_slice_labels.csv", delimiter=",", names=True, dtype=None, encoding="utf-8"
    )
    infected = labelled["infection"][np.argsort(-labelled["index_head_to_feet"])] > 0  # feet to head
    found = np.asanyarray(mask.dataobj).sum((0, 1)) > 20
    assert (found == infected).mean() > 0.85, "upside down it would agree far less"


def test_a_real_abdomen_as_a_process_is_refused(shared_data, tmp_path, root):
    path = str(shared_data / "other" / "abdomen_ct.nii.gz")
    running = process("grade", path, "--json", cwd=tmp_path, root=root)
    out, _ = running.communicate(timeout=600)
    assert running.returncode == 3
    assert json.loads(out)["refused"]["check"] == "lungs_found"
    assert not list(tmp_path.iterdir())
