"""The network itself: loaded once, run on one view after the other. Only the worker process imports this file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from monai.bundle import ConfigParser

from ..errors import SetupError
from .bundle import Bundle
from .view import View, ViewSettings


class Network:
    """A bundle's network on a device. SetupError where the bundle is damaged or the device isn't there."""

    def __init__(self, bundle: Bundle, device: str = "auto") -> None:
        self.bundle = bundle
        self.device = _device(device)
        checksum = bundle.weights_sha256  # raises where they are not the bundle's own
        config = ConfigParser()
        try:
            config.read_config(bundle.inference_config)
            self.view_settings = ViewSettings(**config.get_parsed_content("view"))
            self.batch = int(config.get_parsed_content("slices_at_once"))
            network = config.get_parsed_content("network_def")
            network.load_state_dict(torch.load(bundle.weights, map_location="cpu", weights_only=True))
        except Exception as error:  # whatever a damaged config or state dict makes monai and torch raise
            raise SetupError(
                f"The model in {bundle.folder} cannot be loaded (weights {checksum[:12]}…): {_first_line(error)}"
            ) from error
        _fold_normalisation(network.eval())
        self._network = network.to(self.device, memory_format=torch.channels_last)

    def probabilities(self, view: View, progress: Callable[[float], None] = lambda share: None) -> np.ndarray:
        """Lung and lesion of a view: uint8 [slice, 2, row, column], 255 = certain. `progress` gets 0…1."""
        count = len(view.images)
        found = np.empty((count, 2, *view.images.shape[1:]), np.uint8)
        with torch.inference_mode():
            for start in range(0, count, self.batch):
                block = range(start, min(count, start + self.batch))
                channels = torch.from_numpy(np.stack([view.channels(index) for index in block]))
                channels = channels.to(self.device, memory_format=torch.channels_last)
                certain = torch.sigmoid(self._network(channels)).mul_(255).round_()
                if not torch.isfinite(certain).all():
                    raise SetupError("The network gave values that are no numbers; use another device (--device cpu).")
                found[block.start : block.stop] = certain.to("cpu", torch.uint8).numpy()
                progress(block.stop / count)
        return found


def _device(wanted: str) -> torch.device:
    available = torch.cuda.is_available()
    if wanted == "cuda" and not available:
        raise SetupError("No NVIDIA GPU can be used by PyTorch here; choose --device cpu or auto.")
    return torch.device("cuda" if available and wanted != "cpu" else "cpu")


def _fold_normalisation(network: torch.nn.Module) -> None:
    """Works each batch normalisation into the convolution before it: the same result with a third less to do."""
    from monai.networks.blocks import Convolution
    from torch.nn.utils.fusion import fuse_conv_bn_eval

    for block in network.modules():
        if isinstance(block, Convolution) and isinstance(getattr(block, "adn", None), torch.nn.Module):
            norm = getattr(block.adn, "N", None)
            if isinstance(norm, torch.nn.BatchNorm2d | torch.nn.BatchNorm3d):
                block.conv = fuse_conv_bn_eval(block.conv, norm)
                block.adn.N = torch.nn.Identity()


def _first_line(error: Any) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
