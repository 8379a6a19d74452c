"""`Slicer --no-splash --testing --additional-module-paths MosMedCOVID --python-script Testing/slicer_smoke.py`

The module's self test, then its panel on a teaching phantom, in the application itself; exit code 0 where all held.
The host window runs the same file in our tests. It was never run in 3D Slicer by us.
"""

import sys
import tempfile
import time
import traceback
from pathlib import Path

import slicer

SECONDS_TO_SEGMENT = 600


def smoke() -> None:
    """The self test, and the whole way of a study through the panel. Raises what went wrong."""
    from MosMedCOVIDLib.commands.phantom import save_phantom
    from MosMedCOVIDLib.study.phantom import thorax_phantom

    slicer.util.selectModule("MosMedCOVID")
    slicer.util.getModuleLogic("MosMedCOVID")
    import MosMedCOVID

    MosMedCOVID.MosMedCOVIDTest().runTest()
    widget = slicer.util.getModuleWidget("MosMedCOVID")
    panel = widget.panel
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "phantom_ct.nii.gz"
        save_phantom(thorax_phantom(35.0, shape=(36, 128, 128), spacing_mm=(8.0, 2.8, 2.8)), path)
        assert widget.openStudy(str(path)), "the phantom was not opened"
        if panel.packages.missing:
            print(f"Not segmented, since these packages are missing: {', '.join(panel.packages.missing)}")
            return
        panel.segment()
        begin = time.monotonic()
        while panel.worker.busy and time.monotonic() - begin < SECONDS_TO_SEGMENT:
            slicer.app.processEvents()
        assert panel.reading.grade and panel.reading.grade.grade, "there is no grade"
        files = panel.reading.save(Path(folder) / "results")
        assert all(Path(file).exists() for file in files.values()), "the mask was not saved"
        print(f"{panel.reading.grade.grade}, {panel.reading.grade.involvement_percent:.1f} % of a phantom with 35 %")


if __name__ == "__main__":
    code = 0
    try:
        smoke()
        print("The module works in this application.")
    except Exception:
        traceback.print_exc()
        code = 1
    sys.stdout.flush()
    slicer.util.exit(code)
