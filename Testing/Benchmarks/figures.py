"""Repeated measurements of one thing: median and spread, and the ratio to another thing measured in turn with it."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Seconds:
    """Times of one step, in s, one for each round."""

    rounds: tuple[float, ...]

    def __str__(self) -> str:
        return f"{median(self.rounds):8.3f} s  ({min(self.rounds):.3f} to {max(self.rounds):.3f})"

    def ratio_to(self, other: Seconds) -> str:
        """How many times as long as another step, round by round."""
        ratios = [mine / its for mine, its in zip(self.rounds, other.rounds, strict=True)]
        return f"{median(ratios):.2f}× ({min(ratios):.2f} to {max(ratios):.2f})"


def in_turn(rounds: int, steps: Mapping[str, Callable[[], object]]) -> dict[str, Seconds]:
    """Runs all steps once after the other, as many rounds as asked for: a machine that slows down slows all."""
    times: dict[str, list[float]] = {name: [] for name in steps}
    for _ in range(rounds):
        for name, step in steps.items():
            begin = time.perf_counter()
            step()
            times[name].append(time.perf_counter() - begin)
    return {name: Seconds(tuple(taken)) for name, taken in times.items()}


def peak_memory_mb() -> float | None:
    """The most memory that any process started from here has held, in MB; None on Windows, which doesn't tell.

    Counts processes that have ended, and those that they had started: the command line and its worker.
    """
    try:
        import resource
    except ImportError:
        return None
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / (1e6 if sys.platform == "darwin" else 1024)
