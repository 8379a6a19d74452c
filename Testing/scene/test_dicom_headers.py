"""A volume from Slicer's DICOM browser has the headers of its files, which its instance UIDs lead to."""

import numpy as np
import pydicom
import pytest
import slicer
from dicom_files import write_series
from MosMedCOVIDLib.scene.volume import study_of
from MosMedCOVIDLib.study.dicom import read_dicom

pytestmark = pytest.mark.usefixtures("empty_scene")
HU = np.random.default_rng(0).integers(-1024, 2000, (12, 7, 9)).astype(np.int16)


class Database:
    """What the host lacks of Slicer's DICOM database: files by their instance UIDs."""

    def __init__(self, files):
        self.files, self.isOpen = files, True

    def fileForInstance(self, uid):  # noqa: N802, Slicer's own name
        return self.files.get(uid, "")


@pytest.fixture
def browsed(tmp_path, monkeypatch):
    """A volume as Slicer's DICOM browser leaves it, and the folder of its files."""
    files = write_series(tmp_path / "s", HU, KVP=110, BodyPartExamined="CHEST")
    volume = slicer.util.addVolumeFromArray(HU)
    volume.SetAttribute("DICOM.instanceUIDs", " ".join(file.SOPInstanceUID for file in files))
    paths = {str(pydicom.dcmread(path).SOPInstanceUID): str(path) for path in (tmp_path / "s").iterdir()}
    monkeypatch.setattr(slicer, "dicomDatabase", Database(paths))
    return volume, tmp_path / "s"


def test_the_headers_are_those_of_the_folder(browsed):
    volume, folder = browsed
    headers = study_of(volume).headers
    assert headers == read_dicom(folder).headers
    assert (headers["KVP"], headers["BodyPartExamined"], headers["AgeYears"]) == (110.0, "CHEST", 39.0)


@pytest.mark.parametrize("missing", ["database", "closed", "attribute", "file"])
def test_without_them_the_volume_is_read_all_the_same(browsed, monkeypatch, missing):
    volume, folder = browsed
    if missing == "database":
        monkeypatch.setattr(slicer, "dicomDatabase", None)
    elif missing == "closed":
        slicer.dicomDatabase.isOpen = False
    elif missing == "attribute":
        volume.SetAttribute("DICOM.instanceUIDs", None)
    else:
        for path in folder.iterdir():
            path.unlink()
    study = study_of(volume)
    assert study.headers == {}
    assert np.array_equal(study.hu, HU)
