"""lungmask's R231 as a yardstick: its pre-processing and network, with random weights of the same shape.

Weights change what a network finds, not how long it takes; the real ones would have to be downloaded.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np


def r231(folder: Path) -> Callable[[np.ndarray], np.ndarray] | None:
    """What segments HU [slice, row, column], without lungmask's post-processing; None where lungmask isn't there."""
    try:
        from lungmask import LMInferer
        from lungmask.resunet import UNet
    except ImportError:
        return None
    import torch

    torch.manual_seed(0)
    network = UNet(n_classes=3, padding=True, depth=5, up_mode="upsample", batch_norm=True, residual=False)
    torch.save(network.state_dict(), folder / "r231.pth")
    inferer = LMInferer(
        modelpath=str(folder / "r231.pth"), force_cpu=True, volume_postprocessing=False, tqdm_disable=True
    )

    def segment(hu: np.ndarray) -> np.ndarray:
        # What its `apply` does for an array, less the filling of holes that random masks would make endless.
        return np.asarray(inferer.apply(hu))

    return segment
