"""A source of DICOM files into a Study: found, listed, chosen, sorted, decoded."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import numpy as np

from ...errors import StudyRefused
from ..progress import OnProgress, silent
from ..study import Study
from .candidates import Candidate, candidates_of
from .choice import Choose, chosen, listed
from .facts import facts_of
from .fitness import DOSE_REPORT
from .image import Image
from .pixels import volume_of
from .scan import gone, scanned
from .series import Series
from .sources import DICOMDIR, ZIP_ENDING, Source, name_of_folder, opened
from .tilt import Straightening

HEADERS_SHARE = 0.25  # of the time that reading takes
LPS_TO_RAS = np.diag([-1.0, -1.0, 1.0, 1.0])


def list_series(path: Path, on_progress: OnProgress = silent) -> list[Series]:
    """The series at a path, by their headers. StudyRefused where there is no DICOM."""
    with opened(path) as source:
        return listed(candidates_of(scanned(source, on_progress).images, source.name))


def read_dicom(
    path: Path, on_progress: OnProgress = silent, series: str | None = None, choose: Choose | None = None
) -> Study:
    """Reads one CT series of a folder and those below it, a DICOMDIR, a .zip or a multi-frame file.

    series: its UID or number; None: the one that `choose` is asked for where several are fit, or the recommended one,
    and a note says why. StudyRefused where none is a regular volume of CT.
    """
    with opened(path) as source:
        scan = scanned(source, lambda share: on_progress(HEADERS_SHARE * share))
        try:
            candidate = chosen(candidates_of(scan.images, source.name), source.name, series, choose)
        except StudyRefused as refusal:  # a file that could not be read may be the very slice that is missing
            raise StudyRefused(refusal.check, " ".join([str(refusal), *scan.notes])) from refusal
        grid, headers = candidate.grid, _headers(source, candidate, scan.images)
        assert grid
        if grid.tilt_degrees:  # the audit must know that the frame is no field of view any more
            headers["StraightenedDegrees"] = grid.tilt_degrees
        straightening = Straightening.of(grid)
        hu, notes = volume_of(
            grid, straightening, source, lambda share: on_progress(HEADERS_SHARE + (1 - HEADERS_SHARE) * share)
        )
        lps = np.eye(4)
        lps[:3, :3] = np.column_stack([grid.column, grid.row, straightening.step])
        lps[:3, 3] = straightening.origin
        return Study(
            hu=hu,
            affine=LPS_TO_RAS @ lps,
            name=dicom_name(path),
            path=path,
            kind="dicom",
            headers={**headers, **candidate.asked},
            notes=(*scan.notes, *candidate.notes, *_repairs(candidate), *notes),
        )


def dicom_name(path: Path) -> str:
    """A study's name: its folder's, its archive's without the ending, or its file's."""
    if path.is_dir():
        return name_of_folder(path)
    if path.name.upper() == DICOMDIR:
        return name_of_folder(path.parent)
    return path.stem if path.name.lower().endswith((ZIP_ENDING, ".dcm")) else path.name


def _repairs(candidate: Candidate) -> list[str]:
    """What was done to the slices so that they form one volume."""
    grid, said = candidate.grid, []
    assert grid
    copies = len(candidate.images) - len(grid.slices)
    if copies:
        which = "image is a copy of another" if copies == 1 else "images are copies of others"
        said.append(f"{copies} {which}, pixel by pixel, and {'was' if copies == 1 else 'were'} left out.")
    if grid.tilt_degrees:
        said.append(
            f"The gantry was tilted by {grid.tilt_degrees:.1f}°: each slice was shifted within its plane, by linear "
            "interpolation, onto a rectangular grid."
        )
    return said


def _headers(source: Source, candidate: Candidate, images: Sequence[Image]) -> dict[str, object]:
    """What is kept of the headers: the middle slice's, and the dose reports' of its examination."""
    middle = candidate.images[len(candidate.images) // 2]
    reports = {  # each once: a copy would double the dose
        image.instance or image.entry: image.entry
        for image in images
        if image.sop_class == DOSE_REPORT and image.study == middle.study
    }
    try:
        with ExitStack() as stack:
            files = [stack.enter_context(source.whole(entry)) for entry in [middle.entry, *reports.values()]]
            return facts_of(files[0], files[1:])
    except OSError as error:
        raise gone(source, middle.entry) from error
