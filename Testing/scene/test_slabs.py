"""A slab of T mm holds the slices whose centres lie within ± T/2: what VTK uses, and its pixels, are numpy's."""

# ruff: noqa: N802

from pathlib import Path

import numpy as np
import pytest
import slicer
import vtk
from MosMedCOVIDLib.errors import MosMedError
from MosMedCOVIDLib.scene import slabs
from MosMedCOVIDLib.scene.slab_keeper import SlabKeeper
from MosMedCOVIDLib.scene.slabs import MEAN, MINIP, MIP, OFF, Slab
from MosMedCOVIDLib.scene.volume import show_study
from MosMedCOVIDLib.study.study import Study
from orientations import ORIENTATIONS
from scipy.ndimage import map_coordinates
from vtk.util.numpy_support import vtk_to_numpy

pytestmark = pytest.mark.usefixtures("empty_scene")
PLANES = {"Axial": 0, "Coronal": 1, "Sagittal": 2}  # and the array axis that they cut, in an axis-aligned study
SPACINGS, THICKNESSES = (0.7, 1.0, 2.0, 5.0, 8.0), (5.0, 10.0, 20.0, 30.0)
IN_PLANE_MM, SHAPE = 0.7, (50, 54, 58)
REDUCE = {MIP: np.max, MINIP: np.min, MEAN: np.mean}
OUTSIDE = -30000


@pytest.fixture(scope="module")
def views(host):
    """Slice views without a window: a function from orientation and size in pixels to the logic."""
    core, made = host.core, {}

    def view(orientation, size=(41, 31)):
        if orientation not in made:
            slicer.vtkMRMLSliceNode.AddDefaultSliceOrientationPresets(core.scene)
            node = core.scene.CreateNodeByClass("vtkMRMLSliceNode")
            node.UnRegister(None)
            node.SetSingletonTag(f"slabs {orientation}")  # so that it outlives the scene of one test
            node.SetLayoutName(node.GetSingletonTag())
            logic = made[orientation] = slicer.vtkMRMLSliceLogic()
            logic.SetMRMLApplicationLogic(core.application_logic)
            logic.SetSliceNode(core.scene.AddNode(node))
            logic.SetMRMLScene(core.scene)
        logic = made[orientation]
        logic.GetSliceNode().SetOrientation(orientation)
        logic.GetSliceNode().SetSlabReconstructionEnabled(False)
        logic.ResizeSliceNode(*size)
        return logic

    yield view
    for logic in made.values():
        node = logic.GetSliceNode()
        logic.SetMRMLScene(None)
        core.scene.RemoveNode(node)


def show(hu, affine, *logics):
    volume = show_study(Study(hu, affine, "slabs", Path("slabs.nii.gz"), "nifti"))
    for logic in logics:
        logic.GetSliceCompositeNode().SetBackgroundVolumeID(volume.GetID())
        logic.FitSliceToBackground()
        logic.GetSliceNode().UpdateMatrices()
    return volume


def noise(spacing_mm, shape=SHAPE):
    """Any wrong slice shows in every pixel of it."""
    affine = np.diag([-IN_PLANE_MM, -IN_PLANE_MM, spacing_mm, 1.0])
    affine[:3, 3] = 17, 23, -61
    return np.random.default_rng(5).integers(-1000, 1000, shape).astype(np.int16), affine


def pixels(logic):
    reslice = logic.GetBackgroundLayer().GetReslice()
    reslice.SetBackgroundLevel(OUTSIDE)
    reslice.Update()
    image = reslice.GetOutput()
    return vtk_to_numpy(image.GetPointData().GetScalars()).reshape(image.GetDimensions()[1::-1]).astype(float)


