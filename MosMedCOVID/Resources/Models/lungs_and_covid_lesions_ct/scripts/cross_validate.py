"""Five-fold cross-validation over the 13 labelled patients: each is segmented by a network that never saw them.

    python -m scripts.cross_validate PREPARED TRUTH OUT [--fold N …] [--steps N] [--start-steps N]

PREPARED: what scripts.prepare wrote; TRUTH: what scripts.labelled wrote. OUT gets start/ (a network trained on the sets
that hold none of these patients, which all folds begin with), fold<N>/model.pt, and fold<N>/<scan>.npz with what was
found; then the figures are printed, also those of folds that were done before. Fold 0 sees neither P001 nor normal001
either, so it is the network to measure these two with. The scans of one patient are never parted, and count as one.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from .evaluate import Counts, evaluate
from .prepare import view_settings
from .train import train_by_config

FOLDS = (
    ("coronacases_001", "coronacases_005", "radiopaedia_10"),
    ("coronacases_002", "coronacases_010", "radiopaedia_7"),
    ("coronacases_004", "coronacases_009", "radiopaedia_27"),
    ("coronacases_006", "radiopaedia_40"),
    ("coronacases_008", "radiopaedia_29"),
)
TRUE_HU = ("P001", "normal001")
WITHOUT_THESE_PATIENTS = ("medseg_slices", "noisy_lungs", "upper_lungs", "without_lungs")
SEVERE_PERCENT = 15
FEW_VOXELS = 100  # a patient with fewer of lesion is judged by the volume alone


@dataclass(frozen=True)
class Result:
    """Figures of one patient; lesion_dice is None where the truth holds too few voxels to compare shapes."""

    patient: str
    fold: int
    lesion_dice: float | None
    lung_dice: float
    found_percent: float
    true_percent: float

    @classmethod
    def of(cls, patient: str, fold: int, counts: Counts) -> Result:
        """The figures of counted voxels."""
        dice = counts.lesion_dice if counts.true >= FEW_VOXELS else None
        return cls(patient, fold, dice, counts.lung_dice, counts.found_percent, counts.true_percent)


def run_fold(prepared: Path, truth: Path, out: Path, fold: int, steps: int | None) -> list[Result]:
    """Trains a fold, unless that was done, and measures it; the results are kept in OUT/fold<N>/results.json."""
    folder = out / f"fold{fold}"
    without = [*FOLDS[fold], *(TRUE_HU if fold == 0 else ())]
    network = train_by_config(prepared, folder, steps, start=out / "start" / "model.pt", without=without)
    counts = evaluate(network, truth, FOLDS[fold], view_settings(), folder)
    results = [Result.of(patient, fold, counted) for patient, counted in counts.items()]
    text = json.dumps([asdict(result) for result in results], indent=1)
    (folder / "results.json").write_text(text, encoding="utf-8")
    return results


def kept_results(out: Path) -> list[Result]:
    """Results of all folds that were done."""
    files = sorted(out.glob("fold*/results.json"))
    return [Result(**values) for file in files for values in json.loads(file.read_text(encoding="utf-8"))]


def table(results: Sequence[Result]) -> str:
    """The figures of each patient, and their means."""
    lines = [f"{'patient':20}{'fold':>5}{'lesion Dice':>13}{'lung Dice':>11}{'found %':>9}{'true %':>9}"]
    for result in results:
        dice = "–" if result.lesion_dice is None else f"{result.lesion_dice:.3f}"
        shares = f"{result.found_percent:9.2f}{result.true_percent:9.2f}"
        lines.append(f"{result.patient:20}{result.fold:5}{dice:>13}{result.lung_dice:11.3f}{shares}")
    dices = [result.lesion_dice for result in results if result.lesion_dice is not None]
    errors = [abs(result.found_percent - result.true_percent) for result in results]
    lung = np.mean([result.lung_dice for result in results])
    severe = [result.found_percent - result.true_percent for result in results if result.true_percent >= SEVERE_PERCENT]
    lines.append(f"{'mean':25}{np.mean(dices):13.3f}{lung:11.3f}   {np.mean(errors):.2f} points off")
    if severe:
        lines.append(f"of {SEVERE_PERCENT} % and more: {', '.join(f'{points:+.1f}' for points in severe)} points")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs the folds and prints the figures."""
    parser = argparse.ArgumentParser(prog="python -m scripts.cross_validate", description="Five folds.")
    parser.add_argument("prepared", type=Path, help="what scripts.prepare wrote")
    parser.add_argument("truth", type=Path, help="what scripts.labelled wrote")
    parser.add_argument("out", type=Path)
    parser.add_argument("--fold", type=int, nargs="*", choices=range(len(FOLDS)), default=list(range(len(FOLDS))))
    parser.add_argument("--steps", type=int, help="of each fold, instead of those in configs/train.json")
    parser.add_argument("--start-steps", type=int, help="of the network that all folds begin with")
    options = parser.parse_args(arguments)
    train_by_config(options.prepared, options.out / "start", options.start_steps, sets=WITHOUT_THESE_PATIENTS)
    for fold in options.fold:
        run_fold(options.prepared, options.truth, options.out, fold, options.steps)
    print(table(kept_results(options.out)))


if __name__ == "__main__":
    main()
