"""A study becomes a volume of the scene and comes back the same, whatever the scene went through."""

from pathlib import Path

import nibabel
import numpy as np
import pytest
import slicer
import vtk
from MosMedCOVIDLib.errors import StudyRefused
from MosMedCOVIDLib.saving.nifti import write_volume
from MosMedCOVIDLib.scene.volume import STUDY, harden, show_study, study_of
from MosMedCOVIDLib.scene.window import PRESETS, apply, preset_of
from MosMedCOVIDLib.study.nifti import GEOMETRY_FIELDS, read_nifti
from MosMedCOVIDLib.study.study import Study
from orientations import ORIENTATIONS, oblique

pytestmark = pytest.mark.usefixtures("empty_scene")
LAS = ORIENTATIONS["LAS"]


def study(affine=LAS, shape=(5, 6, 7), **more):
    hu = np.random.default_rng(1).integers(-1024, 3071, shape).astype(np.int16)
    facts = {"name": "study", "path": Path("/data/study.nii.gz"), "kind": "nifti", **more}
    return Study(hu, affine, **facts)


def volume_of_type(values, components=1, kind="vtkMRMLScalarVolumeNode", affine=LAS):
    """A volume as another module of Slicer would leave it."""
    if components == 1:
        volume = slicer.util.addVolumeFromArray(values, nodeClassName=kind)
    else:
        volume = slicer.mrmlScene.AddNewNodeByClass(kind)
        slicer.util.updateVolumeFromArray(volume, values)
    volume.SetIJKToRASMatrix(slicer.util.vtkMatrixFromArray(affine))
    volume.SetName("of Slicer")
    return volume


def under(volume, matrix):
    transform = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLLinearTransformNode", "tilt")
    transform.SetMatrixTransformToParent(slicer.util.vtkMatrixFromArray(matrix))
    volume.SetAndObserveTransformNodeID(transform.GetID())
    return volume


@pytest.mark.parametrize("affine", ORIENTATIONS.values(), ids=ORIENTATIONS)
def test_a_study_comes_back_to_the_last_bit(affine):
    shown = study(affine, notes=('said "so": 1; 2 %', "größer"), headers={"Manufacturer": "A & B <c>", "n": 3})
    volume = show_study(shown)
    back = study_of(volume)
    assert np.array_equal(back.hu, shown.hu)
    assert np.array_equal(back.affine, affine)
    assert (back.name, back.path, back.kind) == (shown.name, shown.path, shown.kind)
    assert (back.notes, back.headers) == (shown.notes, shown.headers)
    assert volume.GetName() == "study"
    assert np.allclose(slicer.util.arrayFromVolume(volume), shown.hu)
    for index in ((0, 0, 0), (6, 0, 0), (0, 5, 0), (0, 0, 4)):
        matrix = slicer.util.vtkMatrixFromArray(np.eye(4))
        volume.GetIJKToRASMatrix(matrix)
        assert np.allclose(matrix.MultiplyPoint([*index, 1]), affine @ [*index, 1], atol=1e-9)


def test_the_voxels_outlive_the_study_and_the_scene():
    shown = study()
    expected = shown.hu.copy()
    volume = show_study(shown)
    shown.hu[:] = 0
    back = study_of(volume)
    slicer.mrmlScene.Clear(False)
    del volume, shown
    assert np.array_equal(back.hu, expected)


def test_it_is_shown_in_the_lung_window_and_in_the_others_on_request():
    volume = show_study(study())
    assert preset_of(volume) == "lung"
    assert (volume.GetDisplayNode().GetWindow(), volume.GetDisplayNode().GetLevel()) == (1500, -600)
    for preset in PRESETS:
        apply(volume, preset)
        assert preset_of(volume) == preset
    volume.GetDisplayNode().SetWindowLevel(1234, 56)
    assert preset_of(volume) is None


def test_a_saved_scene_gives_the_same_study_and_the_same_saved_mask(tmp_path):
    image = nibabel.Nifti1Image(np.arange(210, dtype=np.int16).reshape(7, 6, 5), LAS)
    image.header.set_qform(LAS, 1)
    image.header.set_sform(LAS, 2)
    image.header.set_xyzt_units("mm", "sec")
    nibabel.save(image, tmp_path / "study_0001.nii.gz")
    first = read_nifti(tmp_path / "study_0001.nii.gz")
    show_study(first)
    assert slicer.util.saveScene(str(tmp_path / "scene.mrb"))
    slicer.mrmlScene.Clear(False)
    assert slicer.util.loadScene(str(tmp_path / "scene.mrb"))
    again = study_of(slicer.mrmlScene.GetFirstNodeByClass("vtkMRMLScalarVolumeNode"))
    assert np.array_equal(again.hu, first.hu)
    assert np.array_equal(again.affine, first.affine)
    assert (again.name, again.path, again.kind, again.notes) == (first.name, first.path, first.kind, first.notes)
    for name, each in (("before", first), ("after", again)):
        write_volume(tmp_path / f"{name}.nii.gz", (first.hu > 100).astype(np.int16), each)
    before, after = (nibabel.load(tmp_path / f"{name}.nii.gz").header for name in ("before", "after"))
    assert all(np.array_equal(before[field], after[field], equal_nan=True) for field in GEOMETRY_FIELDS)
    assert (int(after["qform_code"]), int(after["sform_code"])) == (1, 2)


