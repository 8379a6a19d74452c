"""Where a NIfTI lies: each voxel where SimpleITK and nibabel put it; what is doubtful is said or refused."""

from __future__ import annotations

import gzip

import nibabel
import numpy as np
import pytest
import SimpleITK
from MosMedCOVIDLib.errors import StudyRefused
from MosMedCOVIDLib.study.nifti import read_nifti
from MosMedCOVIDLib.study.orientation import Orientation
from nifti_files import LAS, VALUES, nifti_bytes, write_nifti
from orientations import ORIENTATIONS, oblique

LPS_TO_RAS = np.array([-1.0, -1.0, 1.0])
SHIFTED, ENLARGED = LAS.copy(), LAS @ np.diag([1, 1, 2, 1])
SHIFTED[:3, 3] += 3, 4, 0
UNSTATED = (
    "The file does not state how it lies in the patient: 3D Slicer's way is assumed "
    "(columns to the left, rows to the back, slices to the head); left may be right."
)


def sheared(degrees: float) -> np.ndarray:
    """As a gantry that is tilted: slices are moved along the rows' direction."""
    affine = LAS.copy()
    affine[1, 2] = LAS[2, 2] * np.tan(np.radians(degrees))
    return affine


def indices(shape) -> np.ndarray:
    """Every voxel (i, j, k) of a volume."""
    return np.indices(shape).reshape(3, -1).T


def ras_of(affine, ijk) -> np.ndarray:
    return ijk @ affine[:3, :3].T + affine[:3, 3]


def assert_itk_sees_the_same(study, path, atol=2e-4) -> None:
    """Every voxel: ITK finds its value at the place in the patient where the study has it."""
    image = SimpleITK.ReadImage(str(path))
    ijk = indices(study.hu.shape[::-1])
    itk_ras = np.array([image.TransformIndexToPhysicalPoint(index.tolist()) for index in ijk]) * LPS_TO_RAS
    np.testing.assert_allclose(ras_of(study.affine, ijk), itk_ras, rtol=0, atol=atol)
    assert [image.GetPixel(index.tolist()) for index in ijk] == study.hu.transpose(2, 1, 0).ravel().tolist()


def assert_nibabel_sees_the_same(study, path) -> None:
    """Every voxel: nibabel has its value, and puts it at the same place."""
    image = nibabel.load(path)
    ijk = indices(image.shape)
    np.testing.assert_allclose(ras_of(study.affine, ijk), ras_of(image.affine, ijk), rtol=0, atol=1e-4)
    assert np.array_equal(study.hu.transpose(2, 1, 0), np.asanyarray(image.dataobj))


@pytest.mark.parametrize("affine", ORIENTATIONS.values(), ids=ORIENTATIONS)
@pytest.mark.parametrize(
    ("codes", "order", "ending"),
    [
        ((1, 1), "<", ".nii"),
        ((0, 2), "<", ".nii"),
        ((2, 0), "<", ".nii"),
        ((1, 4), "<", ".nii"),
        ((1, 1), ">", ".nii"),
        ((1, 1), "<", ".nii.gz"),
    ],
    ids=["both", "sform", "qform", "sform of a template", "big-endian", "gzip"],
)
def test_every_voxel_lies_where_itk_and_nibabel_put_it(tmp_path, affine, codes, order, ending):
    path = tmp_path / f"study{ending}"
    content = nifti_bytes(sform=affine, codes=codes, order=order)
    path.write_bytes(gzip.compress(content) if ending.endswith(".gz") else content)
    study = read_nifti(path)
    assert study.notes == ()
    assert_itk_sees_the_same(study, path)
    assert_nibabel_sees_the_same(study, path)


@pytest.mark.parametrize("name", [name for name in ORIENTATIONS if "oblique" not in name])
def test_the_corner_at_the_patients_left_front_and_head_is_shown_there(tmp_path, name):
    ijk = indices(VALUES.shape)
    left_front_head = ijk[(ras_of(ORIENTATIONS[name], ijk) @ [-1, 1, 1]).argmax()]
    values = np.full(VALUES.shape, -1000, np.int16)
    values[tuple(left_front_head)] = 700
    study = read_nifti(write_nifti(tmp_path / "mark.nii", values, sform=ORIENTATIONS[name]))
    shown = Orientation.of(study.affine).to_standard(study.hu)  # from the feet, the front and the patient's right
    assert np.argwhere(shown == 700).tolist() == [[len(shown) - 1, 0, shown.shape[2] - 1]]


