"""What an audit is: checks, each with its level, measured value, limit, unit, sentence and source."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Literal

from .limits import OURS, Limit

Level = Literal["ok", "warning", "refused", "not assessed"]
WORST_FIRST: tuple[Level, ...] = ("refused", "warning", "not assessed", "ok")


@dataclass(frozen=True)
class Check:
    """One check: name, level, measured value, limit and unit, a sentence for the reader, and the source of the limit.

    "not assessed": it could not be made on this study, or is not validated for it; it says nothing of the study then.
    """

    check: str
    level: Level
    value: float | str | None
    limit: float | str | None
    unit: str
    message: str
    source: str = OURS


@dataclass(frozen=True)
class Audit:
    """The checks of one study, in the order in which they were made."""

    checks: tuple[Check, ...]

    @property
    def verdict(self) -> Level:
        """The worst level of all checks that could be made."""
        levels = {check.level for check in self.checks}
        return "refused" if "refused" in levels else "warning" if "warning" in levels else "ok"

    @property
    def refusal(self) -> Check | None:
        """The first check that refused, or None."""
        return next((check for check in self.checks if check.level == "refused"), None)

    @property
    def worst_first(self) -> tuple[Check, ...]:
        """The checks as a reader should meet them; those of one level in the order in which they were made."""
        return tuple(sorted(self.checks, key=lambda check: WORST_FIRST.index(check.level)))

    def as_json(self) -> dict[str, object]:
        """Verdict and checks as plain values."""
        return {"verdict": self.verdict, "checks": [asdict(check) for check in self.checks]}


def judged(check: str, level: Level, value: float | str | None, limit: Limit, message: str) -> Check:
    """A check against a limit of the table."""
    return Check(check, level, value, limit.value, limit.unit, message, limit.source)


def not_assessed(check: str, why: str, limit: Limit | None = None) -> Check:
    """A check that could not be made, and why."""
    if limit is None:
        return Check(check, "not assessed", None, None, "", why)
    return judged(check, "not assessed", None, limit, why)
