"""How something grows with its size: a table, and plots side by side for the documentation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from figures import Seconds

Line = dict[int, float]  # by the size


@dataclass
class Growth:
    """Seconds by the size, one line for each way; beside them what another thing, the yardstick, takes for the same.

    size: what the sizes count; memory_mb: the most that was held.
    """

    title: str
    size: str
    yardstick: str = ""
    lines: dict[str, Line] = field(default_factory=dict)
    beside: dict[str, Line] = field(default_factory=dict)
    memory_mb: Line = field(default_factory=dict)

    def add(self, line: str, size: int, seconds: float) -> None:
        """One point."""
        self.lines.setdefault(line, {})[size] = seconds

    def add_yardstick(self, line: str, size: int, seconds: float) -> None:
        """One point of the yardstick, which belongs to one of the lines."""
        self.beside.setdefault(line, {})[size] = seconds


def middle(taken: Seconds) -> float:
    """The median of the rounds."""
    return median(taken.rounds)


def show(growth: Growth) -> None:
    """A table in Markdown."""
    sizes = sorted({size for line in growth.lines.values() for size in line})
    print(f"\n| {growth.title}, {growth.size} | {' | '.join(f'{size:,}' for size in sizes)} |")
    print("|---" * (1 + len(sizes)) + "|")
    for name, line in growth.lines.items():
        print(f"| {name}, s | {' | '.join(f'{line[size]:.3g}' for size in sizes)} |")
        if name in growth.beside:
            ratios = (f"{line[size] / growth.beside[name][size]:.2f}×" for size in sizes)
            print(f"| beside {growth.yardstick} | {' | '.join(ratios)} |")
    if growth.memory_mb:
        print(f"| most memory, MB | {' | '.join(f'{growth.memory_mb[size]:.0f}' for size in sizes)} |", flush=True)


def draw(growths: Sequence[Growth], plot: Path) -> None:
    """One panel each: seconds on the left axis, memory on a right one; SVG or PNG by the file's ending."""
    import matplotlib

    matplotlib.use("Agg")
    matplotlib.rcParams["svg.hashsalt"] = "growth"  # the same figures give the same file
    from matplotlib import pyplot

    width = 6.0 if len(growths) == 1 else 4.0 * len(growths)
    figure, axes = pyplot.subplots(1, len(growths), figsize=(width, 3.6), layout="constrained", squeeze=False)
    for growth, axis in zip(growths, axes[0], strict=True):
        _draw(growth, axis)
    figure.savefig(plot, metadata={"Date": None} if plot.suffix == ".svg" else None)


def _draw(growth: Growth, axis: Any) -> None:
    for number, (name, line) in enumerate(growth.lines.items()):
        axis.plot(list(line), list(line.values()), "o-", color=f"C{number}", label=name, markersize=4)
        if name in growth.beside:
            axis.plot(list(line), [growth.beside[name][size] for size in line], ":", color=f"C{number}")
    if growth.yardstick:
        axis.plot([], [], ":", color="grey", label=growth.yardstick)
    axis.set_title(growth.title)
    axis.set_xlabel(growth.size)
    axis.set_ylabel("seconds")
    axis.set_xlim(left=0)
    axis.set_ylim(bottom=0)
    axis.xaxis.set_major_formatter("{x:,.0f}")
    axis.yaxis.set_major_formatter("{x:g}")
    if growth.memory_mb:
        right = axis.twinx()
        right.plot(list(growth.memory_mb), list(growth.memory_mb.values()), "s--", color="C1")
        right.set_ylabel("most memory, MB", color="C1")
        right.set_ylim(bottom=0)
        axis.set_ylabel("seconds", color="C0")
    elif len(growth.lines) > 1:
        axis.legend(frameon=False)
