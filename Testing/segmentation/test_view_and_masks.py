"""What the network sees, and the way of its answer back: at the right place on any grid, right and left told apart."""

from dataclasses import replace

import numpy as np
import pytest
from MosMedCOVIDLib.segmentation.density import dense_by_density
from MosMedCOVIDLib.segmentation.masks import LEFT, RIGHT
from MosMedCOVIDLib.segmentation.masks_from_probabilities import masks_from_probabilities
from MosMedCOVIDLib.segmentation.sides import tell_sides
from MosMedCOVIDLib.segmentation.view import View, ViewSettings
from MosMedCOVIDLib.study.phantom import thorax_phantom
from MosMedCOVIDLib.study.quick_lungs import find_quick_lungs
from orientations import ORIENTATIONS

SETTINGS = ViewSettings(pixel_mm=1.5, neighbour_mm=5.0, multiple=16, hu_low=-1024, hu_high=200)


def dice(a, b):
    return 2 * (a & b).sum() / (a.sum() + b.sum())


def seen_truth(view, study, truth):
    """The true masks as the network would have to answer them: uint8 [slice, mask, row, column] on the view's grid."""
    channels = []
    for mask in truth:
        scaled = np.where(mask > 0, 200, -1024).astype(np.int16)  # through the same view as HU: −1…1
        same = View.of(replace(study, hu=scaled), find_quick_lungs(study), SETTINGS)
        channels.append((same.images + 1) / 2 * 255)
    return np.rint(np.stack(channels, 1)).astype(np.uint8)


def test_the_view_is_scaled_and_clipped(phantom):
    view = View.of(phantom.study, find_quick_lungs(phantom.study), SETTINGS)
    assert view.images.dtype == np.float32
    assert view.images.min() >= -1
    assert view.images.max() <= 1
    assert view.images.shape[1] % 16 == view.images.shape[2] % 16 == 0
    tissue = (40 + 1024) / 1224 * 2 - 1
    assert np.median(view.images[view.images > 0.5]) == pytest.approx(tissue, abs=0.1)


def test_the_box_holds_every_lung_voxel_also_those_without_air(phantom):
    hu = np.where((phantom.lungs == LEFT) & (phantom.lesions == 0), 30, phantom.study.hu).astype(np.int16)
    view = View.of(replace(phantom.study, hu=hu), find_quick_lungs(phantom.study), SETTINGS)
    rows, columns = (np.flatnonzero(phantom.lungs.any(axes)) for axes in ((0, 2), (0, 1)))
    for seen, study_grid, found in ((view.rows, view.study_rows, rows), (view.columns, view.study_columns, columns)):
        centres = study_grid.centres_mm[found]
        assert seen.start_mm < centres.min()
        assert centres.max() < seen.start_mm + seen.size * seen.step_mm


@pytest.mark.parametrize(("slice_mm", "steps"), [(1.0, 5), (2.0, 2), (4.0, 1), (8.0, 1)])
def test_neighbours_are_chosen_by_millimetres(slice_mm, steps):
    study = thorax_phantom(10, shape=(round(280 / slice_mm), 64, 64), spacing_mm=(slice_mm, 5.6, 5.6)).study
    view = View.of(study, find_quick_lungs(study), SETTINGS)
    assert view.neighbour == steps
    middle = len(view.images) // 2
    assert np.array_equal(view.channels(middle), view.images[[middle - steps, middle, middle + steps]])
    assert np.array_equal(view.channels(0)[0], view.images[0])


@pytest.mark.parametrize(
    ("shape", "spacing"),
    [
        ((36, 128, 128), (8.0, 2.8, 2.8)),  # coarser than the network's pixels
        ((56, 320, 440), (5.0, 0.9, 0.9)),  # a frame that is not square
        ((36, 160, 400), (8.0, 1.9, 0.95)),  # pixels that are not square
    ],
)
def test_the_answer_comes_back_to_the_studys_own_grid(shape, spacing):
    phantom = thorax_phantom(30, shape=shape, spacing_mm=spacing)
    study = phantom.study
    view = View.of(study, find_quick_lungs(study), SETTINGS)
    masks = masks_from_probabilities(study, view, seen_truth(view, study, (phantom.lungs, phantom.lesions)), None)
    assert masks.lungs.shape == study.hu.shape
    for side in (RIGHT, LEFT):
        assert dice(masks.lungs == side, phantom.lungs == side) > 0.98
    assert dice(masks.lesions > 0, phantom.lesions > 0) > 0.95
    assert masks.lesions.sum() == pytest.approx(phantom.lesions.sum(), rel=0.02)


