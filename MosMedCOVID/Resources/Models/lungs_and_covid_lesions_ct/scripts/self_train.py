"""A network's own answers for series in true HU that nobody has outlined, as cases to train the next network on.

    python -m scripts.self_train DATA PREPARED MODEL.pt [MODEL.pt …]

Writes the set `taught` below PREPARED: what the mean of the networks sees in a severe COVID-19 series, in P001, in the
healthy normal001 and in a half chest, none of which has outlines; what is known of them (slices without infection,
healthy patients) stays as it is known. Of a pneumonia that is not COVID-19 the lungs alone are taken. In a
cross-validation each fold needs its own teacher and its own PREPARED: another fold's has seen its patients.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from MosMedCOVIDLib.study.study import Study

from .case import CONSOLIDATION, LESION, LUNG, Case
from .evaluate import segment
from .prepare import view_settings, write
from .sources import series, true_hu, upper_lungs
from .train import network_of

SET = "taught"
COVID, OTHER_PNEUMONIA = "ricord1a_001012", "covidctmd_cap001"


class Mean(torch.nn.Module):
    """Several networks as one: the mean of their certainties, as logits."""

    def __init__(self, networks: Sequence[torch.nn.Module]) -> None:
        super().__init__()
        self.networks = torch.nn.ModuleList(networks)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Slices float32 [n, 3, row, column]."""
        certainty = torch.stack([torch.sigmoid(network(images)) for network in self.networks]).mean(0)
        return torch.logit(certainty, 1e-6)


def taught(case: Case, network: torch.nn.Module) -> Case:
    """A case with the network's answer wherever nothing was known of it, and its lungs in any case."""
    affine = np.diag([-case.pixel_mm, -case.pixel_mm, case.slice_mm, 1.0])
    study = Study(case.images, affine, case.name, Path(case.name), "nifti")
    masks = segment(network, study, view_settings())
    assert masks.lesion_probability is not None
    assert masks.dense is not None
    lesion = masks.lesion_probability
    known = np.broadcast_to(case.known, case.masks.shape).copy()
    answers = {LUNG: 255 * (masks.lungs > 0).astype(np.uint8), LESION: lesion, CONSOLIDATION: lesion * masks.dense}
    found = case.masks.copy()
    for channel, answer in answers.items():
        asked = np.ones(answer.shape, bool) if channel == LUNG else known[:, channel] == 0
        found[:, channel] = np.where(asked, answer, found[:, channel])
    return replace(case, name=f"{case.name}_taught", masks=found, known=np.ones((len(found), 3, 1, 1), np.uint8))


def taught_cases(data: Path, network: torch.nn.Module) -> Iterator[Case]:
    """All of them."""
    for case in (*true_hu(data), *upper_lungs(data), series(data, COVID)):
        yield taught(case, network)
    other = taught(series(data, OTHER_PNEUMONIA), network)
    other.known[:, LESION:] = 0
    yield other


def main(arguments: Sequence[str] | None = None) -> None:
    """Writes the set."""
    parser = argparse.ArgumentParser(prog="python -m scripts.self_train", description="Cases by a network's answers.")
    parser.add_argument("data", type=Path, help="the public sets, laid out as in docs/data_licenses.md")
    parser.add_argument("prepared", type=Path, help="what scripts.prepare wrote")
    parser.add_argument("models", type=Path, nargs="+", help="weights; of several networks the mean answer counts")
    options = parser.parse_args(arguments)
    teacher = Mean([network_of(model) for model in options.models]).eval()
    write(taught_cases(options.data, teacher), options.prepared / SET)


if __name__ == "__main__":
    main()
