"""DICOM series, media, archives and multi-frame files with elements or bytes that are wrong, each by its seed."""

from __future__ import annotations

import functools
import struct
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pydicom
from dicom_elements import PIXEL_DATA, UNDEFINED, Element, File, number
from dicom_files import SYNTAXES, save, write_multiframe, write_other, write_series, zipped
from MosMedCOVIDLib.study.dicom.facts import NUMBERS, TEXTS, WHOLE
from MosMedCOVIDLib.study.dicom.image import READ_TAGS
from mutations import damaged
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.tag import Tag

HU = np.random.default_rng(0).integers(-1024, 2000, (12, 16, 20)).astype(np.int16)
UIDS = {"SeriesInstanceUID": "1.2.3.4", "StudyInstanceUID": "1.2.3"}  # the same in each run, hence as long
ASKED = sorted({*READ_TAGS, *TEXTS, *NUMBERS, *WHOLE, "PatientAge", "SpecificCharacterSet", "StudyDate"})
TEXT_VALUES = (
    b"NaN", b"-inf", b"1e400", b"0", b"-1", b"1e30", b"1e-30", b"-0.0", b"0x10", b"1_000", b"1,5", b" ", b"\0\0",
    b"\\", b"1\\2", b"1\\2\\3", b"\\\\", b"1\\" * 400, b"9" * 300, b"\xcf\xe5\xf2\xf0\xee\xe2", b"\xff\xfe\0",
    b"a\r\nb\x1b[31m", b"1\\0\\0\\0\\1\\0", b"0\\0\\0\\0\\0\\0", b"1\\1\\1\\1\\1\\1", b"LOCALIZER", b"MR", b"CT", b"HU",
    b"ISO_IR 9999", b"\\ISO 2022 IR 87", b"MONOCHROME1", b"RGB", b"PALETTE COLOR", b"1.2.840.10008.5.1.4.1.1.2.1",
)  # fmt: skip
WHOLE_VALUES = (0, 1, 2, 3, 7, 8, 12, 15, 16, 20, 32, 64, 255, 4096, 4097, 32768, 65535)
VRS = (b"DS", b"IS", b"US", b"SS", b"FD", b"FL", b"UI", b"SQ", b"UN", b"PN", b"OW", b"UT", b"AT", b"XX", b"\0\0", b"LO")
CODED = {"US": 2, "SS": 2, "UL": 4, "SL": 4, "FD": 8, "FL": 4}


def write_mutated_dicom(folder: Path, seed: int) -> tuple[Path, str]:
    """What read_study is given, in a folder, and in words what was done to it."""
    chance = np.random.default_rng(seed)
    syntax = str(chance.choice(list(SYNTAXES)))
    kind = str(chance.choice(("series", "multi-frame", "zip", "DICOMDIR"), p=(0.6, 0.25, 0.08, 0.07)))
    if kind == "multi-frame":
        path = folder / "mutated.dcm"
        whole, said = _mutation(chance)(_multiframe(syntax), syntax, chance)
        path.write_bytes(whole)
        return path, f"{kind} {syntax}: {said}"
    series = folder / "MUTATED"
    series.mkdir()
    slices = _series(syntax)
    if kind in ("zip", "DICOMDIR"):
        for name, whole in slices.items():
            (series / name).write_bytes(whole)
        path = zipped(series, folder / "mutated.zip") if kind == "zip" else _medium(series)
        whole, said = damaged(path.read_bytes(), chance)
        path.write_bytes(whole)
        return path, f"{kind} {syntax}: {said}"
    which = [list(slices), [str(chance.choice(list(slices)))]][int(chance.integers(2))]
    mutation, own = _mutation(chance), int(chance.integers(2**32))
    for name, whole in slices.items():
        if name in which:  # with the same chance in each: all are changed alike
            whole, said = mutation(whole, syntax, np.random.default_rng(own))
        (series / name).write_bytes(whole)
    return series, f"{kind} {syntax}, {len(which)} slices: {said}"


Mutation = Callable[[bytes, str, np.random.Generator], tuple[bytes, str]]


def _mutation(chance: np.random.Generator) -> Mutation:
    return MUTATIONS[int(chance.choice(len(MUTATIONS), p=(0.55, 0.1, 0.1, 0.05, 0.2)))]


def _elements_changed(whole: bytes, syntax: str, chance: np.random.Generator) -> tuple[bytes, str]:
    """One to three of the elements that a reader uses."""
    file, said = File.of(whole, SYNTAXES[syntax][0]), []
    for _ in range(int(chance.integers(1, 4))):
        keyword = str(chance.choice(ASKED))
        tag = Tag(keyword)
        said.append(f"{keyword} {_change(file, (tag.group, tag.element), chance)}")
    return file.written(), ", ".join(said)


