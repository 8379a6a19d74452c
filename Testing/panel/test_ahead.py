"""Ahead of the reader: the next study is segmented while the present one is read, and nobody has to know."""

import json

import numpy as np
import pytest
from MosMedCOVIDLib.segmentation.masks import Masks
from MosMedCOVIDLib.segmentation.protocol import write_job, write_result
from MosMedCOVIDLib.study.study import Study

from .marks import segments


class StandIn:
    """In the place of the worker: it does nothing until the test says what came of it."""

    def __init__(self, folder):
        self.folder, self.number, self.stopped = folder, 0, 0
        self.studies = []

    def segment(self, study, device, on_progress, on_result, on_error):
        self.number += 1
        folder = self.folder / str(self.number)
        folder.mkdir()
        self.studies.append(study.name)
        self.on_result, self.on_error, self.shape = on_result, on_error, study.hu.shape
        self.job, self.line = folder, write_job(folder, self.number, study, device)

    def finish(self):
        """The masks are there: of one lesion voxel in one lung."""
        from MosMedCOVIDLib.segmentation.job import Result

        lesions = np.zeros(self.shape, np.uint8)
        lesions[0, 0, 0] = 1
        self.on_result(Result(self.line, write_result(self.job, self.number, Masks(lesions, lesions))))

    def stop(self):
        self.stopped += 1


@pytest.fixture
def ahead(host, tmp_path):
    """One that works ahead with the stand-in, and counts in `told` how often it said that something changed."""
    from MosMedCOVIDLib.panel.ahead import Ahead

    told = []
    ahead = Ahead(lambda: told.append(True))
    ahead.worker, ahead.told = StandIn(tmp_path), told
    return ahead


def study(name, value=0):
    return Study(np.full((2, 3, 4), value, np.int16), np.diag([-1.0, -1.0, 1.0, 1.0]), name, "x", "scene")


def following(*studies):
    from MosMedCOVIDLib.scene.next_studies import NextStudy

    return [NextStudy(each.name, lambda each=each: each) for each in studies]


def test_the_first_study_that_follows_is_begun_with_once(ahead):
    ahead.look(following(study("b"), study("c")), "cpu")
    ahead.look(following(study("b"), study("c")), "cpu")
    assert ahead.worker.studies == ["b"]
    assert not ahead.has("b")
    ahead.worker.finish()
    assert ahead.has("b")
    assert len(ahead.told) == 1


def test_masks_that_are_ready_are_handed_over_once_and_their_files_go(ahead):
    ahead.look(following(study("b")), "cpu")
    ahead.worker.finish()
    masks = ahead.take(study("b"))
    assert masks.lesions.sum() == 1
    assert not ahead.worker.job.exists()
    assert ahead.take(study("b")) is None


@pytest.mark.parametrize(
    "changed",
    [study("b", value=1), Study(np.zeros((2, 3, 4), np.int16), np.diag([-1.0, -1.0, 2.0, 1.0]), "b", "x", "scene")],
    ids=["voxels", "place"],
)
def test_a_study_that_has_changed_since_gets_no_masks(ahead, changed):
    ahead.look(following(study("b")), "cpu")
    ahead.worker.finish()
    assert ahead.take(changed) is None


def test_what_is_being_worked_on_is_dropped_when_the_reader_goes_elsewhere(ahead):
    ahead.look(following(study("b")), "cpu")
    ahead.keep("b")
    assert ahead.worker.stopped == 0
    ahead.keep("d")
    assert ahead.worker.stopped == 1
    ahead.look(following(study("e")), "cpu")
    assert ahead.worker.studies == ["b", "e"]


def test_masks_that_nobody_will_ask_for_are_dropped_and_the_worker_stays_warm(ahead):
    ahead.look(following(study("b")), "cpu")
    ahead.worker.finish()
    job = ahead.worker.job
    ahead.look(following(study("c")), "cpu")
    assert not job.exists()
    assert ahead.worker.stopped == 0
    assert ahead.worker.studies == ["b", "c"]


