"""Makes one sentence out of what pip printed before it failed: what, where, what to do."""

import platform
import re
from collections.abc import Sequence
from pathlib import Path

from . import supported
from .processes import Finished

LAST_LINES = 6
DISK_FULL = r"No space left on device|\[Errno 28\]|Disk quota exceeded"
NO_NETWORK = (
    r"NewConnectionError|NameResolutionError|Failed to establish a new connection|Temporary failure in name|"
    r"getaddrinfo failed|Network is unreachable|Connection refused|ConnectTimeout|ReadTimeout|Read timed out|"
    r"ProxyError|Max retries exceeded|Connection broken|ConnectionResetError"
)
WRONG_HASH = r"DO NOT MATCH THE HASHES"
NOT_WRITABLE = r"Permission denied|\[Errno 13\]|\[WinError 5\]|Read-only file system|\[WinError 32\]"
NOT_FOUND = r"No matching distribution found for ([^\s(;]+)"


def sentence(done: Finished, folder: Path, wheels: Path | None) -> str:
    """The sentence, followed by pip's last lines; `folder` is the virtual environment."""
    last = [line for line in done.lines if line.strip()][-LAST_LINES:]
    return "\n".join([_cause(done, folder, wheels), *(f"    pip: {line}" for line in last)])


def _cause(done: Finished, folder: Path, wheels: Path | None) -> str:
    missing = _search(NOT_FOUND, done.lines)
    if _search(DISK_FULL, done.lines):
        return (
            f"The disk is full: make room for {folder} (about 2 GB, with torch 3 GB, with CUDA 9 GB) and start again."
        )
    if wheels and missing:
        return f"The folder {wheels} lacks {missing} for {_this_machine()}: add its wheel and start again."
    if _search(NO_NETWORK, done.lines):
        return (
            "The packages could not be downloaded: connect to the network (or set HTTPS_PROXY) and start again, or set "
            "up from a folder of wheels with `python3 MosMedCOVID setup --wheels FOLDER`."
        )
    if _search(WRONG_HASH, done.lines):
        return "A file differs from the one that the lock file names, so it was refused: look at your package mirror."
    if _search(NOT_WRITABLE, done.lines):
        return f"Cannot write in {folder}: close every other MosMedCOVID, make the folder writable, and start again."
    if missing:
        return f"pip found no {missing} for {_this_machine()}: look at your package mirror or your pip settings."
    return f"pip could not install the packages into {folder} (exit code {done.code}); its last lines say why."


def _search(pattern: str, lines: Sequence[str]) -> str:
    found = re.search(pattern, "\n".join(lines))
    return found.group(found.lastindex or 0) if found else ""


def _this_machine() -> str:
    glibc = ".".join(str(number) for number in supported.glibc_version())
    system = f"{platform.system()} {platform.machine()}{f' with glibc {glibc}' if glibc != '0.0' else ''}"
    return f"Python {'.'.join(platform.python_version_tuple()[:2])} on {system}"
