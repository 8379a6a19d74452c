"""Labelled cases as arrays to train on, seen exactly as the program sees a study when it runs the network.

    python -m scripts.prepare LABELLED PREPARED

LABELLED is a folder that `evaluate-model` reads: <case>_ct, <case>_lesions and, where outlined, <case>_lungs.nii.gz.
PREPARED gets one <case>.npz for each.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from MosMedCOVIDLib.segmentation.resampling import resample, resampling_matrix
from MosMedCOVIDLib.segmentation.view import View, ViewSettings
from MosMedCOVIDLib.study.labelled import LabelledCase, find_labelled_cases, read_mask
from MosMedCOVIDLib.study.nifti import read_nifti
from MosMedCOVIDLib.study.quick_lungs import find_quick_lungs

INFERENCE = Path(__file__).resolve().parents[1] / "configs" / "inference.json"


@dataclass(frozen=True, eq=False)
class Case:
    """A labelled case on the network's own pixels.

    images: float32 [slice, row, column], −1…1.
    masks: uint8 [slice, 2, row, column], lung (with its lesions) and lesion; 255 where they fill the pixel.
    known: uint8 [slice, 2, 1, 1], 1 where the mask was outlined; one value for each pixel would do as well.
    neighbour: how many slices away the slices below and above are that the network sees too.
    """

    images: np.ndarray
    masks: np.ndarray
    known: np.ndarray
    neighbour: int

    def channels(self, index: int, neighbour: int) -> np.ndarray:
        """A slice between those `neighbour` slices below and above, as View.channels gives them."""
        below, above = max(0, index - neighbour), min(len(self.images) - 1, index + neighbour)
        return self.images[[below, index, above]]


def view_settings() -> ViewSettings:
    """How the network wants to see a study: the settings that the program runs it with."""
    return ViewSettings(**json.loads(INFERENCE.read_text(encoding="utf-8"))["view"])


def prepare(files: LabelledCase, settings: ViewSettings) -> Case:
    """One labelled case through the program's own view of it."""
    study = read_nifti(files.ct)
    lesions = read_mask(files.lesions, study) > 0
    lungs = lesions if files.lungs is None else (read_mask(files.lungs, study) > 0) | lesions
    view = View.of(study, find_quick_lungs(study), settings)
    masks = np.stack([on_the_views_pixels(mask, view) for mask in (lungs, lesions)], axis=1)
    known = np.empty((len(masks), 2, 1, 1), np.uint8)
    known[:, 0], known[:, 1] = files.lungs is not None, True
    return Case(view.images, masks, known, view.neighbour)


def on_the_views_pixels(mask: np.ndarray, view: View) -> np.ndarray:
    """The part of each of the view's pixels that a mask on the study's grid fills: uint8, 255 = all of it."""
    rows = resampling_matrix(view.study_rows, view.rows)
    columns = resampling_matrix(view.study_columns, view.columns)
    slices = view.orientation.to_standard(mask)[view.first : view.last]
    return np.stack([np.rint(255 * resample(image, rows, columns)).astype(np.uint8) for image in slices])


def load_cases(folder: str | Path) -> list[Case]:
    """All prepared cases of a folder, in the order of their names."""
    cases = []
    for path in sorted(Path(folder).glob("*.npz")):
        with np.load(path) as stored:
            arrays = {key: stored[key] for key in ("images", "masks", "known")}
            cases.append(Case(**arrays, neighbour=int(stored["neighbour"])))
    if not cases:
        raise FileNotFoundError(f"{folder} holds no prepared cases (<case>.npz); scripts.prepare makes them.")
    return cases


def main(arguments: Sequence[str] | None = None) -> None:
    """Prepares all cases of a folder."""
    parser = argparse.ArgumentParser(prog="python -m scripts.prepare", description="Labelled cases for training.")
    parser.add_argument("labelled", type=Path, help="a folder that `evaluate-model` reads")
    parser.add_argument("prepared", type=Path, help="where <case>.npz are written")
    options = parser.parse_args(arguments)
    options.prepared.mkdir(parents=True, exist_ok=True)
    for files in find_labelled_cases(options.labelled):
        case = prepare(files, view_settings())
        np.savez(options.prepared / f"{files.name}.npz", **asdict(case))
        print(f"{files.name}: {len(case.images)} slices of {case.images.shape[1]}×{case.images.shape[2]}", flush=True)


if __name__ == "__main__":
    main()
