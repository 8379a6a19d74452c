"""Values of a DICOM header as plain text and numbers; what is damaged counts as missing."""

from __future__ import annotations

import math
from typing import Any

from ...errors import one_line

TEXTS = {"AS", "CS", "DA", "DS", "IS", "LO", "SH", "TM", "UI"}  # what is stated so is text, numbers too
ESCAPE = b"\x1b"  # begins other letters than ASCII's
LONGEST = 128  # letters of a part; DICOM allows 64 in what we read, and a damaged length takes in what follows


def value(header: Any, keyword: str) -> Any:
    """A value as pydicom converts it; None where it is missing or cannot be converted."""
    try:
        return header.get(keyword)
    except Exception:  # pydicom converts when it is asked, and raises many kinds
        return None


def is_stated(header: Any, keyword: str) -> bool:
    """Whether there is a value at all, also one that cannot be converted."""
    if keyword not in header:
        return False
    try:
        held = header.get_item(keyword).value
    except Exception:  # as above
        return True
    return bool(held.strip(b" \0")) if isinstance(held, bytes) else held not in (None, "")


def text(header: Any, keyword: str) -> str:
    """A value as text, several joined by a backslash as in DICOM; "" where it is missing."""
    return "\\".join(texts(header, keyword))


def meta_text(header: Any, keyword: str) -> str:
    """A value of what stands before the header, in group 0002; "" where there is no such group."""
    meta = getattr(header, "file_meta", None)
    return text(meta, keyword) if meta is not None else ""


def texts(header: Any, keyword: str) -> tuple[str, ...]:
    """The parts of a value, without blanks around them and without what cannot be shown."""
    said = _as_stated(header, keyword)
    if said is None:
        said = _as_converted(header, keyword)
    return tuple(one_line(part) if len(part) <= LONGEST else "" for part in said)


def _as_stated(header: Any, keyword: str) -> list[str] | None:
    """The parts of a value that stands in the file as plain text, or of none; None where pydicom must convert it.

    That takes pydicom five times as long, half of the time that a header takes.
    """
    if keyword not in header:
        return []
    try:
        stated = header.get_item(keyword)
    except Exception:  # as above
        return None
    plain = stated.VR in TEXTS and isinstance(stated.value, bytes) and stated.value.isascii()
    if not plain or ESCAPE in stated.value:
        return None
    return [part.strip(" \0") for part in stated.value.decode("ascii").split("\\")] if stated.value else []


def _as_converted(header: Any, keyword: str) -> list[str]:
    found = value(header, keyword)
    if found is None:
        return []
    parts = found if isinstance(found, list | tuple) or type(found).__name__ == "MultiValue" else [found]
    if any(type(part).__name__ in ("bytes", "Sequence") for part in parts):
        return []  # no text and no number
    return [str(part).strip(" \0") for part in parts]


def numbers(header: Any, keyword: str, count: int) -> tuple[float, ...] | None:
    """So many finite numbers; None where they are missing, of another count, or no numbers."""
    found = []
    for part in texts(header, keyword):
        try:
            found.append(float(part))
        except ValueError:
            return None
    return tuple(found) if len(found) == count and all(map(math.isfinite, found)) else None


def number(header: Any, keyword: str) -> float | None:
    """One finite number, or None."""
    found = numbers(header, keyword, 1)
    return found[0] if found else None


def whole(header: Any, keyword: str) -> int:
    """A whole number; 0 where it is missing or none."""
    return int(number(header, keyword) or 0)


def items(header: Any, keyword: str) -> list[Any]:
    """The items of a sequence; none where it is missing or no sequence."""
    found = value(header, keyword)
    return list(found) if type(found).__name__ == "Sequence" else []
