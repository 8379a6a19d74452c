"""What the window may take at most, and the line that says whether it does."""

from __future__ import annotations

from statistics import median

from figures import Seconds

# Seconds on two cores without a GPU.
START, SMALL_STUDY, LARGE_STUDY, STROKE, GRADE = 3.0, 1.0, 2.0, 0.1, 0.3
REGISTRY = 0.3  # after its file is read
# Times what the bare view takes.
SCROLL, SCROLL_WITH_OVERLAY = 1.2, 2.5
MEMORY_MB = 3000.0


def verdict(value: float, budget: float | None, unit: str) -> str:
    """The budget, and whether a value keeps to it; nothing without a budget."""
    if budget is None:
        return ""
    return f"   budget {budget:g} {unit}: {'holds' if value <= budget else 'MISSED'}"


def in_seconds(taken: Seconds, budget: float | None = None) -> str:
    """Median with its budget in s."""
    return f"{taken}{verdict(median(taken.rounds), budget, 's')}"


def beside(ours: Seconds, bare: Seconds, ratio: float | None = None, seconds: float | None = None) -> str:
    """Median of ours and of the bare view in ms, and their ratio pair by pair; budgets as a ratio and in s."""
    mine, its = (1000 * median(taken.rounds) for taken in (ours, bare))
    times = median(one / other for one, other in zip(ours.rounds, bare.rounds, strict=True))
    figures = f"{mine:8.1f} ms, bare {its:5.1f} ms: {times:5.2f}×  (n {len(ours.rounds)})"
    return figures + verdict(times, ratio, "×") + verdict(mine / 1000, seconds, "s")


def show(name: str, value: object) -> None:
    """One line of the table."""
    print(f"  {name:<26}{value}", flush=True)
