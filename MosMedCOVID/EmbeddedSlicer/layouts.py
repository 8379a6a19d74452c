"""Layouts as data: those that the host offers, and what Slicer's descriptions of layouts say."""

from __future__ import annotations

from dataclasses import dataclass
from xml.etree import ElementTree

import slicer

Node = slicer.vtkMRMLLayoutNode


@dataclass(frozen=True)
class Layout:
    """A layout of Slicer by its number in vtkMRMLLayoutNode, and its name for people."""

    id: int
    title: str


LAYOUTS = (
    Layout(Node.SlicerLayoutFourUpView, "Four-Up"),
    Layout(Node.SlicerLayoutConventionalView, "Conventional"),
    Layout(Node.SlicerLayoutOneUpRedSliceView, "Red slice only"),
    Layout(Node.SlicerLayoutOneUpGreenSliceView, "Green slice only"),
    Layout(Node.SlicerLayoutOneUpYellowSliceView, "Yellow slice only"),
    Layout(Node.SlicerLayoutOneUp3DView, "3D only"),
)


@dataclass(frozen=True)
class ViewPlace:
    """The place of one view, by the class and the layout name of its node."""

    node_class: str
    name: str


@dataclass(frozen=True)
class Arrangement:
    """Places beside, below or behind one another.

    kind: "horizontal", "vertical" or "tab". is_split: whether the reader may move the border between them.
    shares: how much of the room each takes, in proportion.
    """

    kind: str
    is_split: bool
    places: tuple[ViewPlace | Arrangement, ...]
    shares: tuple[int, ...]


def parse_layout(description: str) -> Arrangement:
    """What a layout's XML says, as vtkMRMLLayoutNode keeps it. Views of other windows (viewports) are left out."""
    root = ElementTree.fromstring(description)
    return _arrangement(root if root.tag == "layout" else root.find("layout"))


def _arrangement(element: ElementTree.Element) -> Arrangement:
    items = element.findall("item")
    return Arrangement(
        kind=element.get("type", "horizontal"),
        is_split=element.get("split") == "true",
        places=tuple(_place(item[0]) for item in items),
        shares=tuple(int(item.get("splitSize", 1)) for item in items),
    )


def _place(element: ElementTree.Element) -> ViewPlace | Arrangement:
    if element.tag == "layout":
        return _arrangement(element)
    return ViewPlace(element.get("class", ""), element.get("singletontag", ""))
