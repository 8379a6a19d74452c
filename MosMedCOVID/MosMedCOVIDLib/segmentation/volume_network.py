"""Another MONAI bundle's network, which sees the whole study; by torch, on an NVIDIA GPU or on the CPU.

Supported are bundles that segment a CT as MONAI's model zoo does. configs/inference.json (or .yaml) holds
  network_def    with models/model.pt, or models/model.ts instead of both;
  preprocessing  a chain of dictionary transforms that begins with LoadImaged of "image" and leaves one volume, channel
                 first, there: Orientationd, Spacingd, ScaleIntensityRanged and the like. It is run on the study as a
                 NIfTI in HU. Each transform must keep the image's affine right, as MONAI's own do;
  inferer        such as SlidingWindowInferer, or SliceInferer for a network in 2D; without it, windows as large as the
                 spatial_shape of the input in metadata.json.
The network gives logits: the largest one counts where one channel is the background, else each above 0. Handlers,
post-processing and evaluator of the config are not used. The answer is brought to the study's grid by nearest voxels.
"""

from __future__ import annotations

import contextlib
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ..errors import SetupError
from ..study.orientation import Orientation
from ..study.study import Study
from .bundle import TORCHSCRIPT, WEIGHTS, Bundle
from .gpu_memory import limit_gpu_memory
from .monai_network import build_network, read_config
from .network import OnProgress, explained, require_channels, require_numbers

if TYPE_CHECKING:
    import torch

CERTAIN = 255


class _Steps(NamedTuple):
    preprocessing: Any
    inferer: Any


class VolumeNetwork:
    """The network of a bundle, loaded once; `device`, "cpu" or "cuda", is where it ran last.

    Where the GPU's memory runs out it takes fewer windows at once, and at last the CPU. The next study begins on the
    GPU again.
    """

    def __init__(self, bundle: Bundle, device: str, threads: int) -> None:
        with explained(bundle):
            import torch

            torch.set_num_threads(threads)
            self._bundle, self._channels, self._wanted, self.device = bundle, bundle.channels, device, device
            self._network = build_network(read_config(bundle, "cpu"), bundle.weights(WEIGHTS, TORCHSCRIPT))
            self._steps(device)  # or it is said now what is wrong with them
            if device == "cuda":
                limit_gpu_memory()

    def probabilities(self, study: Study, folder: Path, progress: OnProgress = lambda share: None) -> np.ndarray:
        """Lung and lesion of a study: uint8 [slice, 2, row, column], 255 or 0.

        On the study's own grid in the standard orientation. folder: for a NIfTI that the bundle reads.
        """
        import nibabel
        import torch

        path = folder / "study.nii"
        try:
            nibabel.save(nibabel.Nifti1Image(study.hu.T, study.affine), path)
            with explained(self._bundle):
                shown, affine = self._where_there_is_room(path, progress)
        finally:
            with contextlib.suppress(OSError):  # Windows keeps it while something has it open; it goes with the folder
                path.unlink()
            torch.cuda.empty_cache()  # other programs, and the other worker, need the memory until the next study
        orientation = Orientation.of(study.affine)
        masks = [_on_the_studys_grid(mask, affine, study) for mask in shown]
        return np.stack([orientation.to_standard(mask) for mask in masks], 1)

    def _where_there_is_room(self, path: Path, progress: OnProgress) -> tuple[list[np.ndarray], np.ndarray]:
        """`_shown` on the device that is wanted, as long as its memory lasts."""
        import torch

        if self._wanted == "cuda":
            steps = self._steps("cuda")
            at_once = getattr(steps.inferer, "sw_batch_size", 1)
            while at_once:
                with contextlib.suppress(torch.cuda.OutOfMemoryError):
                    return self._shown(path, "cuda", steps, progress)
                torch.cuda.empty_cache()  # not before the error is gone: it holds what the run had taken
                at_once = steps.inferer.sw_batch_size = at_once // 2
        return self._shown(path, "cpu", self._steps("cpu"), progress)

    def _steps(self, device: str) -> _Steps:
        """What the config does before the network and around it, made anew for a device."""
        config = read_config(self._bundle, device)
        inferer = config.get_parsed_content("inferer") if "inferer" in config else self._windows()
        return _Steps(config.get_parsed_content("preprocessing"), inferer)

    def _shown(
        self, path: Path, device: str, steps: _Steps, progress: OnProgress
    ) -> tuple[list[np.ndarray], np.ndarray]:
        """Where each of the wanted channels is true, bool in the image's own voxels, and the affine of these to RAS."""
        import torch

        self.device = device
        image = steps.preprocessing({"image": str(path)})["image"]
        network = self._network.to(device)
        windows = _count_of_windows(steps.inferer, image.shape[1:])
        done = 0

        def told(window: torch.Tensor, *more: Any, **others: Any) -> torch.Tensor:
            nonlocal done
            answer = network(window, *more, **others)
            done += len(window)
            progress(min(1.0, done / windows))
            return answer[0] if isinstance(answer, list | tuple) else answer  # the others are for training

        with torch.inference_mode():
            logits = steps.inferer(image.as_tensor()[None].to(device), told)[0].float().cpu()
        require_channels(len(logits), self._channels, self._bundle)
        require_numbers(float(logits.sum()))
        shown = (self._channels.lungs, self._channels.lesions)
        if self._channels.exclusive:
            largest = logits.argmax(0).numpy()
            return [np.isin(largest, numbers) for numbers in shown], np.asarray(image.affine)
        true = (logits > 0).numpy()
        return [true[list(numbers)].any(0) for numbers in shown], np.asarray(image.affine)

    def _windows(self) -> Any:
        """Sliding windows of the size that metadata.json states of the network's input."""
        from monai.inferers import SlidingWindowInferer

        size = self._bundle.metadata["network_data_format"]["inputs"]["image"]["spatial_shape"]
        if not all(isinstance(edge, int) for edge in size):
            raise SetupError(
                f"The model {self._bundle.folder} says neither by an `inferer` in {self._bundle.inference_config.name} "
                "nor by a spatial_shape in metadata.json how large its network's windows are."
            )
        return SlidingWindowInferer(size)


