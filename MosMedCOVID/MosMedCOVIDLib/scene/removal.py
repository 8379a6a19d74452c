"""Nodes leave the scene together with what was made for them alone."""

from __future__ import annotations

import slicer


def remove_with_companions(node: slicer.vtkMRMLDisplayableNode) -> None:
    """Removes a node, its display and storage nodes and its item in the subject hierarchy."""
    companions = [node.GetNthDisplayNode(index) for index in range(node.GetNumberOfDisplayNodes())]
    companions += [node.GetNthStorageNode(index) for index in range(node.GetNumberOfStorageNodes())]
    hierarchy = slicer.mrmlScene.GetSubjectHierarchyNode()
    item = hierarchy.GetItemByDataNode(node) if hierarchy else 0
    if item:
        hierarchy.RemoveItem(item, False, True)  # not its nodes: they follow here, whatever a host's hierarchy does
    for each in [node, *companions]:
        if each and slicer.mrmlScene.IsNodePresent(each):
            slicer.mrmlScene.RemoveNode(each)
