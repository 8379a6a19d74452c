"""What worker and client say to each other survives the way: studies, masks, progress and errors. Needs no torch."""

import json

import numpy as np
import pytest
from MosMedCOVIDLib.errors import MosMedError, SetupError, StudyRefused, WorkerDied
from MosMedCOVIDLib.segmentation import protocol
from MosMedCOVIDLib.segmentation.masks import IntervalSettings, Masks, Model
from MosMedCOVIDLib.study.boxes import box_of, shape_of
from MosMedCOVIDLib.study.study import Study
from shapes import two_lungs

MODEL = Model("m", "1", "abc", "cpu", 1.0, IntervalSettings(0.95, 0.05, calibrated=True))


def test_a_job_carries_the_study_and_no_voxel_in_its_line(tmp_path):
    study, _, _ = two_lungs()
    line = protocol.write_job(tmp_path, 3, study, "cpu")
    assert len(line) < 1000
    number, folder, device, read = protocol.read_job(line)
    assert (number, folder, device) == (3, tmp_path, "cpu")
    assert np.array_equal(read.hu, study.hu)
    assert np.array_equal(read.affine, study.affine)


@pytest.mark.parametrize("slices", [1, protocol.SLICES_AT_ONCE, 3 * protocol.SLICES_AT_ONCE + 1])
@pytest.mark.parametrize("turned", [False, True])
def test_the_voxels_are_written_a_few_slices_at_a_time(tmp_path, slices, turned):
    hu = np.random.default_rng(0).integers(-1000, 1000, (slices, 5, 7)).astype(np.int16)
    study = Study(hu[::-1, :, ::-1] if turned else hu, np.diag([-1.0, -1.0, 1.0, 1.0]), "a", tmp_path, "scene")
    assert sum(1 for _ in protocol.write_hu(tmp_path, study)) == -(-slices // protocol.SLICES_AT_ONCE)
    assert np.array_equal(np.load(tmp_path / "hu.npy"), study.hu)


def test_a_result_carries_the_masks_and_their_model(tmp_path):
    _, lungs, lesions = two_lungs(120, 30)
    dense = lesions * np.arange(lesions.size, dtype=np.uint8).reshape(lesions.shape) % 2
    masks = Masks(lungs, lesions, MODEL, lesions * 200, dense)
    read = protocol.read_answer(protocol.write_result(tmp_path, 3, masks), 3, tmp_path)
    assert isinstance(read, Masks)
    assert read.model == MODEL
    for name in protocol.MASK_FILES:
        assert getattr(masks, name).any()
        assert np.array_equal(getattr(read, name), getattr(masks, name))


def test_only_the_box_of_the_lungs_is_written(tmp_path):
    _, lungs, lesions = two_lungs(120, 30)
    protocol.write_result(tmp_path, 3, Masks(lungs, lesions))
    box = box_of(lungs)
    assert np.prod(shape_of(box)) < lungs.size / 2
    assert np.array_equal(np.load(tmp_path / "lungs.npy"), lungs[box])


def test_where_no_lung_was_found_the_masks_arrive_empty(tmp_path):
    empty = np.zeros((3, 4, 5), np.uint8)
    read = protocol.read_answer(protocol.write_result(tmp_path, 3, Masks(empty, empty)), 3, tmp_path)
    assert isinstance(read, Masks)
    assert np.array_equal(read.lungs, empty)
    assert np.array_equal(read.lesions, empty)


def test_what_nobody_told_is_not_made_up_on_the_way(tmp_path):
    _, lungs, lesions = two_lungs(120, 30)
    read = protocol.read_answer(protocol.write_result(tmp_path, 3, Masks(lungs, lesions)), 3, tmp_path)
    assert (read.model, read.lesion_probability, read.dense) == (None, None, None)


def test_progress_is_heard_only_by_its_own_job(tmp_path):
    progress = protocol.Progress("lungs and lesions", 40.0, 3.5)
    line = protocol.progress_line(3, progress)
    assert protocol.read_answer(line, 3, tmp_path) == progress
    assert protocol.read_answer(line, 4, tmp_path) is None


@pytest.mark.parametrize("error", [SetupError("no GPU"), StudyRefused("x", "no lungs"), MosMedError("other")])
def test_an_error_arrives_as_what_it_was(tmp_path, error):
    with pytest.raises(type(error), match=str(error)):
        protocol.read_answer(protocol.error_line(3, error), 3, tmp_path)


def test_a_defect_arrives_as_a_sentence(tmp_path):
    line = protocol.error_line(3, ZeroDivisionError())
    assert json.loads(line)["error"]["kind"] == "Defect"
    with pytest.raises(MosMedError, match="ZeroDivisionError"):
        protocol.read_answer(line, 3, tmp_path)


def test_a_death_is_told_also_where_what_the_worker_wrote_is_gone(tmp_path):
    died = protocol.death(1, tmp_path / "tidied away" / "log.txt")
    assert isinstance(died, WorkerDied)
    assert "code 1" in str(died)


@pytest.mark.parametrize("error", [MemoryError(), MemoryError("Unable to allocate 3.00 GiB for an array")])
def test_no_memory_arrives_as_what_can_be_done(tmp_path, error):
    with pytest.raises(WorkerDied, match=r"not enough memory.*Close other programs"):
        protocol.read_answer(protocol.error_line(3, error), 3, tmp_path)
