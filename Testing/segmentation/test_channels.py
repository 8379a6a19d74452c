"""A network's channels are known by the nouns of their labels, whatever else these say."""

import numpy as np
import pytest
from MosMedCOVIDLib.errors import SetupError
from MosMedCOVIDLib.segmentation.channels import find_channels


def channels(*labels):
    return find_channels({str(number): label for number, label in enumerate(labels)})


@pytest.mark.parametrize(
    ("labels", "lungs", "lesions"),
    [
        (("lungs with their lesions", "lesions"), (0,), (1,)),
        (("lungs with lesions", "lesions", "consolidation (part of the lesions)"), (0,), (1, 2)),
        (("Consolidation", "Lesion", "Lung"), (2,), (1, 0)),
        (("background", "right_lung", "left lung", "lung lesion"), (1, 2), (3,)),
        (("lung", "heart", "COVID-19 infection of the lung", "lung nodule"), (0,), (2,)),
        (("lung, healthy", "ground glass opacities", "trachea and lungs"), (0,), (1,)),
    ],
)
def test_what_each_channel_shows(labels, lungs, lesions):
    found = channels(*labels)
    assert (found.lungs, found.lesions) == (lungs, lesions)
    assert found.count == len(labels)
    assert found.exclusive == (labels[0] == "background")


@pytest.mark.parametrize(
    "labels", [("background", "spleen"), ("lung",), ("lesion", "consolidation"), ("lung", "consolidation"), ()]
)
def test_without_lungs_or_lesions_it_says_what_was_found_and_what_is_needed(labels):
    with pytest.raises(SetupError, match="does not give lungs and lesions") as refused:
        channels(*labels)
    assert all(f'"{label}"' in str(refused.value) for label in labels)
    assert "channel_def" in str(refused.value)


def test_channels_that_are_not_counted_from_0_are_a_sentence():
    """Of classes that exclude one another each would be taken for the next one, without a word."""
    with pytest.raises(SetupError, match=r'counted from 0.*"3" of 3 channels'):
        find_channels({"1": "background", "2": "lung", "3": "lesion"})


def test_channels_are_put_in_our_order_and_joined():
    given = np.arange(5, dtype=np.uint8)[None, :, None, None] * np.ones((1, 1, 2, 3), np.uint8)
    found = channels("consolidation", "lesion", "airway", "right lung", "left lung").select(given)
    assert found[0, :, 0, 0].tolist() == [4, 1]
    assert found.shape == (1, 2, 2, 3)


@pytest.mark.parametrize("first", ["background", "trachea"])
def test_consolidation_counts_as_lesion(first):
    assert channels(first, "lung", "ground glass opacity", "consolidation").lesions == (2, 3)


def test_classes_that_exclude_one_another_add_up():
    """Where the lungs meet, right and left are each less certain than that it is lung."""
    shares = np.array([5, 126, 125, 0], np.uint8)[None, :, None]
    labels = ["right lung", "left lung", "lesion"]
    assert channels("background", *labels).select(shares)[0, :, 0].tolist() == [251, 0]
    assert channels("trachea", *labels).select(shares)[0, :, 0].tolist() == [126, 0]
    certain = np.array([0, 128, 128, 0], np.uint8)[None, :, None]  # each rounded up
    assert channels("background", *labels).select(certain)[0, 0, 0] == 255
