"""One door: a path becomes a study or a sentence, a folder becomes the studies in it."""

import numpy as np
import pytest
from dicom_files import write_series
from MosMedCOVIDLib.errors import Cancelled, StudyRefused, UsageError
from MosMedCOVIDLib.saving.nifti import write_volume
from MosMedCOVIDLib.study.read import find_studies, read_study
from shapes import box_study

HU = np.zeros((12, 8, 8), np.int16)


def nifti(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    study = box_study()
    write_volume(path, study.hu, study)
    return path


def test_a_file_and_a_folder_are_read(tmp_path):
    assert read_study(nifti(tmp_path / "a.nii.gz")).kind == "nifti"
    write_series(tmp_path / "P7", HU)
    study = read_study(tmp_path / "P7")
    assert (study.kind, study.name) == ("dicom", "P7")


def test_paths_with_cyrillic_letters_and_blanks_are_read(tmp_path):
    assert read_study(nifti(tmp_path / "Исследование №1" / "лёгкие 1.nii.gz")).name == "лёгкие 1"
    write_series(tmp_path / "КТ грудной клетки", HU)
    assert read_study(tmp_path / "КТ грудной клетки").hu.shape == HU.shape


def test_what_is_not_there_is_wrong_usage_and_what_is_no_study_is_refused(tmp_path):
    with pytest.raises(UsageError, match="no file or folder"):
        read_study(tmp_path / "nothing")
    (tmp_path / "notes.txt").write_text("hello")
    with pytest.raises(StudyRefused, match=r"notes\.txt is neither NIfTI .* nor a folder of DICOM"):
        read_study(tmp_path / "notes.txt")
    write_series(tmp_path / "s", HU)
    with pytest.raises(StudyRefused, match="IM0000 is a single slice, not a volume: give the whole series"):
        read_study(tmp_path / "s" / "IM0000")


def test_studies_of_a_folder_are_found_without_masks_and_results(tmp_path):
    for name in ("b.nii.gz", "a.nii", "a_mask.nii.gz", "a_mask_v02.nii.gz", "a_lungs.nii.gz", "c_lesions.nii.gz"):
        nifti(tmp_path / name)
    nifti(tmp_path / "deeper" / "d.nii")
    nifti(tmp_path / "MosMedCOVID-results" / "e.nii.gz")
    write_series(tmp_path / "P7" / "series", HU)
    nifti(tmp_path / "P7" / "series" / "series_mask.nii.gz")
    found = [str(path.relative_to(tmp_path)) for path in find_studies(tmp_path)]
    assert sorted(found) == ["P7/series", "a.nii", "b.nii.gz", "deeper/d.nii"]


def test_a_volume_among_slices_hides_them_not(tmp_path):
    write_series(tmp_path / "P7", HU)
    nifti(tmp_path / "P7" / "converted.nii.gz")
    assert sorted(find_studies(tmp_path)) == [tmp_path / "P7", tmp_path / "P7" / "converted.nii.gz"]


def test_a_dicom_folder_is_one_study_and_an_empty_folder_tells_so_itself(tmp_path):
    write_series(tmp_path / "P7", HU)
    assert find_studies(tmp_path / "P7") == [tmp_path / "P7"]
    (tmp_path / "empty").mkdir()
    assert find_studies(tmp_path / "empty") == [tmp_path / "empty"]
    assert find_studies(tmp_path / "x.nii") == [tmp_path / "x.nii"]


@pytest.mark.parametrize("kind", ["nifti", "dicom"])
def test_reading_tells_how_far_it_is_and_can_be_stopped(tmp_path, kind):
    if kind == "nifti":
        path = nifti(tmp_path / "a.nii.gz")
    else:
        write_series(path := tmp_path / "P7", HU)
    told = []
    read_study(path, told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert len(told) > (0 if kind == "nifti" else len(HU))

    def stop(share):
        if share > 0.5:
            raise Cancelled("enough")

    with pytest.raises(Cancelled, match="enough"):
        read_study(path, stop)
