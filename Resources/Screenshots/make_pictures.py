"""Makes the README's picture from a chest CT: `python3 Resources/Screenshots/make_pictures.py STUDY P001.jpg`.

The one in the repository is P001 of COVID-CT-MD, reduced; see Resources/Screenshots/README.md for the source.
"""

import sys
from pathlib import Path

MODULE = Path(__file__).resolve().parents[2] / "MosMedCOVID"
WIDTH = 900  # pixels: enough to see, too few to diagnose or to train on


def main(study_path: str, picture: str) -> None:
    """Segments the study and writes the picture beside this file."""
    sys.path.insert(0, str(MODULE))
    from MosMedCOVIDLib.environment.start import inside
    from MosMedCOVIDLib.environment.wanted import Wanted

    inside(MODULE.parent, Wanted(), __file__, sys.argv[1:])
    from MosMedCOVIDLib.grading.grade import grade_study
    from MosMedCOVIDLib.reporting.picture import draw_picture
    from MosMedCOVIDLib.reporting.text import headline
    from MosMedCOVIDLib.segmentation.client import SegmentationWorker
    from MosMedCOVIDLib.study.read import read_study

    study = read_study(Path(study_path))
    with SegmentationWorker() as worker:
        masks = worker.segment(study)
    drawn = draw_picture(study, masks, headline(grade_study(study, masks).as_json()))
    drawn.thumbnail((WIDTH, WIDTH))
    drawn.save(Path(__file__).with_name(picture), quality=85)


if __name__ == "__main__":
    main(*sys.argv[1:])
