"""What a reader is told of a DICOM series, so that they can choose."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Series:
    """One series, or one of several volumes in it ("4/2": the second volume of series 4).

    spacing_mm: [slice, row, column], None where the slices form no grid; slices: places, not files; orientation:
    axial, coronal, sagittal, oblique or ""; refused: why it cannot be read, or None; why: for or against it, in words.
    The description is free text: it is shown to the reader, and never logged or saved.
    """

    uid: str
    number: str
    description: str
    modality: str
    kernel: str
    thickness_mm: float | None
    spacing_mm: tuple[float, float, float] | None
    slices: int
    orientation: str
    refused: str | None
    recommended: bool
    why: str

    def as_json(self) -> dict[str, object]:
        """All but the description as plain values."""
        return {key: value for key, value in asdict(self).items() if key != "description"}
