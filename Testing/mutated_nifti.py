"""NIfTI files with a header that says something else, or with damaged bytes, each by its seed."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
from mutations import damaged
from nifti_files import nifti_header, voxel_bytes
from orientations import axes

VALUES = np.random.default_rng(0).integers(-1024, 1500, (16, 16, 12)).astype(np.int16)  # (i, j, k)
TURNED = axes((0.8, 0.6, 0), (-0.6, 0.8, 0), (0, 0, 1))
NUMBERS = (np.nan, np.inf, -np.inf, 0.0, -1.0, 1e-30, 1e30, -1e30, 0.5, 255.0)
WHOLE_NUMBERS = (0, 1, -1, 2, 7, 8, 300, 4096, 32767, -32768, 60_000_000_000)
FIELDS = """dim pixdim datatype bitpix vox_offset scl_slope scl_inter qform_code sform_code quatern_b quatern_c
    quatern_d qoffset_x qoffset_y qoffset_z srow_x srow_y srow_z xyzt_units intent_code sizeof_hdr magic
    slice_code""".split()
KINDS = {
    "plain": {},
    "big-endian": {"order": ">"},
    "NIfTI-2": {"version": 2},
    "scaled": {"scl_slope": 2.0, "scl_inter": -1024.0},
    "turned": {"sform": TURNED},
    "float": {"values": VALUES.astype(np.float32)},
    "bytes": {"values": (VALUES % 256).astype(np.uint8)},
}


def write_mutated_nifti(folder: Path, seed: int) -> tuple[Path, str]:
    """A file in a folder, and in words what was done to it."""
    chance = np.random.default_rng(seed)
    kind = str(chance.choice(list(KINDS)))
    pair, packed, header_only = chance.random() < 0.15, chance.random() < 0.4, chance.random() < 0.6
    header = nifti_header(**{"values": VALUES, **KINDS[kind]}, pair=pair)
    said = "as it is"
    if header_only:
        header, said = _with_other_fields(header, chance)
    values = voxel_bytes(KINDS[kind].get("values", VALUES), KINDS[kind].get("order", "<"))
    if pair:
        return _pair(folder, header.binaryblock, values, chance, said if header_only else "")
    whole = header.binaryblock + _extension(chance) + values
    if not header_only and not packed:
        whole, said = damaged(whole, chance)
    if packed:
        whole = gzip.compress(whole, int(chance.integers(1, 10)), mtime=0)
        if not header_only:
            whole, said = damaged(whole, chance)
    path = folder / ("mutated.nii.gz" if packed else "mutated.nii")
    path.write_bytes(whole)
    return path, f"{kind}{' packed' * packed}: {said}"


def _pair(folder: Path, header: bytes, values: bytes, chance: np.random.Generator, said: str) -> tuple[Path, str]:
    if not said:
        header, said = damaged(header, chance)
    (folder / "mutated.hdr").write_bytes(header)
    (folder / "mutated.img").write_bytes(values[: int(chance.choice((len(values), len(values) - 2, 0)))])
    return folder / f"mutated.{chance.choice(('hdr', 'img'))}", f"pair: {said}"


def _extension(chance: np.random.Generator) -> bytes:
    """The four bytes behind the header, which say whether an extension follows; mostly none."""
    return bytes(4) if chance.random() < 0.9 else chance.bytes(4)


def _with_other_fields(header, chance: np.random.Generator):
    """One to three fields of a header as they should not be; some other values are valid."""
    header, said = header.copy(), []
    for _ in range(int(chance.integers(1, 4))):
        field = str(chance.choice(FIELDS))
        said.append(f"{field} {_change(header, field, chance)}")
    return header, ", ".join(said)


def _change(header, field: str, chance: np.random.Generator) -> str:
    raw = header.structarr
    kind = raw[field].dtype
    if kind.kind == "S":
        raw[field] = chance.choice([b"n+1", b"ni1", b"n+2", b"", b"\xff\xff\xff\xff", chance.bytes(4)])
        return str(raw[field])
    numbers = NUMBERS if kind.kind == "f" else WHOLE_NUMBERS
    number = numbers[int(chance.integers(len(numbers)))]
    if kind.kind != "f":  # wrapped to what the field holds
        limits = np.iinfo(kind)
        number = (int(number) - limits.min) % (limits.max - limits.min + 1) + limits.min
    if raw[field].ndim:
        at = int(chance.integers(raw[field].size))
        raw[field][at] = number
        return f"[{at}] = {number}"
    raw[field] = number
    return f"= {number}"
