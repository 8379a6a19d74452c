"""A small picture of a study: the middle coronal plane in the lung window, at its true proportions."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

from ..nifti import read_nifti
from ..orientation import Orientation
from ..study import Study

if TYPE_CHECKING:
    from PIL.Image import Image

LUNG_WINDOW = (-1350, 150)  # HU that are shown black and white
WIDTH, HEIGHT = 192, 144  # pixels
LIMIT_BYTES = 64 << 20  # of all pictures together: about 5,000 of them
KEPT_SHARE = 0.8  # once there are more


def draw_thumbnail(study: Study) -> Image:
    """WIDTH × HEIGHT in grey: the patient's right on the picture's left, the head on top."""
    from PIL import Image

    orientation = Orientation.of(study.affine)
    standard = orientation.to_standard(study.hu)
    plane = standard[::-1, standard.shape[1] // 2]
    slice_mm, _, column_mm = orientation.spacing(study.spacing_mm)
    low, high = LUNG_WINDOW
    grey = ((plane.clip(low, high).astype("float32") - low) * (255 / (high - low))).astype("uint8")
    height_mm, width_mm = plane.shape[0] * slice_mm, plane.shape[1] * column_mm
    scale = min(HEIGHT / height_mm, WIDTH / width_mm)
    size = max(1, round(width_mm * scale)), max(1, round(height_mm * scale))
    picture = Image.new("L", (WIDTH, HEIGHT))  # black beside it, so that all pictures have one size
    scaled = Image.fromarray(grey).resize(size, Image.Resampling.BICUBIC)
    picture.paste(scaled, ((WIDTH - size[0]) // 2, (HEIGHT - size[1]) // 2))
    return picture


def write_thumbnail(study: Path, picture: Path) -> None:
    """Reads a study and writes its picture as PNG, whole or not at all. StudyRefused, OSError."""
    drawn = draw_thumbnail(read_nifti(study))
    picture.parent.mkdir(parents=True, exist_ok=True)
    unfinished = picture.with_suffix(f".{os.getpid()}.unfinished")
    drawn.save(unfinished, "PNG")
    unfinished.replace(picture)


def picture_of(folder: Path, study: Path) -> Path:
    """Where the picture of a study is kept; another place once the study's file is another. OSError without a file."""
    about = study.stat()
    key = f"{os.path.realpath(study)}|{about.st_size}|{about.st_mtime_ns}"
    return folder / f"{hashlib.sha256(key.encode(errors='surrogateescape')).hexdigest()[:32]}.png"


def prune(folder: Path, limit: int = LIMIT_BYTES) -> None:
    """Removes the oldest pictures where all of them together are larger than a limit."""
    files = []
    for path in [*folder.glob("*.png"), *folder.glob("*.unfinished")]:
        try:
            files.append((path.stat().st_mtime, path.stat().st_size, path))
        except OSError:
            continue  # another window has just removed it
    total = sum(size for _, size, _ in files)
    if total <= limit:
        return
    for _, size, path in sorted(files):
        path.unlink(missing_ok=True)
        total -= size
        if total <= limit * KEPT_SHARE:
            return
