"""Preparing and training, run from the bundle's folder; makes the program's own library importable for them."""

import sys
from pathlib import Path

MODULE = Path(__file__).resolve().parents[4]

if str(MODULE) not in sys.path:
    sys.path.insert(0, str(MODULE))
