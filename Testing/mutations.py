"""Bytes damaged by chance, and by a seed: what disks, cables and bad programs make of files."""

from __future__ import annotations

import numpy as np

LENGTHS = (0, 1, 2, 7, 255, 4096, 65535, 0x7FFFFFFF, 0xFFFFFFFE, 0xFFFFFFFF)


def damaged(whole: bytes, chance: np.random.Generator) -> tuple[bytes, str]:
    """Some bytes with one to three kinds of damage, and in words which."""
    done = []
    for _ in range(int(chance.integers(1, 4))):
        damage = DAMAGES[int(chance.integers(len(DAMAGES)))]
        whole = damage(whole, _place(whole, chance), chance)
        done.append(damage.__name__.strip("_"))
    return whole, ", ".join(done)


def _place(whole: bytes, chance: np.random.Generator) -> int:
    """Anywhere, but half of the time near the beginning, where the headers are."""
    return int(chance.integers(min(len(whole), 1500) if chance.random() < 0.5 else len(whole))) if whole else 0


def _bits_flipped(whole: bytes, at: int, chance: np.random.Generator) -> bytes:
    changed = bytearray(whole)
    for _ in range(int(chance.integers(1, 9))):
        place = _place(whole, chance)
        changed[place : place + 1] = bytes(byte ^ (1 << int(chance.integers(8))) for byte in changed[place : place + 1])
    return bytes(changed)


def _overwritten(whole: bytes, at: int, chance: np.random.Generator) -> bytes:
    run = int(chance.integers(1, 64))
    filling = (bytes(run), b"\xff" * run, chance.bytes(run))[int(chance.integers(3))]
    return whole[:at] + filling[: len(whole) - at] + whole[at + run :]


def _cut_off(whole: bytes, at: int, chance: np.random.Generator) -> bytes:
    return whole[:at]


def _inserted(whole: bytes, at: int, chance: np.random.Generator) -> bytes:
    return whole[:at] + chance.bytes(int(chance.integers(1, 300))) + whole[at:]


def _removed(whole: bytes, at: int, chance: np.random.Generator) -> bytes:
    return whole[:at] + whole[at + int(chance.integers(1, 300)) :]


def _doubled(whole: bytes, at: int, chance: np.random.Generator) -> bytes:
    chunk = whole[at : at + int(chance.integers(1, 600))]
    return whole[:at] + chunk + whole[at:]


def _length_changed(whole: bytes, at: int, chance: np.random.Generator) -> bytes:
    """At an even place, as lengths stand in headers."""
    at, size = at // 2 * 2, int(chance.choice((2, 4)))
    length = LENGTHS[int(chance.integers(len(LENGTHS)))] & (256**size - 1)
    return whole[:at] + length.to_bytes(size, "little" if chance.random() < 0.8 else "big") + whole[at + size :]


DAMAGES = (_bits_flipped, _overwritten, _cut_off, _inserted, _removed, _doubled, _length_changed)