def truth(logic, hu, affine, mode, count, step_mm):
    """What numpy makes of `count` planes, step_mm apart, around the view's; NaN outside the volume."""
    to_ras = slicer.util.arrayFromVTKMatrix(logic.GetSliceNode().GetXYToRAS())
    width, height, _ = logic.GetSliceNode().GetDimensions()
    y, x = np.mgrid[:height, :width]
    places = np.tensordot(to_ras, np.stack([x, y, 0 * x, 0 * x + 1]), 1)
    normal = to_ras[:, 2] / np.linalg.norm(to_ras[:, 2])
    planes = []
    for away in (np.arange(count) - count // 2) * step_mm:
        voxels = np.tensordot(np.linalg.inv(affine), places + away * normal[:, None, None], 1)[2::-1]
        last = np.array(hu.shape)[:, None, None] - 1.0
        voxels = np.where(np.abs(voxels - np.rint(voxels)) < 1e-6, np.rint(voxels), voxels)
        plane = map_coordinates(hu.astype(float), voxels, order=1, mode="nearest")
        planes.append(np.where(((voxels >= 0) & (voxels <= last)).all(0), plane, np.nan))
    planes = [plane for plane in planes if not np.isnan(plane).all()]
    return REDUCE[mode](np.array(planes), axis=0)


def go_to(logic, affine, axis, index):
    """To the centre of a slice along an array axis."""
    voxel = [(size - 1) / 2 for size in SHAPE]
    voxel[axis] = index
    ras = (affine @ [*voxel[::-1], 1])[:3]
    logic.GetSliceNode().JumpSliceByOffsetting(*ras)


def agree(found, expected):
    inside = ~np.isnan(expected)
    assert inside.sum() > 10
    assert np.abs(found - expected)[inside].max() <= 1.01  # int16 of an interpolated value


@pytest.mark.parametrize("spacing", SPACINGS)
@pytest.mark.parametrize("plane", PLANES)
def test_the_slices_and_the_pixels_of_a_slab_are_numpys(views, plane, spacing):
    axis, logic = PLANES[plane], views(plane)
    hu, affine = noise(spacing)
    show(hu, affine, logic)
    step = (spacing, IN_PLANE_MM, IN_PLANE_MM)[axis]
    for thickness in THICKNESSES:
        count = np.count_nonzero(np.abs(np.arange(-60, 61) * step) <= thickness / 2 + 1e-6)
        for index in (SHAPE[axis] // 2, 4):  # in the middle; and at the edge, where slices are missing
            go_to(logic, affine, axis, index)
            for mode in (MIP, MINIP, MEAN):
                slabs.apply(Slab(mode, thickness), logic)
                assert slabs.really_used(logic) == (count, pytest.approx(step, rel=1e-6))
                agree(pixels(logic), truth(logic, hu, affine, mode, count, step))


@pytest.mark.parametrize("plane", PLANES)
def test_a_ramp_shows_the_outermost_slices_at_either_of_two_places(views, plane):
    axis, logic = PLANES[plane], views(plane)
    _, affine = noise(2.0)
    ramp = np.broadcast_to(np.expand_dims(np.arange(SHAPE[axis]), [a for a in range(3) if a != axis]) * 10, SHAPE)
    show(ramp.astype(np.int16), affine, logic)
    half = 5 if axis == 0 else 14  # slices within 10 mm, of 2 mm and of 0.7 mm
    for index in (20, 27):
        go_to(logic, affine, axis, index)
        for mode, expected in ((MIP, index + half), (MINIP, index - half), (MEAN, index)):
            slabs.apply(Slab(mode, 20.0), logic)
            shown = pixels(logic)
            assert set(shown[shown != OUTSIDE]) == {10 * expected}


def test_a_slab_of_one_slice_is_thin_and_so_is_off(views):
    logic = views("Axial")
    hu, affine = noise(8.0)
    show(hu, affine, logic)
    for slab in (Slab(MIP, 15.9), Slab(OFF, 30.0)):
        slabs.apply(Slab(MIP, 16.0), logic)
        assert slabs.really_used(logic)[0] == 3
        slabs.apply(slab, logic)
        assert not logic.GetSliceNode().GetSlabReconstructionEnabled()
        assert slabs.really_used(logic) == (1, pytest.approx(8.0))


def test_without_a_volume_nothing_is_done(views):
    logic = views("Axial")
    slabs.apply(Slab(MIP, 30.0), logic)
    assert not logic.GetSliceNode().GetSlabReconstructionEnabled()


@pytest.mark.parametrize("size", [(19, 300), (300, 19), (40, 400)])
def test_neither_a_tall_view_nor_large_pixels_change_the_slices(views, size):
    """A column one voxel wide may fall between pixels of 3 mm; what the pixels show is still numpy's slab."""
    hu, affine = noise(10.0)
    for plane in ("Coronal", "Sagittal"):
        logic = views(plane, size)
        show(hu, affine, logic)
        go_to(logic, affine, PLANES[plane], 25)
        slabs.apply(Slab(MIP, 20.0), logic)
        agree(pixels(logic), truth(logic, hu, affine, MIP, 29, IN_PLANE_MM))


@pytest.mark.parametrize("orientation", [name for name in ORIENTATIONS if "oblique" not in name])
@pytest.mark.parametrize("plane", PLANES)
def test_the_volumes_own_axis_decides_whatever_its_orientation(views, plane, orientation):
    logic, affine = views(plane), ORIENTATIONS[orientation]
    hu = noise(1.0)[0]
    show(hu, affine, logic)
    normal = slicer.util.arrayFromVTKMatrix(logic.GetSliceNode().GetSliceToRAS())[:3, 2]
    spacing = np.abs(affine[:3, :3].T @ normal).max()
    slabs.apply(Slab(MIP, 20.0), logic)
    assert slabs.really_used(logic) == (2 * int(10 / spacing + 1e-6) + 1, pytest.approx(spacing, rel=1e-6))


@pytest.mark.parametrize("plane", PLANES)
def test_in_an_oblique_volume_no_voxel_is_jumped_over(views, plane):
    logic, affine = views(plane), ORIENTATIONS["oblique 17°"]
    hu = noise(1.0)[0]
    show(hu, affine, logic)
    slabs.apply(Slab(MIP, 20.0), logic)
    count, step = slabs.really_used(logic)
    normal = slicer.util.arrayFromVTKMatrix(logic.GetSliceNode().GetSliceToRAS())[:3, 2]
    assert np.abs(np.linalg.inv(affine)[:3, :3] @ normal).max() * step == pytest.approx(1, rel=1e-6)
    assert (count - 1) * step / 2 <= 10 < (count + 1) * step / 2
    agree(pixels(logic), truth(logic, hu, affine, MIP, count, step))


def test_the_keeper_follows_volume_orientation_zoom_and_slice(views):
    logics = [views(plane) for plane in PLANES]
    keeper = SlabKeeper(logics, Slab(MIP, 20.0))
    hu, affine = noise(2.0)
    show(hu, affine, *logics)
    wanted = [(11, 2.0), (29, 0.7), (29, 0.7)]
    assert [slabs.really_used(logic) for logic in logics] == [pytest.approx(used) for used in wanted]
    show(hu, np.diag([-1.0, -1, 5, 1]), *logics)
    wanted = [(5, 5.0), (21, 1.0), (21, 1.0)]
    assert [slabs.really_used(logic) for logic in logics] == [pytest.approx(used) for used in wanted]
    red = logics[0].GetSliceNode()
    red.SetOrientation("Coronal")
    assert slabs.really_used(logics[0]) == pytest.approx((21, 1.0))
    red.SetFieldOfView(*(size / 3 for size in red.GetFieldOfView()))
    assert slabs.really_used(logics[0]) == pytest.approx((21, 1.0))
    logics[0].SetSliceOffset(-20.3)
    assert logics[0].GetSliceOffset() == pytest.approx(-20.0)  # on the centre of a slice
    assert keeper.problem is None
    assert keeper.slab == Slab(MIP, 20.0)
    keeper.show(Slab(MEAN, 10.0))
    assert slabs.really_used(logics[0]) == pytest.approx((11, 1.0))
    assert red.GetSlabReconstructionType() == slabs.TYPES[MEAN]
    keeper.show(Slab())
    assert [slabs.really_used(logic)[0] for logic in logics] == [1, 1, 1]
    keeper.removeObservers()


def test_a_keeper_that_let_go_changes_nothing_more(views):
    logic = views("Axial")
    hu, affine = noise(2.0)
    keeper = SlabKeeper([logic], Slab(MIP, 20.0))
    keeper.removeObservers()
    show(hu, affine, logic)
    assert slabs.really_used(logic)[0] == 1


def test_a_keeper_goes_on_where_one_of_its_views_is_removed(views, host):
    node = host.core.scene.CreateNodeByClass("vtkMRMLSliceNode")
    node.UnRegister(None)
    node.SetLayoutName("removed")
    removed, kept = slicer.vtkMRMLSliceLogic(), views("Axial")
    removed.SetMRMLApplicationLogic(host.core.application_logic)
    removed.SetSliceNode(host.core.scene.AddNode(node))
    removed.SetMRMLScene(host.core.scene)
    keeper = SlabKeeper([removed, kept])
    show(*noise(2.0), kept)
    removed.SetMRMLScene(None)  # as a view does when it goes
    assert removed.GetSliceNode() is None
    keeper.show(Slab(MIP, 20.0))
    assert slabs.really_used(kept) == pytest.approx((11, 2.0))
    keeper.removeObservers()
    host.core.scene.RemoveNode(node)


class OtherSlicer:
    """A slice logic and its node, reslice and layer at once, which computes slabs in another way."""

    def __init__(self, samples, fraction):
        self.samples, self.fraction, self.properties = samples, fraction, {}
        self.volume = slicer.vtkMRMLScalarVolumeNode()
        self.volume.SetAndObserveImageData(vtk.vtkImageData())
        self.volume.SetSpacing(0.7, 0.7, 2.0)

    def __getattr__(self, name):
        if name.startswith("SetSlabReconstruction"):
            return lambda value: self.properties.update({name.removeprefix("SetSlabReconstruction"): value})
        raise AttributeError(name)

    def itself(self):
        return self

    GetSliceNode = GetBackgroundLayer = GetReslice = itself

    def GetVolumeNode(self):
        return self.volume

    def GetXYToRAS(self):
        return slicer.util.vtkMatrixFromArray(np.diag([0.5, 0.5, 2.0, 1.0]))

    def GetSliceToRAS(self):
        return slicer.util.vtkMatrixFromArray(np.eye(4))

    def GetLowestVolumeSliceSpacing(self):
        return 0.7, 0.7, 2.0

    def SnapSliceOffsetToIJK(self):
        pass

    def StartModify(self):
        return 0

    def EndModify(self, modified):
        pass

    def GetSlabNumberOfSlices(self):
        return self.samples(self.properties["Thickness"], self.properties["OversamplingFactor"])

    def GetSlabSliceSpacingFraction(self):
        return self.fraction(self.properties["OversamplingFactor"])


def test_a_slicer_without_the_defect_is_served_too():
    mended = OtherSlicer(lambda mm, factor: int(mm * factor / 2.0), lambda factor: 1 / factor)
    slabs.apply(Slab(MINIP, 20.0), mended)
    assert slabs.really_used(mended) == (11, pytest.approx(2.0))
    assert mended.properties["Enabled"] is True


def test_a_slicer_that_is_not_understood_shows_single_slices_and_says_so():
    strange = OtherSlicer(lambda mm, factor: 4, lambda factor: 3.0)
    with pytest.raises(MosMedError, match=r"4 slices 6\.00 mm apart instead of 11 that are 2\.00 mm apart"):
        slabs.apply(Slab(MIP, 20.0), strange)
    assert strange.properties["Enabled"] is False
