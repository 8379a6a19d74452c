"""Each correction of the mask is heard: the grade and what is told of the mask follow it."""

import numpy as np
from mouse import click, show_slice

from .brush import disc, take_brush


def test_erasing_takes_lesion_away_and_leaves_the_lung(phantom_read):
    reader, reading = phantom_read, phantom_read.reading
    before = reading.grade.lungs["both"]
    reader.panel.correct_section.next_lesion()
    lesion = reader.panel.correct_section.lesion
    take_brush(reader.ui, "Erase")
    reader.settle()
    click("Red", lesion.centre_ras)
    reader.settle()
    after = reading.grade.lungs["both"]
    assert after.lesion < before.lesion
    assert after.lung == before.lung


def test_lesion_outside_the_lungs_is_told(phantom_read):
    reader, reading = phantom_read, phantom_read.reading
    assert not reader.ui.outsideLabel.isVisibleTo(reader.ui.correctSection)
    reader.ui.keepToLungsCheck.setChecked(False)
    k = len(reading.study.hu) // 2
    lung = reading.masks.lungs[k] > 0
    rows, columns = np.nonzero(lung)
    ras = (reading.study.affine @ [columns.min() - 8, rows[columns.argmin()], k, 1])[:3]
    show_slice("Red", ras)
    reader.settle()
    take_brush(reader.ui)
    hit = click("Red", ras)
    reader.settle()
    painted = disc(reading.study, hit, k)
    outside_ml = np.count_nonzero(painted & ~lung) * reading.study.voxel_ml
    assert f"{outside_ml:.1f} ml" in reader.ui.outsideLabel.text
    assert reader.ui.outsideLabel.isVisibleTo(reader.ui.correctSection)
    assert reading.masks.lungs[k][painted].all(), "counted as lung too"
    reader.ui.segmentEditor.undo()
    reader.settle()
    assert not reader.ui.outsideLabel.isVisibleTo(reader.ui.correctSection)
    reader.ui.keepToLungsCheck.setChecked(True)


def test_a_segment_that_is_removed_counts_at_once(phantom_read):
    phantom_read.reading.segmentation.GetSegmentation().RemoveSegment("lesions")
    phantom_read.settle()
    assert phantom_read.reading.grade.grade == "CT-0"
    assert phantom_read.reading.unsaved
