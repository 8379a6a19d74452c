"""Whether this Python and this machine can run MosMedCOVID. Parses on Python 3.6, so that one gets a sentence."""

import os
import platform
import sys

OLDEST, NEWEST = (3, 10), (3, 13)
OLDEST_GLIBC = (2, 28)
VIEWER_GLIBC = (2, 34)
OLDEST_MACOS = 14
VIEWER_MACHINES = "Linux on x86_64 with glibc 2.34 or newer, Windows on x86_64, macOS 14 or newer on Apple silicon"
MACHINES = "Linux on x86_64 or aarch64, Windows on x86_64, macOS 14 or newer on Apple silicon"


def why_not(program: str = "MosMedCOVID") -> str:
    """One sentence that says what is not supported here and what is, or nothing; `program` is what was started."""
    reason = python_reason()
    if reason:
        return f"{reason}, and MosMedCOVID needs 64-bit CPython 3.10 to 3.13: {what_to_start(program)}."
    reason = machine_reason(platform.system(), platform.machine())
    return f"{reason}, for which there are no ready-made packages: MosMedCOVID runs on {MACHINES}." if reason else ""


def python_reason() -> str:
    """What is wrong with the running Python, or nothing."""
    this = f"This is Python {platform.python_version()}"
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        return this
    if platform.python_implementation() != "CPython":
        return f"{this} of {platform.python_implementation()}"
    if "free-threading" in sys.version:
        return f"{this} without a global lock (free-threaded)"
    return f"{this} with 32 bits" if sys.maxsize < 2**32 else ""


def machine_reason(system: str, machine: str) -> str:
    """What is wrong with the machine, or nothing. `system` and `machine` are named as by `platform`."""
    machine = machine.lower()
    fits = {"Linux": ("x86_64", "amd64", "aarch64", "arm64"), "Windows": ("amd64", "x86_64"), "Darwin": ("arm64",)}
    if machine not in fits.get(system, ()):
        return f"This is {system.replace('Darwin', 'macOS')} on {machine}"
    if system == "Linux" and glibc_version() < OLDEST_GLIBC:
        return "This is a Linux without glibc 2.28 or newer"
    if system == "Darwin" and int(platform.mac_ver()[0].split(".")[0] or 0) < OLDEST_MACOS:
        return f"This is macOS {platform.mac_ver()[0]}"
    return ""


def why_no_viewer() -> str:
    """One sentence that says why a supported machine can have all but the viewer, or nothing."""
    here = f"{platform.system()} on {platform.machine()}"
    if platform.system() != "Linux":
        return ""
    if platform.machine().lower() in ("x86_64", "amd64"):
        if glibc_version() >= VIEWER_GLIBC:
            return ""
        here += f" with glibc {'.'.join(str(number) for number in glibc_version())}"
    return (
        f"There are no ready-made packages of the viewer for {here}, only for {VIEWER_MACHINES}; `grade` and the other "
        "commands work here."
    )


def glibc_version() -> tuple:
    """(major, minor) of the C library; (0, 0) where it is another one, such as musl."""
    if sys.platform != "linux":
        return (0, 0)
    try:
        name, _, version = (os.confstr("CS_GNU_LIBC_VERSION") or "").partition(" ")
    except (ValueError, OSError):
        return (0, 0)
    return tuple(int(part) for part in version.split(".")[:2]) if name == "glibc" else (0, 0)


def what_to_start(program: str) -> str:
    """Names a suitable Python that is installed here, or says where to get one."""
    for minor in range(NEWEST[1], OLDEST[1] - 1, -1):
        for command in ([f"python3.{minor}"], ["py", f"-3.{minor}"]):
            if runs(command, f"3.{minor}"):
                return f"start it with `{' '.join(command)} {program}`"
    return "install one of them, for example from https://www.python.org/downloads"


def runs(command: list, version: str) -> bool:
    """Whether a command is really that Python: a name on the PATH may be a shim with nothing behind it."""
    import shutil  # slow to import, and seldom needed
    import subprocess

    if not shutil.which(command[0]):
        return False
    question = "import sys; print('%d.%d' % sys.version_info[:2], sys.maxsize > 2**32)"
    try:
        done = subprocess.run(
            [*command, "-c", question], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=10, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return done.stdout.decode(errors="replace").split() == [version, "True"]
