"""Plays slicer.app.ioManager(): finds the reader of a file or folder, loads it, and saves nodes and the scene."""

# ruff: noqa: N801, N802, N803

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import slicer
from vtkmodules.vtkCommonCore import vtkCollection, vtkCommand

from .readers import BuiltInReader, built_in_readers, qSlicerScriptedFileReader
from .scene_files import save_scene

Reader = BuiltInReader | qSlicerScriptedFileReader

# What saves a node of a class; Slicer's names. Of more kinds of node the host says NodeFile.
FILE_TYPES = {
    "vtkMRMLSegmentationNode": "SegmentationFile",
    "vtkMRMLVolumeNode": "VolumeFile",
    "vtkMRMLModelNode": "ModelFile",
    "vtkMRMLScene": "SceneFile",
}


class CannotLoad(Exception):
    """A file or folder that nothing can load, or that its reader refused; the text is for the user."""


class qSlicerIOManager:
    def __init__(self, scene: slicer.vtkMRMLScene) -> None:
        self._scene = scene
        self._readers: list[Reader] = list(built_in_readers(scene))

    def add_scripted_reader(self, module_name: str) -> None:
        """Registers `<module>FileReader` where the module's file has such a class."""
        reader_class = getattr(sys.modules[module_name], module_name + "FileReader", None)
        if reader_class:
            self._readers.insert(0, qSlicerScriptedFileReader(reader_class))

    def open_path(self, path: Path, clear: bool = True) -> list[str]:
        """Loads a file or folder with the reader that is surest of it; modules' readers come first among equals.

        A scene takes the place of the present one, unless clear is False: then it comes beside what is there, and
        modules' readers are told to do so as well. Returns the IDs of the loaded nodes; CannotLoad says why not.
        """
        if not path.exists():
            raise CannotLoad(f"{path} does not exist.")
        readers = self._sorted_readers(path)
        if not readers:
            kind = "folder" if path.is_dir() else "file"
            known = ", ".join(reader.description() for reader in self._readers)
            raise CannotLoad(f"{path.name}: no reader knows this {kind}. What can be opened: {known}.")
        reader = readers[0]
        if not reader.load({"fileName": str(path), "clear": clear}):
            said = reader.userMessages()
            reasons = [said.GetNthMessageText(number) for number in range(said.GetNumberOfMessages())]
            raise CannotLoad("\n".join(reasons) or f"{path.name} could not be loaded as {reader.description()}.")
        return list(reader.loadedNodes)

    def fileType(self, fileName: str) -> str:
        """The type of the reader that is surest of a file; NoFile where there is none."""
        return next(iter(self.fileTypes(fileName)), "NoFile")

    def fileTypes(self, fileName: str) -> list[str]:
        return [reader.fileType() for reader in self._sorted_readers(Path(fileName))]

    def fileDescriptions(self, fileName: str) -> list[str]:
        return [reader.description() for reader in self._sorted_readers(Path(fileName))]

    def registeredFileReaderCount(self, fileType: str) -> int:
        return sum(reader.fileType() == fileType for reader in self._readers)

    def loadNodes(
        self,
        fileType: str,
        parameters: Mapping[str, object],
        loadedNodes: vtkCollection | None = None,
        userMessages: slicer.vtkMRMLMessageCollection | None = None,
    ) -> bool:
        """Loads parameters["fileName"] with the first reader of that type that takes it; the reasons go to messages."""
        messages = userMessages or slicer.vtkMRMLMessageCollection()
        path = Path(str(parameters["fileName"]))
        for reader in self._readers:
            if reader.fileType() != fileType or reader.canLoadFileConfidence(str(path)) <= 0:
                continue
            loaded = reader.load(parameters)
            messages.AddMessages(reader.userMessages())
            if loaded:
                for node_id in reader.loadedNodes if loadedNodes is not None else ():
                    loadedNodes.AddItem(self._scene.GetNodeByID(node_id))
                return True
        if messages.GetNumberOfMessages() == 0:
            messages.AddMessage(vtkCommand.ErrorEvent, f"No {fileType} reader could load {path}.")
        return False

    def loadFile(self, fileName: str) -> bool:
        return self.loadNodes(self.fileType(fileName), {"fileName": fileName})

    def loadScene(self, fileName: str, clear: bool = True) -> bool:
        return self.loadNodes("SceneFile", {"fileName": fileName, "clear": clear})

    def fileWriterFileType(self, object: slicer.vtkMRMLNode) -> str:  # noqa: A002
        return next((file_type for kind, file_type in FILE_TYPES.items() if object.IsA(kind)), "NodeFile")

    def saveNodes(
        self,
        fileType: str,
        parameters: Mapping[str, object],
        userMessages: slicer.vtkMRMLMessageCollection | None = None,
    ) -> bool:
        """Writes the node parameters["nodeID"], or the scene for SceneFile, to parameters["fileName"]."""
        messages = userMessages or slicer.vtkMRMLMessageCollection()
        path = Path(str(parameters["fileName"]))
        if fileType == "SceneFile":
            return self.saveScene(str(path), None, messages)
        try:
            _write_node(self._scene.GetNodeByID(parameters["nodeID"]), path, messages)
        except (OSError, ValueError) as error:
            messages.AddMessage(vtkCommand.ErrorEvent, str(error))
            return False
        return True

    def saveScene(
        self, fileName: str, screenShot: object = None, userMessages: slicer.vtkMRMLMessageCollection | None = None
    ) -> bool:
        """Writes the scene to a .mrb file, whole or not at all; the picture is not kept."""
        messages = userMessages or slicer.vtkMRMLMessageCollection()
        path = Path(fileName)
        if path.suffix != ".mrb":
            messages.AddMessage(vtkCommand.ErrorEvent, f"{path.name}: a scene is saved as .mrb here.")
            return False
        try:
            return save_scene(self._scene, path, messages)
        except OSError as error:
            messages.AddMessage(vtkCommand.ErrorEvent, f"{fileName} could not be written: {error.strerror}.")
            return False

    def _sorted_readers(self, path: Path) -> list[Reader]:
        confidences = [(reader.canLoadFileConfidence(str(path)), reader) for reader in self._readers]
        able = [pair for pair in confidences if pair[0] > 0]
        return [reader for _, reader in sorted(able, key=lambda pair: -pair[0])]

    def __getattr__(self, name: str) -> object:
        raise AttributeError(f"EmbeddedSlicer has no slicer.app.ioManager().{name}: it is there only in 3D Slicer")


def _write_node(node: slicer.vtkMRMLStorableNode | None, path: Path, messages: slicer.vtkMRMLMessageCollection) -> None:
    """ValueError where the node cannot be written, or could be written but not read again."""
    if node is None:
        raise ValueError("The node that is to be saved is not in the scene.")
    if node.IsA("vtkMRMLSegmentationNode") and path.name.endswith((".nii", ".nii.gz")):
        raise ValueError("A segmentation node is saved as .seg.nrrd here: as .nii.gz it could not be loaded again.")
    if not node.GetStorageNode() and not node.AddDefaultStorageNode(str(path)):
        raise ValueError(f"{node.GetName()} has nothing that could be saved.")
    storage = node.GetStorageNode()
    storage.SetFileName(str(path))
    if not storage.WriteData(node):
        messages.AddMessages(storage.GetUserMessages())
        raise ValueError(f"{path} could not be written.")
