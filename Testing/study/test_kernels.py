"""What a kernel is good for, by the names that makers give: the list of series and the audit say the same."""

import pytest
from MosMedCOVIDLib.study.kernels import LUNG, SHARP, SOFT, UNKNOWN, kind_of

KINDS = {
    SOFT: ("B31f", "D40s", "I40f\\3", "I40f 3", "Br36", "FC18-H", "STANDARD", "Chest", "A", "B"),
    LUNG: ("B50f", "Br59", "Bl64d", "Bl57", "FC51", "LUNG", "L", "YA", "YB", "YC"),
    SHARP: ("B70f", "B80s", "BONEPLUS", "EDGE", "D"),
    UNKNOWN: ("", "x", "my own", "FC30"),
}


@pytest.mark.parametrize(("name", "kind"), [(name, kind) for kind, names in KINDS.items() for name in names])
def test_kernels_by_their_names(name, kind):
    assert kind_of(name) == kind
