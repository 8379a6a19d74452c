"""The worker process: `python -m MosMedCOVIDLib.segmentation.worker [--bundle DIR] …`; see protocol.py.

It loads the network once, stays warm between studies, and may be killed at any time: it writes nothing but into the
folders of its jobs. When whoever started it is gone, it removes the folder of them all and ends.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import queue
import shutil
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

from ..cores import usable_cores
from ..errors import MosMedError, SaveError
from ..priority import give_way
from . import protocol
from .bundle import DEFAULT_BUNDLE, Bundle
from .segmenter import DRAWING, FINDING, LOADING, NETWORK, ON_THE_CPU, Segmenter

# Percent of a job at which each stage begins, by the time it takes on two cores.
STAGES = {LOADING: 0, FINDING: 2, NETWORK: 10, ON_THE_CPU: 10, DRAWING: 85}


class Job:
    """Reports how far one job is; time left is judged by the pace so far."""

    def __init__(self, number: int, send: Callable[[str], None]) -> None:
        self._number, self._send, self._begin = number, send, time.monotonic()
        self._sent = 0.0

    def stage(self, stage: str, share: float = 0.0) -> None:
        """`share` 0…1 of a stage is done; reported at most ten times a second."""
        begins = sorted({*STAGES.values(), 100})
        start = STAGES[stage]
        percent = start + share * (begins[begins.index(start) + 1] - start)
        now = time.monotonic()
        if share in (0.0, 1.0) or now - self._sent > 0.1:
            elapsed = now - self._begin
            left = elapsed * (100 - percent) / percent if percent > 12 else None
            self._send(protocol.progress_line(self._number, protocol.Progress(stage, percent, left)))
            self._sent = now


def main(arguments: list[str] | None = None) -> int:
    """Works through the jobs on standard input until it closes."""
    parser = argparse.ArgumentParser(prog="worker")
    parser.add_argument("--bundle", type=Path, default=DEFAULT_BUNDLE)
    parser.add_argument("--scratch", type=Path, help="folder of all jobs; removed when standard input closes")
    parser.add_argument("--trust-bundle", action="store_true", help="a foreign bundle may run its own code")
    parser.add_argument("--background", action="store_true", help="at low priority, with one thread")
    options = parser.parse_args(arguments)
    if options.background:
        give_way()
    threads = 1 if options.background else usable_cores()
    segmenter = Segmenter(Bundle(options.bundle), options.trust_bundle, threads)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the client's to handle; it ends this process
    output = _take_standard_output()
    jobs: queue.Queue[str] = queue.Queue()
    threading.Thread(target=_watch_standard_input, args=(jobs, options.scratch), daemon=True).start()
    with contextlib.suppress(Exception):  # the first job meets it again, and reports it
        segmenter.network("auto")  # warm when the first study has been read

    def send(line: str) -> None:
        print(line, file=output, flush=True)

    while True:
        _work(segmenter, jobs.get(), send)


def _work(segmenter: Segmenter, line: str, send: Callable[[str], None]) -> None:
    """Does one job; nothing of the study is left in memory while the worker waits for the next."""
    number, folder, device, study = protocol.read_job(line)
    try:
        masks = segmenter.segment(study, device, Job(number, send).stage, folder)
        del study  # or Windows would not let the client remove hu.npy, which is mapped into memory
        send(protocol.write_result(folder, number, masks))
    except OSError as error:
        send(protocol.error_line(number, SaveError(protocol.temporary_folder_full(folder, error))))
    except Exception as error:
        if not isinstance(error, MosMedError):
            traceback.print_exc()
        send(protocol.error_line(number, error))


def _take_standard_output() -> TextIO:
    """Keeps standard output for the protocol alone; what a library prints goes to standard error."""
    kept = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return kept


def _watch_standard_input(jobs: queue.Queue[str], scratch: Path | None) -> None:
    """Queues the lines of standard input; when it closes nobody waits for a result any more, or tidies up."""
    for line in sys.stdin:
        if line.strip():
            jobs.put(line)
    if scratch:
        for _ in range(3):  # the job may be writing into it at this very moment
            shutil.rmtree(scratch, ignore_errors=True)
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main())
