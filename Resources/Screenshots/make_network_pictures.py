"""Pictures of what the network finds: `python3 Resources/Screenshots/make_network_pictures.py DATA TRUTH FOLDS`.

DATA: the public sets, laid out as in the bundle's docs/data_licenses.md. TRUTH and FOLDS: what the bundle's
scripts.labelled and scripts.cross_validate wrote. Each picture has a row for each of some slices, and in it the CT,
the reader's outline where there is one, and the network's: ground glass red, consolidation (by its density) yellow, the
lungs' edge blue.
"""

import json
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
MODULE = HERE.parents[1] / "MosMedCOVID"
ROWS, HEIGHT, GAP, CAPTION = 3, 190, 6, 22  # slices in a picture; pixels: enough to see, too few to train on
QUALITY = 80
SEVERE = "radiopaedia_40_86625_0"
CLOUD, EDGE, DENSE = (230, 40, 40), (90, 160, 255), (250, 210, 60)


def main(data: Path, truth: Path, folds: Path) -> None:
    """Makes all five."""
    from MosMedCOVIDLib.segmentation.client import SegmentationWorker
    from MosMedCOVIDLib.study.read import read_study

    with SegmentationWorker() as worker:
        for name in ("P001", "normal001"):
            study = read_study(data / "covid-ct-md" / name)
            save(name, f"{name}, lesion outlines unknown", study, None, worker.segment(study, "cpu"))
        study, reader = labelled(truth, SEVERE)
        save("severe", f"{SEVERE}, seen in training", study, reader, worker.segment(study, "cpu"))
    for name, badness in (("worst", low_dice), ("missed", points_off)):
        kept = held_out_scan(folds, badness)
        study, reader = labelled(truth, kept.stem)
        save(name, f"{kept.stem}, by a network that never saw it", study, reader, kept_masks(kept))


def labelled(truth: Path, scan: str):
    """A study, and the reader's masks of it."""
    from MosMedCOVIDLib.segmentation.masks import Masks
    from MosMedCOVIDLib.study.labelled import find_labelled_cases, read_mask
    from MosMedCOVIDLib.study.nifti import read_nifti

    files = next(case for case in find_labelled_cases(truth) if case.name == scan)
    study = read_nifti(files.ct)
    lesions = (read_mask(files.lesions, study) > 0).astype("uint8")
    return study, Masks((read_mask(files.lungs, study) > 0) | lesions, lesions)


def low_dice(result: dict) -> float:
    """Larger where the lesions agree less; nothing where too few were drawn to judge that."""
    return -2 if result["lesion_dice"] is None else -result["lesion_dice"]


def points_off(result: dict) -> float:
    """Larger where the involvement is further off, in percentage points."""
    return abs(result["found_percent"] - result["true_percent"])


def held_out_scan(folds: Path, badness) -> Path:
    """What was kept of the held-out patient with the most `badness`: the scan in which most was called lesion."""
    results = [
        (badness(result), result["patient"], file.parent)
        for file in folds.glob("fold*/results.json")
        for result in json.loads(file.read_text(encoding="utf-8"))
    ]
    _, patient, folder = max(results)
    return max(folder.glob(f"{patient}*.npz"), key=lambda scan: int(kept_masks(scan).lesions.sum(dtype=int)))


def kept_masks(path: Path):
    """Masks as cross-validation kept them."""
    import numpy as np
    from MosMedCOVIDLib.segmentation.masks import Masks

    with np.load(path) as kept:
        lungs, probability = kept["lungs"], kept["probability"]
    return Masks(lungs, (probability > 127).astype(np.uint8))


