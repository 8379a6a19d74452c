"""How far two readers agree with each other, and the network with each: in the slices that both have drawn.

    python -m scripts.readers DATA OUT

OUT: what scripts.cross_validate wrote. Each network saw the whole scan of a patient that it had never seen before.
Printed are the Dice of the lesions of each two of the three, and the involvement by each, of its own lungs, in these
slices.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from itertools import combinations
from pathlib import Path

import numpy as np

from .cross_validate import FOLDS
from .evaluate import Counts
from .sources import load_arrays

NAMES = ("MedSeg", "Zenodo", "network")
PAIRS = list(combinations(range(len(NAMES)), 2))
Drawn = tuple[np.ndarray, np.ndarray]  # lungs with their lesions, and lesions, bool [slice, row, column]


def three(data: Path, kept: Path) -> list[Drawn]:
    """What MedSeg's reader, Zenodo's and the network drew in the slices of a scan that both readers have."""
    arrays, _ = load_arrays(data / "medseg-9" / kept.name)
    both = arrays["has_zenodo"] > 0
    drawn = []
    for ending in ("", "_zenodo"):
        lesions = arrays[f"lesion{ending}"][both] > 0
        drawn.append(((arrays[f"lung{ending}"][both] > 0) | lesions, lesions))
    with np.load(kept) as found:
        drawn.append((found["lungs"][both] > 0, found["probability"][both] > 127))
    return drawn


def compared(one: Drawn, other: Drawn) -> Counts:
    """Voxels of one, of the other, and of both."""
    lungs, lesions = zip(one, other, strict=True)
    return Counts(*(np.count_nonzero(mask) for pair in (lungs, lesions) for mask in (*pair, pair[0] & pair[1])))


def patients(data: Path, out: Path) -> dict[str, list[Counts]]:
    """The counts of each pair, of each patient whom both have drawn; the scans of one patient pooled."""
    counts: dict[str, list[Counts]] = {}
    for patient, kept in _scans(out):
        if not (data / "medseg-9" / kept.name).exists():
            continue
        drawn = three(data, kept)
        of_scan = [compared(drawn[one], drawn[other]) for one, other in PAIRS]
        before = counts.get(patient)
        counts[patient] = [a + b for a, b in zip(before, of_scan, strict=True)] if before else of_scan
    return counts


def _scans(out: Path) -> Iterator[tuple[str, Path]]:
    """Each patient's name with each file of what the network of the fold found."""
    for fold, names in enumerate(FOLDS):
        for patient in names:
            yield from ((patient, kept) for kept in sorted((out / f"fold{fold}").glob(f"{patient}*.npz")))


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints a line for each patient, and the means."""
    parser = argparse.ArgumentParser(prog="python -m scripts.readers", description="How far readers agree.")
    parser.add_argument("data", type=Path, help="the public sets, laid out as in docs/data_licenses.md")
    parser.add_argument("out", type=Path, help="what scripts.cross_validate wrote")
    options = parser.parse_args(arguments)
    print(" " * 18 + "".join(f"{NAMES[one] + '–' + NAMES[other]:>18}" for one, other in PAIRS) + "   % by each")
    counts = patients(options.data, options.out)
    for patient, (readers, first, second) in counts.items():
        dices = "".join(f"{pair.lesion_dice:18.3f}" for pair in (readers, first, second))
        print(f"{patient:18}{dices}{readers.found_percent:8.2f}{readers.true_percent:7.2f}{first.true_percent:7.2f}")
    means = [np.mean([pairs[index].lesion_dice for pairs in counts.values()]) for index in range(len(PAIRS))]
    print(f"{'mean':18}" + "".join(f"{mean:18.3f}" for mean in means))


if __name__ == "__main__":
    main()
