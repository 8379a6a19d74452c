"""NIfTI files (.nii, .nii.gz, and pairs of .hdr and .img) into a Study."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from ..errors import StudyRefused
from .inflating import Contents, DamagedError
from .nifti_geometry import placed
from .nifti_header import first_byte, holds_voxels, intent_notes, read_header, scale_of, shape_of, value_type
from .nifti_values import Values
from .progress import OnProgress, silent
from .study import Study

SINGLE_ENDINGS = (".nii.gz", ".nii")  # of files that hold header and voxels: what we write ourselves
HEADER_ENDINGS, VOXEL_ENDINGS = (".hdr", ".hdr.gz"), (".img", ".img.gz")  # of the two files of a pair
ENDINGS = SINGLE_ENDINGS + HEADER_ENDINGS + VOXEL_ENDINGS
MOSMED_FOLDER = re.compile(r"CT-?_?[0-4]+")
MOSMED_FILE = re.compile(r"study_\d{4}")
MOST_PADDING = 4096  # zeros behind the voxels

# What a saved mask repeats from its study; the other header fields are free text, or about the voxel values.
GEOMETRY_FIELDS = (
    "pixdim xyzt_units qform_code sform_code quatern_b quatern_c quatern_d "
    "qoffset_x qoffset_y qoffset_z srow_x srow_y srow_z"
).split()


def study_name(path: Path) -> str:
    """A file's or folder's name without its NIfTI ending."""
    lower = path.name.lower()
    ending = next((ending for ending in ENDINGS if lower.endswith(ending)), "")
    return path.name[: len(path.name) - len(ending)]


def nifti_volumes(names: Iterable[str]) -> list[str]:
    """Those of a folder's files that are called as NIfTI volumes are, sorted; of a pair its header."""
    names = sorted(names)
    voxels = {study_name(Path(name)).lower() for name in names if name.lower().endswith(VOXEL_ENDINGS)}
    return [
        name
        for name in names
        if name.lower().endswith(SINGLE_ENDINGS)
        or (name.lower().endswith(HEADER_ENDINGS) and study_name(Path(name)).lower() in voxels)
    ]


def read_nifti(path: Path, on_progress: OnProgress = silent) -> Study:
    """Reads a NIfTI file, or a pair by either of its files.

    StudyRefused if it is damaged, no NIfTI, no single volume, or doesn't state clearly how it lies in the patient.
    Padding below −1024 HU stays: what works with HU cuts them to a window of its own.
    """
    file = path.name
    with _refusing(file), ExitStack() as files:
        contents = files.enter_context(_opened(_partner(path, HEADER_ENDINGS) if _is_voxels(path) else path))
        header = read_header(contents, file)
        shape, values = shape_of(header, file), Values(value_type(header, file), *scale_of(header, file))
        affine, notes = placed(header, shape, file)
        first = first_byte(header, file)
        if holds_voxels(header):
            to_skip = first - int(header["sizeof_hdr"])
        else:
            contents = files.enter_context(_opened(path if _is_voxels(path) else _partner(path, VOXEL_ENDINGS)))
            to_skip = first
        text = "×".join(map(str, shape))
        if first + values.bytes_of(shape) > contents.most:
            raise StudyRefused("readable", f"{file} is cut short: it holds less than the {text} voxels that it states.")
        contents.skip(to_skip)
        hu = values.read(contents, shape, on_progress)
        if contents.holds_more_than(MOST_PADDING):
            raise StudyRefused("readable", f"{file} holds more than the {text} voxels that it states: one is wrong.")
    if contents.left_out:
        notes.append("Behind its compressed data the file goes on with something else, which was left out.")
    return Study(
        hu=hu,
        affine=affine,
        name=study_name(path),
        path=path,
        kind=_kind(path),
        headers={field: header[field].astype(header[field].dtype.newbyteorder("=")) for field in GEOMETRY_FIELDS},
        notes=(*notes, *intent_notes(header), *values.notes()),
    )


@contextmanager
def _refusing(file: str) -> Iterator[None]:
    """What goes wrong while a file is read, as one sentence."""
    try:
        yield
    except PermissionError as error:
        reason = f"{file} may not be opened: no permission."
        raise StudyRefused("readable", reason) from error
    except OSError as error:
        raise StudyRefused("readable", f"{file} could not be read: {error.strerror or error}.") from error
    except EOFError as error:
        raise StudyRefused("readable", f"{file} is cut short: it ends before its last voxel.") from error
    except DamagedError as error:
        raise StudyRefused("readable", f"{file} is damaged: {error}.") from error
    except MemoryError as error:
        raise StudyRefused("readable", f"{file} doesn't fit into memory.") from error


def _opened(path: Path) -> Contents:
    """A file's contents. StudyRefused if it is none, or empty."""
    if not path.is_file():
        raise StudyRefused("readable", f"{path.name} is no file.")
    contents = Contents(path)
    if not contents.most:
        contents.close()
        raise StudyRefused("readable", f"{path.name} is empty.")
    return contents


def _is_voxels(path: Path) -> bool:
    """Whether a file is called like the one of a pair that holds the voxels."""
    return path.name.lower().endswith(VOXEL_ENDINGS)


def _partner(path: Path, endings: tuple[str, ...]) -> Path:
    """The other file of a pair; StudyRefused if it isn't there."""
    candidates = [path.with_name(study_name(path) + case) for end in endings for case in (end, end.upper())]
    found = next((candidate for candidate in candidates if candidate.is_file()), None)
    if found is None:
        raise StudyRefused(
            "readable", f"{path.name} is one half of a NIfTI pair; {candidates[0].name} is not beside it."
        )
    return found


def _kind(path: Path) -> str:
    in_dataset = MOSMED_FOLDER.fullmatch(path.parent.name) and MOSMED_FILE.match(path.name)
    return "mosmeddata" if in_dataset else "nifti"
