"""The public sets that the network was trained on, read as cases; what each of them teaches, and what it doesn't.

DATA is a folder laid out as described in docs/data_licenses.md. Nothing of the sets is in this project.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from MosMedCOVIDLib.study.dicom import read_dicom
from MosMedCOVIDLib.study.orientation import Orientation
from MosMedCOVIDLib.study.phantom import thorax_phantom
from scipy import ndimage

from .case import HU_HIGH, HU_LOW, Case

CORONACASES_PIXEL_MM = 1.4  # not known: a field of view of 360 mm on 256 pixels
CORONACASES_SLICE_MM = 2.0  # every second one of about 1 mm
UNKNOWN_PIXEL_MM = 1.45
AIRWAYS_WITHIN_MM, AIRWAYS_DARKER_BY_HU = 35.0, 65
PHANTOM_PERCENTS = (0, 3, 12, 30, 55, 80)
# Slices of the chest's ends, without lung: neck, abdomen.
WITHOUT_LUNG = {"ricord1a_001012": [*range(9), *range(54, 62)], "covidctmd_cap001": [*range(3)]}


def medseg_scans(data: Path) -> Iterator[Case]:
    """Radiopaedia scans with MedSeg's masks; where a second reader drew as well, the mean of both is the truth."""
    for path in sorted((data / "medseg-9").glob("*.npz")):
        arrays, about = load_arrays(path)
        lesion, lung = arrays["lesion"] > 0, (arrays["lung"] > 0) | (arrays["lesion"] > 0)
        other_lesion = arrays["lesion_zenodo"] > 0
        two = (arrays["has_zenodo"] > 0)[:, None, None]
        masks = [
            np.where(two, (lung * 1.0 + ((arrays["lung_zenodo"] > 0) | other_lesion)) / 2, lung),
            np.where(two, (lesion * 1.0 + other_lesion) / 2, lesion),
            arrays["lesion"] == 2,
        ]
        _, _, slice_mm = about["spacing_source_mm"]
        slice_mm *= abs(float(np.median(np.diff(arrays["z"]))))  # one scan was thinned, one is numbered downwards
        pixel_mm = about["spacing_source_mm"][0] * about["frame_source"][0] / 256
        hu = arrays["image"] * about["hu_slope"] + about["hu_intercept"]
        yield _case(path.stem, _patient(path.stem), hu, masks, pixel_mm, slice_mm, spread=2.0)


def coronacases(data: Path) -> Iterator[Case]:
    """Eight patients in linear grey, every slice with a lesion; consolidation was not told apart."""
    for path in sorted((data / "slices-2d" / "coronacases-linear").glob("*.npz")):
        arrays, about = load_arrays(path)
        hu = arrays["image"] * arrays["hu_slope"][:, None, None] - 1024
        lesion = arrays["lesion"] > 0
        masks = [(arrays["lung"] > 0) | lesion, lesion, lesion & False]
        known = np.ones((len(hu), 3, 1, 1), np.uint8)
        known[:, 2] = 0
        inside = _boxes(arrays["box"], hu.shape, about["crop_y0x0"])
        patient = path.stem.removesuffix("_linear")
        pixel_mm, slice_mm = CORONACASES_PIXEL_MM, CORONACASES_SLICE_MM
        yield _case(patient, patient, hu, masks, pixel_mm, slice_mm, 2.0, known, inside)


def noisy_lungs(data: Path) -> Iterator[Case]:
    """Single slices of 264 patients: lungs alone. Their masks leave out dense consolidation, which is unlearnt here."""
    for path in sorted((data / "slices-2d" / "lungs-noisy-hu").glob("*.npz")):
        arrays, _ = load_arrays(path)
        hu = 7.0 * arrays["image"] - 1100
        lung = arrays["lung"] > 0
        known = np.ones((len(hu), 3, *hu.shape[1:]), np.uint8)
        for index, mask in enumerate(lung):
            hull = ndimage.binary_closing(np.pad(mask, 16), iterations=15)[16:-16, 16:-16]
            known[index, 0] = mask | ~hull | (hu[index] < -700)  # airways are known not to be lung
            known[index, 1:] = ~hull
        inside = _boxes(arrays["box"], hu.shape, [0, 0])
        masks = [lung, lung & False, lung & False]
        yield _case(path.stem, path.stem, hu, masks, UNKNOWN_PIXEL_MM, 0.0, 1.5, known, inside)


