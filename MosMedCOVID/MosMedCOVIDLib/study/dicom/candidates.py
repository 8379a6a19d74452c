"""The series of a source, each as a volume that can be read or with the reason why not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from ...errors import StudyRefused
from .fitness import is_ct, is_no_slice, is_screen, must_be_ct, must_suit_lungs
from .grid import DIRECTION_TOLERANCE, SAME_PLACE_MM, Grid, grid_of
from .image import PART_TAGS, Image

FEW_ASIDE = 3  # images of another direction among many slices are scouts, whatever they are called
MANY_SLICES = 10
LEAST_SHARE_OF_A_PART = 0.5  # of the places: a volume of its own covers about what the others cover
MOST_PARTS = 50
AXIAL_FROM = 0.87  # the cosine of 30°
ORIENTATIONS = ("sagittal", "coronal", "axial")


@dataclass
class Candidate:
    """A volume that may be read. name: begins a sentence; grid: None where it is refused for good.

    refusal: why it should not be read; notes: what was left out of it, or taken as it is; asked: under ChosenSeries,
    what a reader asked for in place of the series that is read unasked.
    """

    images: list[Image]
    name: str
    number: str
    uid: str
    grid: Grid | None = None
    refusal: StudyRefused | None = None
    notes: list[str] = field(default_factory=list)
    asked: dict[str, str] = field(default_factory=dict)

    @property
    def slices(self) -> int:
        """Places of slices, or images where they have no places."""
        return len(self.grid.slices) if self.grid else len(self.images)

    @property
    def orientation(self) -> str:
        """axial, coronal, sagittal, oblique, or "" where it is not known."""
        if not self.grid:
            return ""
        cosines = np.abs(self.grid.normal)
        axis = int(np.argmax(cosines))
        return ORIENTATIONS[axis] if cosines[axis] >= AXIAL_FROM else "oblique"

    @property
    def height_mm(self) -> float:
        """From the first slice to the last, with one slice's share."""
        return len(self.grid.slices) * float(self.grid.step @ self.grid.normal) if self.grid else 0.0


def candidates_of(images: Iterable[Image], source_name: str) -> list[Candidate]:
    """All volumes among images, in the order of their series' numbers."""
    groups: dict[tuple[object, ...], list[Image]] = defaultdict(list)
    for image in images:
        # Without a UID, what lies in one folder under one number belongs together.
        without = (image.number, image.frame_of_reference, image.folder)
        groups[image.person, image.study, image.modality, image.series or without].append(image)
    found = []
    for group in sorted(groups.values(), key=_order):
        number = group[0].number
        name = source_name if len(groups) == 1 else f"Series {number or 'without number'} of {source_name}"
        found += _volumes(group, name, number)
    seen: set[str] = {""}
    for order, candidate in enumerate(found, start=1):  # some anonymisers give all series one UID, or none
        if candidate.uid in seen:
            candidate.uid = f"{candidate.uid or 'without UID'} ({order})"
        seen.add(candidate.uid)
    return found


def _order(images: Sequence[Image]) -> tuple[float, str]:
    number = images[0].number
    return (float(number) if number.lstrip("-").isdigit() else np.inf, images[0].series)


def _volumes(images: list[Image], name: str, number: str) -> list[Candidate]:
    """A series as one volume, or as the volumes of the same places that it holds."""
    try:
        slices, notes = _without_others(images, name)
        must_be_ct(slices, name)
    except StudyRefused as refusal:
        return [Candidate(images, name, number, images[0].series, refusal=refusal)]
    parts = _parts(slices)
    if not parts:
        return [_judged(Candidate(slices, name, number, images[0].series, notes=notes))]
    tag, groups = parts
    found = []
    for order, (value, part) in enumerate(groups.items(), start=1):
        said = f"{name} holds {len(groups)} volumes of the same places; this is its {PART_TAGS[tag]} {value or order}."
        own = Candidate(part, f"{name} ({PART_TAGS[tag]} {value or order})", f"{number}/{order}", "", notes=notes[:])
        own.uid = f"{images[0].series}/{order}"
        own.notes.append(said)
        found.append(_judged(own))
    return found