def save(name: str, caption: str, study, reader, found) -> None:
    """One picture: the slices with the most lesion, the reader's or else the network's."""
    import numpy as np
    from MosMedCOVIDLib.segmentation.density import dense_by_density
    from MosMedCOVIDLib.study.orientation import Orientation
    from PIL import Image, ImageDraw, ImageFont

    dense = dense_by_density(study)
    orientation = Orientation.of(study.affine)
    shown = found if reader is None else reader
    lesions, lungs = (orientation.to_standard(mask > 0).sum((1, 2), dtype=int) for mask in (shown.lesions, shown.lungs))
    areas = lesions + lungs / 1e6  # of slices without lesion those with the most lung
    pictures = [["CT", None], *([["reader", reader]] if reader else []), ["network", found]]
    rows = [
        [panel(orientation, study, masks, dense, index) for _, masks in pictures]
        for index in spread_out(areas, len(areas) // 8)
    ]
    width, height = rows[0][0].size
    sheet = Image.new("RGB", (len(pictures) * (width + GAP) + GAP, len(rows) * (height + GAP) + GAP + 2 * CAPTION))
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(size=14)
    for column, (title, _) in enumerate(pictures):
        draw.text((GAP + column * (width + GAP) + width // 2, CAPTION // 2), title, (230, 230, 230), font, "mm")
        for row, panels in enumerate(rows):
            sheet.paste(panels[column], (GAP + column * (width + GAP), CAPTION + row * (height + GAP)))
    figures = f"{share(found):.1f} %" + (f", reader {share(reader):.1f} %" if reader else "")
    place = (GAP, sheet.height - CAPTION // 2 - 4)
    draw.text(place, f"{caption}: {figures}", (230, 230, 230), font, "lm")
    sheet.save(HERE / f"network_{name}.jpg", quality=QUALITY)
    print(f"network_{name}.jpg: {caption}: {figures}; {np.count_nonzero(found.lesions)} voxels")


def share(masks) -> float:
    """Involvement in percent."""
    return 100 * int(masks.lesions.sum(dtype=int)) / int((masks.lungs > 0).sum())


def spread_out(areas, apart: int) -> list[int]:
    """The slices with the most, not next to each other, from the feet upwards."""
    chosen: list[int] = []
    for index in sorted(range(len(areas)), key=lambda index: -areas[index]):
        if len(chosen) < ROWS and all(abs(index - other) >= apart for other in chosen):
            chosen.append(index)
    return sorted(chosen)


def panel(orientation, study, masks, dense, index: int):
    """One slice in the lung window, cropped to the body, with masks laid over it."""
    import numpy as np
    from MosMedCOVIDLib.reporting.picture import LESION_OPACITY, LUNG_WINDOW
    from PIL import Image
    from scipy import ndimage

    low, high = LUNG_WINDOW
    grey = orientation.to_standard(study.hu)[index].clip(low, high).astype(np.float32)
    picture = np.repeat(((grey - low) * (255 / (high - low)))[..., None], 3, axis=2)
    if masks is not None:
        arrays = (masks.lungs, masks.lesions, dense)
        lungs, lesions, airless = (orientation.to_standard(array)[index] > 0 for array in arrays)
        for mask, colour in ((lesions & ~airless, CLOUD), (lesions & airless, DENSE)):
            picture[mask] = (1 - LESION_OPACITY) * picture[mask] + LESION_OPACITY * np.array(colour)
        picture[lungs & ~ndimage.binary_erosion(lungs)] = EDGE
    _, row_mm, column_mm = orientation.spacing(study.spacing_mm)
    size = (round(HEIGHT * grey.shape[1] * column_mm / (grey.shape[0] * row_mm)), HEIGHT)
    return Image.fromarray(picture.astype(np.uint8)).resize(size, Image.Resampling.LANCZOS)


if __name__ == "__main__":
    sys.path.insert(0, str(MODULE))
    from MosMedCOVIDLib.environment.start import inside
    from MosMedCOVIDLib.environment.wanted import Wanted

    if len(sys.argv) != 4:
        sys.exit(__doc__)
    inside(MODULE.parent, Wanted("product"), __file__, sys.argv[1:])
    main(*(Path(argument) for argument in sys.argv[1:]))
