"""The picture shows the patient the way radiologists look: right on the left, head up, true proportions."""

from dataclasses import replace

import numpy as np
import pytest
from MosMedCOVIDLib.reporting.picture import CAPTION_HEIGHT, GAP, PANEL_HEIGHT, draw_picture, write_picture
from MosMedCOVIDLib.segmentation.masks import Masks
from PIL import Image
from shapes import box_study

SHAPE, SPACING = (20, 40, 60), (8.0, 2.0, 1.0)


def red(picture):
    pixels = np.asarray(picture).astype(int)
    return (pixels[..., 0] > pixels[..., 1] + 60) & (pixels[..., 0] > pixels[..., 2] + 60)


def panels(picture):
    """Axial, coronal and sagittal, cut out of the picture by the proportions that they must have."""
    mm = [(40 * 2.0, 60 * 1.0), (20 * 8.0, 60 * 1.0), (20 * 8.0, 40 * 2.0)]
    left, found = GAP, []
    for height, width in mm:
        pixels = round(PANEL_HEIGHT * width / height)
        found.append(picture.crop((left, GAP, left + pixels, GAP + PANEL_HEIGHT)))
        left += pixels + GAP
    assert picture.size == (left, PANEL_HEIGHT + 2 * GAP + CAPTION_HEIGHT)
    return found


def with_lesion(affine=None):
    """A lesion in the patient's right, in front and near the head."""
    study = box_study(SHAPE, SPACING, affine)
    lungs, lesions = np.zeros(SHAPE, np.uint8), np.zeros(SHAPE, np.uint8)
    lesions[15:18, 4:12, 5:15] = 1
    lungs[lesions > 0] = 1
    return study, Masks(lungs, lesions)


def centre(mask):
    return np.argwhere(mask).mean(0) / mask.shape  # (down, across), 0…1


def test_right_is_on_the_left_and_the_head_is_up():
    axial, coronal, sagittal = (centre(red(panel)) for panel in panels(draw_picture(*with_lesion(), "CT-1")))
    assert axial == pytest.approx((0.2, 0.17), abs=0.02)
    assert coronal == pytest.approx((1 - 16.5 / 20, 0.17), abs=0.02)
    assert sagittal == pytest.approx((1 - 16.5 / 20, 0.2), abs=0.02)


def test_a_study_stored_mirrored_gives_the_same_picture():
    study, masks = with_lesion()
    picture = draw_picture(study, masks, "CT-1")
    flip = np.s_[::-1, :, ::-1]
    affine = study.affine @ np.diag([-1.0, 1.0, -1.0, 1.0])
    affine[:3, 3] = (study.affine @ [SHAPE[2] - 1, 0, SHAPE[0] - 1, 1])[:3]
    stored = replace(study, hu=study.hu[flip].copy(), affine=affine)
    mirrored = Masks(masks.lungs[flip].copy(), masks.lesions[flip].copy())
    assert np.array_equal(np.asarray(draw_picture(stored, mirrored, "CT-1")), np.asarray(picture))


def test_without_lesions_nothing_is_red(tmp_path):
    study, masks = with_lesion()
    healthy = Masks(masks.lungs, np.zeros_like(masks.lesions))
    write_picture(tmp_path / "p.png", study, healthy, "CT-0")
    assert not red(Image.open(tmp_path / "p.png")).any()
