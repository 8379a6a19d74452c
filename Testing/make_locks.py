"""Makes the lock files beside pyproject.toml anew: `python3 Testing/make_locks.py [--upgrade]`, with uv on the PATH.

Each lock holds a whole group: the exact versions and the sha256 of PyPI's files, for every platform and Python that
are supported. The one of torch holds what comes with torch, and goes beside any other. torch itself is not in them: it
comes from PyTorch's CPU index or from PyPI, whose files differ, and brings its own CUDA packages where they are wanted.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

PRODUCT = ["pyproject.toml"]
VIEWER = [*PRODUCT, "--group", "viewer"]
TORCH = ["--group", "torch"]
TESTING = [*VIEWER, "--group", "testing"]
BENCHMARKS = [*TESTING, *TORCH, "--group", "benchmarks"]  # lungmask needs torch

# lock -> what uv resolves for it; each keeps to the versions of those before it
LOCKS = {
    "requirements.lock": PRODUCT,
    "requirements-viewer.lock": VIEWER,
    "requirements-torch.lock": TORCH,
    "requirements-testing.lock": TESTING,
    "requirements-benchmarks.lock": BENCHMARKS,
}

# What 3D Slicer 5.12 bundles, so that the module meets the same numbers in both homes.
AS_IN_SLICER = """
numpy==2.2.6; python_version < '3.11'
numpy==2.4.6; python_version >= '3.11'
scipy==1.15.3; python_version < '3.11'
scipy==1.17.1; python_version >= '3.11'
"""

# Else all Pythons would get the last version with a file for Python 3.10, which is 1.23.2.
NEWEST = "onnxruntime>=1.31; python_version >= '3.11'"

# Gigabytes that only torch's CUDA build needs, and names itself, exactly.
CUDA = """
cuda-bindings
cuda-toolkit
nvidia-cudnn-cu13
nvidia-cusparselt-cu13
nvidia-nccl-cu13
nvidia-nvshmem-cu13
triton
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        constraints, excludes = Path(folder, "constraints.txt"), Path(folder, "excludes.txt")
        constraints.write_text(AS_IN_SLICER + NEWEST, encoding="utf-8")
        excludes.write_text(CUDA, encoding="utf-8")
        fixed = ["--constraints", str(constraints), "--excludes", str(excludes), *sys.argv[1:]]
        for lock, chosen in LOCKS.items():
            make_lock(lock, [*chosen, *fixed])
            fixed += ["--constraints", lock]


def make_lock(lock: str, options: list[str]) -> None:
    """Resolves once for all platforms, with one version of a package for all Pythons where there is one."""
    command = ["uv", "pip", "compile", "--output-file", lock, "--universal", "--generate-hashes"]
    command += ["--python-version", "3.10", "--no-python-downloads", "--fork-strategy", "fewest"]
    command += ["--only-binary", ":all:", "--no-emit-package", "torch", "--no-config", "--no-annotate"]
    command += ["--default-index", "https://pypi.org/simple", "--quiet"]
    command += ["--custom-compile-command", "python3 Testing/make_locks.py"]
    subprocess.run([*command, *options], cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