def _change(file: File, tag: tuple[int, int], chance: np.random.Generator) -> str:
    """Another element in place of one, or beside it, or none; in words."""
    places = [at for at, element in enumerate(file.elements) if element.tag == tag]
    vr = pydicom.datadict.dictionary_VR(Tag(tag)).split(" ")[0].encode()
    if not places:  # in its order
        at = sum(element.tag < tag for element in file.elements)
        file.elements.insert(at, Element(tag, vr, b""))
        places = [at]
    at = places[0]
    element = file.elements[at]
    how = int(chance.choice(9, p=(0.12, 0.08, 0.08, 0.1, 0.08, 0.06, 0.03, 0.03, 0.42)))
    if how == 0:
        del file.elements[at]
        return "removed"
    changed, said = [
        (element.but(value=b""), "emptied"),
        (element, "doubled"),
        (element.but(vr=VRS[int(chance.integers(len(VRS)))]), "of another VR"),
        (element.but(stated=int(chance.choice((0, 1, 3, 200, 65535, 2**31, UNDEFINED - 1)))), "of another length"),
        (element.but(vr=b"SQ", stated=UNDEFINED), "of no length"),
        (
            element.but(vr=b"SQ", value=_nested(int(chance.choice((2, 30, 3000))), file.syntax), stated=UNDEFINED),
            "nested",
        ),
        (element.but(vr=b"SQ", value=struct.pack("<HHI", 0xFFFE, 0xE000, UNDEFINED), stated=UNDEFINED), "never ending"),
        (element.but(value=_other_value(element, file.syntax, chance)), "of another value"),
    ][how - 1]
    file.elements[at] = changed
    if said == "doubled":
        file.elements.insert(at, element.but(value=_other_value(element, file.syntax, chance)))
    return f"{said} ({changed.value[:24]!r})"


def _other_value(element: Element, syntax: str, chance: np.random.Generator) -> bytes:
    size = CODED.get(element.vr.decode("latin-1"))
    if element.tag == PIXEL_DATA or element.vr in (b"SQ", b"OW", b"OB"):
        return element.value[: int(chance.integers(len(element.value) + 1))]
    if size is None:
        return TEXT_VALUES[int(chance.integers(len(TEXT_VALUES)))]
    if element.vr in (b"FD", b"FL"):
        return chance.bytes(size * int(chance.integers(1, 4)))
    values = [WHOLE_VALUES[int(chance.integers(len(WHOLE_VALUES)))] for _ in range(int(chance.choice((1, 1, 1, 2, 3))))]
    return b"".join(number(value, size, syntax) for value in values)


def _nested(depth: int, syntax: str) -> bytes:
    """Sequences within sequences, each of undefined length, never ended."""
    item = number(0xFFFE, 2, syntax) + number(0xE000, 2, syntax) + number(UNDEFINED, 4, syntax)
    vr = b"" if syntax == SYNTAXES["implicit"][0] else b"SQ\0\0"
    return (item + number(0x0008, 2, syntax) + number(0x1140, 2, syntax) + vr + number(UNDEFINED, 4, syntax)) * depth


def _syntax_swapped(whole: bytes, syntax: str, chance: np.random.Generator) -> tuple[bytes, str]:
    """Another transfer syntax in the meta header than the one in which the file is written."""
    others = [*(uid for uid, _ in SYNTAXES.values()), "1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.4.100", "9.9", ""]
    other = str(chance.choice(others)).encode()
    at = whole.index(b"\x02\x00\x10\x00UI")
    end = at + 8 + int.from_bytes(whole[at + 6 : at + 8], "little")
    other += b"\0" * (len(other) % 2)
    group = int.from_bytes(whole[140:144], "little") + at + 8 + len(other) - end
    meta = whole[144:at] + b"\x02\x00\x10\x00UI" + struct.pack("<H", len(other)) + other
    return whole[:140] + struct.pack("<I", group) + meta + whole[end:], f"the syntax says {other!r}"


def _pixels_changed(whole: bytes, syntax: str, chance: np.random.Generator) -> tuple[bytes, str]:
    """The value of Pixel Data damaged: of compressed pixels the fragments and their lengths."""
    file = File.of(whole, SYNTAXES[syntax][0])
    at = next(at for at, element in enumerate(file.elements) if element.tag == PIXEL_DATA)
    value, said = damaged(file.elements[at].value, chance)
    file.elements[at] = file.elements[at].but(value=value)
    return file.written(), f"pixels {said}"


def _without_mark(whole: bytes, syntax: str, chance: np.random.Generator) -> tuple[bytes, str]:
    whole, said = damaged(whole[132:], chance)
    return whole, f"without mark, {said}"


def _bytes_damaged(whole: bytes, syntax: str, chance: np.random.Generator) -> tuple[bytes, str]:
    return damaged(whole, chance)


MUTATIONS: tuple[Mutation, ...] = (_elements_changed, _syntax_swapped, _pixels_changed, _without_mark, _bytes_damaged)


@functools.cache
def _series(syntax: str) -> dict[str, bytes]:
    """The files of a series as it should be, by their names."""
    with tempfile.TemporaryDirectory() as folder:
        own = {"SOPInstanceUID": lambda k: f"1.2.3.4.{k + 10}"}
        write_series(Path(folder), HU, syntax=syntax, **UIDS, **own)
        return {path.name: _with_one_uid(path) for path in sorted(Path(folder).iterdir())}


@functools.cache
def _multiframe(syntax: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "m"
        write_multiframe(path, HU, syntax=syntax, SOPInstanceUID="1.2.3.5", **UIDS)
        return _with_one_uid(path)


def _with_one_uid(path: Path) -> bytes:
    """A file's bytes, its meta header with a UID that is not made by chance."""
    file = pydicom.dcmread(path)
    file.file_meta.MediaStorageSOPInstanceUID = file.SOPInstanceUID
    save(file, path)
    return path.read_bytes()


def _medium(series: Path) -> Path:
    """A DICOMDIR beside the folder of a series."""
    records = []
    for path in sorted(series.iterdir()):
        record = Dataset()
        record.DirectoryRecordType, record.ReferencedFileID = "IMAGE", [series.name, path.name]
        records.append(record)
    path = series.parent / "DICOMDIR"
    own = {**UIDS, "SOPInstanceUID": "1.2.3.6", "DirectoryRecordSequence": Sequence(records)}
    write_other(path, "", "1.2.840.10008.1.3.10", **own)
    path.write_bytes(_with_one_uid(path))
    return path
