"""How sure the network may be: its probabilities against the truth of patients that it never saw.

    python -m scripts.calibrate DATA TRUTH OUT

OUT: what scripts.cross_validate wrote. Printed are how often a probability is right (a reliability curve), how well
consolidation is told from ground glass by which density, the interval that holds the reader's percent in nine of ten
patients, how often it does so when each patient is judged by the others alone, and the error that slices
8 mm apart bring along. The interval goes into configs/metadata.json.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from MosMedCOVIDLib.grading.grade import grade_study
from MosMedCOVIDLib.segmentation.density import dense_by_density
from MosMedCOVIDLib.study.dicom import read_dicom
from MosMedCOVIDLib.study.labelled import find_labelled_cases, read_mask
from MosMedCOVIDLib.study.nifti import read_nifti
from MosMedCOVIDLib.study.study import Study

from .cross_validate import FOLDS
from .evaluate import segment
from .prepare import view_settings
from .sources import load_arrays
from .train import network_of

CERTAIN, POSSIBLE = 0.9, 0.1
COVERAGE = 0.9
LEAST_POINTS = 0.05  # nobody's percent is surer than this
NORMAL_90 = 1.645  # of a normal distribution, nine tenths lie within so many deviations
THINNED_BY, THINNED_MM = 4, 8.0
LIMITS_HU = range(-600, -200, 50)


@dataclass(frozen=True)
class Shares:
    """Voxels of one patient as a share of the lungs, in percent: surely lesion, found, maybe lesion, and the truth."""

    patient: str
    least: float
    found: float
    most: float
    true: float

    @property
    def stretch(self) -> float:
        """By how much the interval must be stretched on the truth's side to reach it."""
        end = self.most if self.true > self.found else self.least
        return abs(self.true - self.found) / max(abs(end - self.found), LEAST_POINTS)

    def holds(self, widen: float) -> bool:
        """Whether the stretched interval reaches the truth."""
        return self.stretch <= widen


def scans(truth: Path, out: Path) -> Iterator[tuple[str, str, dict[str, np.ndarray]]]:
    """Patient, scan, and what was found and true in it: probability, lungs, true, true_lungs."""
    for fold, patients in enumerate(FOLDS):
        for case in find_labelled_cases(truth):
            patient = next((name for name in patients if case.name.startswith(name)), None)
            kept = out / f"fold{fold}" / f"{case.name}.npz"
            if patient and kept.exists() and case.lungs:
                study = read_nifti(case.ct)
                with np.load(kept) as stored:
                    arrays = {key: stored[key] for key in stored.files}
                arrays["true"] = read_mask(case.lesions, study) > 0
                arrays["true_lungs"] = (read_mask(case.lungs, study) > 0) | arrays["true"]
                yield patient, case.name, arrays


def shares_of(patient: str, some: Sequence[dict[str, np.ndarray]]) -> Shares:
    """The shares of a patient over all their scans."""

    def percent(above: int) -> float:
        found = sum(np.count_nonzero(arrays["probability"] >= above) for arrays in some)
        return 100 * found / sum(np.count_nonzero(arrays["lungs"]) for arrays in some)

    true, lungs = (sum(np.count_nonzero(arrays[key]) for arrays in some) for key in ("true", "true_lungs"))
    ends = (round(255 * CERTAIN), 128, round(255 * POSSIBLE))
    return Shares(patient, *(percent(end) for end in ends), true=100 * true / lungs)


def widening(shares: Sequence[Shares]) -> float:
    """The least stretch that holds the truth of nine in ten such patients, the next one counted as not held."""
    ordered = sorted(share.stretch for share in shares)
    return ordered[min(len(ordered), int(np.ceil(COVERAGE * (len(ordered) + 1)))) - 1]


def reliability(some: Sequence[dict[str, np.ndarray]]) -> list[tuple[float, float, float]]:
    """Of each tenth of probability: its mean, how often it is lesion, and how much of the lungs has it, in percent."""
    probability = np.concatenate([arrays["probability"][arrays["true_lungs"]] for arrays in some]) / 255
    true = np.concatenate([arrays["true"][arrays["true_lungs"]] for arrays in some])
    tenth = np.minimum((10 * probability).astype(int), 9)
    curve = []
    for number in range(10):
        here = tenth == number
        if here.any():
            curve.append((probability[here].mean(), true[here].mean(), 100 * here.mean()))
    return curve


