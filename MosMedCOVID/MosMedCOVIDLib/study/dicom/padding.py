"""What lies outside the reconstruction circle: mostly far below air, and then left; else it would look like a body."""

from __future__ import annotations

import numpy as np

from .image import Image

OUTSIDE_HU = -1024
LOOKS_LIKE_AIR_HU = -900  # padding below needs no care


def without_padding(hu: np.ndarray, image: Image) -> tuple[np.ndarray, int | None]:
    """A slice whose padding is air, and the HU that the padding had; None where nothing had to be changed.

    Only what hangs together with a corner is padding: headers state the value wrongly, and then it is tissue's.
    """
    stored = image.pixels.padding if image.pixels else None
    if stored is None:
        return hu, None
    mark = round(stored * (image.slope or 1.0) + (image.intercept or 0.0))
    corners = {int(hu[row, column]) for row in (0, -1) for column in (0, -1)}
    if mark < LOOKS_LIKE_AIR_HU or mark not in corners:
        return hu, None
    from scipy import ndimage

    pieces, _ = ndimage.label(hu == mark)
    outside = np.setdiff1d(pieces[[0, 0, -1, -1], [0, -1, 0, -1]], 0)
    return np.where(np.isin(pieces, outside), OUTSIDE_HU, hu), mark