def test_work_gives_way_to_the_reader_who_segments_themselves(ahead):
    ahead.look(following(study("b")), "cpu")
    assert ahead.take(study("a")) is None
    assert ahead.worker.stopped == 1


def test_masks_of_the_next_study_stay_while_this_one_is_segmented_again(ahead):
    ahead.look(following(study("b", 1)), "cpu")
    ahead.worker.finish()
    assert ahead.take(study("a")) is None
    assert ahead.has("b")


def test_a_study_that_could_not_be_segmented_is_not_tried_again(ahead):
    from MosMedCOVIDLib.errors import SetupError

    ahead.look(following(study("b"), study("c")), "cpu")
    ahead.worker.on_error(SetupError("no weights"))
    ahead.look(following(study("b"), study("c")), "cpu")
    assert ahead.worker.studies == ["b", "c"]
    ahead.forget()
    ahead.look(following(study("b")), "cpu")
    assert ahead.worker.studies == ["b", "c", "b"]


def test_a_volume_that_is_no_ct_is_passed_over(ahead):
    from MosMedCOVIDLib.errors import StudyRefused
    from MosMedCOVIDLib.scene.next_studies import NextStudy

    def refuse():
        raise StudyRefused("readable", "it holds no voxels")

    ahead.look([NextStudy("empty", refuse), *following(study("c"))], "cpu")
    assert len(ahead.told) == 1, "so that it is looked again"
    ahead.look([NextStudy("empty", refuse), *following(study("c"))], "cpu")
    assert ahead.worker.studies == ["c"]


def test_masks_whose_files_are_gone_are_none(ahead):
    import shutil

    ahead.look(following(study("b")), "cpu")
    ahead.worker.finish()
    shutil.rmtree(ahead.worker.job)
    assert ahead.take(study("b")) is None
    assert not ahead.has("b")


def test_masks_for_which_there_is_no_memory_are_none(ahead, monkeypatch):
    def fail(result):
        raise MemoryError

    from MosMedCOVIDLib.segmentation.job import Result

    ahead.look(following(study("b")), "cpu")
    ahead.worker.finish()
    monkeypatch.setattr(Result, "masks", fail)
    assert ahead.take(study("b")) is None


@pytest.fixture
def three_volumes(reader, phantom):
    """A reader with three phantoms in the scene, a little unlike each other, who reads the first."""
    from MosMedCOVIDLib.scene.volume import show_study

    made = phantom.study
    volumes = [show_study(Study(made.hu + n, made.affine, f"study {n}", made.path, made.kind)) for n in range(3)]
    reader.ui.volumeSelector.setCurrentNode(volumes[0])
    reader.settle()
    return reader, volumes


def ready(reader, volume):
    return lambda: reader.panel.worker._ahead.has(volume.GetID())


def begun(reader):
    return reader.panel.worker._ahead._key


@segments
def test_the_next_study_is_shown_at_once_and_the_one_after_it_is_begun_with(three_volumes):
    reader, (first, second, third) = three_volumes
    reader.segment()
    reader.wait(ready(reader, second))
    assert reader.reading.volume is first, "nothing has changed for the reader"
    reader.ui.volumeSelector.setCurrentNode(second)
    reader.settle()
    assert reader.ui.stageLabel.text == "Segmented ahead: press the button to see it."
    reader.ui.segmentButton.click()
    assert not reader.panel.worker.busy
    assert reader.reading.grade is not None
    assert reader.ui.stageLabel.text == "Segmented ahead, while you read the study before."
    assert reader.reading.segmentation.GetName() == "study 1 lungs and lesions"
    reader.wait(lambda: begun(reader) == third.GetID())
    reader.panel.segment()  # by hand this time
    assert begun(reader) is None, "the one that worked ahead gives way"
    ahead = reader.reading.masks
    reader.wait(lambda: not reader.panel.worker.busy)
    np.testing.assert_array_equal(ahead.lungs, reader.reading.masks.lungs)
    np.testing.assert_array_equal(ahead.lesions, reader.reading.masks.lesions)
    assert reader.told == []


