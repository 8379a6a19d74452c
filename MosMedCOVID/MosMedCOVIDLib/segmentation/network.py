"""The network itself: loaded once, run on one view after the other."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from ..errors import SetupError
from .bundle import Bundle
from .view import View, ViewSettings

if TYPE_CHECKING:
    import torch


class Network:
    """A bundle's network on a device. SetupError where the bundle is damaged or the device isn't there.

    Runs the bundle's TorchScript, which needs torch alone: importing monai takes as long again as importing torch.
    """

    def __init__(self, bundle: Bundle, device: str = "auto") -> None:
        import torch

        self.bundle = bundle
        self.device = _device(device)
        checksum = bundle.weights_sha256  # raises where they are not the bundle's own
        try:
            self.view_settings = ViewSettings(**bundle.inference["view"])
            self.batch = int(bundle.inference["slices_at_once"])
            loaded = torch.jit.load(bundle.weights, map_location=self.device).eval()
            # Freezing works each batch normalisation into the convolution before it.
            self._network = torch.jit.freeze(loaded.to(memory_format=torch.channels_last))
            edge = self.view_settings.multiple
            answer = self._certainty(np.zeros((1, 3, edge, edge), np.float32))
        except Exception as error:  # whatever a damaged config or file makes torch raise
            said = (str(error).strip() or type(error).__name__).splitlines()[0]
            raise SetupError(f"The model {bundle.folder} ({checksum[:12]}…) cannot be loaded: {said}") from error
        if answer.shape != (1, 2, edge, edge):
            raise SetupError(f"The model {bundle.folder} does not give lungs and lesions: get the files again.")

    def probabilities(self, view: View, progress: Callable[[float], None] = lambda share: None) -> np.ndarray:
        """Lung and lesion of a view: uint8 [slice, 2, row, column], 255 = certain. `progress` gets 0…1."""
        import torch

        count = len(view.images)
        found = np.empty((count, 2, *view.images.shape[1:]), np.uint8)
        for start in range(0, count, self.batch):
            block = range(start, min(count, start + self.batch))
            certainty = self._certainty(np.stack([view.channels(index) for index in block]))
            if not torch.isfinite(certainty).all():
                raise SetupError("The network gave values that are no numbers; use another device (--device cpu).")
            found[block.start : block.stop] = certainty.to("cpu", torch.uint8).numpy()
            progress(block.stop / count)
        return found

    def _certainty(self, channels: np.ndarray) -> torch.Tensor:
        """What the network says of slices float32 [n, 3, row, column]: 0…255 [n, 2, row, column], in whole numbers."""
        import torch

        with torch.inference_mode():
            images = torch.from_numpy(channels).to(self.device, memory_format=torch.channels_last)
            return torch.sigmoid(self._network(images)).mul_(255).round_()


def _device(wanted: str) -> torch.device:
    import torch

    available = torch.cuda.is_available()
    if wanted == "cuda" and not available:
        raise SetupError("No NVIDIA GPU can be used by PyTorch here; choose --device cpu or auto.")
    return torch.device("cuda" if available and wanted != "cpu" else "cpu")
