"""What a file holds, inflated by zlib or by ISA-L: alike to the byte, whole or refused, never more than asked for."""

import gzip
import sys

import numpy as np
import pytest
from MosMedCOVIDLib.study import inflating
from MosMedCOVIDLib.study.inflating import LONGEST_PIECE, Contents, DamagedError

CONTENT = np.random.default_rng(0).integers(0, 30, 700_000, np.uint8).tobytes() + bytes(400_000)
WHOLE = gzip.compress(CONTENT, 6)
TOO_EARLY = "its compressed data end too early"
DAMAGED = "its compressed data cannot be inflated, or fail their checksum"


def changed(place: int) -> bytes:
    damaged = bytearray(WHOLE)
    damaged[place] ^= 0x55
    return bytes(damaged)


@pytest.fixture(params=["zlib", "isal"])
def zlib_of_choice(request, monkeypatch):
    """Either way to inflate; the faster one is not everywhere."""
    if request.param == "isal":
        pytest.importorskip("isal")
    else:
        monkeypatch.setitem(sys.modules, "isal", None)
    assert inflating._fastest_zlib().__name__.startswith(request.param)


def all_of(path, content=CONTENT):
    """What is read of a file that holds some content, and whether anything follows it."""
    with Contents(path) as contents:
        read = contents.take(len(content))
        return read, contents.holds_more_than(0), contents.left_out


WHOLE_FILES = {
    "whole": (WHOLE, False),
    "not compressed": (CONTENT, False),
    "two members": (gzip.compress(CONTENT[:500]) + gzip.compress(CONTENT[500:]), False),
    "zeros between and behind": (
        gzip.compress(CONTENT[:9]) + bytes(300_000) + gzip.compress(CONTENT[9:]) + b"\0",
        False,
    ),
    "an empty member behind": (WHOLE + gzip.compress(b""), False),
    "something else behind": (WHOLE + b"<html>", True),
    "one byte behind": (WHOLE + b"x", True),
    "something else behind zeros": (WHOLE + bytes(300_000) + b"x", True),
}


@pytest.mark.parametrize(("file", "left_out"), WHOLE_FILES.values(), ids=WHOLE_FILES)
def test_what_is_whole_is_read_to_the_byte(tmp_path, zlib_of_choice, file, left_out):
    (tmp_path / "file").write_bytes(file)
    assert all_of(tmp_path / "file") == (CONTENT, False, left_out)


DAMAGED_FILES = {
    "half of it": (WHOLE[: len(WHOLE) // 2], TOO_EARLY),
    "without its checksum": (WHOLE[:-8], TOO_EARLY),
    "without its last byte": (WHOLE[:-1], TOO_EARLY),
    "the first ten bytes": (WHOLE[:10], TOO_EARLY),
    "a second member, cut": (gzip.compress(CONTENT) + WHOLE[:30], TOO_EARLY),
    "another checksum": (changed(-6), DAMAGED),
    "another length": (changed(-2), DAMAGED),
    "another byte inside": (changed(len(WHOLE) // 2), DAMAGED),
    "no way to inflate": (changed(2), DAMAGED),
}


@pytest.mark.parametrize(("file", "reason"), DAMAGED_FILES.values(), ids=DAMAGED_FILES)
def test_what_is_damaged_is_found_out(tmp_path, zlib_of_choice, file, reason):
    (tmp_path / "file").write_bytes(file)
    with pytest.raises(DamagedError, match=reason):
        all_of(tmp_path / "file")


def test_asking_for_more_than_there_is_fails(tmp_path, zlib_of_choice):
    for name, file in {"a": WHOLE, "b": CONTENT}.items():
        (tmp_path / name).write_bytes(file)
        with Contents(tmp_path / name) as contents:
            contents.skip(len(CONTENT) - 10)
            with pytest.raises(EOFError):
                contents.take(11)


@pytest.mark.parametrize("behind", [bytes(100), bytes(99) + b"x"])
def test_only_zeros_are_padding_and_only_so_many(tmp_path, zlib_of_choice, behind):
    (tmp_path / "file").write_bytes(gzip.compress(CONTENT + behind))
    for padding, more in {100: any(behind), 99: True}.items():
        with Contents(tmp_path / "file") as contents:
            contents.skip(len(CONTENT))
            assert contents.holds_more_than(padding) is more


def test_a_bomb_comes_in_pieces(tmp_path, zlib_of_choice):
    (tmp_path / "bomb").write_bytes(gzip.compress(bytes(64 << 20), 9))
    with Contents(tmp_path / "bomb") as contents:
        assert contents.most > 64 << 20
        assert max(len(piece) for piece in contents._pieces) <= LONGEST_PIECE
