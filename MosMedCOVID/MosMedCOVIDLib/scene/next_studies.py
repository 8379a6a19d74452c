"""The studies of the scene that may be read after the present one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import slicer

from ..study.study import Study
from .masks import segmentations_of
from .node_json import kept
from .volume import STUDY, study_of

VOLUME = "vtkMRMLScalarVolumeNode"


@dataclass(frozen=True)
class NextStudy:
    """A study that may be read next. key: tells it from the others; read: gives it, or refuses (StudyRefused)."""

    key: str
    read: Callable[[], Study]


def next_after(volume: slicer.vtkMRMLScalarVolumeNode) -> list[NextStudy]:
    """The volumes without masks, in the order of the scene: first those after this one, then those before it."""
    volumes = volumes_to_read()
    here = volumes.index(volume) if volume in volumes else 0
    others = [other for other in volumes[here:] + volumes[:here] if other is not volume]
    return [NextStudy(other.GetID(), partial(study_of, other)) for other in others if not segmentations_of(other)]


def keys_of(volume: slicer.vtkMRMLScalarVolumeNode) -> tuple[str, ...]:
    """The keys by which the study of a volume may be known: as one of the scene, and, before that, as a file."""
    facts = kept(volume, STUDY)
    return (volume.GetID(), facts["path"]) if facts else (volume.GetID(),)


def volumes_to_read() -> list[slicer.vtkMRMLScalarVolumeNode]:
    """The volumes of the scene that a reader may choose: no label maps, and none that is kept for a purpose."""
    nodes = slicer.util.getNodesByClass(VOLUME)
    return [node for node in nodes if node.GetClassName() == VOLUME and not node.GetHideFromEditors()]
