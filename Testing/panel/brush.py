"""Strokes of the panel's brush over a study, and the voxels that they should change."""

import numpy as np
from mouse import click, show_slice

RADIUS_MM = 9.0


def healthy_place(reading):
    """A voxel [slice, row, column] in lung without lesions, deep enough for the brush, in the slice with most room."""
    from scipy import ndimage

    study = reading.study
    masks = reading.masks
    best = None
    for k in range(0, len(study.hu), max(1, len(study.hu) // 12)):
        free = (masks.lungs[k] > 0) & (masks.lesions[k] == 0)
        depth = ndimage.distance_transform_edt(np.pad(free, 1), sampling=study.spacing_mm[1:])[1:-1, 1:-1]
        place = np.unravel_index(depth.argmax(), depth.shape)
        if best is None or depth[place] > best[0]:
            best = depth[place], (k, *map(int, place))
    assert best[0] > RADIUS_MM + 2, "no lung is wide enough for the brush"
    return best[1]


def disc(study, centre_ras, k):
    """Voxels of slice k whose centres lie within the brush's radius of a place."""
    rows, columns = np.indices(study.hu.shape[1:])
    voxels = np.stack([columns, rows, np.full_like(rows, k), np.ones_like(rows)], axis=-1)
    apart = (voxels @ study.affine.T)[..., :3] - centre_ras
    return np.linalg.norm(apart[..., :2], axis=-1) <= RADIUS_MM


def take_brush(ui, name="Paint"):
    ui.correctSection.collapsed = False
    ui.segmentEditor.setActiveEffectByName(name)
    effect = ui.segmentEditor.activeEffect()
    effect.setCommonParameter("BrushDiameterIsRelative", 0)
    effect.setCommonParameter("BrushAbsoluteDiameter", 2 * RADIUS_MM)
    effect.setCommonParameter("BrushSphere", 0)


def painted_once(reader):
    """A stroke whose pause has not come yet."""
    k, j, i = healthy_place(reader.reading)
    ras = (reader.reading.study.affine @ [i, j, k, 1])[:3]
    show_slice("Red", ras)
    reader.settle()
    take_brush(reader.ui)
    click("Red", ras)
