"""What must be installed in Slicer before the network can run: a sentence with a button, never an install unasked."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable

import slicer

from ..errors import SetupError
from . import messages

# As imported, and as installed. The versions that were tested stand in the lock files; these are the ones that serve.
PACKAGES = {
    "nibabel": "nibabel>=5.2",
    "pydicom": "pydicom>=2.4",
    "python_calamine": "python-calamine>=0.2",
    "scipy": "scipy>=1.13",
    "SimpleITK": "SimpleITK>=2.3",
    "onnxruntime": "onnxruntime>=1.23.2",
}
# What a GPU or a bundle from outside needs beside them. MONAI names the torch that serves, so torch comes first; with
# PyYAML it reads configs in YAML, too.
TORCH = "torch"
TORCH_VERSION = ">=2.8"
WITH_TORCH = {"monai": "monai[pyyaml]>=1.6"}


def missing_packages() -> list[str]:
    """Names, as imported, of what the module needs and this Python lacks."""
    return _lacking(*PACKAGES)


def missing_for_torch() -> list[str]:
    """Names, as imported, of what a GPU or a bundle from outside needs beside that and this Python lacks."""
    return _lacking(TORCH, *WITH_TORCH)


def _lacking(*names: str) -> list[str]:
    return [name for name in names if importlib.util.find_spec(name) is None]


def install(names: list[str]) -> None:
    """Installs what is missing: torch through Slicer's PyTorch extension, the others by pip. SetupError if it fails."""
    by_pip = {**PACKAGES, **WITH_TORCH}
    requirements = [by_pip[name] for name in names if name in by_pip]
    try:
        if TORCH in names:
            _install_torch()
        if requirements and hasattr(slicer, "packaging"):  # from Slicer 5.11 on
            slicer.packaging.pip_install(requirements, requester="MosMedCOVID")
        elif requirements:
            slicer.util.pip_install(" ".join(f'"{requirement}"' for requirement in requirements))
    except SetupError:
        raise
    except Exception as error:  # pip_install and light-the-torch raise many kinds
        raise SetupError(f"Installing {', '.join(names)} failed: {error}. Check the network, and try again.") from error
    importlib.invalidate_caches()


def _install_torch() -> None:
    try:
        import PyTorchUtils
    except ImportError as error:
        raise SetupError(
            "PyTorch is installed by the extension PyTorch: install that one in Slicer's Extensions Manager, start "
            "Slicer again, then try again."
        ) from error
    logic = PyTorchUtils.PyTorchUtilsLogic()
    if logic.installTorch(askConfirmation=False, torchVersionRequirement=TORCH_VERSION) is None:
        raise SetupError(
            "PyTorch was not installed. A GPU and models from outside need it; the module's own model runs on the CPU "
            "without it: choose “CPU” under Device."
        )


class PackagesFrame:
    """The sentence and the button, shown only while something is missing."""

    def __init__(self, ui: object, installed: Callable[[], None]) -> None:
        self.ui, self._installed = ui, installed
        self.missing = missing_packages()
        ui.installButton.connect("clicked()", self.install)
        self.show()

    def show(self) -> None:
        """Shows what is missing."""
        for widget in (self.ui.packagesLabel, self.ui.installButton):
            widget.setVisible(bool(self.missing))
        names = ", ".join(self.missing)
        self.ui.packagesLabel.setText(f"Not installed in this Python: {names}.")

    def install(self) -> None:
        """Installs what is missing, since the reader asked for it."""
        try:
            with slicer.util.WaitCursor():
                install(self.missing)
        except SetupError as error:
            messages.tell(str(error))
        self.missing = missing_packages()
        self.show()
        self._installed()
