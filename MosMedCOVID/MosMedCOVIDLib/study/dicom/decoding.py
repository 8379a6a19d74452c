"""The values of images as they come out of their rescale: plain ones from the file as it is, most others by GDCM."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ...errors import StudyRefused
from .codestream import RLE
from .image import DEFLATED, Image, Pixels
from .run_lengths import unpacked
from .single_frames import single_frame_file
from .sources import Source

LARGEST_SHORT = 1 << 14  # of slope and intercept: times 16 bits it stays within 32


def decoded_together(image: Image, other: Image) -> bool:
    """Whether GDCM may decode two images at one go, which saves a quarter: where both become one kind of values."""
    about, others = image.pixels, other.pixels
    if about is None or others is None or about.plain or about.syntax in (DEFLATED, RLE):
        return False
    bits = (about.syntax, about.bits_allocated, about.bits_stored, about.signed)
    return (image.slope, image.intercept, *bits) == (
        other.slope,
        other.intercept,
        others.syntax,
        others.bits_allocated,
        others.bits_stored,
        others.signed,
    )


def values_of(images: Sequence[Image], source: Source) -> np.ndarray:
    """Values [image, row, column] of images that may be decoded together, whole numbers where the rescale is one.

    StudyRefused names the image that cannot be read.
    """
    try:
        return _values(images, source)
    except (OSError, RuntimeError, ValueError) as error:
        if len(images) > 1:
            return np.concatenate([values_of([image], source) for image in images])
        label = images[0].label
        try:
            with source.open(images[0].entry):
                reason = f"The pixels of {label} are damaged, cut short or not readable."
        except OSError:
            reason = f"{label} is gone, or may not be opened any more."
        raise StudyRefused("readable", reason) from error


def _values(images: Sequence[Image], source: Source) -> np.ndarray:
    first = images[0]
    about = first.pixels
    assert about
    if about.plain:
        size = first.rows * first.columns * about.bits_allocated // 8
        stored = _plain(first, about, source.path(first.entry), about.at + (first.frame or 0) * size)[None]
    elif about.syntax == DEFLATED:
        stored = _plain(first, about, single_frame_file(first, source), 0)[None]
    elif about.syntax == RLE:
        frame = single_frame_file(first, source).read_bytes()
        stored = _of_stated_bits(unpacked(frame, first.rows, first.columns, _kind(about)), about)[None]
    else:
        stored = _decoded([single_frame_file(image, source) for image in images], first)
        for image, values in zip(images, stored, strict=True):
            _must_fit(values, image, about.bits_stored)
    return _rescaled(stored, first)


def _must_fit(values: np.ndarray, image: Image, bits: int) -> None:
    """StudyRefused for values that are larger than stated, with or without a sign: JPEG 2000 brings them along."""
    if values.min() < -(1 << bits - 1) or values.max() >= 1 << bits:
        raise StudyRefused("readable", f"{image.label} holds values of more than the {bits} bits that it states.")


def _plain(image: Image, about: Pixels, path: Path, begin: int) -> np.ndarray:
    """Values that are not compressed, as they are stored."""
    values = np.fromfile(path, _kind(about), image.rows * image.columns, offset=begin)
    return _of_stated_bits(values.reshape(image.rows, image.columns), about)


def _kind(about: Pixels) -> np.dtype:
    return np.dtype(f"{'<' if about.little_endian else '>'}{'i' if about.signed else 'u'}{about.bits_allocated // 8}")


def _of_stated_bits(values: np.ndarray, about: Pixels) -> np.ndarray:
    """Stored values in this machine's byte order; what stands in bits beyond the stated ones is no value."""
    values = values.astype(values.dtype.newbyteorder("="), copy=False)
    if about.bits_stored != about.bits_allocated:
        above = about.bits_allocated - 1 - about.high_bit
        values = (values << above) >> (about.bits_allocated - about.bits_stored)
    return values


def _decoded(paths: Sequence[Path], image: Image) -> np.ndarray:
    """Values as GDCM decodes them; each file is like this image."""
    import SimpleITK as sitk  # noqa: N813, the library's own abbreviation

    reader = sitk.ImageSeriesReader()
    reader.GlobalWarningDisplayOff()
    reader.SetImageIO("GDCMImageIO")
    reader.SetFileNames([os.fspath(path) for path in paths])
    values: np.ndarray = sitk.GetArrayFromImage(reader.Execute())
    if values.shape != (len(paths), image.rows, image.columns):
        raise ValueError("not one image of rows × columns in each file")
    return values


def _rescaled(stored: np.ndarray, image: Image) -> np.ndarray:
    slope, intercept = image.slope or 1.0, image.intercept or 0.0
    if slope == int(slope) and intercept == int(intercept):
        short = stored.itemsize <= 2 and max(abs(slope), abs(intercept)) < LARGEST_SHORT
        return stored.astype(np.int32 if short else np.int64) * int(slope) + int(intercept)
    return stored.astype(np.float64) * slope + intercept
