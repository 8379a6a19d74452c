"""Slices that form no regular grid are repaired with a note, or refused with the slices' names and the mm."""

import numpy as np
import pydicom
import pytest
import SimpleITK
from dicom_files import ORIGIN, write_series
from MosMedCOVIDLib.errors import StudyRefused
from MosMedCOVIDLib.study.dicom import read_dicom

HU = np.random.default_rng(0).integers(-1024, 2000, (12, 7, 9)).astype(np.int16)


def refusal(folder) -> StudyRefused:
    with pytest.raises(StudyRefused) as refused:
        read_dicom(folder)
    return refused.value


def names_by_slice(folder) -> list[str]:
    """The files' names, feet to head."""
    heights = {path.name: float(pydicom.dcmread(path).ImagePositionPatient[2]) for path in folder.iterdir()}
    return sorted(heights, key=lambda name: heights[name])


def at(heights):
    """A position for each slice at these heights."""
    return lambda k: [-120.5, -90.25, float(heights[k])]


EVEN = -300 + 2.5 * np.arange(12)


def moved(**slices: float) -> np.ndarray:
    heights = EVEN.copy()
    for name, mm in slices.items():
        heights[int(name[1:])] += mm
    return heights


def test_a_missing_slice_is_refused_with_both_neighbours_and_the_gap(tmp_path):
    write_series(tmp_path / "s", HU)
    names = names_by_slice(tmp_path / "s")
    (tmp_path / "s" / names[5]).unlink()
    refused = refusal(tmp_path / "s")
    assert refused.check == "slice_gap"
    assert f"5.00 mm between {names[4]} and {names[6]}, 2.50 mm elsewhere. A slice is missing" in str(refused)


VARYING, MISSING, TOO_MANY = (
    "Its distances vary: not one regular",
    "A slice is missing, or",
    "There is a slice too many, or",
)


@pytest.mark.parametrize(
    ("heights", "gap", "cause"),
    [
        (moved(s4=0.3), "2.80 mm between", VARYING),
        (moved(s11=1.0), "3.50 mm between", VARYING),
        (moved(s11=1.3), "3.80 mm between", MISSING),
        (moved(s11=-1.0), "1.50 mm between", TOO_MANY),
        (np.array([*(-300 + np.arange(6.0)), *(-294 + 5 * np.arange(6.0))]), "5.00 mm between", MISSING),
        (-300 + 2.5 * np.arange(12) ** 1.02, "mm between", VARYING),
    ],
)
def test_uneven_gaps_are_refused_with_what_they_mean(tmp_path, heights, gap, cause):
    write_series(tmp_path / "s", HU, ImagePositionPatient=at(heights))
    refused = refusal(tmp_path / "s")
    assert refused.check == "slice_gap"
    assert gap in str(refused)
    assert cause in str(refused)


@pytest.mark.parametrize("step", [2.5, 0.625, 1.25])
def test_positions_that_were_rounded_to_a_tenth_are_even(tmp_path, step):
    heights = np.round(-300 + step * np.arange(12), 1)
    write_series(tmp_path / "s", HU, ImagePositionPatient=at(heights))
    study = read_dicom(tmp_path / "s")
    assert np.array_equal(study.hu, HU)
    assert abs(study.spacing_mm[0] - step) < 0.01


def test_a_copy_of_a_slice_is_left_out_with_a_note(tmp_path):
    write_series(tmp_path / "s", HU)
    path = tmp_path / "s" / "IM0003"
    path.with_name("copy").write_bytes(path.read_bytes())
    study = read_dicom(tmp_path / "s")
    assert np.array_equal(study.hu, HU)
    assert study.notes == ("1 image is a copy of another, pixel by pixel, and was left out.",)


def test_two_different_slices_at_one_place_are_refused(tmp_path):
    write_series(tmp_path / "s", HU)
    file = pydicom.dcmread(tmp_path / "s" / "IM0003")
    file.PixelData = bytes(len(file.PixelData))
    file.save_as(tmp_path / "s" / "other")
    refused = refusal(tmp_path / "s")
    assert refused.check == "slice_gap"
    assert "at the same place and differ: IM0003 and other" in str(refused)


def ramp(points: np.ndarray) -> np.ndarray:
    """HU that grow evenly along each axis of the patient: linear interpolation gives them exactly."""
    return points @ [3.0, 2.0, -1.5] + 40


@pytest.mark.parametrize("degrees", [-25.0, 0.5, 18.5])
def test_a_tilted_gantry_is_straightened_and_each_voxel_keeps_its_place(tmp_path, degrees):
    """The slices stay in their planes, and what lies at a place of the patient lies there still."""
    tilt = np.radians(degrees)
    orientation = (1, 0, 0, 0, np.cos(tilt), -np.sin(tilt))
    step = np.array([0, 0, 2.5])  # the table moves along the patient, the slices lean
    rows, columns = np.array(orientation[3:]) * 0.7, np.array(orientation[:3]) * 0.8
    k, j, i = np.indices((12, 40, 30)).reshape(3, -1, 1)
    lps = np.array([-10.0, -12.0, -30.0]) + k * step + j * rows + i * columns
    hu = np.rint(ramp(lps)).astype(np.int16).reshape(12, 40, 30)
    write_series(tmp_path / "s", hu, orientation=orientation, origin=(-10, -12, -30), step=step)
    study = read_dicom(tmp_path / "s")
    assert f"tilted by {abs(degrees):.1f}°" in study.notes[0]
    assert study.headers["StraightenedDegrees"] == pytest.approx(abs(degrees), abs=0.01)
    axes = study.affine[:3, :3] / np.linalg.norm(study.affine[:3, :3], axis=0)
    np.testing.assert_allclose(axes.T @ axes, np.eye(3), atol=1e-9)

    k, j, i = np.nonzero(study.hu != -1024)
    assert len(k) >= hu.size
    places = (study.affine @ [i, j, k, np.ones(len(i))])[:3].T * (-1, -1, 1)
    frame = np.column_stack([columns, rows, step])
    inside = np.linalg.solve(frame, (places - [-10, -12, -30]).T).T
    within = ((inside >= -1e-3) & (inside <= np.array([29, 39, 11]) + 1e-3)).all(1)
    assert within.sum() > 0.9 * hu.size
    assert np.abs(study.hu[k, j, i] - ramp(places))[within].max() <= 1.01  # rounded once as written, once as read