def medseg_slices(data: Path) -> Iterator[Case]:
    """Single slices of more than 40 patients, many with severe disease, in unknown windows: lesions alone."""
    for path in sorted((data / "slices-2d" / "medseg-100").glob("*.npz")):
        arrays, _ = load_arrays(path)
        dark, soft = (arrays[key][:, None, None].astype(float) for key in ("dark_grey_p2", "soft_grey"))
        hu = -900 + (arrays["image"] - dark) / np.maximum(soft - dark, 1) * 945
        lesion = arrays["lesion"] > 0
        known = np.ones((len(hu), 3, *hu.shape[1:]), np.uint8)
        known[:, 0] = lesion
        inside = _boxes(arrays["box"], hu.shape, [0, 0])
        masks = [lesion, lesion, arrays["lesion"] == 2]
        yield _case(path.stem, path.stem, hu, masks, UNKNOWN_PIXEL_MM, 0.0, 3.0, known, inside)


def without_lungs(data: Path) -> Iterator[Case]:
    """Neck and abdomen: bowel gas, the mattress and the air round the neck are not lung."""
    for name, slices in WITHOUT_LUNG.items():
        arrays, about = load_arrays(data / "slices-2d" / "real-hu" / f"{name}.npz")
        hu = arrays["image"][slices]
        nothing = np.zeros(hu.shape, bool)
        yield _case(f"{name}_without_lungs", name, hu, [nothing] * 3, about["pixel_mm"], 5.0, 1.0)


def series(data: Path, name: str) -> Case:
    """A series in true HU of which nothing is known."""
    arrays, about = load_arrays(data / "slices-2d" / "real-hu" / f"{name}.npz")
    hu = arrays["image"]
    nothing = np.zeros(hu.shape, bool)
    slice_mm = float(np.median(np.abs(np.diff(arrays["z_mm"]))))
    unknown = np.zeros((len(hu), 3, 1, 1), np.uint8)
    return _case(name, name, hu, [nothing] * 3, about["pixel_mm"], slice_mm, 1.0, unknown)


def upper_lungs(data: Path) -> Iterator[Case]:
    """The upper half of a healthy chest but for a nodule, which is no lesion of COVID-19; lungs by thresholds."""
    arrays, about = load_arrays(data / "slices-2d" / "real-hu" / "lungfcp_0001.npz")
    hu = arrays["image"]
    lungs, known = healthy_lungs(hu, about["pixel_mm"])
    slice_mm = float(np.median(np.diff(arrays["z_mm"])))
    masks = [lungs, lungs & False, lungs & False]
    yield _case("lungfcp_0001", "lungfcp_0001", hu, masks, about["pixel_mm"], slice_mm, 1.0, known)


