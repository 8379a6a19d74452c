"""A script for the application: opens one series of a DICOM study in the panel; the window stays open.

`--python-script open_series.py STUDY NUMBER`.
"""

from __future__ import annotations

import sys
from pathlib import Path

import slicer

from MosMedCOVIDLib.panel.panel import Panel


def main(study: str, series: str) -> None:
    """Opens it as if the reader had chosen it."""
    slicer.util.selectModule("MosMedCOVID")
    panel: Panel = slicer.modules.mosmedcovid.widgetRepresentation().self().panel
    panel.open_path(Path(study), series=series)


if __name__ == "__main__":
    main(*sys.argv[1:3])
