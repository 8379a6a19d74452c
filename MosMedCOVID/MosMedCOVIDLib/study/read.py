"""The one door to a chest CT on disk: from a path to a Study, and from a folder to the studies in it."""

from __future__ import annotations

import itertools
import os
import re
from pathlib import Path

from ..errors import StudyRefused, UsageError
from .dicom import is_dicom, read_dicom
from .nifti import ENDINGS, read_nifti, study_name
from .progress import OnProgress, silent
from .study import Study

# Masks that lie beside studies: MosMedData's, ours, and those of labelled cases.
MASK = re.compile(r"_(mask|lungs?|lungmask|lesions?)(_v\d+)?$")
RESULTS_FOLDER = "MosMedCOVID-results"
MANY_FILES = 50  # a folder of slices shows what it is sooner


def name_of(path: Path) -> str:
    """A study's name: its file's without the ending, or its folder's. Links keep their own name."""
    return path.resolve().name if path.is_dir() else study_name(path)


def read_study(path: Path, on_progress: OnProgress = silent) -> Study:
    """Reads a NIfTI file or a folder with one DICOM series; tells how far it is.

    UsageError if the path doesn't exist, StudyRefused if it holds no chest CT that can be read safely.
    """
    must_exist(path)
    if path.is_dir():
        return read_dicom(path, on_progress)
    if path.name.lower().endswith(ENDINGS):
        return read_nifti(path, on_progress)
    if is_dicom(path):
        raise StudyRefused("series", f"{path.name} is a single DICOM file; give the folder with its whole series.")
    raise StudyRefused("readable", f"{path.name} is neither NIfTI (.nii, .nii.gz) nor a folder of DICOM files.")


def can_read(path: Path) -> bool:
    """Whether something may be a study, by name or DICOM's mark; cheap, for a window onto which it is dropped."""
    if path.is_dir():
        files = (Path(folder) / name for folder, _, names in os.walk(path) for name in sorted(names))
        return any(map(is_dicom, itertools.islice(files, MANY_FILES)))
    return path.name.lower().endswith(ENDINGS) or is_dicom(path)


def must_exist(path: Path) -> None:
    """UsageError where a path doesn't exist, or may not be looked at."""
    if not os.path.exists(path):  # noqa: PTH110, Path.exists raises where the path is too long or forbidden
        raise UsageError(f"There is no file or folder {path}, or it may not be opened.")


def find_studies(path: Path) -> list[Path]:
    """The studies at a path, sorted: the path itself if it is one, else what lies below a folder.

    A folder that holds DICOM files is one study; so is each NIfTI file that isn't named like a mask. A folder
    with neither is returned itself, so that reading it says what is wrong.
    """
    if not path.is_dir():
        return [path]
    found: list[Path] = []
    for folder, below, files in os.walk(path):
        below[:] = sorted(name for name in below if name != RESULTS_FOLDER and not name.startswith("."))
        here = Path(folder)
        volumes = [here / name for name in sorted(files) if name.lower().endswith(ENDINGS)]
        volumes = [volume for volume in volumes if not MASK.search(study_name(volume).lower())]
        found += volumes
        if not volumes and any(is_dicom(here / name) for name in sorted(files)):
            found.append(here)
            below.clear()
    return found or [path]
