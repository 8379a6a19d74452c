"""Resampling by millimetres: means of areas when shrinking, straight lines when growing, nothing shifted."""

import numpy as np
import pytest
from MosMedCOVIDLib.segmentation.resampling import Grid, resample, resampling_matrix, sparse


@pytest.mark.parametrize("target", [Grid(20, 0.0, 1.5), Grid(100, 3.0, 0.2), Grid(40, -4.0, 1.1), Grid(7, 2.0, 3.3)])
def test_every_row_is_a_mean(target):
    weights = resampling_matrix(Grid(30, 0.0, 0.8), target)
    assert weights.shape == (target.size, 30)
    np.testing.assert_allclose(weights.sum(1), 1, atol=1e-6)
    assert (weights >= 0).all()


@pytest.mark.parametrize(("size", "step"), [(12, 2.0), (16, 1.5), (60, 0.4), (24, 1.0)])
def test_a_straight_slope_stays_where_it_is_in_millimetres(size, step):
    source, target = Grid(24, 5.0, 1.0), Grid(size, 5.0, step)
    there = resampling_matrix(source, target) @ source.centres_mm
    inside = slice(2, -2)
    # Means over part of a pixel take it for flat, so they may be off by a tenth of it; never by more, and on no side.
    tolerance = 0.1 if step == 1.5 else 1e-5
    np.testing.assert_allclose(there[inside], target.centres_mm[inside], atol=tolerance)
    assert (there - target.centres_mm)[inside].mean() == pytest.approx(0, abs=1e-5)


def test_shrinking_by_two_takes_the_mean_of_pairs():
    weights = resampling_matrix(Grid(4, 0.0, 1.0), Grid(2, 0.0, 2.0))
    assert np.array_equal(weights, [[0.5, 0.5, 0, 0], [0, 0, 0.5, 0.5]])


def test_the_same_grid_changes_nothing():
    grid = Grid(5, 1.0, 0.7)
    np.testing.assert_allclose(resampling_matrix(grid, grid), np.eye(5), atol=1e-6)


def test_beyond_the_frame_the_edge_is_repeated():
    source = Grid(4, 0.0, 1.0)
    for target in (Grid(6, -2.0, 1.0), Grid(4, -4.0, 2.5)):
        values = resampling_matrix(source, target) @ [7, 1, 2, 9]
        assert values[0] == 7
        assert values[-1] == 9 or target.step_mm > 1


def test_rows_and_columns_have_their_own_scale():
    image = np.outer(np.arange(6), np.ones(10)) + np.arange(10)
    rows = resampling_matrix(Grid(6, 0, 1.0), Grid(3, 0, 2.0))
    columns = resampling_matrix(Grid(10, 0, 0.5), Grid(5, 0, 1.0))
    expected = image.reshape(3, 2, 5, 2).mean((1, 3))
    np.testing.assert_allclose(resample(image, rows, columns), expected)
    np.testing.assert_allclose(resample(image, sparse(rows), sparse(columns)), expected)
