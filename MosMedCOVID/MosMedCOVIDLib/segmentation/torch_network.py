"""A network of our kind by torch: on an NVIDIA GPU, or on the CPU where a foreign bundle brings no ONNX."""

from __future__ import annotations

import numpy as np

from .bundle import TORCHSCRIPT, WEIGHTS, Bundle
from .gpu_memory import GPU_BYTES, limit_gpu_memory
from .monai_network import build_network, certainty, read_config
from .network import OnProgress, blank, require_channels, require_numbers
from .view import View, ViewSettings

LEFT_FREE = 0.3  # of the GPU's free memory, for what the libraries take besides
MOST_SLICES_AT_ONCE = 128


class TorchNetwork:
    """The bundle's network_def with models/model.pt. Where the GPU's memory runs out it takes fewer slices at once, and
    at last goes on by the CPU; `device` says so. The next study begins on the GPU again.
    """

    def __init__(self, bundle: Bundle, device: str, threads: int) -> None:
        import torch

        torch.set_num_threads(threads)
        self.device, self._wanted = "cpu", device
        self.view_settings = ViewSettings(**bundle.inference["view"])
        self._batch, self._channels = int(bundle.inference["slices_at_once"]), bundle.channels
        network = build_network(read_config(bundle, "cpu"), bundle.weights(WEIGHTS, TORCHSCRIPT))
        self._network = network.to(memory_format=torch.channels_last)
        if device == "cuda":
            limit_gpu_memory()
        require_channels(self._certainty(blank(self.view_settings)).shape[1], self._channels, bundle)

    def probabilities(self, view: View, progress: OnProgress = lambda share: None) -> np.ndarray:
        """As SliceNetwork says."""
        import torch

        count = len(view.images)
        found = np.empty((count, 2, *view.images.shape[1:]), np.uint8)
        device, batch, done = self._wanted, 0, 0
        while done < count:
            try:
                self._move_to(device)
                batch = batch or self._fitting_batch(view)
                stop = min(count, done + batch)
                answer = self._certainty(view.with_neighbours(range(done, stop)))
            except torch.cuda.OutOfMemoryError:
                device, batch = (device, batch // 2) if batch > 1 else ("cpu", 0)
                continue
            found[done:stop] = self._channels.select(answer)
            done = stop
            progress(done / count)
        torch.cuda.empty_cache()  # other programs, and the other worker, need the memory until the next study
        return found

    def _move_to(self, device: str) -> None:
        import torch

        if device != self.device:
            self.device = device  # said first: where memory runs out on the way, a part of it is there already
            self._network.to(device)
            torch.cuda.empty_cache()

    def _fitting_batch(self, view: View) -> int:
        """How many slices at once the device has memory for, by what one of them takes."""
        import torch

        if self.device == "cpu":
            return self._batch
        torch.cuda.reset_peak_memory_stats()
        before = torch.cuda.memory_allocated()
        self._certainty(view.with_neighbours(range(1)))
        each = torch.cuda.max_memory_allocated() - before
        room = min(GPU_BYTES, torch.cuda.mem_get_info()[0] * (1 - LEFT_FREE))
        return max(1, min(MOST_SLICES_AT_ONCE, int(room / each)))

    def _certainty(self, slices: np.ndarray) -> np.ndarray:
        """uint8 [n, channel, row, column] of slices float32 [n, 3, row, column]."""
        import torch

        with torch.inference_mode(), torch.autocast("cuda", torch.float16, enabled=self.device == "cuda"):
            images = torch.from_numpy(slices).to(self.device, memory_format=torch.channels_last)
            answer, total = certainty(self._network(images), self._channels.exclusive)
        require_numbers(float(total))
        values: np.ndarray = answer.cpu().numpy()
        return values
