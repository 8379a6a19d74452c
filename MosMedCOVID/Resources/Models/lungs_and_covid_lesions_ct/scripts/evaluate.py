"""What a network that is still being made finds in labelled scans, sent through the program's own way."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from pathlib import Path

import numpy as np
import torch
from MosMedCOVIDLib.segmentation.masks import Masks
from MosMedCOVIDLib.segmentation.masks_from_probabilities import masks_from_probabilities
from MosMedCOVIDLib.segmentation.view import View, ViewSettings
from MosMedCOVIDLib.study.labelled import find_labelled_cases, read_mask
from MosMedCOVIDLib.study.nifti import read_nifti
from MosMedCOVIDLib.study.quick_lungs import find_quick_lungs
from MosMedCOVIDLib.study.study import Study

SLICES_AT_ONCE = 4


@dataclass(frozen=True)
class Counts:
    """Voxels of a patient: of lungs with their lesions, and of lesions; found, true, and both."""

    lungs_found: int
    lungs_true: int
    lungs_common: int
    found: int
    true: int
    common: int

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(a + b for a, b in zip(astuple(self), astuple(other), strict=True)))

    @property
    def lung_dice(self) -> float:
        """3D Dice of the lungs."""
        return 2 * self.lungs_common / (self.lungs_found + self.lungs_true)

    @property
    def lesion_dice(self) -> float:
        """3D Dice of the lesions; 1 where there are none, and none were found."""
        both = self.found + self.true
        return 2 * self.common / both if both else 1.0

    @property
    def found_percent(self) -> float:
        """Involvement as found, of the lungs as found."""
        return 100 * self.found / max(1, self.lungs_found)

    @property
    def true_percent(self) -> float:
        """Involvement by the reader's own masks."""
        return 100 * self.true / self.lungs_true


@torch.inference_mode()
def probabilities(network: torch.nn.Module, view: View) -> np.ndarray:
    """What a network gives for a view: uint8 [slice, 3, row, column], 255 = certain."""
    found = []
    for start in range(0, len(view.images), SLICES_AT_ONCE):
        block = range(start, min(len(view.images), start + SLICES_AT_ONCE))
        images = torch.from_numpy(np.stack([view.channels(index) for index in block]))
        certainty = torch.sigmoid(network(images.contiguous(memory_format=torch.channels_last)))
        found.append((255 * certainty).round().to(torch.uint8).numpy())
    return np.concatenate(found)


def segment(network: torch.nn.Module, study: Study, settings: ViewSettings) -> Masks:
    """Masks of a study, as the program would make them."""
    view = View.of(study, find_quick_lungs(study), settings)
    return masks_from_probabilities(study, view, probabilities(network, view), None)


def evaluate(
    network: torch.nn.Module, truth: Path, patients: tuple[str, ...], settings: ViewSettings, out: Path
) -> dict[str, Counts]:
    """Counts of each patient, whose scans' names begin with the patient's; what was found is kept as OUT/<scan>.npz."""
    network.eval()
    counts: dict[str, Counts] = {}
    for case in find_labelled_cases(truth):
        patient = next((patient for patient in patients if case.name.startswith(patient)), None)
        if patient is None or case.lungs is None:
            continue
        study = read_nifti(case.ct)
        masks = segment(network, study, settings)
        lesions = read_mask(case.lesions, study) > 0
        lungs = (read_mask(case.lungs, study) > 0) | lesions
        arrays = {"lungs": masks.lungs, "probability": masks.lesion_probability}
        np.savez_compressed(out / f"{case.name}.npz", **arrays)
        of_scan = count(masks, lungs, lesions)
        counts[patient] = counts[patient] + of_scan if patient in counts else of_scan
    return counts


def count(masks: Masks, lungs: np.ndarray, lesions: np.ndarray) -> Counts:
    """Counts of masks against the truth, bool [slice, row, column]."""
    pairs = ((masks.lungs > 0, lungs), (masks.lesions > 0, lesions))
    return Counts(*(int(np.count_nonzero(part)) for found, true in pairs for part in (found, true, found & true)))
