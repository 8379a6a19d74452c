"""One study that is with the worker process, and the masks that it leaves in the job's folder."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..errors import MosMedError
from ..study.study import Study
from .masks import Masks
from .protocol import Progress, read_answer, read_job


@dataclass(frozen=True)
class Result:
    """Masks of a job that succeeded. They stay in their files until `drop`, or until the worker is stopped.

    asked, answer: the lines that the worker was given, and gave.
    """

    asked: str
    answer: str

    def is_of(self, study: Study) -> bool:
        """Whether these are masks of just these voxels, at just this place."""
        segmented = read_job(self.asked)[-1]
        if segmented.hu.shape != study.hu.shape or not np.array_equal(segmented.affine, study.affine):
            return False
        return all(np.array_equal(mine, theirs) for mine, theirs in zip(segmented.hu, study.hu, strict=True))

    def masks(self) -> Masks:
        """Reads them. MosMedError where they are no masks, OSError where the files are gone."""
        number, folder, *_ = read_job(self.asked)
        masks = read_answer(self.answer, number, folder)
        assert isinstance(masks, Masks)  # as Job.has_result found
        return masks

    def drop(self) -> None:
        """Removes their files."""
        shutil.rmtree(json.loads(self.asked)["folder"], ignore_errors=True)


@dataclass(frozen=True)
class Job:
    """What the worker was asked for, and whom to tell. One of the two last is called once, at the end."""

    number: int
    folder: Path
    line: str
    on_progress: Callable[[Progress], None]
    on_result: Callable[[Result], None]
    on_error: Callable[[MosMedError], None]

    def has_result(self, answer: str) -> bool:
        """Whether a line of the worker says that the masks of this job are there."""
        said = json.loads(answer)
        return said.get("job") == self.number and "result" in said
