"""What can read a file: the readers of Slicer's own file types, and the one that a module brings along."""

# ruff: noqa: N802

from __future__ import annotations

import fnmatch
import re
import traceback
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import slicer
from vtkmodules.vtkCommonCore import vtkCommand, vtkStringArray

from .scene_files import load_scene

# The bits of vtkSlicerVolumesLogic.AddArchetypeVolume, by the names of slicer.util.loadVolume.
VOLUME_OPTIONS = {"labelmap": 1, "center": 2, "singleFile": 4, "autoWindowLevel": 8, "discardOrientation": 16}


def matching_length(path: Path, filters: Sequence[str]) -> int | None:
    """How long the ending is by which one of the filters ("NIfTI (*.nii *.nii.gz)", "*.*") takes a file, or None."""
    if not path.is_file():
        return None
    patterns = [pattern for each in filters for pattern in (re.findall(r"\((.*)\)", each) or [each])[0].split()]
    fitting = [pattern for pattern in patterns if fnmatch.fnmatch(path.name.lower(), pattern.lower())]
    return max((len(pattern.replace("*", "")) for pattern in fitting), default=None)


def confidence_by_name(path: Path, filters: Sequence[str]) -> float:
    """Slicer's own measure: one half, and a little more the longer the ending; 0 where no filter fits."""
    length = matching_length(path, filters)
    return 0.0 if length is None else 0.5 + 0.01 * length


class BuiltInReader:
    """Reads one of Slicer's file types; its methods are qSlicerFileReader's.

    `read` takes properties and messages, returns the IDs of the new nodes, and raises OSError or ValueError.
    """

    def __init__(
        self,
        file_type: str,
        description: str,
        name_filter: str,
        read: Callable[[Mapping[str, object], slicer.vtkMRMLMessageCollection], list[str]],
    ) -> None:
        self._file_type = file_type
        self._description = description
        self._name_filter = name_filter
        self._read = read
        self._messages = slicer.vtkMRMLMessageCollection()
        self.loadedNodes: list[str] = []

    def fileType(self) -> str:
        return self._file_type

    def description(self) -> str:
        return self._description

    def extensions(self) -> list[str]:
        return [self._name_filter]

    def userMessages(self) -> slicer.vtkMRMLMessageCollection:
        return self._messages

    def canLoadFileConfidence(self, file: str) -> float:
        return confidence_by_name(Path(file), self.extensions())

    def load(self, properties: Mapping[str, object]) -> bool:
        """Whether nodes were loaded: their IDs are in loadedNodes; if not, the reason is in userMessages()."""
        self._messages.ClearMessages()
        try:
            self.loadedNodes = self._read(properties, self._messages)
        except (OSError, ValueError) as error:
            self.loadedNodes = []
            self._messages.AddMessage(vtkCommand.ErrorEvent, str(error))
        return bool(self.loadedNodes)


class qSlicerScriptedFileReader:  # noqa: N801
    """The frame of a module's `<name>FileReader`: its `parent`, which takes the loaded nodes and messages."""

    def __init__(self, reader_class: type) -> None:
        self.loadedNodes: list[str] = []
        self._messages = slicer.vtkMRMLMessageCollection()
        self._self = reader_class(self)

    def self(self):
        return self._self

    def fileType(self) -> str:
        return self._self.fileType()

    def description(self) -> str:
        return self._self.description()

    def extensions(self) -> list[str]:
        return self._self.extensions() if hasattr(self._self, "extensions") else ["*.*"]

    def userMessages(self) -> slicer.vtkMRMLMessageCollection:
        return self._messages

    def supportedNameFilters(self, fileName: str) -> list[str]:  # noqa: N803
        return [each for each in self.extensions() if matching_length(Path(fileName), [each]) is not None]

    def canLoadFileConfidence(self, file: str) -> float:
        """As in Slicer: what the module's canLoadFileConfidence says, else its canLoadFile, else the name.

        A reader that fails on a foreign file must not keep others from it: its traceback is printed.
        """
        by_name = confidence_by_name(Path(file), self.extensions())
        try:
            if hasattr(self._self, "canLoadFileConfidence"):
                return self._self.canLoadFileConfidence(file)
            if hasattr(self._self, "canLoadFile"):
                return (by_name or 0.5) if self._self.canLoadFile(file) else 0.0
        except Exception:
            traceback.print_exc()
            return 0.0
        return by_name

    def load(self, properties: Mapping[str, object]) -> bool:
        """As above; an error that the module's reader raises is a message too."""
        self.loadedNodes = []
        self._messages.ClearMessages()
        try:
            return bool(self._self.load(dict(properties)))
        except Exception as error:
            traceback.print_exc()
            self._messages.AddMessage(vtkCommand.ErrorEvent, str(error) or type(error).__name__)
            return False


def built_in_readers(scene: slicer.vtkMRMLScene) -> list[BuiltInReader]:
    """The readers of scenes, volumes and segmentations; of more kinds of file the host knows nothing."""

    def read_scene(properties: Mapping, messages: slicer.vtkMRMLMessageCollection) -> list[str]:
        return load_scene(scene, Path(properties["fileName"]), bool(properties.get("clear")), messages)

    volumes = "Volume (*.nii.gz *.nii *.nrrd *.nhdr *.mha *.mhd)"
    segmentations = "Segmentation (*.seg.nrrd *.nrrd *.nii.gz *.nii)"
    return [
        BuiltInReader("SceneFile", "Scene", "Scene (*.mrb *.mrml)", read_scene),
        BuiltInReader("VolumeFile", "Volume", volumes, _read_volume),
        BuiltInReader("SegmentationFile", "Segmentation", segmentations, _read_segmentation),
    ]


def _read_volume(properties: Mapping, messages: slicer.vtkMRMLMessageCollection) -> list[str]:
    path = Path(properties["fileName"])
    options = sum(bit for name, bit in VOLUME_OPTIONS.items() if properties.get(name))
    files = vtkStringArray()
    for name in properties.get("fileNames", []):
        files.InsertNextValue(str(name))
    name = properties.get("name") or re.split(r"\.(nii|nrrd|nhdr|mh[ad])\b", path.name)[0]
    node = slicer.modules.volumes.logic().AddArchetypeVolume(str(path), name, options, files, messages)
    if node is None:
        return []
    if properties.get("colorNodeID"):
        node.GetDisplayNode().SetAndObserveColorNodeID(properties["colorNodeID"])
    if properties.get("show", True):
        selection = slicer.app.applicationLogic().GetSelectionNode()
        if properties.get("labelmap"):
            selection.SetActiveLabelVolumeID(node.GetID())
        else:
            selection.SetActiveVolumeID(node.GetID())
        slicer.app.applicationLogic().PropagateVolumeSelection()
    return [node.GetID()]


def _read_segmentation(properties: Mapping, messages: slicer.vtkMRMLMessageCollection) -> list[str]:
    colors = properties.get("colorNodeID")
    node = slicer.modules.segmentations.logic().LoadSegmentationFromFile(
        str(properties["fileName"]),
        bool(properties.get("autoOpacities", True)),
        properties.get("name"),
        slicer.mrmlScene.GetNodeByID(colors) if colors else None,
        messages,
    )
    return [node.GetID()] if node else []
