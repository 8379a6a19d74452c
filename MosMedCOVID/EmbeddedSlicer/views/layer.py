"""Pixels that lie over one another: a view gives them from below to above, and whoever paints puts them together."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

import numpy as np


class Kind(Enum):
    """How the numbers of a layer are to be read."""

    GREY = "grey"  # [row, column]
    RGB = "RGB"
    RGBA = "RGBA"  # the colour as it would be at full opacity
    RGBA_PREMULTIPLIED = "RGBA premultiplied"  # the colour times its opacity, as OpenGL leaves it
    RGBX = "RGBX"  # the fourth number means nothing


class Layer(NamedTuple):
    """pixels: uint8 [row from below, column] or [row from below, column, 3 or 4]."""

    pixels: np.ndarray
    kind: Kind


def kind_of_components(count: int) -> Kind:
    """The kind of an image as VTK's filters make it: of 1, 3 or 4 numbers a pixel."""
    return {1: Kind.GREY, 3: Kind.RGB, 4: Kind.RGBA}[count]
