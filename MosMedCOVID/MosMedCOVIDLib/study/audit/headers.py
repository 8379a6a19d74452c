"""What the headers state, as numbers and words; most files state little."""

from __future__ import annotations

import math
from typing import Any

from ..study import Study


def number(study: Study, keyword: str) -> float | None:
    """A header's number, or None where it is missing, no number or not above 0."""
    stated: Any = study.headers.get(keyword)
    try:
        value = float(stated)
    except (TypeError, ValueError):
        return None
    return value if math.isfinite(value) and value > 0 else None


def words(study: Study, keyword: str) -> str:
    """A header as text, several values joined; empty where it is missing."""
    stated = study.headers.get(keyword)
    if stated is None:
        return ""
    return " ".join(map(str, stated)) if isinstance(stated, list | tuple) else str(stated).strip()