def true_hu(data: Path) -> Iterator[Case]:
    """normal001, healthy, and P001, where only the slices without infection are known; lungs by thresholds."""
    for name in ("normal001", "P001"):
        study = read_dicom(data / "covid-ct-md" / name)
        orientation = Orientation.of(study.affine)
        slice_mm, pixel_mm, _ = orientation.spacing(study.spacing_mm)
        hu = orientation.to_standard(study.hu)
        hu = hu.reshape(len(hu), hu.shape[1] // 2, 2, hu.shape[2] // 2, 2).mean((2, 4))
        lungs, known = healthy_lungs(hu, 2 * pixel_mm)
        if name == "P001":
            known[_infected(data / "covid-ct-md" / "P001_slice_labels.csv", len(hu)), 1:] = 0
        yield _case(name, name, hu, [lungs, lungs & False, lungs & False], 2 * pixel_mm, slice_mm, 1.0, known)


def phantoms(data: Path) -> Iterator[Case]:
    """The program's own teaching phantoms, of other seeds than the one that it gives away: every lesion is known."""
    for seed, percent in enumerate(PHANTOM_PERCENTS, start=100):
        made = thorax_phantom(percent, shape=(72, 232, 232), spacing_mm=(4.0, 1.6, 1.6), seed=seed)
        lesions = made.lesions > 0
        known = np.ones((len(lesions), 3, 1, 1), np.uint8)
        known[:, 2] = 0
        masks = [made.lungs > 0, lesions, lesions & False]
        yield _case(f"phantom_{percent}", f"phantom_{percent}", made.study.hu, masks, 1.6, 4.0, 1.0, known)


def lungs_by_thresholds(hu: np.ndarray) -> np.ndarray:
    """Lungs of a healthy or mildly ill chest, bool [slice, row, column]: large air in the body, its hollows filled."""
    air = np.zeros(hu.shape, bool)
    for index, image in enumerate(hu):
        pieces, count = ndimage.label(ndimage.binary_opening(image > -500, iterations=2))
        if count:
            body = ndimage.binary_fill_holes(pieces == np.bincount(pieces.ravel())[1:].argmax() + 1)
            air[index] = body & (image < -400)
    pieces, _ = ndimage.label(ndimage.binary_opening(air))
    sizes = np.bincount(pieces.ravel())
    sizes[0] = 0
    lungs = np.isin(pieces, np.flatnonzero(sizes > 0.15 * sizes.max())[:2])
    return np.stack([ndimage.binary_fill_holes(ndimage.binary_closing(mask, iterations=4)) for mask in lungs])


def airways(hu: np.ndarray, lungs: np.ndarray, pixel_mm: float) -> tuple[np.ndarray, np.ndarray]:
    """Trachea and main bronchi, which thresholds call lung: where they surely are, and where they or their walls may.

    lungs, and both answers: bool [slice, row, column]. Sure is what is clearly darker than the lungs near the middle;
    elsewhere it may be emphysema.
    """
    smooth = ndimage.gaussian_filter(hu.astype(np.float32), (0, 1, 1))
    plane = np.ones((1, 3, 3), bool)
    black = ndimage.binary_opening(smooth < np.median(hu[lungs]) - AIRWAYS_DARKER_BY_HU, plane)
    columns = np.arange(hu.shape[2])
    tissue = (hu > -300).sum((0, 1))
    off_middle_mm = np.abs(columns - (tissue @ columns) / tissue.sum()) * pixel_mm
    sure = black & (off_middle_mm < AIRWAYS_WITHIN_MM)
    return sure, ndimage.binary_dilation(black, plane, iterations=3)


def healthy_lungs(hu: np.ndarray, pixel_mm: float) -> tuple[np.ndarray, np.ndarray]:
    """Lungs by thresholds but for the airways, bool; and where that can be believed, uint8 [slice, 3, row, column]."""
    lungs = lungs_by_thresholds(hu)
    sure, maybe = airways(hu, lungs, pixel_mm)
    known = np.ones((len(hu), 3, *hu.shape[1:]), np.uint8)
    known[:, 0] = sure | ~(lungs & maybe)
    return lungs & ~sure, known


def _infected(labels: Path, slices: int) -> np.ndarray:
    """Which slices, feet to head, a radiologist called infected; the list runs head to feet."""
    infected = np.zeros(slices, bool)
    with labels.open(newline="") as file:
        for row in csv.DictReader(file):
            infected[slices - 1 - int(row["index_head_to_feet"])] = float(row["infection"]) > 0
    return infected


def _patient(scan: str) -> str:
    """radiopaedia_10_85902_1 → radiopaedia_10: two of the patients have two scans, which must not be parted."""
    return "_".join(scan.split("_")[:2])


def load_arrays(path: Path) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """The arrays of a file, and what its metadata say."""
    with np.load(path) as stored:
        arrays = {key: stored[key] for key in stored.files}
    return arrays, json.loads(str(arrays.pop("metadata")))


def _boxes(boxes: np.ndarray, shape: tuple[int, ...], start: list[int]) -> np.ndarray:
    """Where each slice holds a picture: boxes (first row, first column, rows, columns) in a frame that was cropped."""
    inside = np.zeros(shape, bool)
    for index, (row, column, rows, columns) in enumerate(boxes):
        row, column = row - start[0], column - start[1]
        inside[index, max(0, row) : row + rows, max(0, column) : column + columns] = True
    return inside


def _case(
    name: str,
    patient: str,
    hu: np.ndarray,
    masks: list[np.ndarray],
    pixel_mm: float,
    slice_mm: float,
    spread: float,
    known: np.ndarray | None = None,
    inside: np.ndarray | None = None,
) -> Case:
    return Case(
        name=name,
        patient=patient,
        images=np.clip(hu, HU_LOW, HU_HIGH).astype(np.int16),
        masks=np.stack([np.rint(255.0 * mask).astype(np.uint8) for mask in masks], axis=1),
        known=np.ones((len(hu), 3, 1, 1), np.uint8) if known is None else known,
        inside=np.ones((len(hu), 1, 1), bool) if inside is None else inside,
        pixel_mm=float(pixel_mm),
        slice_mm=float(slice_mm),
        spread=spread,
    )


SETS = {
    "medseg_scans": medseg_scans,
    "coronacases": coronacases,
    "noisy_lungs": noisy_lungs,
    "medseg_slices": medseg_slices,
    "without_lungs": without_lungs,
    "upper_lungs": upper_lungs,
    "true_hu": true_hu,
    "phantoms": phantoms,
}
