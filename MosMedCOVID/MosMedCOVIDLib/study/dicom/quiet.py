"""pydicom warns of odd values and quotes them; they may be a person's, so they reach no log and no screen."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def quiet() -> Iterator[None]:
    """pydicom neither warns nor logs; what it cannot read it still says by an exception."""
    from pydicom import config

    logger, settings = logging.getLogger("pydicom"), config.settings
    level, mode = logger.level, settings.reading_validation_mode
    logger.setLevel(logging.CRITICAL + 1)
    settings.reading_validation_mode = config.IGNORE
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)
        settings.reading_validation_mode = mode
