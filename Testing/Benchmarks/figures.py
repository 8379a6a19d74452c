"""Repeated measurements of one thing: median and spread, and the ratio to another thing measured in turn with it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Seconds:
    """Times of one step, in s, one for each round."""

    rounds: tuple[float, ...]

    def __str__(self) -> str:
        return f"{median(self.rounds):8.3f} s  ({min(self.rounds):.3f} to {max(self.rounds):.3f})"

    def ratio_to(self, other: Seconds, work: float = 1.0) -> str:
        """How many times as long as another step, round by round; `work`: how many times its work this one did."""
        ratios = self._ratios(other, work)
        return f"{median(ratios):.2f}× ({min(ratios):.2f} to {max(ratios):.2f})"

    def times(self, other: Seconds) -> str:
        """The same in short."""
        return f"{median(self._ratios(other)):.2f}×"

    def part_of(self, whole: Seconds) -> str:
        """Which part of another step this one is."""
        return f"{100 * median(self._ratios(whole)):.0f} %"

    def _ratios(self, other: Seconds, work: float = 1.0) -> list[float]:
        return [mine / its / work for mine, its in zip(self.rounds, other.rounds, strict=True)]


def in_turn(rounds: int, steps: Mapping[str, Callable[[], object]]) -> dict[str, Seconds]:
    """Runs all steps once after the other, as many rounds as asked for: a machine that slows down slows all."""
    times: dict[str, list[float]] = {name: [] for name in steps}
    for _ in range(rounds):
        for name, step in steps.items():
            times[name].append(seconds_of(step))
    return {name: Seconds(tuple(taken)) for name, taken in times.items()}


def seconds_of(action: Callable[[], object]) -> float:
    """What something takes."""
    begin = time.perf_counter()
    action()
    return time.perf_counter() - begin


def load() -> str:
    """How busy the machine is, with other things for the most part."""
    return f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"


# Run by a Python of its own: a process forked from a large one would count that one's memory as its peak.
PEAK = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], capture_output=True, check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / (1e6 if sys.platform == "darwin" else 1024))
"""


def run_with_peak_memory(command: Sequence[str]) -> float:
    """Runs a program to its end; the most memory, in MB, that one of its processes has held (0 on Windows)."""
    if os.name != "posix":
        subprocess.run(command, capture_output=True, check=True)
        return 0.0
    measured = subprocess.run([sys.executable, "-c", PEAK, *command], capture_output=True, check=True, text=True)
    return float(measured.stdout)
