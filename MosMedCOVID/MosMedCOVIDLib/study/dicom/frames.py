"""The frames of an Enhanced or legacy-converted multi-frame CT as images: their functional groups give the places."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from .image import PART_TAGS, Image, slope_of
from .values import items, number, numbers, text, texts, whole

# Where a classic header has these tags, a frame has them in the first item of a sequence of its functional groups.
PLACES = {
    "ImagePositionPatient": ("PlanePositionSequence",),
    "ImageOrientationPatient": ("PlaneOrientationSequence",),
    "PixelSpacing": ("PixelMeasuresSequence",),
    "SliceThickness": ("PixelMeasuresSequence",),
    "RescaleSlope": ("PixelValueTransformationSequence",),
    "RescaleIntercept": ("PixelValueTransformationSequence",),
    "RescaleType": ("PixelValueTransformationSequence",),
    "ConvolutionKernel": ("CTReconstructionSequence", "UnassignedSharedConvertedAttributesSequence"),
    "FrameType": ("CTImageFrameTypeSequence",),
    "TemporalPositionIndex": ("FrameContentSequence",),
    "FrameAcquisitionNumber": ("FrameContentSequence",),
    "NominalPercentageOfCardiacPhase": ("CardiacSynchronizationSequence",),
    "AcquisitionNumber": ("UnassignedPerFrameConvertedAttributesSequence",),
}


def frames_of(header: Any, image: Image) -> list[Image]:
    """The images of a file: itself, or its frames."""
    groups = items(header, "PerFrameFunctionalGroupsSequence")
    count = whole(header, "NumberOfFrames")
    if count <= 1 and not groups:
        return [image]
    if not groups:  # frames that are nowhere: the one place in the header cannot be that of all
        return [replace(image, frame=0, frames=count, position=None)]
    shared = items(header, "SharedFunctionalGroupsSequence")[:1]
    return [_frame(header, image, [own, *shared], frame, len(groups)) for frame, own in enumerate(groups)]


def _frame(header: Any, image: Image, groups: list[Any], frame: int, frames: int) -> Image:
    def holder(keyword: str) -> Any:
        """The item that has a tag for this frame; the header itself where none has."""
        for group in groups:
            for sequence in PLACES[keyword]:
                for item in items(group, sequence)[:1]:
                    if keyword in item:
                        return item
        return header

    found = {keyword: text(holder(keyword), keyword) for keyword in PLACES}
    found["AcquisitionNumber"] = found["FrameAcquisitionNumber"] or found["AcquisitionNumber"]
    frame_type = tuple(part.upper() for part in texts(holder("FrameType"), "FrameType"))
    parts = dict(zip(PART_TAGS, image.parts, strict=True))
    return replace(
        image,
        frame=frame,
        frames=frames,
        image_type=frame_type or image.image_type,
        kernel=found["ConvolutionKernel"],
        position=numbers(holder("ImagePositionPatient"), "ImagePositionPatient", 3),
        orientation=numbers(holder("ImageOrientationPatient"), "ImageOrientationPatient", 6),
        pixel_spacing=numbers(holder("PixelSpacing"), "PixelSpacing", 2),
        thickness=number(holder("SliceThickness"), "SliceThickness"),
        slope=slope_of(holder("RescaleSlope")),
        intercept=number(holder("RescaleIntercept"), "RescaleIntercept"),
        rescale_type=found["RescaleType"],
        parts=tuple(found.get(tag) or value for tag, value in parts.items()),
    )
