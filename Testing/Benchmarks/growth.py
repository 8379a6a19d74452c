"""How time and memory of the segmentation grow with the number of slices: a table, and the plot for the docs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from study_benchmarks import CHEST_MM

SLICES = (20, 40, 80, 148, 250, 400)
MB = 1024.0  # KiB in one


@dataclass(frozen=True)
class Point:
    """What a study of 512 × 512 × slices takes with a warm worker: seconds, and the most memory it has held."""

    slices: int
    seconds: float
    memory_mb: float


def measure_growth(rounds: int, plot: Path) -> None:
    """Prints the table and writes the plot, SVG or PNG by its ending."""
    points = []
    print("\nSegmenting 512 × 512 × slices, warm worker, CPU")
    for slices in SLICES:
        points.append(measured(slices, rounds))
        print(f"  {slices:4} slices {points[-1].seconds:8.2f} s {points[-1].memory_mb:8.0f} MB", flush=True)
    draw(points, plot)


def measured(slices: int, rounds: int) -> Point:
    """One size, with a worker of its own, whose memory is looked at in the end."""
    from figures import in_turn
    from MosMedCOVIDLib.segmentation.client import SegmentationWorker
    from MosMedCOVIDLib.study.phantom import thorax_phantom
    from MosMedCOVIDLib.study.study import Study

    made: Study = thorax_phantom(20.0, shape=(slices, 512, 512), spacing_mm=(CHEST_MM / slices, 0.74, 0.74)).study
    with SegmentationWorker() as worker:
        worker.segment(made, "cpu")
        taken = in_turn(rounds, {"segment": lambda: worker.segment(made, "cpu")})["segment"]
        return Point(slices, sorted(taken.rounds)[len(taken.rounds) // 2], peak_mb(worker.process_id))


def peak_mb(process: int | None) -> float:
    """The most memory that a process has held, in MB; 0 where the system does not tell."""
    status = Path(f"/proc/{process}/status")
    lines = status.read_text(encoding="utf-8").splitlines() if status.exists() else []
    return next((int(line.split()[1]) / MB for line in lines if line.startswith("VmHWM:")), 0.0)


def draw(points: list[Point], plot: Path) -> None:
    """Seconds on the left axis, memory on the right one."""
    import matplotlib

    matplotlib.use("Agg")
    matplotlib.rcParams["svg.hashsalt"] = "growth"  # the same figures give the same file
    from matplotlib import pyplot

    figure, left = pyplot.subplots(figsize=(6, 3.6), layout="constrained")
    right = left.twinx()
    slices = [point.slices for point in points]
    left.plot(slices, [point.seconds for point in points], "o-", color="tab:blue")
    right.plot(slices, [point.memory_mb for point in points], "s--", color="tab:orange")
    left.set_xlabel("slices of 512 × 512")
    left.set_ylabel("seconds, warm worker", color="tab:blue")
    right.set_ylabel("most memory of the worker, MB", color="tab:orange")
    for axis in (left, right):
        axis.set_ylim(bottom=0)
    figure.savefig(plot, metadata={"Date": None} if plot.suffix == ".svg" else None)
