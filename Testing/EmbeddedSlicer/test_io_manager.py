"""Files and folders: who reads them, what is said when nobody can, and scenes that are whole or not there."""

import zipfile
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("slicer")
pytest.importorskip("PySide6")

import slicer
from EmbeddedSlicer.slicer_environment.io_manager import CannotLoad
from EmbeddedSlicer.start import start
from hosted_module import host_with_module
from vtkmodules.vtkCommonMath import vtkMatrix4x4


@pytest.fixture(scope="module")
def hosted(tmp_path_factory):
    return host_with_module(tmp_path_factory.mktemp("modules"))


@pytest.fixture
def io_manager():
    start(testing=True)
    slicer.mrmlScene.Clear(False)
    return slicer.app.ioManager()


@pytest.fixture
def volume(io_manager):
    voxels = np.arange(60, dtype=np.int16).reshape(3, 4, 5)
    matrix = np.array([[-0.7, 0, 0, 10], [0, -0.7, 0, 20], [0, 0, 8, -30], [0, 0, 0, 1]], float)
    return slicer.util.addVolumeFromArray(voxels, matrix, "P001")


def voxels_and_affine(node):
    return slicer.util.arrayFromVolume(node), slicer.util.arrayFromVTKMatrix(ijk_to_ras(node))


def ijk_to_ras(node):
    matrix = vtkMatrix4x4()
    node.GetIJKToRASMatrix(matrix)
    return matrix


@pytest.mark.parametrize("ending", [".nii.gz", ".nii", ".nrrd"])
def test_a_volume_that_was_saved_is_loaded_the_same(volume, tmp_path, ending):
    path = tmp_path / f"P001{ending}"
    assert slicer.util.saveNode(volume, str(path))
    loaded = slicer.util.loadVolume(str(path))
    for ours, theirs in zip(voxels_and_affine(loaded), voxels_and_affine(volume), strict=True):
        assert np.allclose(ours, theirs, atol=1e-5)
    assert loaded.GetName().startswith("P001")
    assert slicer.app.applicationLogic().GetSelectionNode().GetActiveVolumeID() == loaded.GetID()


def test_a_volume_of_labels_becomes_a_segmentation(volume, tmp_path):
    path = tmp_path / "mask.nii.gz"
    slicer.util.updateVolumeFromArray(volume, (slicer.util.arrayFromVolume(volume) % 3).astype(np.int16))
    slicer.util.saveNode(volume, str(path))
    segmentation = slicer.util.loadSegmentation(str(path), {"name": "mask"})
    assert segmentation.GetName() == "mask"
    assert segmentation.GetSegmentation().GetNumberOfSegments() == 2


def test_a_segmentation_is_not_written_to_a_file_that_could_not_be_read_again(io_manager, tmp_path, caplog):
    segmentation = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSegmentationNode")
    assert not slicer.util.saveNode(segmentation, str(tmp_path / "mask.nii.gz"))
    assert "seg.nrrd" in caplog.text
    assert not list(tmp_path.iterdir())


def test_a_volume_that_cannot_be_written_is_a_message(volume, tmp_path, caplog):
    (tmp_path / "file").touch()
    assert not slicer.util.saveNode(volume, str(tmp_path / "file" / "P001.nii.gz"))
    assert "could not be written" in caplog.text


def test_what_no_reader_knows_is_said(io_manager, tmp_path):
    (tmp_path / "letter.docx").write_bytes(b"Dear colleague")
    assert io_manager.fileType(str(tmp_path / "letter.docx")) == "NoFile"
    with pytest.raises(CannotLoad, match=r"letter\.docx: no reader knows this file\. What can be opened: .*Volume"):
        io_manager.open_path(tmp_path / "letter.docx")
    with pytest.raises(CannotLoad, match="no reader knows this folder"):
        io_manager.open_path(tmp_path)
    with pytest.raises(CannotLoad, match="does not exist"):
        io_manager.open_path(tmp_path / "gone.nii.gz")
    with pytest.raises(RuntimeError, match=r"letter\.docx"):
        slicer.util.loadVolume(str(tmp_path / "letter.docx"))


def test_the_application_opens_files_and_says_what_it_cannot(hosted, io_manager, tmp_path, caplog):
    (tmp_path / "P001.hosted").touch()
    assert slicer.app.loadFiles([str(tmp_path / "P001.hosted")])
    assert not slicer.app.loadFiles([str(tmp_path / "gone.nii")])
    assert "does not exist" in caplog.text


