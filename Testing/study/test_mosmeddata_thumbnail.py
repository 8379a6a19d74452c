"""Thumbnails: the middle coronal plane as a radiologist expects it, kept until the study changes, within a limit."""

import json
import os
import subprocess
import sys

import nibabel
import numpy as np
import pytest
from mosmed_root import GEOMETRY, save_like_mosmed
from MosMedCOVIDLib.study.mosmeddata import thumbnail
from MosMedCOVIDLib.study.mosmeddata.thumbnail_worker import WORKER_MODULE
from MosMedCOVIDLib.study.nifti import read_nifti
from PIL import Image


def marked_study(path, orientation):
    """Air at the patient's right, water elsewhere, bone at the head; 8 mm slices, stored in any orientation."""
    hu = np.zeros((20, 64, 64), np.int16)  # L-A-S as MosMedData: columns to the left
    hu[:, :, :16] = -1000
    hu[16:] = 1000
    save_like_mosmed(path, hu, np.diag([-5.0, 5.0, 8.0, 1.0]))
    image = nibabel.load(path)
    codes = nibabel.orientations.axcodes2ornt(orientation)
    nibabel.save(
        image.as_reoriented(nibabel.orientations.ornt_transform(nibabel.io_orientation(image.affine), codes)), path
    )
    return read_nifti(path)


@pytest.mark.parametrize("orientation", ["LAS", "RAS", "LPS", "SAR", "PIL"])
def test_head_on_top_and_the_patients_right_on_the_left(tmp_path, orientation):
    picture = np.asarray(thumbnail.draw_thumbnail(marked_study(tmp_path / "a.nii.gz", orientation)))
    assert picture.shape == (thumbnail.HEIGHT, thumbnail.WIDTH)
    used = picture.any(axis=0)
    left, right = np.flatnonzero(used)[[0, -1]]
    assert right - left + 1 == pytest.approx(thumbnail.WIDTH, abs=2)
    rows = np.flatnonzero(picture.any(axis=1))
    assert rows[-1] - rows[0] + 1 == pytest.approx(thumbnail.WIDTH * 160 / 320, abs=2)  # 20 × 8 mm by 64 × 5 mm
    top, bottom = picture[rows[0] + 4], picture[rows[-1] - 10]
    assert (top > 250).all()
    assert bottom[10] < 70 < 200 < bottom[-10]


def test_a_picture_is_of_one_version_of_a_file(tmp_path):
    study = tmp_path / "study_0001.nii.gz"
    study.write_bytes(b"one")
    first = thumbnail.picture_of(tmp_path, study)
    assert thumbnail.picture_of(tmp_path, study) == first
    study.write_bytes(b"other")
    assert thumbnail.picture_of(tmp_path, study) != first
    os.utime(study, (0, 0))
    second = thumbnail.picture_of(tmp_path, study)
    os.utime(study, (0, 1))
    assert thumbnail.picture_of(tmp_path, study) != second


def test_the_oldest_pictures_go_where_there_are_too_many(tmp_path):
    for number in range(10):
        (tmp_path / f"{number}.png").write_bytes(bytes(100))
        os.utime(tmp_path / f"{number}.png", (number, number))
    thumbnail.prune(tmp_path, limit=1000)
    assert len(list(tmp_path.iterdir())) == 10
    thumbnail.prune(tmp_path, limit=500)
    assert sorted(path.stem for path in tmp_path.iterdir()) == ["6", "7", "8", "9"]


def test_the_worker_draws_and_says_what_it_could_not(tmp_path, root):
    save_like_mosmed(tmp_path / "a.nii.gz", np.zeros((10, 16, 16), np.int16), GEOMETRY)
    (tmp_path / "b.nii.gz").write_bytes(b"no CT")
    folder = tmp_path / "pictures"
    jobs = [{"study": str(tmp_path / f"{name}.nii.gz"), "picture": str(folder / f"{name}.png")} for name in "abc"]
    done = subprocess.run(
        [sys.executable, "-m", WORKER_MODULE, str(folder)],
        input="".join(f"{json.dumps(job)}\n" for job in jobs),
        cwd=root / "MosMedCOVID",
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert [json.loads(line)["made"] for line in done.stdout.splitlines()] == [True, False, False], done.stderr
    assert [path.name for path in folder.iterdir()] == ["a.png"]
    assert Image.open(folder / "a.png").size == (thumbnail.WIDTH, thumbnail.HEIGHT)