def test_nothing_is_segmented_before_the_reader_has_asked_for_it_once(three_volumes, monkeypatch):
    reader, (first, *_) = three_volumes
    worker = reader.panel.worker
    monkeypatch.setattr(worker, "_asked_before", False)
    worker._look_around()
    assert begun(reader) is None
    assert reader.reading.volume is first


@pytest.fixture
def begun_with_the_second(three_volumes, phantom, monkeypatch, tmp_path):
    """The first study is segmented; with the second one a stand-in has begun."""
    reader, volumes = three_volumes
    worker = reader.panel.worker
    stand_in = StandIn(tmp_path)
    monkeypatch.setattr(worker._ahead, "worker", stand_in)
    monkeypatch.setattr(worker, "_asked_before", True)
    reader.reading.show(Masks(phantom.lungs.copy(), phantom.lesions.copy()))
    reader.panel.new_masks()
    reader.wait(lambda: stand_in.studies == ["study 1"], 10)
    yield reader, volumes, stand_in
    worker._ahead.stop()


def test_it_is_dropped_when_another_study_is_read(begun_with_the_second):
    reader, (*_, third), stand_in = begun_with_the_second
    reader.ui.volumeSelector.setCurrentNode(third)
    reader.wait(lambda: begun(reader) is None, 10)
    assert stand_in.stopped


def test_it_is_dropped_when_its_volume_leaves_the_scene(begun_with_the_second, empty_scene):
    reader, (_, second, third), stand_in = begun_with_the_second
    empty_scene.RemoveNode(second)
    reader.wait(lambda: begun(reader) == third.GetID(), 10)
    assert stand_in.studies == ["study 1", "study 2"]


def test_it_is_dropped_when_the_scene_closes(begun_with_the_second, empty_scene):
    reader, _, stand_in = begun_with_the_second
    empty_scene.Clear(False)
    assert begun(reader) is None
    assert stand_in.stopped


def test_it_can_be_switched_off_and_that_is_remembered(begun_with_the_second):
    from MosMedCOVIDLib.panel.workers import AHEAD
    from PySide6.QtCore import QSettings

    reader, _, stand_in = begun_with_the_second
    assert reader.ui.aheadCheck.checked
    reader.ui.aheadCheck.setChecked(False)
    reader.wait(lambda: begun(reader) is None, 10)
    assert stand_in.stopped
    assert not reader.panel.worker.works_ahead
    reader.ui.aheadCheck.setChecked(True)
    reader.wait(lambda: begun(reader) is not None, 10)
    QSettings().remove(AHEAD)


def test_a_volume_that_comes_into_the_scene_is_begun_with(begun_with_the_second, empty_scene):
    from MosMedCOVIDLib.scene.volume import show_study

    reader, (_, second, third), stand_in = begun_with_the_second
    for volume in (second, third):
        empty_scene.RemoveNode(volume)
    reader.wait(lambda: begun(reader) is None, 10)
    show_study(study("new"))
    reader.wait(lambda: "new" in stand_in.studies, 10)


def test_the_worker_is_asked_to_work_at_low_priority(reader):
    assert "--background" in reader.panel.worker._ahead.worker._options()
    assert "--background" not in reader.panel.worker._worker._options()


def test_the_reader_comes_back_to_the_masks_of_a_study_and_sees_no_others(begun_with_the_second, phantom):
    reader, (first, second, _), _ = begun_with_the_second
    own, grade = reader.reading.segmentation, reader.reading.grade
    reader.ui.volumeSelector.setCurrentNode(second)
    reader.settle()
    assert reader.reading.segmentation is None
    assert not own.GetDisplayNode().GetVisibility2D()
    reader.ui.volumeSelector.setCurrentNode(first)
    reader.settle()
    assert reader.reading.segmentation is own
    assert reader.reading.grade == grade
    assert own.GetDisplayNode().GetVisibility2D()


