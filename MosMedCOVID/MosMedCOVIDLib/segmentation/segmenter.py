"""From a study to its masks by one bundle, whose network is loaded once and kept; for the worker."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ..errors import SetupError
from ..study.quick_lungs import find_quick_lungs
from ..study.study import Study
from .bundle import Bundle
from .masks import Masks
from .masks_from_probabilities import masks_from_probabilities
from .network import SliceNetwork, choose_device, failures_told, load_network
from .view import View
from .volume_network import VolumeNetwork

LOADING, FINDING, NETWORK, DRAWING = (
    "loading the network",
    "finding the lungs",
    "lungs and lesions",
    "drawing the masks",
)
ON_THE_CPU = f"{NETWORK}, on the CPU since the GPU's memory is full"


class Segmenter:
    """Segments studies with one bundle. trusted: a foreign one may run its own code; threads: how many the CPU uses."""

    def __init__(self, bundle: Bundle, trusted: bool, threads: int) -> None:
        self._bundle, self._trusted, self._threads = bundle, trusted, threads
        self._networks: dict[str, SliceNetwork | VolumeNetwork] = {}

    def network(self, device: str) -> SliceNetwork | VolumeNetwork:
        """The network on a device ("auto", "cpu" or "cuda"). SetupError where it cannot be had.

        "auto" takes the CPU also where it is only the network for the GPU that cannot be loaded.
        """
        self._bundle.must_be_trusted(self._trusted)
        chosen = choose_device(device)
        try:
            return self._loaded(chosen)
        except SetupError:
            if (device, chosen) != ("auto", "cuda"):
                raise
            return self._loaded("cpu")

    def _loaded(self, device: str) -> SliceNetwork | VolumeNetwork:
        if device not in self._networks:
            load = load_network if self._bundle.by_slices else VolumeNetwork
            self._networks[device] = load(self._bundle, device, self._threads)
        return self._networks[device]

    def segment(self, study: Study, device: str, stage: Callable[[str, float], None], folder: Path) -> Masks:
        """Masks of a study on its own grid; `stage` is told what is done and the share of it. folder: for temporary
        files.
        """
        stage(LOADING, 0.0)
        network = self.network(device)

        def progress(share: float) -> None:
            left_the_gpu = network is self._networks.get("cuda") and network.device == "cpu"
            stage(ON_THE_CPU if left_the_gpu else NETWORK, share)

        stage(FINDING, 0.0)
        lungs = find_quick_lungs(study)
        if isinstance(network, VolumeNetwork):
            view = View.whole(study, lungs)
            stage(NETWORK, 0.0)
            with failures_told(network):
                probabilities = network.probabilities(study, folder, progress)
        else:
            view = View.of(study, lungs, network.view_settings)
            stage(NETWORK, 0.0)
            with failures_told(network):
                probabilities = network.probabilities(view, progress)
        model = self._bundle.model(network.device)
        stage(DRAWING, 0.0)
        return masks_from_probabilities(study, view, probabilities, model, lambda share: stage(DRAWING, share))
