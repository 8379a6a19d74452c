"""The lock files at the repository's root: which group is in which, what each pins, and whether one has changed."""

import hashlib
import re
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

# Not in the lock files: PyPI's and PyTorch's own files of one version differ, so there is no one hash.
TORCH = "2.13.0"

# What each group adds, as it is imported. Those after the bar cannot be imported without torch.
MODULES = {
    "product": ("numpy", "scipy", "PIL", "nibabel", "pydicom", "SimpleITK", "tqdm"),
    "viewer": ("PySide6", "slicer"),
    "testing": ("mypy", "pytest", "ruff"),
    "benchmarks": (),
}
MODULES_WITH_TORCH = {"product": ("torch", "monai"), "viewer": (), "testing": (), "benchmarks": ("lungmask",)}


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
    return names + [module for name in groups for module in MODULES_WITH_TORCH[name] if with_torch]


def lock_file(root: Path, group: str) -> Path:
    """The lock file of a group. Raises SetupError if the checkout lacks it."""
    path = root / LOCK_FILES[group]
    if not path.is_file():
        raise SetupError(f"{path} is missing: this copy of MosMedCOVID is not complete, so get it again.")
    return path


def fingerprint(root: Path, group: str) -> str:
    """Changes whenever a version that the group pins changes; the same for all line ends. Raises SetupError."""
    text = lock_file(root, group).read_text(encoding="utf-8")
    return hashlib.sha256(f"{TORCH}\n{text}".encode()).hexdigest()


def pins(root: Path, group: str) -> list[str]:
    """The names that a group's lock file pins, for whatever platform. Raises SetupError."""
    text = lock_file(root, group).read_text(encoding="utf-8")
    return sorted(set(re.findall(r"^([\w.-]+)==", text, flags=re.MULTILINE)))
