"""What the worker process and whoever started it say to each other: JSON lines, and volumes as files beside them.

To the worker's standard input goes one line a job: {"job": 1, "folder": …, "device": …, "affine": […], "name": …}; the
folder holds `hu.npy`. From its standard output come {"job": 1, "progress": {"stage", "percent", "seconds_left"}}, and
at the end {"job": 1, "result": {…}, "shape": […], "box": [[…], …]} with the masks as `lungs.npy`, `lesions.npy` and,
where there are such, `lesion_probability.npy` and `dense.npy` in that folder, of the box of the study that holds the
lungs, or {"job": 1, "error": {"kind", "message"}}. The worker ends when its standard input closes.

Pure, so that a subprocess and a QProcess can both speak it.
"""

from __future__ import annotations

import contextlib
import json
import signal
import tempfile
from collections.abc import Generator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import Cancelled, MosMedError, SaveError, SetupError, StudyRefused, WorkerDied
from ..study.boxes import box_from, box_of
from ..study.study import Study
from .masks import Masks, Model

WORKER_MODULE = "MosMedCOVIDLib.segmentation.worker"
# numpy's matrix products are small here: its threads would only wait for each other, and for torch's.
WORKER_ENVIRONMENT = {"OPENBLAS_NUM_THREADS": "1"}
SLICES_AT_ONCE = 8  # some milliseconds of writing
CANCELLED = "The segmentation was cancelled; nothing was saved."
MASK_FILES = ("lungs", "lesions", "lesion_probability", "dense")
ERROR_KINDS: dict[str, type[MosMedError]] = {
    "SetupError": SetupError,
    "SaveError": SaveError,
    "Cancelled": Cancelled,
    "WorkerDied": WorkerDied,
}
NO_MEMORY = (
    "There is not enough memory to segment this study; nothing was saved. Close other programs and run it again."
)


@dataclass(frozen=True)
class Progress:
    """How far a job is: what is being done, percent of the whole job, and the time left in s (None: not known yet)."""

    stage: str
    percent: float
    seconds_left: float | None = None


def write_job(folder: Path, number: int, study: Study, device: str) -> str:
    """Puts a study's HU into the job's folder; the line that tells the worker to segment it."""
    for _ in write_hu(folder, study):
        pass
    return job_line(folder, number, study, device)


def write_hu(folder: Path, study: Study) -> Generator[None, None, None]:
    """Puts a study's HU into the job's folder, a few slices at each step: a window can paint between them."""
    kind = {"descr": np.lib.format.dtype_to_descr(study.hu.dtype), "fortran_order": False, "shape": study.hu.shape}
    with (folder / "hu.npy").open("wb") as file:
        np.lib.format.write_array_header_1_0(file, kind)
        for first in range(0, len(study.hu), SLICES_AT_ONCE):
            file.write(np.ascontiguousarray(study.hu[first : first + SLICES_AT_ONCE]).data)
            yield


def job_line(folder: Path, number: int, study: Study, device: str) -> str:
    """The line that tells the worker to segment the study whose HU lie in the job's folder."""
    job = {"job": number, "folder": str(folder), "device": device, "name": study.name, "affine": study.affine.tolist()}
    return json.dumps(job)


def read_job(line: str) -> tuple[int, Path, str, Study]:
    """Number, folder, device and study of a job line; the HU stay on disk and are mapped into memory."""
    job = json.loads(line)
    folder = Path(job["folder"])
    hu = np.load(folder / "hu.npy", mmap_mode="r")
    study = Study(hu, np.array(job["affine"]), job["name"], folder, "scene")
    return job["job"], folder, job["device"], study


def progress_line(number: int, progress: Progress) -> str:
    """The worker's line about how far it is."""
    return json.dumps({"job": number, "progress": asdict(progress)})


def write_result(folder: Path, number: int, masks: Masks) -> str:
    """Puts the masks into the job's folder; the worker's last line of a job that succeeded."""
    box = box_of(masks.lungs) or box_from((0, 0, 0), (0, 0, 0))
    for name in MASK_FILES:
        if getattr(masks, name) is not None:  # copied first: numpy writes what has gaps in memory byte by byte
            np.save(folder / f"{name}.npy", getattr(masks, name)[box].copy())
    model = asdict(masks.model) if masks.model else None
    edges = [[part.start, part.stop] for part in box]
    return json.dumps({"job": number, "result": model, "shape": masks.lungs.shape, "box": edges})


def error_line(number: int, error: Exception) -> str:
    """The worker's last line of a job that failed."""
    if isinstance(error, MemoryError):  # told as where the system ends a process for it: the next study may be smaller
        error = WorkerDied(NO_MEMORY)
    kind = type(error).__name__ if isinstance(error, MosMedError) else "Defect"
    return json.dumps({"job": number, "error": {"kind": kind, "message": str(error) or type(error).__name__}})


def read_answer(line: str, number: int, folder: Path) -> Progress | Masks | None:
    """What a line of the worker means for a job: how far it is, its masks, or None where it is not about this job.

    Raises the error that the worker reports.
    """
    answer: dict[str, Any] = json.loads(line)
    if answer.get("job") != number:
        return None
    if "progress" in answer:
        return Progress(**answer["progress"])
    if "error" in answer:
        raise _error(**answer["error"])
    box = tuple(slice(*edges) for edges in answer["box"])
    arrays: dict[str, Any] = {}
    for name in MASK_FILES:
        file = folder / f"{name}.npy"
        if file.exists():
            arrays[name] = np.zeros(answer["shape"], np.uint8)
            arrays[name][box] = np.load(file)
    return Masks(**arrays, model=answer["result"] and Model.from_json(answer["result"]))


def _error(kind: str, message: str) -> MosMedError:
    if kind == "StudyRefused":
        return StudyRefused("segmentation", message)
    return ERROR_KINDS.get(kind, MosMedError)(message)


def death(code: int, log: Path) -> WorkerDied:
    """Why a worker ended before its work was done. code: its exit code, below 0 for a signal; log: what it wrote."""
    if code < 0:
        known = -code in {member.value for member in signal.Signals}
        name = signal.Signals(-code).name if known else f"signal {-code}"
        return WorkerDied(
            f"The segmentation process was ended from outside ({name}), perhaps because memory ran out; "
            "nothing was saved. Close other programs and run it again."
        )
    lines = []
    with contextlib.suppress(OSError):  # the temporary folder may have been tidied up
        lines = log.read_text(errors="replace").strip().splitlines()
    return WorkerDied(f"The segmentation process ended by itself (code {code}): {lines[-1] if lines else 'no word'}")


def own_temporary_folder() -> Path:
    """A new folder for the volumes of a worker's jobs. SaveError where there can be none."""
    try:
        return Path(tempfile.mkdtemp(prefix="MosMedCOVID-"))
    except OSError as error:
        raise SaveError(
            f"There can be no temporary folder ({error.strerror or error}): make room on the disk, or set TMPDIR."
        ) from error


def temporary_folder_full(folder: Path, error: OSError) -> str:
    """The sentence for volumes that could not be handed over."""
    return (
        f"The temporary folder {folder} cannot be written ({error.strerror or error}): make room there, or set TMPDIR."
    )
