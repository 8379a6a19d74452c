"""The process that draws thumbnails: `python -m MosMedCOVIDLib.study.mosmeddata.thumbnail_worker FOLDER`.

A line of JSON on standard input, {"study": path, "picture": path}, is answered by the same with "made" when it is
done. It works at low priority, keeps the folder of pictures within its limit, and may be killed at any time.
"""

from __future__ import annotations

import json
import signal
import sys
from pathlib import Path

from ...errors import MosMedError
from ...priority import give_way
from .thumbnail import prune, write_thumbnail

BETWEEN_PRUNINGS = 200  # pictures
WORKER_MODULE = "MosMedCOVIDLib.study.mosmeddata.thumbnail_worker"


def main(folder: Path) -> int:
    """Draws what it is asked for, until standard input closes."""
    give_way()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C ends whoever asks, and that closes standard input
    for number, line in enumerate(sys.stdin):
        if number % BETWEEN_PRUNINGS == 0:
            prune(folder)
        job = json.loads(line)
        try:
            write_thumbnail(Path(job["study"]), Path(job["picture"]))
            made = True
        except (MosMedError, OSError, ValueError, MemoryError, ModuleNotFoundError):
            made = False
        print(json.dumps({**job, "made": made}), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
