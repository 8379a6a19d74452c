"""The lock files pin everything that is needed, for each Python and system, and name nothing but PyPI's own files."""

import importlib.metadata
import itertools
import re
from pathlib import Path

import pytest
from MosMedCOVIDLib.environment import locks, supported
from MosMedCOVIDLib.environment.import_check import DISTRIBUTIONS
from MosMedCOVIDLib.errors import SetupError
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parent.parent.parent
PYTHONS = ["3.10", "3.11", "3.12", "3.13"]
FILES = {**locks.LOCK_FILES, "torch": locks.TORCH_LOCK_FILE}
SYSTEMS = {
    f"{name} {machine}": {
        "sys_platform": system,
        "platform_system": name.replace("macOS", "Darwin"),
        "os_name": "nt" if system == "win32" else "posix",
        "platform_machine": machine,
    }
    for name, system, machine in [
        ("Linux", "linux", "x86_64"),
        ("Linux", "linux", "aarch64"),
        ("macOS", "darwin", "arm64"),
        ("Windows", "win32", "AMD64"),
    ]
}


def pinned(group: str, python: str, system: str) -> dict[str, Version]:
    """What a lock file pins for one Python on one system; each at most once, each with a hash."""
    text = (ROOT / FILES[group]).read_text(encoding="utf-8").replace("\\\n", " ")
    environment = {**SYSTEMS[system], "python_version": python, "python_full_version": f"{python}.5"}
    found: dict[str, Version] = {}
    for line in text.splitlines():
        if line.startswith("#") or not line.strip():
            continue
        words = line.partition(" --hash")
        assert re.findall(r"--hash=sha256:[0-9a-f]{64}(?= |$)", line), line
        requirement = Requirement(words[0].strip())
        if requirement.marker is None or requirement.marker.evaluate(environment):
            (pin,) = requirement.specifier
            assert pin.operator == "=="
            assert requirement.name not in found, line
            found[requirement.name] = Version(pin.version)
    return found


def needed(requirements: list[str], python: str, system: str) -> list[Requirement]:
    """Those of the requirements that count for one Python on one system, without torch, which no lock pins."""
    environment = {**SYSTEMS[system], "python_version": python, "python_full_version": f"{python}.5", "extra": ""}
    parsed = [Requirement(text) for text in requirements]
    return [one for one in parsed if one.name != "torch" and (not one.marker or one.marker.evaluate(environment))]