def test_a_damaged_volume_is_said(io_manager, tmp_path):
    (tmp_path / "P001.nii.gz").write_bytes(b"this is no gzip")
    with pytest.raises(CannotLoad):
        io_manager.open_path(tmp_path / "P001.nii.gz")
    assert not slicer.util.getNodesByClass("vtkMRMLVolumeNode")


def test_a_modules_reader_takes_its_files_and_folders(hosted, io_manager, tmp_path):
    study = tmp_path / "P001.hosted"
    study.touch()
    folder = tmp_path / "series"
    folder.mkdir()
    (folder / "slices.txt").touch()
    assert io_manager.fileType(str(study)) == io_manager.fileType(str(folder)) == "HostedStudy"
    for path in (study, folder):
        (node_id,) = io_manager.open_path(path)
        assert slicer.mrmlScene.GetNodeByID(node_id).GetName() == path.name
    assert slicer.util.loadNodeFromFile(str(study), "HostedStudy").GetName() == "P001.hosted"
    assert io_manager.registeredFileReaderCount("HostedStudy") == 1


@pytest.mark.parametrize(("name", "reason"), [("damaged.hosted", "is damaged"), ("empty.hosted", "is empty")])
def test_what_a_modules_reader_objects_to_is_said(hosted, io_manager, tmp_path, name, reason):
    (tmp_path / name).touch()
    with pytest.raises(CannotLoad, match=reason):
        io_manager.open_path(tmp_path / name)


def test_a_scene_comes_back_with_its_data(volume, tmp_path):
    path = tmp_path / "scene.mrb"
    assert slicer.util.saveScene(str(path))
    assert [each.name for each in tmp_path.iterdir()] == ["scene.mrb"]
    before = slicer.util.arrayFromVolume(volume).copy()
    slicer.mrmlScene.Clear(False)
    slicer.util.addVolumeFromArray(np.zeros((2, 2, 2), np.int16), name="other")
    slicer.app.ioManager().open_path(path)
    (loaded,) = slicer.util.getNodesByClass("vtkMRMLScalarVolumeNode")
    assert loaded.GetName() == "P001"
    assert np.array_equal(slicer.util.arrayFromVolume(loaded), before)


def test_a_scene_can_be_added_to_the_present_one(volume, tmp_path):
    path = tmp_path / "scene.mrb"
    assert slicer.util.saveScene(str(path))
    slicer.util.loadScene(str(path))
    assert len(slicer.util.getNodesByClass("vtkMRMLScalarVolumeNode")) == 2


def test_a_scene_without_its_data(volume, tmp_path):
    assert slicer.util.saveNode(volume, str(tmp_path / "P001.nii.gz"))
    assert not slicer.util.saveScene(str(tmp_path / "scene.mrml")), "that is read only"
    assert slicer.mrmlScene.Commit(str(tmp_path / "scene.mrml"))
    slicer.app.ioManager().open_path(tmp_path / "scene.mrml")
    (loaded,) = slicer.util.getNodesByClass("vtkMRMLScalarVolumeNode")
    assert slicer.util.arrayFromVolume(loaded).shape == (3, 4, 5)


class SceneThatFails:
    def WriteToMRB(self, path, thumbnail, messages):  # noqa: N802
        Path(path).write_bytes(b"half a file")
        return False


def test_a_scene_that_cannot_be_written_leaves_the_old_file(io_manager, tmp_path, monkeypatch, caplog):
    path = tmp_path / "scene.mrb"
    path.write_bytes(b"the old one")
    assert not slicer.util.saveScene(str(tmp_path / "nowhere" / "scene.mrb"))
    assert "No such file" in caplog.text
    monkeypatch.setattr(io_manager, "_scene", SceneThatFails())
    assert not slicer.util.saveScene(str(path))
    assert path.read_bytes() == b"the old one"
    assert [each.name for each in tmp_path.iterdir()] == ["scene.mrb"]


@pytest.mark.parametrize("name", ["scene.mrb", "empty.mrb", "scene.mrml"])
def test_a_damaged_scene_leaves_the_present_one(volume, tmp_path, name):
    path = tmp_path / name
    path.write_bytes(b"nothing of the kind")
    if name == "empty.mrb":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("readme.txt", "no scene")
    with pytest.raises(CannotLoad, match=name):
        slicer.app.ioManager().open_path(path)
    assert slicer.util.getNode("P001") is volume


def test_names_that_only_slicer_has_say_so(io_manager):
    with pytest.raises(AttributeError, match=r"ioManager\(\)\.openAddDataDialog: .*only in 3D Slicer"):
        slicer.util.openAddDataDialog()