def test_a_straightened_volume_is_what_simpleitk_resamples(tmp_path):
    tilt = np.radians(15)
    orientation = (1, 0, 0, 0, np.cos(tilt), -np.sin(tilt))
    hu = np.random.default_rng(1).integers(-1000, 1000, (12, 40, 30)).astype(np.int16)
    write_series(tmp_path / "s", hu, orientation=orientation, origin=(-10, -12, -30), step=np.array([0, 0, 2.5]))
    study = read_dicom(tmp_path / "s")
    k, j, i = np.indices(study.hu.shape).reshape(3, -1)
    places = (study.affine @ [i, j, k, np.ones(len(i))])[:3].T * (-1, -1, 1)
    for number in range(12):  # each slice by itself, in its own plane
        plane = SimpleITK.GetImageFromArray(hu[number].astype(np.float64))
        plane.SetSpacing((0.8, 0.7))
        own = places[k == number] - [-10, -12, -30 + 2.5 * number]
        along = np.column_stack([own @ orientation[:3], own @ orientation[3:]])
        expected = [
            plane.EvaluateAtPhysicalPoint(point, SimpleITK.sitkLinear) if inside(point) else None for point in along
        ]
        got = study.hu[number].ravel()
        pairs = [(e, g) for e, g in zip(expected, got, strict=True) if e is not None]
        assert len(pairs) > 0.9 * hu[number].size
        assert max(abs(e - g) for e, g in pairs) <= 0.51


def inside(point) -> bool:
    return 0 <= point[0] <= 29 * 0.8 and 0 <= point[1] <= 39 * 0.7


def test_too_much_tilt_and_sideways_shifts_are_refused(tmp_path):
    write_series(tmp_path / "tilt", HU, step=np.array([0, 2.5, 2.5]))
    assert "tilted by 45.0°, more than any gantry" in str(refusal(tmp_path / "tilt"))
    shift = {4: 3.0}
    write_series(
        tmp_path / "shift", HU, ImagePositionPatient=lambda k: [-120.5 + shift.get(k, 0.0), -90.25, -300.0 + 2.5 * k]
    )
    assert "sideways" in str(refusal(tmp_path / "shift"))
    assert "by 3.0 mm" in str(refusal(tmp_path / "shift"))


def test_slices_of_two_matrices_are_refused(tmp_path):
    (first, *_) = write_series(tmp_path / "s" / "a", HU[:-1])
    last = {"origin": (*ORIGIN[:2], ORIGIN[2] + 2.5 * (len(HU) - 1)), "SeriesInstanceUID": first.SeriesInstanceUID}
    write_series(tmp_path / "s" / "b", HU[-1:, :6], **last)
    assert "differ in matrix (9 × 7 and 9 × 6)" in str(refusal(tmp_path / "s"))


@pytest.mark.parametrize(
    ("tags", "check", "reason"),
    [
        ({"PixelSpacing": lambda k: [0.7, 0.8] if k else [0.7, 0.7]}, "series", "differ in PixelSpacing"),
        (
            {"ImageOrientationPatient": lambda k: [1, 0, 0, 0, 1, 0] if k % 2 else [1, 0, 0, 0, 0, -1]},
            "series",
            "holds slices in 2 directions",
        ),
        ({"ImagePositionPatient": None}, "geometry", "has no valid ImagePositionPatient: its place in the patient"),
        ({"ImagePositionPatient": lambda k: [0, 0, k] if k else None}, "geometry", "no valid ImagePositionPatient"),
        ({"ImageOrientationPatient": None}, "geometry", "has no valid ImageOrientationPatient"),
        ({"PixelSpacing": None}, "geometry", "has no valid PixelSpacing"),
        ({"PixelSpacing": [-0.7, -0.8]}, "geometry", "pixel spacing that is not above 0: -0.7, -0.8 mm"),
        ({"ImageOrientationPatient": [2, 0, 0, 0, 2, 0]}, "geometry", "not of length 1"),
        ({"ImageOrientationPatient": [1, 0, 0, 0.5, 0.866, 0]}, "geometry", "not at a right angle"),
        ({"PixelSpacing": [70, 80]}, "geometry", "no size for a CT"),
    ],
)
def test_what_is_no_grid_is_refused_with_the_reason(tmp_path, tags, check, reason):
    write_series(tmp_path / "s", HU, **tags)
    refused = refusal(tmp_path / "s")
    assert reason in str(refused)
    assert refused.check == check
