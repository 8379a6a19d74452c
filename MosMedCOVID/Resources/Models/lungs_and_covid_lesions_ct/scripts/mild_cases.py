"""How little disease is found: MosMedData's own lesion shapes (CT-1, 8 mm slices) laid into a healthy chest.

    python -m scripts.mild_cases DATA MODEL.pt

For each of the 50 expert masks its lesions are moved into the lungs of normal001, every second slice of it (8 mm), as
ground glass of varying density. Printed are the millilitres that were laid in, found in place, and found elsewhere;
from these `ct0_below_ml` of configs/metadata.json is chosen. The masks serve this measurement alone, never training.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import nibabel
import numpy as np
from MosMedCOVIDLib.segmentation.masks import Masks
from MosMedCOVIDLib.study.dicom import read_dicom
from MosMedCOVIDLib.study.orientation import Orientation
from MosMedCOVIDLib.study.study import Study
from scipy import ndimage

from .evaluate import segment
from .prepare import view_settings
from .train import network_of

TRIES = 60  # places that are tried for each lesion; the one that lies best in the lungs is taken
GROUND_GLASS_HU = (-720, -450)
LIMITS_ML = (0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 1.5, 2.0, 3.0)


def healthy_chest(data: Path) -> Study:
    """normal001 with slices 8 mm apart."""
    study = read_dicom(data / "covid-ct-md" / "normal001")
    orientation = Orientation.of(study.affine)
    slice_mm, row_mm, column_mm = orientation.spacing(study.spacing_mm)
    hu = np.ascontiguousarray(orientation.to_standard(study.hu)[::2])
    return replace(study, hu=hu, affine=np.diag([-column_mm, -row_mm, 2 * slice_mm, 1.0]))


def shapes_of(path: Path, pixel_mm: float) -> list[np.ndarray]:
    """The lesions of an expert mask, each on its own box, bool [slice, row, column] on pixels of a size."""
    image = nibabel.load(path)
    mask = np.asarray(image.dataobj).transpose(2, 1, 0) > 0
    scale = image.header.get_zooms()[0] / pixel_mm
    pieces, _ = ndimage.label(mask, np.ones((3, 3, 3)))
    boxes = ndimage.find_objects(pieces)
    found = [(pieces[box] == part).astype(np.float32) for part, box in enumerate(boxes, start=1)]
    return [ndimage.zoom(np.pad(shape, ((0, 0), (2, 2), (2, 2))), (1, scale, scale), order=1) > 0.5 for shape in found]


def lay_in(study: Study, lungs: np.ndarray, shapes: Sequence[np.ndarray], seed: int) -> tuple[Study, np.ndarray]:
    """A study with shapes laid into its lungs, bool; and where they lie."""
    random = np.random.default_rng(seed)
    lesions, places = np.zeros(lungs.shape, bool), np.argwhere(lungs)
    hu = study.hu.astype(np.float32)
    for shape in shapes:
        best, where = 0, None
        for middle in places[random.integers(len(places), size=TRIES)]:
            first = np.clip(middle - np.array(shape.shape) // 2, 0, np.array(lungs.shape) - shape.shape)
            box = tuple(slice(a, a + size) for a, size in zip(first, shape.shape, strict=True))
            inside = np.count_nonzero(shape & lungs[box])
            if inside > best:
                best, where = inside, box
        if where:
            mask = shape & lungs[where]
            soft = ndimage.gaussian_filter(mask.astype(np.float32), (0, 1, 1)) * lungs[where]
            glass = random.uniform(*GROUND_GLASS_HU) + 30 * random.standard_normal(shape.shape)
            hu[where] = np.maximum(hu[where], hu[where] * (1 - soft) + glass * soft)
            lesions[where] |= mask
    return replace(study, hu=np.rint(hu).astype(np.int16)), lesions


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints a line for each mask, and how many of them each limit would call healthy."""
    parser = argparse.ArgumentParser(prog="python -m scripts.mild_cases", description="How little disease is found.")
    parser.add_argument("data", type=Path, help="the public sets, laid out as in docs/data_licenses.md")
    parser.add_argument("model", type=Path, help="weights, such as those of fold 0, which never saw normal001")
    options = parser.parse_args(arguments)
    network, settings = network_of(options.model), view_settings()
    study = healthy_chest(options.data)

    def ml(mask: np.ndarray) -> float:
        return float(np.count_nonzero(mask)) * study.voxel_ml

    healthy: Masks = segment(network, study, settings)
    print(f"healthy: {ml(healthy.lesions):.2f} ml found")
    found_ml = []
    for seed, path in enumerate(sorted((options.data / "mosmed").rglob("*_mask.nii*"))):
        shapes = shapes_of(path, study.spacing_mm[2])
        laid, lesions = lay_in(study, healthy.lungs > 0, shapes, seed)
        masks = segment(network, laid, settings)
        hit = ml(masks.lesions.astype(bool) & lesions)
        found_ml.append(ml(masks.lesions))
        print(f"{path.name[:10]}: {ml(lesions):7.2f} ml laid in, {hit:7.2f} found, {found_ml[-1] - hit:6.2f} elsewhere")
    for limit in LIMITS_ML:
        print(f"under {limit} ml: {sum(ml < limit for ml in found_ml)} of {len(found_ml)}")


if __name__ == "__main__":
    main()
