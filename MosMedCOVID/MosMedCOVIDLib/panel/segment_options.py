"""The options of the section Segment: which model, on which device, and whether the next study is segmented ahead."""

from __future__ import annotations

import shutil
from pathlib import Path

import slicer

from ..errors import SetupError
from ..scene.reading import Reading
from ..segmentation.bundle import ONNX, Bundle
from . import messages
from .bundle_choice import BundleChoice
from .choices import Choices
from .packages import install, missing_for_torch
from .workers import Workers

DEVICES = {"auto": "Automatic", "cuda": "GPU", "cpu": "CPU"}


class SegmentOptions:
    """Folded away until the reader asks for them: most never need them."""

    def __init__(self, ui: object, reading: Reading, workers: Workers) -> None:
        self.ui, self._reading, self._workers = ui, reading, workers
        self.bundles = BundleChoice(ui.bundleBox, self.use)
        self._device = Choices(ui.deviceBox, DEVICES, reading, "device", self.device_changed)
        ui.optionsButton.connect("toggled(bool)", ui.segmentOptions.setVisible)
        ui.aheadCheck.setChecked(workers.works_ahead)
        ui.aheadCheck.connect("toggled(bool)", workers.work_ahead)

    def use(self, folder: Path, trusted: bool) -> None:
        """Segments with another bundle from now on. trusted: it is one from outside, and may run its own code."""
        if trusted and not _runs_by_onnx(Bundle(folder)):
            offer_torch("This model")
        self._workers.use(folder, trusted)

    def device_changed(self) -> None:
        """Segments on another device from now on; what was segmented ahead on the one before is dropped."""
        if self._reading.parameters.device == "cuda":
            offer_torch("The device “GPU” is one of NVIDIA's, and the network on it")
        self._workers.forget_ahead()

    def show(self, busy: bool) -> None:
        """Shows what can be chosen now."""
        self._device.show()
        for box in (self.ui.bundleBox, self.ui.deviceBox):
            box.setEnabled(not busy)


def _runs_by_onnx(bundle: Bundle) -> bool:
    """Whether a bundle from outside needs no torch."""
    try:
        return bundle.has(ONNX) and bundle.by_slices
    except SetupError:  # its config is YAML, which comes with MONAI, or the worker says what is wrong with it
        return False


def offer_torch(what: str) -> None:
    """In Slicer: installs what a GPU or a model from outside needs, if the reader agrees; in the host `setup` does.

    what: begins the sentence that says what needs it.
    """
    lacking = missing_for_torch()
    if not lacking or shutil.which("PythonSlicer") is None:
        return
    if messages.confirmed(f"{what} needs {' and '.join(lacking)}, which Slicer lacks. Download and install now?"):
        try:
            with slicer.util.WaitCursor():
                install(lacking)
        except SetupError as error:
            messages.tell(str(error))
