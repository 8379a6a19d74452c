"""One picture of a study: axial, coronal and sagittal through the largest lesion, lesions in red, at true proportions.

As a radiologist expects it: the patient's right on the picture's left, the front or the head on top, lung window.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..segmentation.masks import Masks
from ..study.orientation import Orientation
from ..study.study import Study

if TYPE_CHECKING:
    from PIL.Image import Image

LUNG_WINDOW = (-1350, 150)  # HU that are shown black and white
LESION_COLOUR = (230, 40, 40)
LESION_OPACITY = 0.45
PANEL_HEIGHT = 420  # pixels
GAP, CAPTION_HEIGHT = 8, 30
LETTERS = {"axial": "ARLP", "coronal": "SRLI", "sagittal": "SAPI"}  # top, left, right, bottom


def draw_picture(study: Study, masks: Masks, caption: str) -> Image:
    """The three planes side by side, over a caption (Latin letters)."""
    from PIL import Image, ImageDraw, ImageFont

    panels = [_panel(*plane) for plane in _planes(study, masks)]
    width = sum(panel.width for panel in panels) + GAP * (len(panels) + 1)
    picture = Image.new("RGB", (width, PANEL_HEIGHT + 2 * GAP + CAPTION_HEIGHT))
    draw, font = ImageDraw.Draw(picture), ImageFont.load_default(size=16)
    left = GAP
    for panel, letters in zip(panels, LETTERS.values(), strict=True):
        picture.paste(panel, (left, GAP))
        middle, right, bottom = left + panel.width // 2, left + panel.width, GAP + PANEL_HEIGHT
        places = [(middle, GAP + 4, "ma"), (left + 6, bottom // 2, "lm"), (right - 6, bottom // 2, "rm")]
        for letter, (x, y, anchor) in zip(letters, [*places, (middle, bottom - 4, "md")], strict=True):
            draw.text((x, y), letter, (255, 220, 120), font, anchor, stroke_width=2, stroke_fill=(0, 0, 0))
        left += panel.width + GAP
    draw.text((GAP, GAP + PANEL_HEIGHT + CAPTION_HEIGHT // 2), caption, (220, 220, 220), font, "lm")
    return picture


def write_picture(path: Path, study: Study, masks: Masks, caption: str) -> None:
    """Writes that picture as PNG."""
    draw_picture(study, masks, caption).save(path)


def _planes(study: Study, masks: Masks) -> list[tuple[np.ndarray, np.ndarray, tuple[float, float]]]:
    """HU, lesions and pixel size (row, column) in mm of the axial, coronal and sagittal picture, top row first."""
    orientation = Orientation.of(study.affine)
    hu, lesions = (orientation.to_standard(array) for array in (study.hu, masks.lesions))
    slice_mm, row_mm, column_mm = orientation.spacing(study.spacing_mm)
    k, j, i = _centre(lesions if lesions.any() else orientation.to_standard(masks.lungs))
    return [
        (hu[k], lesions[k], (row_mm, column_mm)),
        (hu[::-1, j], lesions[::-1, j], (slice_mm, column_mm)),
        (hu[::-1, :, i], lesions[::-1, :, i], (slice_mm, row_mm)),
    ]


def _centre(mask: np.ndarray) -> tuple[int, int, int]:
    """Slice, row and column that each cut the most of a mask."""
    k, j, i = (int(np.argmax(mask.sum(others, dtype=np.int64))) for others in ((1, 2), (0, 2), (0, 1)))
    return k, j, i


def _panel(hu: np.ndarray, lesions: np.ndarray, pixel_mm: tuple[float, float]) -> Image:
    """One plane in the lung window with the lesions laid over it, scaled to its true proportions."""
    from PIL import Image

    low, high = LUNG_WINDOW
    grey = (hu.clip(low, high).astype(np.float32) - low) * (255 / (high - low))
    height_mm, width_mm = hu.shape[0] * pixel_mm[0], hu.shape[1] * pixel_mm[1]
    size = (max(1, round(PANEL_HEIGHT * width_mm / height_mm)), PANEL_HEIGHT)
    picture = Image.fromarray(grey.astype(np.uint8)).resize(size, Image.Resampling.BILINEAR).convert("RGB")
    opacity = Image.fromarray((lesions * round(255 * LESION_OPACITY)).astype(np.uint8))
    picture.paste(LESION_COLOUR, (0, 0, *size), opacity.resize(size, Image.Resampling.BILINEAR))
    return picture
