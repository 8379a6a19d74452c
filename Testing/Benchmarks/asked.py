"""What the benchmarks were asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MODULE = ROOT / "MosMedCOVID"
SHARED = ROOT.parent / "shared" / "data"
P001 = SHARED / "covid-ct-md" / "P001"


@dataclass(frozen=True)
class Asked:
    """rounds: how often each step is measured; slices: of phantoms of 512×512; rows: of registries.

    folder: for files, which is emptied in the end.
    """

    rounds: int
    slices: Sequence[int]
    rows: Sequence[int]
    folder: Path
