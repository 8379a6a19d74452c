"""Packages that Slicer lacks are installed by a button, through whatever that Slicer has; here against stand-ins.

What stands in: slicer.packaging (Slicer 5.11 and later), slicer.util.pip_install (5.10) and the extension PyTorch.
"""

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


def test_here_nothing_is_missing_but_perhaps_torch(packages):
    assert set(packages.missing_packages()) <= {"torch"}


def test_a_newer_slicer_installs_through_its_packaging(packages, installed):
    packages.install(["nibabel", "torch"])
    assert installed == [("packaging", ["nibabel>=5.2"]), ("torch", {"askConfirmation": False})]


def test_slicer_5_10_installs_through_pip_install(packages, installed, monkeypatch):
    import slicer

    monkeypatch.delattr(slicer, "packaging")
    packages.install(["nibabel", "scipy"])
    assert installed == [("util", '"nibabel>=5.2" "scipy>=1.13"')]


def test_without_the_extension_pytorch_it_is_named(packages, installed, monkeypatch):
    monkeypatch.setitem(sys.modules, "PyTorchUtils", None)
    with pytest.raises(SetupError, match="Extensions Manager"):
        packages.install(["torch"])


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
    reader.ui.installButton.click()
    assert installed == [("packaging", ["nibabel>=5.2"])]
    assert frame.missing == []