@pytest.mark.parametrize("name", ["RAS", "LAS", "LPI", "permuted ASR", "permuted SLP"])
def test_the_patients_right_lung_is_right_in_every_orientation(name, phantom):
    study = phantom.study
    turned, voxels = stored_as(study, ORIENTATIONS[name])
    view = View.of(turned, find_quick_lungs(turned), SETTINGS)
    truth = (voxels(phantom.lungs), voxels(phantom.lesions))
    masks = masks_from_probabilities(turned, view, seen_truth(view, turned, truth), None)
    assert dice(masks.lungs == RIGHT, voxels(phantom.lungs) == RIGHT) > 0.98
    right = np.argwhere(masks.lungs == RIGHT).mean(0)[::-1]
    left = np.argwhere(masks.lungs == LEFT).mean(0)[::-1]
    across = turned.affine[:3, :3] @ (right - left)
    assert across[0] > 50, "the right lung lies to the right, in RAS mm"


def stored_as(study, like):
    """The same patient, stored along the axes of another affine: the study, and what turns its arrays the same way."""
    directions = np.rint(like[:3, :3] / np.linalg.norm(like[:3, :3], axis=0))
    own = np.rint(study.affine[:3, :3] / np.linalg.norm(study.affine[:3, :3], axis=0))
    source = [int(np.argmax(abs(own.T @ directions[:, n]))) for n in range(3)]  # own axis (i, j, k) for each new one
    signs = [float(own[:, source[n]] @ directions[:, n]) for n in range(3)]

    def voxels(array):
        return np.ascontiguousarray(array.T.transpose(source)[tuple(slice(None, None, int(s)) for s in signs)].T)

    affine = np.eye(4)
    first = np.zeros(4)
    first[3] = 1
    for n, (axis, sign) in enumerate(zip(source, signs, strict=True)):
        affine[:3, n] = study.affine[:3, axis] * sign
        first[axis] = 0 if sign > 0 else study.hu.T.shape[axis] - 1
    affine[:3, 3] = (study.affine @ first)[:3]
    return replace(study, hu=voxels(study.hu), affine=affine), voxels


def test_lungs_that_touch_are_parted_at_their_narrowest_place():
    lungs = np.zeros((6, 40, 60), bool)
    lungs[:, 5:35, 4:30] = True
    lungs[:, 5:35, 31:56] = True
    lungs[:, 8:12, 28:33] = True  # a bridge in front
    sides = tell_sides(lungs, middle=26.0, outside=np.zeros_like(lungs))  # the body's middle is not where they touch
    assert (sides[:, 5:35, 4:29] == RIGHT).all()
    assert (sides[:, 5:35, 32:56] == LEFT).all()
    assert ((sides > 0) == lungs).all()


def test_lungs_merged_into_one_are_parted_at_the_bodys_middle():
    lungs = np.zeros((4, 30, 40), bool)
    lungs[:, 2:28, 2:38] = True
    sides = tell_sides(lungs, middle=20.0, outside=np.zeros_like(lungs))
    assert (sides[:, 2:28, 2:20] == RIGHT).all()
    assert (sides[:, 2:28, 20:38] == LEFT).all()


def test_a_single_lung_keeps_its_side_and_specks_are_dropped():
    lungs = np.zeros((4, 30, 40), bool)
    lungs[:, 2:28, 22:38] = True
    lungs[0, 2:4, 2:4] = True
    sides = tell_sides(lungs, middle=20.0, outside=np.zeros_like(lungs))
    assert set(np.unique(sides)) == {0, LEFT}
    assert not sides[0, 2:4, 2:4].any()