def of_project() -> dict[str, list[str]]:
    """The requirements that pyproject.toml states for each group (Python 3.10 has no tomllib)."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    lists = dict(re.findall(r"^(\w+) = \[(.*?)\]$", text, flags=re.MULTILINE | re.DOTALL))
    stated: list[str] = []
    groups = {"torch": re.findall(r'"([^"]+)"', lists["torch"])}
    for group, name in zip(locks.LOCK_FILES, ("dependencies", "viewer", "testing", "benchmarks"), strict=True):
        stated = stated + re.findall(r'"([^"]+)"', lists[name])
        groups[group] = stated
    return groups


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("group", FILES)
def test_each_lock_pins_what_the_project_requires(group: str, python: str, system: str) -> None:
    pins = pinned(group, python, system)
    requirements = needed(of_project()[group], python, system)
    assert len(requirements) >= (3 if group == "torch" else 8)
    for requirement in requirements:
        name = canonicalize_name(requirement.name)
        assert name in pins, f"{name} is not locked"
        assert pins[name] in requirement.specifier


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("with_torch", [False, True])
def test_the_lock_pins_what_its_packages_require(with_torch: bool, python: str, system: str) -> None:
    pins = pinned("testing", python, system)
    if with_torch:
        pins |= pinned("torch", python, system)
    looked_into = 0
    for name in [*pins, *(["torch"] if with_torch else [])]:
        for requirement in needed(required_by(name, pins), python, system):
            if canonicalize_name(requirement.name) in CUDA and name == "torch":
                continue
            assert pins.get(canonicalize_name(requirement.name), Version("0")) in requirement.specifier, (
                f"{name} requires {requirement}"
            )
            looked_into += 1
    assert looked_into >= 10


# What PyPI's torch for Linux names and brings by itself.
CUDA = {"cuda-toolkit", "cuda-bindings", "triton", "nvidia-cudnn-cu13", "nvidia-cusparselt-cu13", "nvidia-nccl-cu13"}
CUDA |= {"nvidia-nvshmem-cu13"}


def required_by(name: str, pins: dict[str, Version]) -> list[str]:
    """What an installed package requires; nothing of one that is not installed here in the version that is pinned."""
    try:
        if Version(importlib.metadata.version(name)) == pins.get(name, Version(importlib.metadata.version(name))):
            return importlib.metadata.requires(name) or []
    except importlib.metadata.PackageNotFoundError:
        pass
    return []


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("group", locks.LOCK_FILES)
def test_what_comes_with_torch_fits_beside_each_group(group: str, python: str, system: str) -> None:
    pins, torch = pinned(group, python, system), pinned("torch", python, system)
    shared = pins.keys() & torch.keys()
    assert {"numpy", "packaging", "protobuf"} <= shared
    assert {name: pins[name] for name in shared} == {name: torch[name] for name in shared}


@pytest.mark.parametrize("group", ["product", "viewer", "testing"])
def test_monai_and_what_writes_onnx_come_only_with_torch(group: str) -> None:
    for python, system in itertools.product(PYTHONS, SYSTEMS):
        assert {"monai", "onnx", "onnxscript", "pyyaml"}.isdisjoint(pinned(group, python, system))
        assert {"monai", "onnx", "onnxscript", "pyyaml"} <= pinned("torch", python, system).keys()


@pytest.mark.parametrize("python", PYTHONS)
def test_the_newest_onnx_runtime_is_locked_for_each_python(python: str) -> None:
    for system in SYSTEMS:
        assert pinned("product", python, system)["onnxruntime"] >= Version("1.23.2" if python == "3.10" else "1.31.1")


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize(("smaller", "larger"), list(itertools.pairwise(locks.LOCK_FILES)))
def test_a_larger_lock_holds_a_smaller_one(smaller: str, larger: str, python: str) -> None:
    assert pinned(smaller, python, "Linux x86_64").items() <= pinned(larger, python, "Linux x86_64").items()


@pytest.mark.parametrize(
    ("python", "numpy", "scipy"), [("3.10", "2.2.6", "1.15.3"), *((later, "2.4.6", "1.17.1") for later in PYTHONS[1:])]
)
def test_arrays_are_those_of_slicer(python: str, numpy: str, scipy: str) -> None:
    pins = pinned("product", python, "Linux x86_64")
    assert (pins["numpy"], pins["scipy"], pins["simpleitk"]) == (Version(numpy), Version(scipy), Version("2.5.7"))


@pytest.mark.parametrize("group", FILES)
def test_no_lock_names_an_index_a_path_or_torch(group: str) -> None:
    text = (ROOT / FILES[group]).read_text(encoding="utf-8")
    assert "python3 Testing/make_locks.py" in text.splitlines()[1]
    assert not re.search(r"://|--index|--extra|--find|^(torch|triton|nvidia|cuda)\b|^ *-e|^\.|/opt", text, re.MULTILINE)


def test_the_version_of_torch_is_the_projects() -> None:
    assert f"torch=={locks.TORCH}" in of_project()["torch"]


def test_what_is_imported_to_check_a_group_is_locked() -> None:
    names = {canonicalize_name(DISTRIBUTIONS.get(name, name)) for name in locks.modules("benchmarks", with_torch=True)}
    assert names - {"torch"} <= set(locks.pins(locks.lock_files(ROOT, "benchmarks", with_torch=True)))
    stated = {canonicalize_name(Requirement(text).name) for group in of_project().values() for text in group}
    assert stated <= names


@pytest.mark.parametrize("python", PYTHONS)
def test_the_viewer_is_locked_where_there_are_wheels_and_brings_its_own_vtk(python: str) -> None:
    for system in SYSTEMS:
        pins = pinned("viewer", python, system)
        wanted = {"slicer-core": "5.12.4.0", "vtk": "9.6.0", "pyside6-essentials": "6.11.3"}
        expected = {} if system == "Linux aarch64" else {name: Version(version) for name, version in wanted.items()}
        assert {name: pins[name] for name in wanted if name in pins} == expected
        assert wanted.keys().isdisjoint(pinned("product", python, system))


def test_where_there_is_no_viewer_its_packages_are_not_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supported, "why_no_viewer", lambda: "")
    assert {"PySide6", "slicer", "pytest"} <= set(locks.modules("testing", with_torch=True))
    monkeypatch.setattr(supported, "why_no_viewer", lambda: "There is none.")
    assert {"PySide6", "slicer"}.isdisjoint(locks.modules("testing", with_torch=True))
    assert "pytest" in locks.modules("testing", with_torch=True)


def test_without_torch_nothing_that_needs_it_is_imported() -> None:
    assert {"torch", "monai", "onnx", "lungmask"}.isdisjoint(locks.modules("benchmarks", with_torch=False))
    assert "onnxruntime" in locks.modules("product", with_torch=False)


def test_the_fingerprint_tells_the_groups_and_torch_apart() -> None:
    fingerprints = [locks.fingerprint(ROOT, group, torch) for group in locks.LOCK_FILES for torch in (False, True)]
    assert len(set(fingerprints)) == len(fingerprints)


@pytest.mark.parametrize("missing", ["requirements-testing.lock", "requirements-torch.lock"])
def test_a_missing_lock_is_told(missing: str, tmp_path: Path) -> None:
    for name in {"requirements-testing.lock", "requirements-torch.lock"} - {missing}:
        (tmp_path / name).touch()
    with pytest.raises(SetupError, match=rf"{re.escape(missing)} is missing"):
        locks.lock_files(tmp_path, "testing", with_torch=True)
