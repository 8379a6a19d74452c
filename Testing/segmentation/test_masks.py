"""Masks are valid whenever they exist."""

import json
from dataclasses import asdict

import numpy as np
import pytest
from MosMedCOVIDLib.errors import MosMedError
from MosMedCOVIDLib.segmentation.masks import READER_CT0_BELOW_ML, IntervalSettings, Masks, Model


def volume(value=0, shape=(2, 3, 4)):
    return np.full(shape, value, np.uint8)


def test_a_readers_masks_and_a_models_differ_in_what_counts_as_nothing():
    model = Model("m", "1", "abc", "cpu", ct0_below_ml=1.0)
    assert Masks(volume(1), volume()).ct0_below_ml == READER_CT0_BELOW_ML == 0.1
    assert Masks(volume(1), volume(), model).ct0_below_ml == 1.0
    assert Masks(volume(1), volume(), model, corrected=True).ct0_below_ml == READER_CT0_BELOW_ML


def test_an_interval_needs_probabilities_and_a_model_that_says_how_sure_it_is():
    settings = IntervalSettings(0.95, 0.05)
    sure, silent = Model("m", "1", "abc", "cpu", 1.0, settings), Model("m", "1", "abc", "cpu", 1.0)
    assert Masks(volume(1), volume(), sure, volume()).interval == settings
    assert Masks(volume(1), volume(), sure, volume(), corrected=True).interval == settings
    assert Masks(volume(1), volume(), sure).interval is None
    assert Masks(volume(1), volume(), silent, volume()).interval is None
    assert Masks(volume(1), volume(), None, volume()).interval is None


@pytest.mark.parametrize("settings", [None, IntervalSettings(0.95, 0.05, 1.4, 0.8, 0.1, True)])
def test_a_model_survives_json(settings):
    model = Model("m", "1", "abc", "cpu", 1.0, settings)
    assert Model.from_json(json.loads(json.dumps(asdict(model)))) == model


def test_a_model_of_an_earlier_version_says_not_how_sure_it_is():
    stated = {"name": "m", "version": "1", "sha256": "abc", "device": "cpu", "ct0_below_ml": 1.0}
    assert Model.from_json(stated).interval is None


@pytest.mark.parametrize(
    ("lungs", "lesions", "reason"),
    [
        (volume(3), volume(), "other labels"),
        (volume(1), volume(2), "other labels"),
        (volume(0), volume(1), "outside the lungs"),
        (volume(1), volume(0, (2, 3, 5)), "one shape"),
        (volume(1).astype(np.int16), volume(), "uint8"),
    ],
)
def test_impossible_masks_are_refused(lungs, lesions, reason):
    with pytest.raises(MosMedError, match=reason):
        Masks(lungs, lesions)


@pytest.mark.parametrize(
    ("dense", "reason"), [(volume(2), "other labels"), (volume(0, (2, 3, 5)), "one shape"), (volume() > 0, "uint8")]
)
def test_what_is_dense_is_told_by_0_and_1_on_the_same_grid(dense, reason):
    with pytest.raises(MosMedError, match=reason):
        Masks(volume(1), volume(), dense=dense)
