"""Makes the pictures of the window from a chest CT: `python3 Resources/Screenshots/make_pictures.py STUDY`.

Those in the repository are of P001 of COVID-CT-MD, reduced; see README.md beside this file for the source. The same
file is then run by the window itself (`--python-script`), which takes the pictures.
"""

import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
MODULE = HERE.parents[1] / "MosMedCOVID"
LAYOUTS = ("conventional", "axial", "coronal", "sagittal", "3D")  # in the order of the box, after four-up
WIDTH = 1000  # pixels: enough to see, too few to diagnose or to train on
SIZE = "1280x800"


def start_window(study: str) -> None:
    """Becomes the window, with this file as its script."""
    sys.path.insert(0, str(MODULE))
    from MosMedCOVIDLib.environment.start import inside
    from MosMedCOVIDLib.environment.wanted import Wanted

    inside(MODULE.parent, Wanted("viewer"), __file__, sys.argv[1:])
    os.environ.update(PYTHONPATH=str(MODULE), QT_QPA_PLATFORM="offscreen")
    host = [sys.executable, "-m", "EmbeddedSlicer", "--additional-module-path", str(MODULE), "--testing"]
    os.execv(sys.executable, [*host, "--theme", "light", "--size", SIZE, "--python-script", __file__, study])


def take_pictures(study: str) -> None:
    """The window with a segmented study: as it comes, in each layout, with a slab, while correcting, and dark."""
    import slicer
    from EmbeddedSlicer.theme import apply_theme
    from MosMedCOVIDLib.panel.whole_way import segment

    slicer.util.selectModule("MosMedCOVID")
    panel = slicer.modules.mosmedcovid.widgetRepresentation().self().panel
    panel.open_path(Path(study))
    panel.ui.folderButton.directory = "results"
    segment(panel)
    panel.view_section.show_lesions_in_3d()
    panel.correct_section.next_lesion()
    save_picture("P001")
    for index, name in enumerate(LAYOUTS, start=1):
        panel.ui.layoutBox.setCurrentIndex(index)
        save_picture(f"layout_{name}")
    panel.ui.layoutBox.setCurrentIndex(0)
    panel.ui.slabBox.setCurrentIndex(1)
    panel.ui.thicknessSlider.value = 20.0
    save_picture("slab")
    panel.ui.slabBox.setCurrentIndex(0)
    panel.ui.viewSection.collapsed = True
    panel.ui.correctSection.collapsed = False
    panel.ui.segmentEditor.setActiveEffectByName("Paint")
    apply_theme("dark")
    save_picture("correct_dark")
    panel.ui.segmentEditor.setActiveEffectByName("None")


def save_picture(name: str) -> None:
    """A reduced picture of the window as it is now, beside this file."""
    import slicer
    from PySide6.QtCore import Qt

    for _ in range(5):
        slicer.app.processEvents()
    picture = slicer.util.mainWindow().grab().toImage()
    reduced = picture.scaledToWidth(WIDTH, Qt.TransformationMode.SmoothTransformation)
    if not reduced.save(str(HERE / f"{name}.jpg"), "JPG", 85):
        raise OSError(f"{name}.jpg could not be written")


if __name__ == "__main__":
    if "EmbeddedSlicer.start" in sys.modules:
        take_pictures(sys.argv[1])
    else:
        start_window(str(Path(sys.argv[1]).resolve()))