@pytest.mark.parametrize("qfac", [0, -0.5, 0.5, np.nan])
def test_a_handedness_that_is_not_stated_as_it_should_be_is_read_as_itk_reads_it(tmp_path, qfac):
    header = {"pixdim": np.array([qfac, 0.75, 0.8, 8, 0, 0, 0, 0], np.float32)}
    path = write_nifti(tmp_path / "study.nii", codes=(1, 0), **header)
    study = read_nifti(path)
    assert study.notes == ()
    assert_itk_sees_the_same(study, path)


def test_without_any_position_slicers_way_is_assumed_and_said(tmp_path):
    path = write_nifti(tmp_path / "nowhere.nii", codes=(0, 0))
    study = read_nifti(path)
    assert study.notes == (UNSTATED,)
    assert_itk_sees_the_same(study, path)


# qform and sform, their codes, which one is used, and by how many degrees they are turned
TWO_POSITIONS = {
    "the scanner's sform": (SHIFTED, LAS, (1, 1), "sform", 0.0),
    "a template's sform": (LAS, SHIFTED, (1, 4), "qform", 0.0),
    "aligned both": (LAS, SHIFTED, (2, 2), "qform", 0.0),
    "aligned, and the scanner's": (SHIFTED, LAS, (2, 1), "sform", 0.0),
    "turned": (oblique(LAS, 2), LAS, (1, 1), "sform", 2.0),
    "turned the other way": (LAS, oblique(LAS, 44), (1, 2), "qform", 44.0),
}


@pytest.mark.parametrize(("qform", "sform", "codes", "used", "degrees"), TWO_POSITIONS.values(), ids=TWO_POSITIONS)
def test_of_two_positions_slicers_choice_is_taken_and_said(tmp_path, qform, sform, codes, used, degrees):
    path = write_nifti(tmp_path / "two.nii", sform=sform, qform=qform, codes=codes)
    study = read_nifti(path)
    other = {"sform": "qform", "qform": "sform"}[used]
    ijk = indices(VALUES.shape)
    apart = np.linalg.norm(ras_of(sform, ijk) - ras_of(qform, ijk), axis=1).max()
    assert study.notes == (
        f"The file states two positions, up to {apart:.1f} mm and {degrees:.1f}° apart: "
        f"its {used} is used, as 3D Slicer does, and not its {other}.",
    )
    np.testing.assert_allclose(study.affine, {"sform": sform, "qform": qform}[used], atol=1e-4)
    assert_itk_sees_the_same(study, path)


def test_where_slicer_passes_over_a_sheared_sform_that_is_not_called_its_choice(tmp_path):
    path = write_nifti(tmp_path / "two.nii", sform=sheared(0.3), qform=SHIFTED)
    study = read_nifti(path)
    assert study.notes[-1].endswith("its sform is used, while 3D Slicer takes its qform.")
    image = SimpleITK.ReadImage(str(path))
    np.testing.assert_allclose(image.GetOrigin() * LPS_TO_RAS, SHIFTED[:3, 3], atol=1e-3)
    np.testing.assert_allclose(study.affine[:3, 3], LAS[:3, 3], atol=0.1)


def test_two_positions_that_round_to_the_same_are_one(tmp_path):
    almost = LAS.copy()
    almost[:3, 3] += 0.05
    assert read_nifti(write_nifti(tmp_path / "one.nii", sform=almost, qform=LAS)).notes == ()


@pytest.mark.parametrize("codes", [(1, 1), (1, 2), (2, 1), (4, 4)])
@pytest.mark.parametrize(
    ("turn", "how"),
    [
        (np.diag([-1, 1, 1, 1]), "mirror images of each other"),
        (np.diag([1, -1, 1, 1]), "mirror images of each other"),
        (np.diag([1, 1, -1, 1]), "mirror images of each other"),
        (np.diag([-1, -1, 1, 1]), "turned by 180° against each other"),
        (np.diag([-1, 1, -1, 1]), "turned by 180° against each other"),
        (oblique(np.eye(4), 46), "turned by 46° against each other"),
    ],
)
def test_positions_that_leave_left_and_right_open_are_refused(tmp_path, codes, turn, how):
    path = write_nifti(tmp_path / "two.nii", sform=turn @ LAS, qform=LAS, codes=codes)
    with pytest.raises(StudyRefused) as refused:
        read_nifti(path)
    assert refused.value.check == "geometry"
    assert str(refused.value) == (
        f"two.nii states two positions, {how} (its sform and its qform), so left and right are not known: "
        "convert the study again from its DICOM."
    )


NO_NUMBERS, ALL_ZERO = [np.nan, 0, 0, 0], [0.0, 0, 0, 0]


