"""The same files read by SimpleITK's series reader and by dcm2niix: equal HU at equal places, voxel by voxel."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nibabel
import numpy as np
import pytest
import SimpleITK
from dicom_files import SYNTAXES, write_multiframe, write_series
from MosMedCOVIDLib.study.dicom import read_dicom

HU = np.random.default_rng(0).integers(-1024, 3000, (12, 24, 32)).astype(np.int16)
TURN = 0.3
ORIENTATIONS = {
    "axial": (1, 0, 0, 0, 1, 0),
    "feet first, prone": (-1, 0, 0, 0, -1, 0),
    "coronal": (1, 0, 0, 0, 0, -1),
    "sagittal": (0, 1, 0, 0, 0, -1),
    "oblique": (np.cos(TURN), np.sin(TURN), 0, -np.sin(TURN), np.cos(TURN), 0),
}


def by_simpleitk(folder: Path, out: Path) -> tuple[np.ndarray, np.ndarray]:
    """HU [slice, row, column] and the affine to RAS, by ITK's own sorting."""
    reader = SimpleITK.ImageSeriesReader()
    reader.SetFileNames(reader.GetGDCMSeriesFileNames(str(folder)))
    image = reader.Execute()
    lps = np.eye(4)
    lps[:3, :3] = np.reshape(image.GetDirection(), (3, 3)) * image.GetSpacing()
    lps[:3, 3] = image.GetOrigin()
    return SimpleITK.GetArrayFromImage(image), np.diag([-1, -1, 1, 1]) @ lps


def by_dcm2niix(folder: Path, out: Path) -> tuple[np.ndarray, np.ndarray]:
    """HU [slice, row, column] and the affine to RAS, as dcm2niix writes them."""
    beside = Path(sys.executable).with_name("dcm2niix")
    program = os.environ.get("DCM2NIIX") or shutil.which("dcm2niix") or (str(beside) if beside.exists() else None)
    if not program:
        pytest.skip("dcm2niix is not installed")
    out.mkdir()
    ran = subprocess.run([program, "-z", "n", "-b", "n", "-f", "x", "-o", str(out), str(folder)], capture_output=True)
    (path,) = out.glob("*.nii")
    assert ran.returncode == 0, ran.stdout
    image = nibabel.load(path)
    return np.asarray(image.dataobj).T, image.affine


READERS = {"SimpleITK": by_simpleitk, "dcm2niix": by_dcm2niix}


def assert_same_everywhere(study, hu: np.ndarray, affine: np.ndarray, within_mm: float = 1e-3) -> None:
    """Each voxel of one reader lies on a voxel of the other, and has its value."""
    k, j, i = np.indices(hu.shape).reshape(3, -1)
    world = affine @ np.array([i, j, k, np.ones(i.size)])
    voxels = np.linalg.inv(study.affine) @ world
    nearest = np.rint(voxels)
    off = np.abs((study.affine @ (voxels - nearest))[:3]).max()
    assert off < within_mm, f"{off} mm apart"
    column, row, slice_ = nearest[:3].astype(int)
    assert hu.size == study.hu.size
    assert np.array_equal(study.hu[slice_, row, column], hu.ravel())


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("orientation", ORIENTATIONS.values(), ids=ORIENTATIONS)
def test_every_orientation(tmp_path, orientation, reader):
    write_series(tmp_path / "s", HU, orientation=orientation)
    assert_same_everywhere(read_dicom(tmp_path / "s"), *READERS[reader](tmp_path / "s", tmp_path / "out"))


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("stored", ["unsigned 12", "signed 16"])
@pytest.mark.parametrize("syntax", SYNTAXES)
def test_every_transfer_syntax(tmp_path, syntax, stored, reader):
    if reader == "dcm2niix" and syntax == "deflated":
        pytest.skip("dcm2niix reads no deflated files")
    write_series(tmp_path / "s", HU, syntax=syntax, stored=stored)
    assert_same_everywhere(read_dicom(tmp_path / "s"), *READERS[reader](tmp_path / "s", tmp_path / "out"))


def test_an_enhanced_ct_lies_where_dcm2niix_has_it(tmp_path):
    write_multiframe(tmp_path / "s" / "m", HU, order=np.arange(len(HU)))  # dcm2niix takes frames as they come
    assert_same_everywhere(read_dicom(tmp_path / "s"), *by_dcm2niix(tmp_path / "s", tmp_path / "out"))


@pytest.mark.parametrize("reader", READERS)
def test_a_real_series(shared_data, tmp_path, reader):
    folder = shared_data / "covid-ct-md" / "normal001"
    assert_same_everywhere(read_dicom(folder), *READERS[reader](folder, tmp_path / "out"), within_mm=0.02)
