"""A network's channels are known by the nouns of their labels, whatever else these say."""

import numpy as np
import pytest
from MosMedCOVIDLib.errors import SetupError
from MosMedCOVIDLib.segmentation.channels import find_channels


def channels(*labels):
    return find_channels({str(number): label for number, label in enumerate(labels)})


@pytest.mark.parametrize(
    ("labels", "lungs", "lesions", "consolidation"),
    [
        (("lungs with their lesions", "lesions"), (0,), (1,), ()),
        (("lungs with lesions", "lesions", "consolidation (part of the lesions)"), (0,), (1,), (2,)),
        (("Consolidation", "Lesion", "Lung"), (2,), (1,), (0,)),
        (("background", "right_lung", "left lung", "lung lesion"), (1, 2), (3,), ()),
        (("lung", "heart", "COVID-19 infection of the lung", "lung nodule"), (0,), (2,), ()),
        (("lung, healthy", "ground glass opacities", "trachea and lungs"), (0,), (1,), ()),
    ],
)
def test_what_each_channel_shows(labels, lungs, lesions, consolidation):
    found = channels(*labels)
    assert (found.lungs, found.lesions, found.consolidation) == (lungs, lesions, consolidation)
    assert found.count == len(labels)
    assert found.exclusive == (labels[0] == "background")


@pytest.mark.parametrize("labels", [("background", "spleen"), ("lung",), ("lesion", "consolidation"), ()])
def test_without_lungs_or_lesions_it_says_what_was_found_and_what_is_needed(labels):
    with pytest.raises(SetupError, match="does not give lungs and lesions") as refused:
        channels(*labels)
    assert all(f'"{label}"' in str(refused.value) for label in labels)
    assert "channel_def" in str(refused.value)


def test_channels_are_put_in_our_order_and_joined():
    given = np.arange(5, dtype=np.uint8)[None, :, None, None] * np.ones((1, 1, 2, 3), np.uint8)
    found = channels("consolidation", "lesion", "airway", "right lung", "left lung").select(given)
    assert found[0, :, 0, 0].tolist() == [4, 1, 0]
    assert found.shape == (1, 3, 2, 3)


def test_where_classes_exclude_one_another_consolidation_counts_as_lesion():
    assert channels("background", "lung", "lesion", "consolidation").shown == [(1,), (2, 3), (3,)]