@pytest.mark.parametrize(
    ("fields", "used", "other"),
    [
        ({"srow_x": NO_NUMBERS}, "qform", "sform"),
        ({"srow_x": ALL_ZERO, "srow_y": ALL_ZERO, "srow_z": ALL_ZERO}, "qform", "sform"),
        ({"quatern_b": 5}, "sform", "qform"),
        ({"qoffset_x": np.inf}, "sform", "qform"),
        ({"qoffset_x": 1e30}, "sform", "qform"),
        ({"srow_z": [0, 0, 8, -2e6]}, "qform", "sform"),
    ],
)
def test_where_one_position_is_none_the_other_is_used(tmp_path, fields, used, other):
    study = read_nifti(write_nifti(tmp_path / "half.nii", **fields))
    np.testing.assert_allclose(study.affine, LAS, atol=1e-4)
    assert study.notes == (f"The {other} of the file is no valid position; its {used} is used.",)


def test_where_neither_is_a_position_the_file_is_refused(tmp_path):
    path = write_nifti(tmp_path / "none.nii", srow_x=NO_NUMBERS, quatern_b=np.nan)
    with pytest.raises(StudyRefused) as refused:
        read_nifti(path)
    assert str(refused.value) == "none.nii states no valid position in the patient (its sform and qform)."


@pytest.mark.parametrize("degrees", [0.0, 0.05, 0.1, 0.3, 1.0, 3.0])
@pytest.mark.parametrize("codes", [(0, 1), (1, 1)])
def test_a_small_shear_is_set_right_within_a_millimetre_and_said(tmp_path, degrees, codes):
    affine = sheared(degrees)
    study = read_nifti(write_nifti(tmp_path / "tilted.nii", sform=affine, codes=codes))
    ijk = indices(VALUES.shape)
    moved = np.linalg.norm(ras_of(study.affine, ijk) - ras_of(affine, ijk), axis=1).max()
    axes = study.affine[:3, :3] / np.linalg.norm(study.affine[:3, :3], axis=0)
    if degrees < 0.06:  # a mask's qform can say no better
        assert study.notes == ()
        assert moved < 1e-4
        return
    np.testing.assert_allclose(axes.T @ axes, np.eye(3), atol=1e-6)
    assert 0 < moved <= 1.0
    assert study.notes[0] == (
        f"The axes were {degrees:.2f}° off the right angle and were set right, which moved the corners by "
        f"{moved:.2f} mm (at most 1 mm is allowed); saved masks keep the file's own."
    )
    np.testing.assert_allclose(ras_of(study.affine, ijk).mean(0), ras_of(affine, ijk).mean(0), atol=1e-4)
    np.testing.assert_allclose(study.spacing_mm[::-1], np.linalg.norm(affine[:3, :3], axis=0), rtol=1e-5)


@pytest.mark.parametrize(("degrees", "shape"), [(8.0, VALUES.shape), (18.5, VALUES.shape), (1.0, (300, 300, 40))])
def test_a_larger_shear_is_refused_with_its_angle(tmp_path, degrees, shape):
    path = write_nifti(tmp_path / "tilted.nii", np.zeros(shape, np.int16), sform=sheared(degrees), codes=(0, 1))
    with pytest.raises(StudyRefused) as refused:
        read_nifti(path)
    assert str(refused.value) == (
        f"tilted is tilted: its axes are {degrees:.1f}° off the right angle (gantry tilt or shear). "
        "Resample it to a rectangular grid first."
    )


def test_two_voxel_sizes_are_said(tmp_path):
    pixdim = np.array([-1, 0.75, 0.8, 4, 0, 0, 0, 0], np.float32)
    study = read_nifti(write_nifti(tmp_path / "sizes.nii", codes=(0, 1), pixdim=pixdim))
    assert study.spacing_mm[0] == pytest.approx(8)
    assert study.notes == (
        "The file states two voxel sizes: 0.75 × 0.8 × 8 mm in its sform, which is used, and 0.75 × 0.8 × 4 mm.",
    )


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"pixdim": [1, 0, 0.8, 8, 0, 0, 0, 0]}, "odd has voxels of 0 × 0.8 × 8 mm: no size for a CT."),
        ({"pixdim": [1, 0.75, 0.8, 80, 0, 0, 0, 0]}, "odd has voxels of 0.75 × 0.8 × 80 mm: no size for a CT."),
        ({"pixdim": [1, 0.75, np.nan, 8, 0, 0, 0, 0]}, "odd has no valid position in the patient (its affine)."),
    ],
)
def test_voxels_of_no_size_are_refused(tmp_path, fields, sentence):
    with pytest.raises(StudyRefused) as refused:
        read_nifti(write_nifti(tmp_path / "odd.nii", codes=(0, 0), **fields))
    assert str(refused.value) == sentence
