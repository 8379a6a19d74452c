"""Packages that Slicer lacks are installed by a button, through whatever that Slicer has; here against stand-ins.

What stands in: slicer.packaging (Slicer 5.11 and later), slicer.util.pip_install (5.10) and the extension PyTorch.
"""

import importlib.util
import sys
import types

import pytest
from MosMedCOVIDLib.errors import SetupError


@pytest.fixture
def packages(host):
    from MosMedCOVIDLib.panel import packages

    return packages


@pytest.fixture
def installed(monkeypatch):
    """What each of the stand-ins was asked to install."""
    import slicer

    asked = []
    newer = types.SimpleNamespace(pip_install=lambda what, requester: asked.append(("packaging", what)))
    monkeypatch.setattr(slicer, "packaging", newer, raising=False)
    monkeypatch.setattr(slicer.util, "pip_install", lambda what: asked.append(("util", what)), raising=False)
    logic = types.SimpleNamespace(installTorch=lambda **wishes: asked.append(("torch", wishes)) or "torch")
    utils = types.SimpleNamespace(PyTorchUtilsLogic=lambda: logic)
    monkeypatch.setitem(sys.modules, "PyTorchUtils", utils)
    return asked


def lacking(monkeypatch, *names):
    """Makes these modules ones that cannot be found."""
    find_spec = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name in names else find_spec(name))


def test_here_nothing_is_missing(packages):
    assert packages.missing_packages() == []


def test_what_runs_the_network_on_a_cpu_is_asked_for_and_torch_is_not(packages, monkeypatch):
    lacking(monkeypatch, "onnxruntime", "torch", "monai")
    assert packages.missing_packages() == ["onnxruntime"]
    assert packages.missing_for_torch() == ["torch", "monai"]


def test_a_newer_slicer_installs_through_its_packaging(packages, installed):
    packages.install(["nibabel", "onnxruntime"])
    assert installed == [("packaging", ["nibabel>=5.2", "onnxruntime>=1.23.2"])]


def test_torch_comes_through_its_extension_before_monai_which_would_bring_another(packages, installed):
    packages.install(["torch", "monai"])
    assert installed == [
        ("torch", {"askConfirmation": False, "torchVersionRequirement": ">=2.8"}),
        ("packaging", ["monai[pyyaml]>=1.6"]),
    ]


def test_a_reader_who_has_torch_gets_monai_only(packages, installed, monkeypatch):
    lacking(monkeypatch, "monai")
    packages.install([name for name in packages.missing_for_torch() if name != "torch"])
    assert installed == [("packaging", ["monai[pyyaml]>=1.6"])]


def test_slicer_5_10_installs_through_pip_install(packages, installed, monkeypatch):
    import slicer

    monkeypatch.delattr(slicer, "packaging")
    packages.install(["nibabel", "scipy"])
    assert installed == [("util", '"nibabel>=5.2" "scipy>=1.13"')]


def test_without_the_extension_pytorch_it_is_named(packages, installed, monkeypatch):
    monkeypatch.setitem(sys.modules, "PyTorchUtils", None)
    with pytest.raises(SetupError, match="Extensions Manager"):
        packages.install(["torch", "monai"])
    assert installed == [], "pip would bring a torch of its own"


def test_a_torch_that_was_not_installed_is_told_and_monai_is_not_either(packages, installed, monkeypatch):
    logic = types.SimpleNamespace(installTorch=lambda **wishes: None)
    monkeypatch.setattr(sys.modules["PyTorchUtils"], "PyTorchUtilsLogic", lambda: logic)
    with pytest.raises(SetupError, match=r"PyTorch was not installed\. A GPU and models from outside need it"):
        packages.install(["torch", "monai"])
    assert installed == []


def test_an_install_that_fails_is_a_sentence(packages, installed, monkeypatch):
    import slicer

    def fail(what, requester):
        raise RuntimeError("no network")

    monkeypatch.setattr(slicer.packaging, "pip_install", fail)
    with pytest.raises(SetupError, match=r"nibabel failed: no network\. Check"):
        packages.install(["nibabel"])


def test_what_is_missing_is_a_sentence_with_a_button(reader, packages, installed, monkeypatch):
    missing = ["nibabel"]
    monkeypatch.setattr(packages, "missing_packages", lambda: list(missing))
    frame = reader.panel.packages
    frame.missing = ["nibabel"]
    frame.show()
    assert "nibabel" in reader.ui.packagesLabel.text
    missing.clear()
    reader.panel.worker._soon.stop()
    reader.ui.installButton.click()
    assert reader.panel.worker._soon.active, "the network may be loaded now"
    assert installed == [("packaging", ["nibabel>=5.2"])]
    assert frame.missing == []
