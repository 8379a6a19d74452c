"""`registry_steps.py ROWS… [--rounds N]`: opens datasets of so many studies in the panel; prints a line of JSON each.

A line holds the rows, the form of the registry, and the seconds of each step.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "Testing"))

from figures import seconds_of  # noqa: E402, the path comes first
from hosted_window import HostedWindow  # noqa: E402
from mosmed_root import official_rows, touch, write_csv, write_xlsx  # noqa: E402
from MosMedCOVIDLib.study.mosmeddata import read_dataset  # noqa: E402
from MosMedCOVIDLib.study.mosmeddata.registry import read_registry  # noqa: E402
from PySide6.QtGui import QStandardItem, QStandardItemModel  # noqa: E402

FORMS = {"csv": write_csv, "xlsx": write_xlsx}
WITH_MASK = range(255, 305)  # as in the real dataset


def main() -> None:
    """Measures datasets of these sizes, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=int, nargs="+")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    window = HostedWindow(ROOT / "MosMedCOVID")
    for count in options.rows:
        rows = official_rows(count, WITH_MASK)
        for form, write in FORMS.items():
            with tempfile.TemporaryDirectory() as folder:
                root = Path(folder)
                touch(root, *(path for row in rows for path in row[2:] if path))
                print(json.dumps([count, form, seconds(window, root, write(root, rows), options.rounds)]), flush=True)
    window.close()


def seconds(window: HostedWindow, root: Path, registry: Path, rounds: int) -> dict[str, list[float]]:
    """Of each step: the registry's file alone, the dataset in the panel, and the same texts in a table of Qt."""
    section = window.panel.dataset_section
    texts = [(row.name, row.category, "✓" if row.mask else "", "To read") for row in read_dataset(root).rows]
    taken: dict[str, list[float]] = {"file": [], "open": [], "bare": []}
    for _ in range(1 + rounds):
        taken["file"].append(seconds_of(lambda: read_registry(registry)))
        taken["open"].append(seconds_of(lambda: section.open(root)))
        section.close()  # or the next one would have to clear the table first
        taken["bare"].append(seconds_of(lambda: bare_table(texts)))
    return {step: times[1:] for step, times in taken.items()}  # the first one was to warm up


def bare_table(texts: list[tuple[str, ...]]) -> QStandardItemModel:
    """What Qt takes for the cells alone."""
    model = QStandardItemModel()
    for cells in texts:
        model.appendRow([QStandardItem(text) for text in cells])
    return model


if __name__ == "__main__":
    main()
