"""The headers of a volume that Slicer's DICOM browser loaded: found through its instance UIDs in the DICOM database."""

from __future__ import annotations

from pathlib import Path

import slicer

from ..study.dicom import facts_of

INSTANCES = "DICOM.instanceUIDs"  # the attribute that Slicer's DICOM plugins give a volume


def dicom_headers(volume: slicer.vtkMRMLScalarVolumeNode) -> dict[str, object]:
    """What a study keeps of its middle slice's header, by DICOM's keywords; empty where there is no such file."""
    instances = (volume.GetAttribute(INSTANCES) or "").split()
    database = slicer.dicomDatabase
    if not instances or not database or not database.isOpen:
        return {}
    file = Path(database.fileForInstance(instances[len(instances) // 2]))
    try:
        with file.open("rb") as stream:
            return facts_of(stream)
    except Exception:  # the file is gone or damaged, or pydicom is missing: the voxels are there all the same
        return {}