def _count_of_windows(inferer: Any, shape: tuple[int, ...]) -> int:
    """How many windows an inferer will show its network of an image; 1 where it isn't one that slides."""
    size, overlap = getattr(inferer, "roi_size", None), getattr(inferer, "overlap", None)
    if size is None or overlap is None:
        return 1
    stated = [size] * len(shape) if isinstance(size, int) else list(size)
    if len(stated) < len(shape):
        stated.insert(inferer.spatial_dim, 1)  # MONAI's SliceInferer
    # None, or a number that is no size, stands for the whole length.
    edges = [edge if edge and edge > 0 else length for edge, length in zip(stated, shape, strict=True)]
    overlaps = [overlap] * len(shape) if isinstance(overlap, int | float) else overlap
    steps = [max(1, int(edge * (1 - share))) for edge, share in zip(edges, overlaps, strict=False)]
    beyond = [max(0, length - edge) for length, edge in zip(shape, edges, strict=True)]
    return math.prod(1 + math.ceil(rest / step) for rest, step in zip(beyond, steps, strict=False))


def _on_the_studys_grid(mask: np.ndarray, affine: np.ndarray, study: Study) -> np.ndarray:
    """A mask [i, j, k] with its affine to RAS as 0 and 255 on the study's grid [slice, row, column], nearest voxels."""
    from scipy import ndimage

    there = np.linalg.inv(affine) @ study.affine
    values = CERTAIN * mask.astype(np.uint8)
    shape = study.hu.shape[::-1]
    found: np.ndarray = ndimage.affine_transform(
        values, there[:3, :3], there[:3, 3], shape, order=0, mode="grid-constant", prefilter=False
    )
    return found.T