def test_the_job_line_tells_what_was_segmented(ahead):
    ahead.look(following(study("b")), "cuda")
    assert json.loads(ahead.worker.line)["device"] == "cuda"


def test_that_the_memory_of_the_gpu_was_full_is_told_beneath_the_masks(phantom_read, phantom, monkeypatch, tmp_path):
    from MosMedCOVIDLib.segmentation.protocol import Progress
    from MosMedCOVIDLib.segmentation.segmenter import ON_THE_CPU

    class FullGpu(StandIn):
        def segment(self, study, device, on_progress, on_result, on_error):
            super().segment(study, device, on_progress, on_result, on_error)
            on_progress(Progress(ON_THE_CPU, 50.0))

        busy, process_id = False, None

        def start(self):
            pass

    reader, worker = phantom_read, FullGpu(tmp_path)
    monkeypatch.setattr(reader.panel.worker, "_worker", worker)
    reader.panel.segment()
    worker.finish()
    assert reader.ui.stageLabel.text == "The GPU's memory was full: the CPU has done it."
    assert reader.ui.stageLabel.isVisibleTo(reader.ui.segmentSection)
    reader.reading.show(Masks(phantom.lungs.copy(), phantom.lesions.copy()))
    reader.panel.new_masks()
    assert reader.ui.stageLabel.text == "", "other masks, of which it is not true"


def test_only_masks_that_the_reader_waited_for_say_how_long_they_took(begun_with_the_second, tmp_path):
    reader, (_, second, _), stand_in = begun_with_the_second
    stand_in.finish()
    reader.reading._seconds["segment"] = 5.0  # of the study before
    reader.ui.volumeSelector.setCurrentNode(second)
    reader.settle()
    reader.panel.segment()
    files = reader.reading.save(tmp_path / "saved")
    with open(files["grade"], encoding="utf-8") as saved:  # noqa: PTH123, a path as text
        assert "segment" not in json.load(saved)["seconds"]


def test_corrections_that_were_left_are_asked_about_when_the_reader_has_come_back(begun_with_the_second):
    reader, (first, second, _), _ = begun_with_the_second
    reader.reading.edited()
    reader.ui.volumeSelector.setCurrentNode(second)
    assert len(reader.asked) == 1
    assert not reader.reading.unsaved
    reader.ui.volumeSelector.setCurrentNode(first)
    assert reader.reading.unsaved
    reader.ui.volumeSelector.setCurrentNode(second)
    assert len(reader.asked) == 2


def test_after_work_that_failed_the_next_is_looked_for(begun_with_the_second, monkeypatch, tmp_path):
    from MosMedCOVIDLib.errors import Cancelled

    reader, _, _ = begun_with_the_second
    worker = StandIn(tmp_path / "own")
    worker.folder.mkdir()
    worker.busy, worker.start = False, lambda: None
    monkeypatch.setattr(reader.panel.worker, "_worker", worker)
    reader.panel.segment()
    assert begun(reader) is None
    worker.on_error(Cancelled("cancelled"))
    reader.wait(lambda: begun(reader) is not None, 10)


@pytest.mark.parametrize("error", [OSError("gone"), ValueError("no array"), MemoryError()])
def test_masks_that_cannot_be_read_are_a_sentence(begun_with_the_second, monkeypatch, tmp_path, error):
    from MosMedCOVIDLib.segmentation.job import Result

    def fail(result):
        raise error

    reader, _, _ = begun_with_the_second
    worker = StandIn(tmp_path / "own")
    worker.folder.mkdir()
    worker.busy, worker.start = False, lambda: None
    monkeypatch.setattr(reader.panel.worker, "_worker", worker)
    monkeypatch.setattr(Result, "masks", fail)
    reader.panel.segment()
    worker.finish()
    assert "could not be shown" in reader.told[-1]
    assert reader.reading.segmentation is not None, "what was there is there still"
    assert not worker.job.exists()