def _judged(candidate: Candidate) -> Candidate:
    images = candidate.images
    try:
        candidate.grid = grid_of(images, candidate.name)
        must_suit_lungs(images, candidate.slices, candidate.name)
    except StudyRefused as refusal:
        candidate.refusal = refusal
    if any(image.pixels and image.pixels.photometric == "MONOCHROME1" for image in images):
        candidate.notes.append("The images are meant to be shown inverted (MONOCHROME1); their values are taken as HU.")
    thickness = sorted({round(image.thickness, 3) for image in images if image.thickness})
    if len(thickness) > 1:
        candidate.notes.append(f"The slices are stated to be {thickness[0]:g} to {thickness[-1]:g} mm thick.")
    if len(kernels := {image.kernel for image in images if image.kernel}) > 1:
        candidate.notes.append(f"The slices were reconstructed by {len(kernels)} different kernels.")
    if len(frames := {image.frame_of_reference for image in images if image.frame_of_reference}) > 1:
        candidate.notes.append(
            f"The slices state {len(frames)} different frames of reference: whether they lie as shown is not certain."
        )
    return candidate


def _without_others(images: list[Image], name: str) -> tuple[list[Image], list[str]]:
    """The slices of a series without the scouts and pictures in it, and notes on these."""
    slices = [image for image in images if not is_no_slice(image)]
    if not slices or not any(map(is_ct, slices)):
        return images, []
    aside = [image for image in images if is_no_slice(image)]
    directions = _by_direction(slices) if all(image.orientation for image in slices) else [slices]
    largest = max(directions, key=len)
    others = [image for group in directions if group is not largest for image in group]
    if others and len(others) <= FEW_ASIDE and len(largest) >= MANY_SLICES:
        aside, slices = aside + others, largest
    elif others:
        raise StudyRefused(
            "series",
            f"{name} holds slices in {len(directions)} directions ({largest[0].label} and {others[0].label}, say): "
            "not one volume.",
        )
    notes = []
    if aside:
        screens = all(map(is_screen, aside))
        if len(aside) == 1:
            told = f"is {'a picture of a screen' if screens else 'a localizer (scout) or another picture'} and was"
        else:
            told = f"are {'pictures of a screen' if screens else 'localizers (scouts) or other pictures'} and were"
        notes.append(f"{len(aside)} of the series' {len(images)} images {told} left out.")
    return slices, notes


def _by_direction(images: Iterable[Image]) -> list[list[Image]]:
    """Images whose planes are parallel."""
    groups: list[tuple[np.ndarray, list[Image]]] = []
    for image in images:
        normal = _normal(image)
        for other, group in groups:
            if np.abs(normal - other).max() <= 2 * DIRECTION_TOLERANCE:
                group.append(image)
                break
        else:
            groups.append((normal, [image]))
    return [group for _, group in groups]


def _normal(image: Image) -> np.ndarray:
    column, row = np.array(image.orientation, np.float64).reshape(2, 3)
    return np.cross(column, row)


def _parts(images: list[Image]) -> tuple[str, dict[str, list[Image]]] | None:
    """The tag by which a series falls into volumes of the same places, and these; None where it is one volume."""
    places = _places(images)
    if places is None or len({*places}) == len(images):
        return None
    for index, tag in enumerate(PART_TAGS):
        parts: dict[str, list[Image]] = defaultdict(list)
        seen: dict[str, list[int]] = defaultdict(list)
        for image, place in zip(images, places, strict=True):
            parts[image.parts[index]].append(image)
            seen[image.parts[index]].append(place)
        fewest = max(2, LEAST_SHARE_OF_A_PART * len({*places}))
        if 1 < len(parts) <= MOST_PARTS and all(
            len({*own}) == len(own) and len(own) >= fewest for own in seen.values()
        ):
            return tag, dict(sorted(parts.items(), key=lambda part: _by_number(part[0])))
    return None


def _by_number(value: str) -> tuple[float, str]:
    try:
        return float(value), value
    except ValueError:
        return np.inf, value


def _places(images: list[Image]) -> list[int] | None:
    """For each image the number of its place along the normal; None where an image has none."""
    if any(image.position is None or image.orientation is None for image in images):
        return None
    heights = np.array([image.position for image in images]) @ _normal(images[0])
    order = np.argsort(heights, kind="stable")
    numbers = np.concatenate([[0], np.cumsum(np.diff(heights[order]) > SAME_PLACE_MM)])
    places = np.empty(len(images), int)
    places[order] = numbers
    return [int(place) for place in places]
