"""The segmentation worker under a QProcess: the window goes on painting while it works."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import qt

from ..errors import Cancelled, MosMedError, SaveError, SetupError
from ..segmentation.bundle import DEFAULT_BUNDLE
from ..segmentation.job import Job, Result
from ..segmentation.protocol import (
    CANCELLED,
    WORKER_ENVIRONMENT,
    WORKER_MODULE,
    Progress,
    death,
    job_line,
    own_temporary_folder,
    read_answer,
    temporary_folder_full,
    write_hu,
)
from ..study.study import Study
from .stepwise import Stepwise

MODULE_FOLDER = Path(__file__).resolve().parents[2]
PATIENCE_MS = 3000  # for a process that was killed to be gone


class WorkerProcess:
    """A warm worker that segments one study at a time; it is started again where it was stopped or has died.

    The worker ends by itself when its standard input closes, as it does with this process: in Slicer `PythonSlicer`
    is a launcher, and killing it would leave the Python below it alive. background: it works at low priority.
    """

    def __init__(self, background: bool = False) -> None:
        self._background = background
        self._bundle, self._trusted = DEFAULT_BUNDLE, False
        self._process: qt.QProcess | None = None
        self._folder: Path | None = None
        self._job: Job | None = None
        self._handing_over: Stepwise | None = None
        self._jobs = 0
        self._unread = b""

    @property
    def busy(self) -> bool:
        """Whether a study is being segmented."""
        return self._job is not None

    @property
    def process_id(self) -> int | None:
        """The worker's process number while it runs."""
        return self._process.processId() if self._process else None

    def use(self, bundle: Path, trusted: bool) -> None:
        """Takes another bundle from the next start on. trusted: it may run its own code."""
        self.stop()
        self._bundle, self._trusted = bundle, trusted

    def start(self) -> None:
        """Starts the process, so that the network is being loaded while the reader looks at the study.

        SaveError, SetupError where it cannot be started.
        """
        if self._process is not None:
            return
        self._folder = own_temporary_folder()
        process = qt.QProcess()
        environment = qt.QProcessEnvironment.systemEnvironment()
        for name, value in WORKER_ENVIRONMENT.items():
            environment.insert(name, value)
        process.setProcessEnvironment(environment)
        process.setWorkingDirectory(str(MODULE_FOLDER))
        process.setStandardErrorFile(str(self._folder / "log.txt"))
        process.connect("readyReadStandardOutput()", self._read)
        process.connect("finished(int,QProcess::ExitStatus)", self._ended)
        process.connect("errorOccurred(QProcess::ProcessError)", self._failed)
        process.start(python_program(), ["-m", WORKER_MODULE, *self._options()])
        if process.state() == qt.QProcess.NotRunning:  # as Windows tells at once; others say it later
            self.stop()
            raise _not_started(process)
        self._process, self._unread = process, b""

    def segment(
        self,
        study: Study,
        device: str,
        on_progress: Callable[[Progress], None],
        on_result: Callable[[Result], None],
        on_error: Callable[[MosMedError], None],
    ) -> None:
        """Begins to segment a study; one of the two last is called once, later. MosMedError at once.

        The study's voxels go into a file a few slices at a time, so that the window works on.
        """
        if self._job:
            raise MosMedError("Another study is being segmented: cancel it first.")
        if self._folder and not self._folder.is_dir():  # systems tidy up what has lain there for days
            self.stop()
        self.start()
        self._jobs += 1
        folder = self._folder / f"job{self._jobs}"
        try:
            folder.mkdir()
        except OSError as error:
            raise SaveError(temporary_folder_full(folder.parent, error)) from error
        line = job_line(folder, self._jobs, study, device)
        self._job = Job(self._jobs, folder, line, on_progress, on_result, on_error)
        self._handing_over = Stepwise(write_hu(folder, study), self._handed_over, self._not_handed_over)

    def cancel(self) -> None:
        """Ends the work at once; whoever waits for it is told Cancelled."""
        job, self._job = self._job, None
        self.stop()
        if job:
            job.on_error(Cancelled(CANCELLED))

    def stop(self) -> None:
        """Ends the process, if there is one, and removes what it wrote; whoever waits hears nothing more."""
        self._job = None
        if self._handing_over:
            self._handing_over.stop()
            self._handing_over = None
        process, self._process = self._process, None
        if process is not None:
            process.disconnect("readyReadStandardOutput()", self._read)
            process.disconnect("finished(int,QProcess::ExitStatus)", self._ended)
            process.disconnect("errorOccurred(QProcess::ProcessError)", self._failed)
            process.closeWriteChannel()
            process.kill()
            process.waitForFinished(PATIENCE_MS)
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def _options(self) -> list[str]:
        """The worker's own command line."""
        options = ["--bundle", str(self._bundle), "--scratch", str(self._folder)]
        return options + ["--trust-bundle"] * self._trusted + ["--background"] * self._background

    def _handed_over(self) -> None:
        self._process.write(f"{self._job.line}\n".encode())

    def _not_handed_over(self, error: OSError) -> None:
        self._end_with(SaveError(temporary_folder_full(self._folder, error)))

    def _read(self) -> None:
        """Takes the whole lines that have come."""
        *lines, self._unread = (self._unread + self._process.readAllStandardOutput().data()).split(b"\n")
        for line in lines:
            if self._job:  # it may have been cancelled by what the line before it made somebody do
                self._hear(line.decode())

    def _hear(self, line: str) -> None:
        job = self._job
        if job.has_result(line):
            self._job = None
            job.on_result(Result(job.line, line))
            return
        try:
            heard = read_answer(line, job.number, job.folder)
        except MosMedError as error:
            self.stop()
            job.on_error(error)
            return
        if heard:
            job.on_progress(heard)

    def _ended(self, code: int, status: int) -> None:
        """The process is gone though nobody stopped it."""
        if self._process is None:
            return
        crashed = status == qt.QProcess.CrashExit
        self._end_with(death(-code if crashed else code, self._folder / "log.txt"))

    def _failed(self, error: int) -> None:
        """A process that could not be started never ends either; all other errors are followed by its end."""
        if error == qt.QProcess.FailedToStart and self._process is not None:
            self._end_with(_not_started(self._process))

    def _end_with(self, reason: MosMedError) -> None:
        job = self._job
        self.stop()
        if job:
            job.on_error(reason)


def _not_started(process: qt.QProcess) -> SetupError:
    return SetupError(f"The segmentation could not be started: {process.errorString()}.")


def python_program() -> str:
    """The Python that has this one's packages; in Slicer the running program is Slicer itself."""
    return shutil.which("PythonSlicer") or sys.executable
