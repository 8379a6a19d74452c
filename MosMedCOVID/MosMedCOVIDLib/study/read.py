"""The one door to a chest CT on disk: from a path to a Study, and from a folder to the studies in it."""

from __future__ import annotations

import itertools
import os
import re
from pathlib import Path

from ..errors import StudyRefused, UsageError
from .dicom import ZIP_ENDING, Choose, dicom_name, holds_dicom, is_dicom, read_dicom
from .folders import walk
from .nifti import ENDINGS, nifti_volumes, read_nifti, study_name
from .progress import OnProgress, silent
from .study import Study

# Masks that lie beside studies: MosMedData's, ours, and those of labelled cases.
MASK = re.compile(r"_(mask|lungs?|lungmask|lesions?)(_v\d+)?$")
RESULTS_FOLDER = "MosMedCOVID-results"
MANY_FILES = 50  # a folder of slices shows what it is sooner


def name_of(path: Path) -> str:
    """A study's name: its file's without the ending, or its folder's. Links keep their own name."""
    return study_name(path) if is_nifti_name(path) else dicom_name(path)


def is_nifti_name(path: Path) -> bool:
    """Whether a file is called as NIfTI files are."""
    return path.name.lower().endswith(ENDINGS) and not path.is_dir()


def read_study(
    path: Path, on_progress: OnProgress = silent, series: str | None = None, choose: Choose | None = None
) -> Study:
    """Reads a NIfTI file, or DICOM: a folder, a DICOMDIR, a .zip or a multi-frame file; tells how far it is.

    series: of DICOM, the UID or number of the one to read; None: the one that `choose` is asked for where several are
    fit, or the one recommended for lungs. UsageError if the path or the series doesn't exist, StudyRefused if there is
    no chest CT that can be read safely.
    """
    must_exist(path)
    if is_nifti_name(path):
        if series is not None:
            raise UsageError(f"{path.name} is NIfTI: it has no series to choose from.")
        return read_nifti(path, on_progress)
    if path.is_dir() or holds_dicom(path):
        return read_dicom(path, on_progress, series, choose)
    raise StudyRefused(
        "readable",
        f"{path.name} is neither NIfTI (.nii, .nii.gz, .hdr and .img) nor a folder of DICOM files, a DICOMDIR or "
        "a .zip of them.",
    )


def can_read(path: Path) -> bool:
    """Whether something may be a study, by name or DICOM's mark; cheap, for a window onto which it is dropped."""
    if path.is_dir():
        files = (Path(folder) / name for folder, _, names in walk(path) for name in names)
        return any(map(is_dicom, itertools.islice(files, MANY_FILES)))
    return is_nifti_name(path) or holds_dicom(path)


def must_exist(path: Path) -> None:
    """UsageError where a path doesn't exist, or may not be looked at."""
    if not os.path.exists(path):  # noqa: PTH110, Path.exists raises where the path is too long or forbidden
        raise UsageError(f"There is no file or folder {path}, or it may not be opened.")


def find_studies(path: Path) -> list[Path]:
    """The studies at a path, sorted: the path itself if it is one, else what lies below a folder.

    A folder that holds DICOM files (or a DICOMDIR) is one study; so is each .zip of them, and each NIfTI file that
    isn't named like a mask. A folder with none is returned itself, so that reading it says what is wrong.
    """
    if not path.is_dir():
        return [path]
    found: list[Path] = []
    for folder, below, files in walk(path):
        below[:] = (name for name in below if name != RESULTS_FOLDER and not name.startswith("."))
        here = Path(folder)
        volumes = [here / name for name in nifti_volumes(files)]
        volumes = [volume for volume in volumes if not MASK.search(study_name(volume).lower())]
        found += volumes
        found += [here / name for name in files if name.lower().endswith(ZIP_ENDING) and holds_dicom(here / name)]
        if any(is_dicom(here / name) for name in files if not name.lower().endswith(ENDINGS)):
            found.append(here)
            below.clear()
    return found or [path]
