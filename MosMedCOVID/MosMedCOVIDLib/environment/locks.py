"""The lock files at the repository's root: which group is in which, what each pins, and whether one has changed."""

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path

from ..errors import SetupError
from . import supported

# From the smallest to the largest: each holds all of the one before it.
LOCK_FILES = {
    "product": "requirements.lock",
    "viewer": "requirements-viewer.lock",
    "testing": "requirements-testing.lock",
    "benchmarks": "requirements-benchmarks.lock",
}

# What comes with torch, beside whichever group. torch itself is in no lock file: PyPI's and PyTorch's own files of one
# version differ, so there is no one hash.
TORCH_LOCK_FILE = "requirements-torch.lock"
TORCH = "2.13.0"

# What each group adds, as it is imported.
MODULES = {
    "product": (
        "numpy",
        "scipy",
        "PIL",
        "isal",
        "nibabel",
        "pydicom",
        "python_calamine",
        "SimpleITK",
        "onnxruntime",
        "tqdm",
    ),
    "viewer": ("PySide6", "slicer"),
    "testing": ("dcm2niix", "mypy", "pytest", "xdist", "ruff"),
    "benchmarks": ("matplotlib",),
}
TORCH_MODULES = ("torch", "monai", "onnx", "onnxscript", "yaml")
NEED_TORCH = {"benchmarks": ("lungmask",)}


def holds(larger: str, smaller: str) -> bool:
    """Whether group `larger` holds all of group `smaller`."""
    order = list(LOCK_FILES)
    return order.index(larger) >= order.index(smaller)


def modules(group: str, with_torch: bool) -> list[str]:
    """Names to import to see that a group is really there; a larger one leaves the viewer out where there is none."""
    groups = [name for name in LOCK_FILES if holds(group, name)]
    if supported.why_no_viewer():
        groups = [name for name in groups if name != "viewer"]
    names = [module for name in groups for module in MODULES[name]]
    if with_torch:
        names += [*TORCH_MODULES, *(module for name in groups for module in NEED_TORCH.get(name, ()))]
    return names


def lock_files(root: Path, group: str, with_torch: bool) -> list[Path]:
    """The lock files of a group, without torch or with what comes with it. Raises SetupError if one is missing."""
    paths = [root / name for name in (LOCK_FILES[group], *([TORCH_LOCK_FILE] if with_torch else []))]
    for path in paths:
        if not path.is_file():
            raise SetupError(f"{path} is missing: this copy of MosMedCOVID is not complete, so get it again.")
    return paths


def fingerprint(root: Path, group: str, with_torch: bool) -> str:
    """Changes whenever a version that is pinned changes; the same for all line ends. Raises SetupError."""
    texts = [path.read_text(encoding="utf-8") for path in lock_files(root, group, with_torch)]
    return hashlib.sha256("\n".join([*texts, TORCH] if with_torch else texts).encode()).hexdigest()


def pins(files: Iterable[Path]) -> list[str]:
    """The names that lock files pin, for whatever platform."""
    texts = "\n".join(path.read_text(encoding="utf-8") for path in files)
    return sorted(set(re.findall(r"^([\w.-]+)==", texts, flags=re.MULTILINE)))
