"""A network of our kind on the CPU, by ONNX Runtime."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from .bundle import ONNX, Bundle
from .network import OnProgress, blank, require_channels, require_numbers
from .view import View, ViewSettings


def silent_onnxruntime() -> Any:
    """The package, told to report to nobody: from 1.29 on it tells its makers of each model, unless asked before."""
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    import onnxruntime

    onnxruntime.disable_telemetry_events()  # what earlier ones hand to Windows
    return onnxruntime


class OnnxNetwork:
    """models/model.onnx as scripts/export.py writes it: image in; certainty uint8 and the sum of its logits out."""

    device = "cpu"

    def __init__(self, bundle: Bundle, threads: int) -> None:
        onnxruntime = silent_onnxruntime()
        self.view_settings = ViewSettings(**bundle.inference["view"])
        self._batch, self._channels = int(bundle.inference["slices_at_once"]), bundle.channels
        self._threads = threads
        options = onnxruntime.SessionOptions()
        # Each thread has slices of its own: threads that share one slice's layers wait for each other at every layer.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        path = bundle.weights(ONNX)
        self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        require_channels(self._certainty(blank(self.view_settings)).shape[1], self._channels, bundle)

    def probabilities(self, view: View, progress: OnProgress = lambda share: None) -> np.ndarray:
        """As SliceNetwork says."""
        count = len(view.images)
        found = np.empty((count, 2, *view.images.shape[1:]), np.uint8)

        def find(start: int) -> int:
            stop = min(count, start + self._batch)
            found[start:stop] = self._channels.select(self._certainty(view.with_neighbours(range(start, stop))))
            return stop

        with ThreadPoolExecutor(self._threads) as pool:
            for stop in pool.map(find, range(0, count, self._batch)):
                progress(stop / count)
        return found

    def _certainty(self, slices: np.ndarray) -> np.ndarray:
        """uint8 [n, channel, row, column] of slices float32 [n, 3, row, column]."""
        certainty, total = self._session.run(None, {"image": slices})
        require_numbers(float(total))
        return certainty