def consolidation_agreement(data: Path, truth: Path, above_hu: float) -> dict[str, tuple[float, float]]:
    """Dice of consolidation and of ground glass with MedSeg's reader, within the reader's lesions, of each patient.

    It is 1 where neither the reader nor the density has any.
    """
    counts: dict[str, np.ndarray] = {}
    for case in find_labelled_cases(truth):
        path = data / "medseg-9" / f"{case.name}.npz"
        patient = next((name for some in FOLDS for name in some if case.name.startswith(name)), None)
        if patient is None or not path.exists():
            continue
        labels = load_arrays(path)[0]["lesion"]
        dense = dense_by_density(read_nifti(case.ct), above_hu=above_hu) > 0
        pairs = ((dense & (labels > 0), labels == 2), (~dense & (labels > 0), labels == 1))
        of_scan = [(2 * np.count_nonzero(a & b), np.count_nonzero(a) + np.count_nonzero(b)) for a, b in pairs]
        counts[patient] = counts.get(patient, 0) + np.array(of_scan)
    return {patient: tuple(both / size if size else 1.0 for both, size in of) for patient, of in counts.items()}


def sampling_error(data: Path, weights: Path) -> float:
    """The relative error, nine tenths of the time, of P001's share by every fourth slice (8 mm) against all (2 mm).

    The network sees the fewer slices anew: it finds less where the next slice is further away.
    """
    study, network = read_dicom(data / "covid-ct-md" / "P001"), network_of(weights)

    def share(of: Study) -> float:
        return grade_study(of, segment(network, of, view_settings())).involvement_percent

    whole, fewer = share(study), [share(_every_fourth(study, first)) for first in range(THINNED_BY)]
    return NORMAL_90 * float(np.sqrt(np.mean((np.array(fewer) / whole - 1) ** 2)))


def _every_fourth(study: Study, first: int) -> Study:
    affine = study.affine.copy()
    affine[:3, 3] += first * affine[:3, 2]
    affine[:3, 2] *= THINNED_BY
    return replace(study, hu=np.ascontiguousarray(study.hu[first::THINNED_BY]), affine=affine)


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints all of it."""
    parser = argparse.ArgumentParser(prog="python -m scripts.calibrate", description="How sure the network may be.")
    for name, meaning in (
        ("data", "the public sets"),
        ("truth", "scripts.labelled"),
        ("out", "scripts.cross_validate"),
    ):
        parser.add_argument(name, type=Path, help=meaning)
    options = parser.parse_args(arguments)
    patients: dict[str, list[dict[str, np.ndarray]]] = {}
    by_scan = {}
    for patient, scan, arrays in scans(options.truth, options.out):
        patients.setdefault(patient, []).append(arrays)
        by_scan[scan] = arrays
    print("probability, how often lesion, % of the lungs:")
    for mean, often, part in reliability(list(by_scan.values())):
        print(f"  {mean:.2f}  {often:.2f}  {part:6.2f}")
    for limit in LIMITS_HU:
        dice = consolidation_agreement(options.data, options.truth, limit)
        text = ", ".join(f"{patient} {a:.2f} {b:.2f}" for patient, (a, b) in dice.items())
        means = np.mean(list(dice.values()), axis=0)
        print(f"consolidation above {limit} HU, and ground glass: Dice {means[0]:.3f} {means[1]:.3f} ({text})")
    shares = [shares_of(patient, some) for patient, some in patients.items()]
    held = [share.holds(widening([other for other in shares if other is not share])) for share in shares]
    for share in shares:
        print(f"  {share.patient:18} {share.least:6.2f} {share.found:6.2f} {share.most:6.2f}, true {share.true:6.2f}")
    print(f"stretched by {widening(shares):.2f}; held, each by the others' stretch: {sum(held)} of {len(held)}")
    print(f"sampling at {THINNED_MM} mm: {sampling_error(options.data, options.out / 'fold0' / 'model.pt'):.3f}")


if __name__ == "__main__":
    main()
