"""Starts the worker process, gives it studies and waits for masks; for the command line (the panel has QProcess)."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from ..errors import Cancelled, MosMedError, SaveError
from ..study.study import Study
from .bundle import DEFAULT_BUNDLE
from .masks import Masks
from .protocol import (
    CANCELLED,
    WORKER_ENVIRONMENT,
    WORKER_MODULE,
    Progress,
    death,
    own_temporary_folder,
    read_answer,
    temporary_folder_full,
    write_job,
)

MODULE_FOLDER = Path(__file__).resolve().parents[2]


class SegmentationWorker:
    """A warm worker process. Used as a context; `segment` starts it again where it was stopped or has died.

    trusted: a bundle that did not come with the program may run its own code.
    """

    def __init__(self, bundle: Path = DEFAULT_BUNDLE, trusted: bool = False) -> None:
        self._options = ["--bundle", str(bundle.resolve()), *["--trust-bundle"] * trusted]
        self._process: subprocess.Popen[str] | None = None
        self._folder: Path | None = None
        self._jobs = 0
        self._cancelled = False

    def __enter__(self) -> SegmentationWorker:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    @property
    def process_id(self) -> int | None:
        """The worker's process number while it runs."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def start(self) -> None:
        """Starts the process, so that the network is being loaded while a study is read. SaveError."""
        if self.process_id is not None:
            return
        self.stop()
        self._folder = own_temporary_folder()
        with (self._folder / "log.txt").open("w") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", WORKER_MODULE, *self._options, "--scratch", str(self._folder)],
                cwd=MODULE_FOLDER,
                env={**os.environ, **WORKER_ENVIRONMENT},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                encoding="utf-8",
            )

    def segment(
        self, study: Study, device: str = "auto", on_progress: Callable[[Progress], None] = lambda progress: None
    ) -> Masks:
        """Lungs and lesions of a study. Cancelled after `cancel`, SetupError for a damaged model or a missing device.

        Whatever is raised, by `on_progress` too, stops the worker and leaves nothing behind; the next call starts anew.
        """
        self.start()
        self._cancelled = False
        assert self._process and self._process.stdin and self._process.stdout and self._folder
        self._jobs += 1
        folder = self._folder / f"job{self._jobs}"
        try:
            try:
                folder.mkdir()
                line = write_job(folder, self._jobs, study, device)
            except OSError as error:
                raise SaveError(temporary_folder_full(folder.parent, error)) from error
            with contextlib.suppress(OSError):  # a broken pipe, or what Windows calls one: the loop below ends at once
                self._process.stdin.write(line + "\n")
                self._process.stdin.flush()
            for answer in self._process.stdout:
                if self._cancelled:  # the masks may be in what has not been heard yet
                    break
                heard = read_answer(answer, self._jobs, folder)
                if isinstance(heard, Masks):
                    shutil.rmtree(folder, ignore_errors=True)
                    return heard
                if heard:
                    on_progress(heard)
            raise self._death()
        except BaseException:
            self.stop()
            raise

    def cancel(self) -> None:
        """Ends the work at once, from whichever thread; the `segment` that waits for it raises Cancelled."""
        self._cancelled = True
        if self._process:
            self._process.kill()

    def stop(self) -> None:
        """Ends the process, if there is one, and removes what it wrote."""
        if self._process:
            self._process.kill()
            self._process.wait()
            for pipe in (self._process.stdin, self._process.stdout):
                with contextlib.suppress(OSError):
                    pipe and pipe.close()
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)
        self._process = self._folder = None

    def _death(self) -> MosMedError:
        """Why the process ended before its work was done."""
        assert self._process and self._folder
        code = self._process.wait()
        if self._cancelled:
            return Cancelled(CANCELLED)
        return death(code, self._folder / "log.txt")
