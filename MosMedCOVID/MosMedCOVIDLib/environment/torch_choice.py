"""Whether torch is worth having, which one, from where, and why: PyPI's for Linux brings gigabytes of CUDA."""

import platform
import shutil
import subprocess
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ..errors import SetupError
from .locks import TORCH

CPU_INDEX = "https://download.pytorch.org/whl/cpu"
WINDOWS_CUDA_INDEX = "https://download.pytorch.org/whl/cu130"
PROBE_SECONDS = 4
DRIVER = Path("/proc/driver/nvidia/gpus")


@dataclass(frozen=True)
class Choice:
    """pip's options that lead to the right torch, and a clause that says where it is and why there."""

    options: tuple[str, ...]
    why: str


def choose(
    asked: str,
    system: str = "",
    gpu: Callable[[], bool] | None = None,
    reachable: Callable[[str], bool] | None = None,
) -> Choice:
    """Where to take torch from, for `asked` "cpu", "cuda" or "any" (CUDA if there is an NVIDIA GPU).

    Raises SetupError if what was asked for does not exist.
    """
    system = system or platform.system()
    if system == "Darwin":
        if asked == "cuda":
            raise SetupError("There is no torch with CUDA for macOS: leave out --torch, or ask for --torch cpu.")
        return Choice((), "from pip's index: macOS has only one")
    if asked == "cuda" or (asked == "any" and (gpu or nvidia_gpu)()):
        cause = "asked for" if asked == "cuda" else "an NVIDIA GPU is here"
        if system == "Windows":
            return Choice(("--index-url", WINDOWS_CUDA_INDEX), f"from {WINDOWS_CUDA_INDEX}: {cause}")
        return Choice((), f"from pip's index: {cause}")
    cause = "asked for" if asked == "cpu" else "no NVIDIA GPU is here"
    if system == "Windows":
        return Choice((), f"from pip's index: {cause}")
    if (reachable or answers)(f"{CPU_INDEX}/torch/"):
        return Choice(("--index-url", CPU_INDEX), f"from {CPU_INDEX}: {cause}")
    return Choice((), f"from where pip finds one: {cause}, but {CPU_INDEX} does not answer")


def from_folder(wheels: Path) -> Choice:
    """torch from a folder of wheels, whichever lies there."""
    return Choice(("--no-index", "--find-links", str(wheels)), f"from the folder {wheels}")


def requirement() -> str:
    """torch as pip is told; a file's local version, such as +cpu, fits too."""
    return f"torch=={TORCH}"


def worthwhile(wheels: Path | None) -> bool:
    """Whether to install torch unasked: for an NVIDIA GPU, unless a folder of wheels was filled without it."""
    return nvidia_gpu() and (wheels is None or any(wheels.glob("torch-*.whl")))


def nvidia_gpu() -> bool:
    """Whether the driver of an NVIDIA GPU is at work here."""
    if any(DRIVER.glob("*")):
        return True
    tool = shutil.which("nvidia-smi")
    try:
        return bool(tool) and b"GPU" in subprocess.run([str(tool), "-L"], capture_output=True, timeout=15).stdout
    except (OSError, subprocess.SubprocessError):
        return False


def answers(url: str) -> bool:
    """Whether an address answers within seconds."""
    try:
        with urllib.request.urlopen(url, timeout=PROBE_SECONDS) as answer:
            return bool(answer.status == 200)
    except (OSError, ValueError):
        return False
