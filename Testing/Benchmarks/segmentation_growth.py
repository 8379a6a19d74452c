"""How time and memory of the segmentation grow with the number of slices."""

from __future__ import annotations

from pathlib import Path

from asked import Asked
from figures import in_turn
from growth import Growth, middle
from MosMedCOVIDLib.segmentation.client import SegmentationWorker
from MosMedCOVIDLib.study.phantom import thorax_phantom
from phantoms import CHEST_MM, PIXEL_MM

SIZES = (20, 40, 80, 148, 250, 400)  # slices
MB = 1024.0  # KiB in one


def grow(asked: Asked) -> Growth:
    """By a warm worker on the CPU, of its own for each size, whose memory is looked at in the end."""
    growth = Growth("Segmenting, warm worker", "slices of 512 × 512")
    for slices in SIZES:
        spacing = CHEST_MM / slices, PIXEL_MM, PIXEL_MM
        made = thorax_phantom(20.0, shape=(slices, 512, 512), spacing_mm=spacing).study
        with SegmentationWorker() as worker:
            worker.segment(made, "cpu")
            steps = {"segment": lambda worker=worker, made=made: worker.segment(made, "cpu")}
            taken = in_turn(asked.rounds, steps)["segment"]
            growth.add("lungs and lesions", slices, middle(taken))
            growth.memory_mb[slices] = peak_mb(worker.process_id)
    return growth


def peak_mb(process: int | None) -> float:
    """The most memory that a process has held, in MB; 0 where the system does not tell."""
    status = Path(f"/proc/{process}/status")
    lines = status.read_text(encoding="utf-8").splitlines() if status.exists() else []
    return next((int(line.split()[1]) / MB for line in lines if line.startswith("VmHWM:")), 0.0)