def test_a_volume_that_was_moved_lies_where_it_is_now_and_saves_there(tmp_path):
    volume = show_study(study(headers={"qform_code": 1, "srow_x": [1, 2, 3, 4], "Manufacturer": "M"}))
    moved = LAS.copy()
    moved[0, 3] += 0.01
    volume.SetIJKToRASMatrix(slicer.util.vtkMatrixFromArray(moved))
    back = study_of(volume)
    assert np.allclose(back.affine, moved, atol=1e-9)
    assert back.headers == {"Manufacturer": "M"}
    assert "moved" in back.notes[-1]
    write_volume(tmp_path / "mask.nii.gz", np.zeros(back.hu.shape, np.int16), back)
    assert np.allclose(nibabel.load(tmp_path / "mask.nii.gz").affine, moved, atol=1e-4)


def test_nothing_of_a_person_is_kept():
    text = show_study(study(headers={"Manufacturer": "M"})).GetAttribute(STUDY)
    assert "Patient" not in text


@pytest.mark.parametrize("kind", ["int8", "uint8", "uint16", "int32", "uint32", "float32", "float64"])
def test_whole_hounsfield_units_of_any_type_are_taken_exactly(kind):
    values = np.arange(60).reshape(3, 4, 5).astype(kind)
    taken = study_of(volume_of_type(values))
    assert taken.hu.dtype == np.int16
    assert np.array_equal(taken.hu, values)
    assert (taken.kind, taken.notes, taken.name) == ("scene", (), "of Slicer")


def test_values_between_are_rounded_and_it_is_said():
    values = np.linspace(-1000, 400, 60, dtype=np.float32).reshape(3, 4, 5)
    taken = study_of(volume_of_type(values))
    assert np.abs(taken.hu - values).max() <= 0.5
    assert "rounded" in taken.notes[0]


@pytest.mark.parametrize("bad", [np.nan, np.inf, 40000.0, -40000.0])
def test_what_are_no_hounsfield_units_is_refused(bad):
    values = np.zeros((3, 4, 5))
    values[1, 1, 1] = bad
    with pytest.raises(StudyRefused, match="no Hounsfield units"):
        study_of(volume_of_type(values))


def test_what_is_no_single_ct_is_refused():
    with pytest.raises(StudyRefused, match="no voxels"):
        study_of(slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "empty"))
    colours = np.zeros((3, 4, 5, 3), np.uint8)
    with pytest.raises(StudyRefused, match="3 values in each voxel"):
        study_of(slicer.util.addVolumeFromArray(colours, nodeClassName="vtkMRMLVectorVolumeNode"))
    with pytest.raises(StudyRefused, match="label map"):
        study_of(volume_of_type(np.zeros((3, 4, 5), np.int16), kind="vtkMRMLLabelMapVolumeNode"))


def test_an_image_that_was_cut_out_of_another_lies_where_it_lay():
    values = np.arange(210, dtype=np.int16).reshape(5, 6, 7)
    volume = volume_of_type(values)
    cut = vtk.vtkExtractVOI()
    cut.SetInputData(volume.GetImageData())
    cut.SetVOI(2, 6, 1, 5, 3, 4)
    cut.Update()
    volume.SetAndObserveImageData(cut.GetOutput())
    taken = study_of(volume)
    assert np.array_equal(taken.hu, values[3:, 1:, 2:])
    assert np.allclose(taken.affine @ [0, 0, 0, 1], LAS @ [2, 1, 3, 1])


def test_a_name_that_is_no_file_name_is_made_one():
    volume = volume_of_type(np.zeros((3, 4, 5), np.int16))
    volume.SetName('4: CT "Thorax" 1/2')
    assert study_of(volume).name == "4_ CT _Thorax_ 1_2"


def test_under_a_transform_it_is_refused_until_it_is_hardened():
    turn = np.eye(4)
    turn[:3, :3] = oblique(np.eye(4), 12)[:3, :3]
    turn[:3, 3] = 5, -7, 11
    volume = under(show_study(study()), turn)
    with pytest.raises(StudyRefused, match="transform"):
        study_of(volume)
    assert "tilt" in harden(volume)
    assert np.allclose(study_of(volume).affine, turn @ LAS, atol=1e-9)
    assert harden(volume) is None


def test_a_shear_is_refused_and_the_volume_stays_as_it_was():
    shear = np.eye(4)
    shear[1, 2] = 0.3
    volume = under(show_study(study()), shear)
    with pytest.raises(StudyRefused, match="tilted"):
        harden(volume)
    assert volume.GetParentTransformNode() is not None


def test_a_bent_volume_is_refused():
    volume = show_study(study())
    transform = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLBSplineTransformNode", "warp")
    transform.SetAndObserveTransformToParent(slicer.vtkOrientedBSplineTransform())
    volume.SetAndObserveTransformNodeID(transform.GetID())
    with pytest.raises(StudyRefused, match="bends"):
        harden(volume)
