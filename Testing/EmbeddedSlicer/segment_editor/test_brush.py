"""A round brush covers the voxels whose centres it reaches, whatever way the grid lies."""

import numpy as np
import pytest

pytest.importorskip("slicer")

from EmbeddedSlicer.segment_editor.box import box_of_extent
from EmbeddedSlicer.segment_editor.brush import brush_voxels
from orientations import ORIENTATIONS
from segmentation_scenes import AFFINES

GRID = (20, 70, 80)
WHOLE = box_of_extent((0, GRID[2] - 1, 0, GRID[1] - 1, 0, GRID[0] - 1))


def centres(affine):
    """RAS of all voxel centres: [slice, row, column, 3]."""
    k, j, i = np.indices(GRID)
    return np.stack([i, j, k], -1) @ affine[:3, :3].T + affine[:3, 3]


def in_whole_grid(covered, box):
    whole = np.zeros(GRID, bool)
    whole[box] = covered
    return whole


def place(affine, k, j, i):
    return (affine @ [i, j, k, 1])[:3]


@pytest.mark.parametrize("name", ORIENTATIONS)
@pytest.mark.parametrize("radius", [2.3, 9.1])
def test_a_sphere_covers_what_lies_within_its_radius(name, radius):
    affine = ORIENTATIONS[name]
    centre = place(affine, 10.2, 33.4, 40.3)
    covered = in_whole_grid(*brush_voxels(affine, WHOLE, centre, centre, radius))
    expected = np.linalg.norm(centres(affine) - centre, axis=-1) <= radius
    assert np.array_equal(covered, expected)


@pytest.mark.parametrize("name", AFFINES)
@pytest.mark.parametrize("axis", [0, 1, 2])
def test_a_disc_along_the_grid_covers_one_layer_and_nothing_else(name, axis):
    affine = AFFINES[name]
    centre = place(affine, 10.3, 33.4, 40.3)
    normal = affine[:3, 2 - axis]
    covered = in_whole_grid(*brush_voxels(affine, WHOLE, centre, centre, 6.0, normal))
    unit = normal / np.linalg.norm(normal)
    offsets = centres(affine) - centre
    in_plane = np.linalg.norm(offsets - (offsets @ unit)[..., None] * unit, axis=-1) <= 6.0
    layer = np.zeros(GRID, bool)
    layer[tuple([10, 33, 40][a] if a == axis else slice(None) for a in range(3))] = True
    assert np.array_equal(covered, in_plane & layer)
    assert covered.sum() > 5


def test_a_disc_across_the_grid_is_a_closed_sheet_one_voxel_thick():
    affine = ORIENTATIONS["oblique 40° permuted"]
    centre = place(affine, 10, 35, 40)
    covered = in_whole_grid(*brush_voxels(affine, WHOLE, centre, centre, 12.0, np.array([0.0, 0.0, 1.0])))
    dominant = int(np.abs(affine[2, :3]).argmax())
    per_column = covered.sum(axis=2 - dominant)
    assert per_column.max() == 1
    assert per_column.sum() == covered.sum() > 50


def test_a_plane_between_two_slices_takes_one_of_them():
    affine = AFFINES["LAS 8 mm"]
    centre = place(affine, 10.5, 33, 40)
    covered = in_whole_grid(*brush_voxels(affine, WHOLE, centre, centre, 6.0, affine[:3, 2]))
    assert np.flatnonzero(covered.any((1, 2))).tolist() == [10]


@pytest.mark.parametrize("normal", [None, (0.0, 0.0, 1.0)])
def test_a_fast_drag_leaves_no_gap(normal):
    affine = AFFINES["LPS 0.7 mm"]
    start, end = place(affine, 10, 20, 15), place(affine, 10, 50, 65)
    covered = in_whole_grid(*brush_voxels(affine, WHOLE, start, end, 3.0, normal))
    stamps = np.zeros(GRID, bool)
    for part in np.linspace(0, 1, 200):
        at = start + part * (end - start)
        stamps |= in_whole_grid(*brush_voxels(affine, WHOLE, at, at, 3.0, normal))
    assert not (stamps & ~covered).any()
    along = (end - start) / np.linalg.norm(end - start)
    offsets = centres(affine) - start
    way = np.clip(offsets @ along, 0, np.linalg.norm(end - start))
    assert (np.linalg.norm(offsets - way[..., None] * along, axis=-1)[covered] <= 3.0 + 1e-5).all()


def test_at_the_border_it_is_cut_and_outside_it_covers_nothing():
    affine = AFFINES["LAS 8 mm"]
    corner = place(affine, 0, 0, 0)
    covered, box = brush_voxels(affine, WHOLE, corner, corner, 20.0)
    assert (box[0].start, box[1].start, box[2].start) == (0, 0, 0)
    expected = np.linalg.norm(centres(affine) - corner, axis=-1) <= 20.0
    assert np.array_equal(in_whole_grid(covered, box), expected)
    beyond = place(affine, 0, -100, 0)
    assert brush_voxels(affine, WHOLE, beyond, beyond, 20.0)[0].size == 0


def test_the_smallest_brush_covers_the_voxel_it_is_in():
    affine = AFFINES["LAS 8 mm"]
    at = place(affine, 10.4, 33.3, 40.4)
    covered, box = brush_voxels(affine, WHOLE, at, at, 0.01)
    assert covered.sum() == 1
    assert in_whole_grid(covered, box)[10, 33, 40]
