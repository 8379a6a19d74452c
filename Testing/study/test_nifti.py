"""Reading NIfTI: HU in whatever way they are stored, and odd files that are read, each with its note."""

import gzip
from pathlib import Path

import nibabel
import numpy as np
import pytest
import SimpleITK
from MosMedCOVIDLib.errors import Cancelled, StudyRefused
from MosMedCOVIDLib.study.audit import audit_study
from MosMedCOVIDLib.study.nifti import nifti_volumes, read_nifti, study_name
from MosMedCOVIDLib.study.quick_lungs import find_quick_lungs
from nifti_files import LAS, VALUES, nifti_bytes, nifti_header, voxel_bytes, write_nifti

PACKED = (VALUES + 1024).astype(np.uint16)
WITH_GAPS = VALUES.astype(np.float32)
WITH_GAPS[:2, 0, 0] = np.nan, np.inf
BEYOND = VALUES.astype(np.int32)
BEYOND[0, 0, 0] = 70_000
FAR_BELOW = VALUES.copy()
FAR_BELOW[0, 0, :3] = -2048, -3024, -32768
NOT_A_NUMBER = "2 voxels that were no numbers are read as −1024 HU."
CUT = "Values outside −32768…32767 were cut to these limits."


@pytest.mark.parametrize(
    "kind", ["int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "float32", "float64"]
)
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("version", [1, 2])
def test_each_way_to_store_a_number_gives_the_values_that_simpleitk_and_nibabel_read(tmp_path, kind, order, version):
    span = np.iinfo(kind) if "int" in kind else np.iinfo(np.int16)
    values = VALUES.clip(max(span.min, -1024), min(span.max, 1500)).astype(kind)
    path = write_nifti(tmp_path / "study.nii", values, order=order, version=version)
    study = read_nifti(path)
    assert study.notes == ()
    assert study.hu.dtype == np.int16
    assert np.array_equal(study.hu, nibabel.load(path).get_fdata().T)
    if version == 1:  # SimpleITK does not know NIfTI-2
        assert np.array_equal(study.hu, SimpleITK.GetArrayFromImage(SimpleITK.ReadImage(str(path))))


@pytest.mark.parametrize(
    ("values", "slope", "intercept", "hu"),
    {
        "the rescale of a CT": (PACKED, 1, -1024, VALUES),
        "big steps": (PACKED // 2, 2, -1024, PACKED // 2 * 2.0 - 1024),
        "small steps": (VALUES.astype(np.int32) * 16, 1 / 16, 0, VALUES),
        "numbers between whole HU": (VALUES.astype(np.float32) / 4, 1, 0, np.rint(VALUES / 4)),
        "a slope of 0 is none": (VALUES, 0, -1024, VALUES),
        "a slope that is no number is none": (VALUES, np.nan, np.nan, VALUES),
    }.values(),
)
def test_the_stated_scale_is_used(tmp_path, values, slope, intercept, hu):
    path = write_nifti(tmp_path / "scaled.nii", values, scl_slope=slope, scl_inter=intercept)
    study = read_nifti(path)
    assert np.array_equal(study.hu, hu.T)
    assert np.array_equal(study.hu, np.rint(nibabel.load(path).get_fdata()).T)
    assert study.notes == ()


@pytest.mark.parametrize(
    ("values", "more", "note"),
    {
        "no numbers": (WITH_GAPS, {}, NOT_A_NUMBER),
        "no numbers, scaled": (WITH_GAPS, {"scl_slope": 1, "scl_inter": -1024}, NOT_A_NUMBER),
        "beyond int16": (BEYOND, {}, CUT),
        "beyond float64": (VALUES.astype(np.float64), {"scl_slope": 3e38}, CUT),
        "a label map": (
            VALUES,
            {"intent_code": 1002},
            "The file says that it holds no image but something else: label (intent code 1002).",
        ),
        "an unknown intent": (
            VALUES,
            {"intent_code": 77},
            "The file says that it holds no image but something else: unknown (intent code 77).",
        ),
    }.values(),
)
def test_what_was_changed_or_doubtful_is_noted(tmp_path, values, more, note):
    assert read_nifti(write_nifti(tmp_path / "odd.nii", values, **more)).notes == (note,)


def test_what_is_no_number_becomes_air_and_nothing_else_changes(tmp_path):
    expected = VALUES.copy()
    expected[:2, 0, 0] = -1024
    assert np.array_equal(read_nifti(write_nifti(tmp_path / "nan.nii", WITH_GAPS)).hu, expected.T)


def test_padding_far_below_air_stays(tmp_path):
    study = read_nifti(write_nifti(tmp_path / "padded.nii", FAR_BELOW))
    assert np.array_equal(study.hu, FAR_BELOW.T)
    assert study.notes == ()


@pytest.mark.parametrize("padding", [-1024, -2048, -3024, -32768])
def test_padding_outside_the_field_of_view_changes_nothing_of_the_lungs(phantom, tmp_path, padding):
    hu = phantom.study.hu.copy()
    rows, columns = np.indices(hu.shape[1:]) - (np.array(hu.shape[1:])[:, None, None] - 1) / 2
    hu[:, np.hypot(rows, columns) > hu.shape[1] / 2] = padding
    study = read_nifti(write_nifti(tmp_path / "round.nii", hu.T, sform=phantom.study.affine))
    lungs = find_quick_lungs(study)
    hu[hu < -1024] = -1024
    plain = find_quick_lungs(read_nifti(write_nifti(tmp_path / "plain.nii", hu.T, sform=phantom.study.affine)))
    assert (lungs.right_ml, lungs.left_ml, lungs.first, lungs.last) == (
        plain.right_ml,
        plain.left_ml,
        plain.first,
        plain.last,
    )


@pytest.mark.parametrize(
    ("low", "high"), [(0, 255), (0, 1), (0, 4095)], ids=["grey levels", "a mask", "no rescale intercept"]
)
def test_what_holds_no_hu_is_read_but_refused_by_the_audit(phantom, tmp_path, low, high):
    hu = phantom.study.hu.astype(np.float32)
    scaled = ((hu - hu.min()) / (hu.max() - hu.min()) * (high - low) + low).astype(np.int16)
    study = read_nifti(write_nifti(tmp_path / "grey.nii", scaled.T, sform=phantom.study.affine))
    refusal = audit_study(study, find_quick_lungs(study)).refusal
    assert refusal.check == "hu_plausible"


@pytest.mark.parametrize("ones", [(1,), (1, 1), (1, 1, 1, 1)])
def test_one_volume_of_more_dimensions_is_a_study(tmp_path, ones):
    assert np.array_equal(
        read_nifti(write_nifti(tmp_path / "one.nii", VALUES.reshape(VALUES.shape + ones))).hu, VALUES.T
    )


def test_gzip_is_known_by_its_mark_not_by_the_name(tmp_path):
    (tmp_path / "packed.nii").write_bytes(gzip.compress(nifti_bytes()))
    write_nifti(tmp_path / "plain.nii.gz")
    for name in ("packed.nii", "plain.nii.gz"):
        assert np.array_equal(read_nifti(tmp_path / name).hu, VALUES.T)


def test_several_gzip_members_are_one_file(tmp_path):
    whole = nifti_bytes()
    (tmp_path / "two.nii.gz").write_bytes(gzip.compress(whole[:400]) + gzip.compress(whole[400:]))
    study = read_nifti(tmp_path / "two.nii.gz")
    assert np.array_equal(study.hu, VALUES.T)
    assert study.notes == ()


def test_something_else_behind_the_compressed_data_is_left_out_and_noted(tmp_path):
    (tmp_path / "s.nii.gz").write_bytes(gzip.compress(nifti_bytes()) + b"<!-- served by a portal -->")
    study = read_nifti(tmp_path / "s.nii.gz")
    assert np.array_equal(study.hu, VALUES.T)
    assert study.notes == ("Behind its compressed data the file goes on with something else, which was left out.",)


def test_extensions_and_padding_are_passed_over(tmp_path):
    whole = nifti_bytes(vox_offset=352 + 8208)
    text = (
        (1).to_bytes(4, "little") + (8208).to_bytes(4, "little") + (6).to_bytes(4, "little") + b"IVANOV" + bytes(8194)
    )
    (tmp_path / "s.nii").write_bytes(whole[:348] + text + whole[352:] + bytes(512))
    study = read_nifti(tmp_path / "s.nii")
    assert np.array_equal(study.hu, VALUES.T)
    assert "IVANOV" not in repr(study)


def write_pair(folder: Path, header=".hdr", voxels=".img", version=1, offset=0) -> tuple[Path, Path]:
    """A pair, compressed where the ending says so."""
    files = {
        folder / f"scan{header}": nifti_header(pair=True, version=version, vox_offset=offset).binaryblock,
        folder / f"scan{voxels}": bytes(offset) + voxel_bytes(),
    }
    for path, content in files.items():
        path.write_bytes(gzip.compress(content) if path.suffix.lower() == ".gz" else content)
    first, second = files
    return first, second


@pytest.mark.parametrize(
    "endings", [(".hdr", ".img"), (".hdr.gz", ".img.gz"), (".hdr", ".img.gz"), (".HDR", ".IMG"), (".hdr", ".IMG")]
)
@pytest.mark.parametrize("offset", [0, 64])
def test_a_pair_is_read_by_either_of_its_files(tmp_path, endings, offset):
    for path in write_pair(tmp_path, *endings, offset=offset):
        study = read_nifti(path)
        assert (study.name, study.path) == ("scan", path)
        assert np.array_equal(study.hu, VALUES.T)
        np.testing.assert_allclose(study.affine, LAS, atol=1e-5)


def test_a_pair_of_nifti_2_is_read_too(tmp_path):
    assert np.array_equal(read_nifti(write_pair(tmp_path, version=2)[0]).hu, VALUES.T)


@pytest.mark.parametrize(("kept", "missing"), [(0, "scan.img"), (1, "scan.hdr")])
def test_half_a_pair_names_the_file_that_is_missing(tmp_path, kept, missing):
    files = write_pair(tmp_path)
    files[1 - kept].unlink()
    with pytest.raises(StudyRefused) as refused:
        read_nifti(files[kept])
    assert str(refused.value) == f"{files[kept].name} is one half of a NIfTI pair; {missing} is not beside it."


@pytest.mark.parametrize("ending", [".hdr", ".img"])
def test_analyze_is_refused_since_it_states_no_left_and_right(tmp_path, ending):
    nibabel.save(nibabel.AnalyzeImage(VALUES, LAS), tmp_path / "old.img")
    with pytest.raises(StudyRefused) as refused:
        read_nifti(tmp_path / f"old{ending}")
    assert str(refused.value) == (
        f"old{ending} is Analyze 7.5, which does not state left and right: convert the study to NIfTI from its DICOM."
    )


WHOLE = nifti_bytes()


@pytest.mark.parametrize(
    "place",
    [
        "Иванов И. И. (копия)/исследование №1.nii.gz",
        "two  spaces/a study.v2.nii",
        "/".join(["a folder of a long name " * 4] * 5) + "/study.nii.gz",
        "%s {} 'quotes' #1/süß 肺.nii.gz",
    ],
)
def test_paths_may_have_any_letters_and_length(tmp_path, place):
    path = tmp_path / place
    path.parent.mkdir(parents=True)
    path.write_bytes(gzip.compress(WHOLE) if path.suffix == ".gz" else WHOLE)
    assert len(place) < 260 or len(str(path)) > 260
    study = read_nifti(path)
    assert np.array_equal(study.hu, VALUES.T)
    assert study.name == path.name.removesuffix(".gz").removesuffix(".nii")


def test_progress_is_told_to_its_end_and_can_end_the_reading(tmp_path):
    shares = []
    path = write_nifti(tmp_path / "study.nii", np.zeros((128, 128, 40), np.int16))
    read_nifti(path, shares.append)
    assert shares == sorted(shares)
    assert len(shares) > 1
    assert shares[-1] == 1

    def cancel(share):
        raise Cancelled("Cancelled.")

    with pytest.raises(Cancelled):
        read_nifti(path, cancel)


def test_mosmed_studies_are_told_by_their_place(tmp_path):
    folder = tmp_path / "studies" / "CT-1"
    folder.mkdir(parents=True)
    assert read_nifti(write_nifti(folder / "study_0255.nii.gz")).kind == "mosmeddata"
    assert read_nifti(write_nifti(tmp_path / "study_0255.nii.gz")).kind == "nifti"


def test_the_geometry_headers_are_kept_and_free_text_is_not(tmp_path):
    for order in "<>":
        study = read_nifti(write_nifti(tmp_path / "s.nii", descrip=b"IVANOV IVAN", codes=(1, 2), order=order))
        assert (study.headers["qform_code"], study.headers["sform_code"]) == (1, 2)
        assert all(np.asarray(value).dtype.isnative for value in study.headers.values())
        assert "IVANOV" not in repr(study)


def test_names_lose_their_ending_only():
    names = {
        "a/study_0255.nii.gz": "study_0255",
        "scan.v2.NII": "scan.v2",
        "P001": "P001",
        "s.hdr": "s",
        "s.IMG.gz": "s",
    }
    assert {path: study_name(Path(path)) for path in names} == names


def test_a_folders_volumes_count_a_pair_once():
    names = [
        "b.NII",
        "a.nii.gz",
        "pair.img",
        "pair.hdr",
        "alone.img",
        "picture.hdr",
        "notes.txt",
        "z.hdr.gz",
        "z.img.gz",
    ]
    assert nifti_volumes(names) == ["a.nii.gz", "b.NII", "pair.hdr", "z.hdr.gz"]


def test_everything_of_shared_data_is_read_as_nibabel_does(shared_data):
    paths = [
        path for part in ("two-kernels", "other", "mosmed/masks") for path in (shared_data / part).glob("*.nii.gz")
    ]
    assert len(paths) > 50
    for path in paths[::5]:
        study, image = read_nifti(path), nibabel.load(path)
        assert np.array_equal(study.hu, np.asanyarray(image.dataobj).T), path.name
        np.testing.assert_allclose(study.affine, image.affine, atol=1e-3, err_msg=path.name)
        assert study.notes == (), path.name
