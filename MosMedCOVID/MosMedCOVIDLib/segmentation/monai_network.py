"""A bundle's network as MONAI builds it of the config, with its weights; imported by the worker alone."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .bundle import TORCHSCRIPT, Bundle

if TYPE_CHECKING:
    import torch
    from monai.bundle import ConfigParser


def read_config(bundle: Bundle, device: str) -> ConfigParser:
    """The bundle's inference config, to be run on a device. Whatever it evaluates runs the code that it holds."""
    import torch
    from monai.bundle import ConfigParser

    if str(bundle.folder) not in sys.path:
        sys.path.append(str(bundle.folder))  # a bundle's config may name its own scripts
    parser = ConfigParser()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "parsing config_file")  # it can run code: that was asked before
        parser.read_meta(bundle.folder / "configs" / "metadata.json")
        parser.read_config(bundle.inference_config)
    parser["bundle_root"], parser["device"] = str(bundle.folder), torch.device(device)
    if "imports" in parser:
        parser.get_parsed_content("imports")
    return parser


def build_network(config: ConfigParser, path: Path) -> torch.nn.Module:
    """The network on the CPU: of the config's network_def and a file of weights, or a whole one from TorchScript."""
    import torch

    if path.name == TORCHSCRIPT:
        network = torch.jit.load(path, map_location="cpu")
    else:
        network = config.get_parsed_content("network_def")
        network.load_state_dict(_weights_in(torch.load(path, map_location="cpu", weights_only=True)))
    network.eval().requires_grad_(False)
    return network


def _weights_in(checkpoint: Mapping[str, Any]) -> Mapping[str, Any]:
    """The network's own part of a checkpoint that holds more."""
    names = ("model", "network", "state_dict")
    return next((checkpoint[name] for name in names if isinstance(checkpoint.get(name), Mapping)), checkpoint)


def certainty(logits: torch.Tensor, exclusive: bool = False) -> tuple[torch.Tensor, torch.Tensor]:
    """How certain each channel is, uint8 0…255; and the sum of all logits, which is a number only if they all are.

    exclusive: the channels are classes, of which each voxel has just one.
    """
    import torch

    logits = logits.float()
    shares = torch.softmax(logits, 1) if exclusive else torch.sigmoid(logits)
    return shares.mul(255).round().to(torch.uint8), logits.sum()
