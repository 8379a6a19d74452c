"""Everything to train on as cases, one folder for each set.

    python -m scripts.prepare DATA PREPARED [--labelled FOLDER]

DATA holds the public sets (sources.py). FOLDER, if there is one, holds cases of your own as `evaluate-model` reads
them: <case>_ct, <case>_lesions and, where outlined, <case>_lungs.nii.gz.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from MosMedCOVIDLib.segmentation.resampling import resample, resampling_matrix
from MosMedCOVIDLib.segmentation.view import View, ViewSettings
from MosMedCOVIDLib.study.labelled import LabelledCase, find_labelled_cases, read_mask
from MosMedCOVIDLib.study.nifti import read_nifti
from MosMedCOVIDLib.study.quick_lungs import find_quick_lungs

from .case import HU_HIGH, Case, load_cases
from .sources import SETS

INFERENCE = Path(__file__).resolve().parents[1] / "configs" / "inference.json"
OWN_SET = "labelled"


def view_settings() -> ViewSettings:
    """How the network wants to see a study: the settings that the program runs it with."""
    return ViewSettings(**json.loads(INFERENCE.read_text(encoding="utf-8"))["view"])


def own_case(files: LabelledCase, settings: ViewSettings) -> Case:
    """One labelled case through the program's own view of it; consolidation is not known."""
    study = read_nifti(files.ct)
    lesions = read_mask(files.lesions, study) > 0
    lungs = lesions if files.lungs is None else (read_mask(files.lungs, study) > 0) | lesions
    settings = replace(settings, hu_high=HU_HIGH)  # nothing is clipped before the grey values are changed
    view = View.of(study, find_quick_lungs(study), settings)
    masks = np.stack([on_the_views_pixels(mask, view) for mask in (lungs, lesions, lesions & False)], axis=1)
    known = np.empty((len(masks), 3, 1, 1), np.uint8)
    known[:, 0], known[:, 1], known[:, 2] = files.lungs is not None, True, False
    hu = (view.images + 1) / 2 * (settings.hu_high - settings.hu_low) + settings.hu_low
    return Case(
        name=files.name,
        patient=files.name,
        images=np.rint(hu).astype(np.int16),
        masks=masks,
        known=known,
        inside=np.ones((len(masks), 1, 1), bool),
        pixel_mm=settings.pixel_mm,
        slice_mm=view.orientation.spacing(study.spacing_mm)[0],
        spread=1.0,
    )


def on_the_views_pixels(mask: np.ndarray, view: View) -> np.ndarray:
    """The part of each of the view's pixels that a mask on the study's grid fills: uint8, 255 = all of it."""
    rows = resampling_matrix(view.study_rows, view.rows)
    columns = resampling_matrix(view.study_columns, view.columns)
    slices = view.orientation.to_standard(mask)[view.first : view.last]
    return np.stack([np.rint(255 * resample(image, rows, columns)).astype(np.uint8) for image in slices])


def load_sets(folder: str | Path, without: Sequence[str] = (), only: Sequence[str] = ()) -> dict[str, list[Case]]:
    """Prepared cases by the name of their set, but for those of some patients; `only` some of the sets."""
    sets = {path.name: path for path in sorted(Path(folder).glob("*/"))}
    missing = [name for name in only if name not in sets]
    if missing or not sets:
        raise FileNotFoundError(f"{folder} holds no prepared cases {' '.join(missing)}; scripts.prepare makes them.")
    return {name: [case for case in load_cases(sets[name]) if case.patient not in without] for name in only or sets}


def write(cases: Iterable[Case], folder: Path) -> None:
    """Writes the cases of one set, and says what they are."""
    folder.mkdir(parents=True, exist_ok=True)
    for case in cases:
        case.save(folder)
        print(f"{folder.name}/{case.name}: {len(case.images)} slices", flush=True)


def main(arguments: Sequence[str] | None = None) -> None:
    """Prepares all sets."""
    parser = argparse.ArgumentParser(prog="python -m scripts.prepare", description="Cases to train on.")
    parser.add_argument("data", type=Path, help="the public sets, laid out as in docs/data_licenses.md")
    parser.add_argument("prepared", type=Path, help="where <set>/<case>.npz are written")
    parser.add_argument("--labelled", type=Path, help="cases of your own, as evaluate-model reads them")
    options = parser.parse_args(arguments)
    for name, read in SETS.items():
        write(read(options.data), options.prepared / name)
    if options.labelled:
        cases = find_labelled_cases(options.labelled)
        write((own_case(case, view_settings()) for case in cases), options.prepared / OWN_SET)


if __name__ == "__main__":
    main()