def test_what_lies_outside_the_body_is_no_lung():
    """Air on the mattress or round the neck, as large as a lung; a lung that the body's outline cuts stays whole."""
    lungs = np.zeros((4, 30, 60), bool)
    lungs[:, 2:28, 2:18] = lungs[:, 2:28, 22:38] = lungs[:, 2:28, 42:58] = True
    outside = np.ones_like(lungs)
    outside[:, 2:20, 2:40] = False
    sides = tell_sides(lungs, middle=20.0, outside=outside)
    assert (sides[:, 2:28, 2:18] == RIGHT).all()
    assert (sides[:, 2:28, 22:38] == LEFT).all()
    assert not sides[..., 42:58].any()


def test_the_view_knows_what_is_air_around_the_body(phantom):
    view = View.of(phantom.study, find_quick_lungs(phantom.study), SETTINGS)
    assert view.outside.shape == view.images.shape
    air_in_front = view.images[:, 0, 0] < -0.9
    assert view.outside[air_in_front, 0, 0].all()
    assert air_in_front.any()
    assert view.outside.mean() < 0.3


def test_no_lungs_give_empty_masks(phantom):
    view = View.of(phantom.study, find_quick_lungs(phantom.study), SETTINGS)
    nothing = np.zeros((len(view.images), 2, *view.images.shape[1:]), np.uint8)
    masks = masks_from_probabilities(phantom.study, view, nothing, None)
    assert not masks.lungs.any()
    assert not masks.lesions.any()


def test_lesions_count_as_lung_and_stay_inside_it(phantom):
    view = View.of(phantom.study, find_quick_lungs(phantom.study), SETTINGS)
    truth = seen_truth(view, phantom.study, (phantom.lungs, phantom.lesions))
    truth[:, 0] = np.where(truth[:, 1] > 127, 0, truth[:, 0])  # a network that sees consolidation not as lung
    truth[:, 1, :8, :8] = 255  # and a lesion in a corner far from the lungs
    masks = masks_from_probabilities(phantom.study, view, truth, None)
    assert dice(masks.lungs > 0, phantom.lungs > 0) > 0.97
    assert (masks.lungs[masks.lesions > 0] > 0).all()
    assert dice(masks.lesions > 0, phantom.lesions > 0) > 0.95


@pytest.mark.parametrize("name", ["RAS", "LPI", "permuted SLP"])
def test_the_density_says_what_of_the_lesions_is_dense(name, phantom):
    study, voxels = stored_as(phantom.study, ORIENTATIONS[name])
    view = View.of(study, find_quick_lungs(study), SETTINGS)
    lungs = voxels(phantom.lungs)
    masks = masks_from_probabilities(study, view, seen_truth(view, study, (lungs, voxels(phantom.lesions))), None)
    assert np.array_equal(masks.dense & masks.lesions, dense_by_density(study) & masks.lesions)
    assert 0 < np.count_nonzero(masks.dense & masks.lesions) < np.count_nonzero(masks.lesions)


def test_the_probability_says_lesion_where_the_mask_does(phantom):
    view = View.of(phantom.study, find_quick_lungs(phantom.study), SETTINGS)
    truth = seen_truth(view, phantom.study, (phantom.lungs, phantom.lesions))
    masks = masks_from_probabilities(phantom.study, view, truth, None)
    assert np.array_equal(masks.lesions > 0, masks.lesion_probability > 127)


def test_what_the_network_sees_beyond_the_frame_is_dropped(phantom):
    study = replace(phantom.study, hu=np.ascontiguousarray(phantom.study.hu[:, :, 15:113]))
    view = View.of(study, find_quick_lungs(study), replace(SETTINGS, multiple=64))
    frame_mm = view.study_columns.size * view.study_columns.step_mm
    beyond = view.columns.centres_mm > frame_mm + view.columns.step_mm * 2
    assert beyond.any(), "the view is wider than the frame"
    probabilities = np.zeros((len(view.images), 2, *view.images.shape[1:]), np.uint8)
    probabilities[:, 0, 20:60, beyond] = 255
    assert not masks_from_probabilities(study, view, probabilities, None).lungs.any()
