"""A bundle's network on a device: which runtime runs it, and what every runtime keeps to.

Our own network runs on the CPU by ONNX Runtime, which needs neither torch nor MONAI, and on an NVIDIA GPU by torch. A
foreign bundle runs by torch on either, unless it is of our kind and brings models/model.onnx.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib.util
import math
import os
from collections.abc import Callable, Iterator
from typing import Protocol

import numpy as np

from ..errors import MosMedError, SetupError
from .bundle import ONNX, Bundle
from .channels import Channels
from .view import View, ViewSettings

WAYS_OUT = {
    "onnxruntime": "run `python3 MosMedCOVID setup`",
    "torch": "run `python3 MosMedCOVID setup --torch cpu`",
    "monai": "run `python3 MosMedCOVID setup --torch cpu`",
}
CUDA_WAY_OUT = "run `python3 MosMedCOVID setup --torch cuda` (in Slicer, choose the device GPU again to install it)"
NO_MEMORY_WORDS = ("failed to allocate", "allocate memory", "not enough memory")  # of ONNX Runtime and torch
OnProgress = Callable[[float], None]  # is told the share that is done, 0…1


class HasDevice(Protocol):
    """`device`, "cpu" or "cuda", is where it ran last."""

    device: str


class SliceNetwork(HasDevice, Protocol):
    """A network that sees slices with their neighbours."""

    view_settings: ViewSettings

    def probabilities(self, view: View, progress: OnProgress = ...) -> np.ndarray:
        """Lung and lesion of a view: uint8 [slice, 2, row, column], 255 = certain."""


def choose_device(wanted: str) -> str:
    """Where the network is to run, "cpu" or "cuda", for "auto" or one of them. SetupError where there is no GPU."""
    if wanted == "cpu":
        return wanted
    reason = why_no_cuda()
    if reason and wanted == "cuda":
        raise SetupError(f"{reason}, or choose the device Automatic or CPU (--device auto or cpu).")
    return "cpu" if reason else "cuda"


def why_no_cuda() -> str:
    """Why the network cannot run on a GPU here, as the beginning of a sentence; nothing where it can.

    The driver is asked first: without it, gigabytes would be installed for nothing. torch is asked last, since its
    import takes seconds.
    """
    if not _nvidia_driver():
        return "No NVIDIA GPU with a driver is at work here: install the driver if there is a GPU"
    lacking = [name for name in ("torch", "monai") if importlib.util.find_spec(name) is None]
    if lacking:
        return f"For a GPU, {' and '.join(lacking)} must be installed: {CUDA_WAY_OUT}"
    try:
        import torch

        if not torch.cuda.is_available():
            return f"This torch finds no GPU that it can use: {CUDA_WAY_OUT}"
        (torch.zeros(1, device="cuda") + 1).item()  # fails on a GPU too old for this torch, and on one that is full
    except RuntimeError as error:
        return f"The GPU cannot be used ({_first_line(error)}): end what else uses it, or {CUDA_WAY_OUT}"
    except Exception as error:  # a damaged torch, or a library that it needs
        return f"torch cannot be loaded here ({_first_line(error)}): {CUDA_WAY_OUT}"
    return ""


def _nvidia_driver() -> bool:
    with contextlib.suppress(OSError):
        ctypes.CDLL("nvcuda.dll" if os.name == "nt" else "libcuda.so.1")
        return True
    return False


def load_network(bundle: Bundle, device: str, threads: int) -> SliceNetwork:
    """The network of a bundle of our kind on "cpu" or "cuda". SetupError where it is damaged, or a package missing."""
    with explained(bundle):
        if device == "cpu" and (bundle.is_ours or bundle.has(ONNX)):
            from .onnx_network import OnnxNetwork

            return OnnxNetwork(bundle, threads)
        from .torch_network import TorchNetwork

        return TorchNetwork(bundle, device, threads)


@contextlib.contextmanager
def explained(bundle: Bundle) -> Iterator[None]:
    """Whatever a damaged config or file, or a missing package, makes a library raise becomes a sentence."""
    try:
        yield
    except (SetupError, MemoryError):  # that the study is too large says nothing against the model
        raise
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        way_out = WAYS_OUT.get(package, "install it, too")
        raise SetupError(
            f"The model {bundle.folder.name} needs the package {package}, which is not installed: {way_out}."
        ) from error
    except ImportError as error:  # a library below the package, which Windows lacks until something brings it
        raise SetupError(
            f"A package that the model {bundle.folder.name} needs cannot be loaded ({_first_line(error)}): "
            "run `python3 MosMedCOVID setup`; on Windows, install Microsoft's Visual C++ Redistributable first."
        ) from error
    except Exception as error:
        _raise_if_memory_is_full(error)
        raise SetupError(f"The model {bundle.folder} cannot be loaded or run: {_first_line(error)}") from error


@contextlib.contextmanager
def failures_told(network: HasDevice) -> Iterator[None]:
    """What a runtime raises at work, in its own words, becomes a MemoryError, or a sentence where the GPU failed."""
    try:
        yield
    except (MosMedError, MemoryError):
        raise
    except Exception as error:
        _raise_if_memory_is_full(error)
        if network.device == "cpu":
            raise
        raise SetupError(
            f"The GPU failed ({_first_line(error)}); nothing was saved. Run it again, or use the CPU (--device cpu)."
        ) from error


def _raise_if_memory_is_full(error: Exception) -> None:
    """Raises MemoryError where a runtime says by an error of its own that the computer's memory is full."""
    if any(words in str(error).lower() for words in NO_MEMORY_WORDS):
        raise MemoryError(_first_line(error)) from error


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def blank(settings: ViewSettings) -> np.ndarray:
    """A slice on which a network is tried out, float32 [1, 3, row, column]; not so small that one may refuse it."""
    edge = 4 * settings.multiple
    return np.zeros((1, 3, edge, edge), np.float32)


def require_channels(found: int, channels: Channels, bundle: Bundle) -> None:
    """SetupError where the network gives another number of channels than its bundle describes."""
    if found != channels.count:
        raise SetupError(
            f"The model {bundle.folder} gives {found} channels and describes {channels.count} in its metadata.json: "
            "its weights belong to another network. Get the files again."
        )


def require_numbers(total: float) -> None:
    """SetupError where the sum of what the network gave is no number: then one of the values isn't either."""
    if not math.isfinite(total):
        raise SetupError("The network gave values that are no numbers; use another device (--device cpu).")
