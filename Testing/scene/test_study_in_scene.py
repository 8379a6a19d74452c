"""A study leaves the scene with all that is its own: one after the other, and memory does not grow."""

from pathlib import Path

import numpy as np
import pytest
import slicer
from MosMedCOVIDLib.scene import surfaces
from MosMedCOVIDLib.scene.masks import grade_of, show_masks
from MosMedCOVIDLib.scene.study_in_scene import remove_study
from MosMedCOVIDLib.scene.volume import show_study
from MosMedCOVIDLib.segmentation.masks import Masks
from MosMedCOVIDLib.study.study import Study

STATM = Path("/proc/self/statm")
SHAPE, PAGE = (40, 512, 512), 4096  # 20 MiB of HU


def nodes(scene):
    return sorted(scene.GetNthNode(index).GetID() for index in range(scene.GetNumberOfNodes()))


def read_one(number):
    """A study with masks, probability, surfaces and a grade."""
    hu = np.full(SHAPE, number, np.int16)
    volume = show_study(Study(hu, np.diag([-0.7, -0.7, 8.0, 1.0]), f"study {number}", Path("x"), "nifti"))
    lungs = np.zeros(SHAPE, np.uint8)
    lungs[5:35, 100:400, 80:220], lungs[5:35, 100:400, 290:430] = 1, 2
    lesions = (lungs > 0).astype(np.uint8)
    lesions[:, :350] = 0
    segmentation = show_masks(Masks(lungs, lesions, None, lesions * np.uint8(200)), volume)
    assert grade_of(segmentation, volume).grade == "CT-1"
    return volume, segmentation


def test_nothing_of_a_study_stays(empty_scene):
    before = nodes(empty_scene)
    volume, segmentation = read_one(1)
    surfaces.show(segmentation)
    volume.AddDefaultStorageNode()
    segmentation.AddDefaultStorageNode()
    other = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSegmentationNode", "of the reader, of no study")
    remove_study(volume)
    assert [node for node in nodes(empty_scene) if node not in before] == [other.GetID()]


def test_what_belongs_to_another_volume_stays(empty_scene):
    first, _ = read_one(1)
    before = nodes(empty_scene)
    second, _ = read_one(2)
    remove_study(second)
    assert nodes(empty_scene) == before
    remove_study(first)


@pytest.mark.skipif(not STATM.exists(), reason="Memory is read from /proc.")
def test_twenty_studies_in_turn_need_the_memory_of_one(empty_scene):
    used = []
    for number in range(20):
        volume, segmentation = read_one(number)
        surfaces.show(segmentation)
        remove_study(volume)
        del volume, segmentation
        used.append(int(STATM.read_text().split()[1]) * PAGE / 2**20)
    print(f"Memory after each of 20 studies of 20 MiB: {used[2]:.0f} … {used[-1]:.0f} MiB")
    assert used[-1] - used[2] < 20  # one study
