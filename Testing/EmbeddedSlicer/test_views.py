"""Slice views: the patient's right on the screen's left, whatever way the voxels run; the pixels of Slicer's own."""

import numpy as np
import pytest
import slicer
from EmbeddedSlicer.views.layer import Kind
from EmbeddedSlicer.views.slice_facts import slice_facts
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkCommonCore import vtkUnsignedCharArray
from vtkmodules.vtkFiltersSources import vtkCubeSource

DIRECTIONS = {
    "LPS": ((-1, 0, 0), (0, -1, 0), (0, 0, 1)),
    "RAS": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "LAS": ((-1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "SRA": ((0, 0, 1), (1, 0, 0), (0, 1, 0)),
    "PIL": ((0, -1, 0), (0, 0, -1), (-1, 0, 0)),
}
INSIDE = 15.0  # mm: the block's middle along each axis
EDGES = ("left", "right", "top", "bottom")


def drawn(views, name):
    """What a view shows: grey levels [row from above, column], as painted on the screen, without bar and corners."""
    view = views.layout_manager.sliceWidget(name).sliceView()
    view.forceRender()
    image = view._image
    return np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)[..., 0].astype(int)


def place_of_block(views, name, offset):
    """Row and column of the bright block in a view, with 0 in its middle and 1 at the lower and right edge."""
    views.layout_manager.sliceWidget(name).sliceLogic().SetSliceOffset(offset)
    bright = np.argwhere(drawn(views, name) > 200)
    height, width = drawn(views, name).shape
    row, column = bright.mean(axis=0)
    return 2 * row / height - 1, 2 * column / width - 1


def facts(views, name):
    return slice_facts(views.layout_manager.sliceWidget(name).sliceLogic())


@pytest.mark.parametrize("directions", DIRECTIONS.values(), ids=DIRECTIONS)
def test_the_patients_right_is_on_the_screens_left(views, block, directions):
    block(directions)
    for name, offset in (("Red", INSIDE), ("Green", INSIDE)):
        row, column = place_of_block(views, name, offset)
        assert column < -0.2, "right of the patient: left on the screen"
        assert row < -0.2, "anterior in the axial view, superior in the coronal one: above"
    row, column = place_of_block(views, "Yellow", -INSIDE)  # its normal points to the left
    assert column < -0.2, "anterior: left on the screen"
    assert row < -0.2, "superior: above"


def test_letters_at_the_edges(views, block):
    block()
    letters = {name: [getattr(facts(views, name).edges, edge) for edge in EDGES] for name in ("Red", "Green", "Yellow")}
    assert letters == {
        "Red": ["R", "L", "A", "P"],
        "Green": ["R", "L", "S", "I"],
        "Yellow": ["A", "P", "S", "I"],
    }


def test_letters_follow_a_view_that_is_turned(views, block):
    block()
    node = views.layout_manager.sliceWidget("Red").mrmlSliceNode()
    half = np.sqrt(0.5)
    for x, y, letters in (
        ((1, 0, 0), (0, 1, 0), ["L", "R", "A", "P"]),
        ((0, 1, 0), (1, 0, 0), ["P", "A", "R", "L"]),
        ((0, 0, -1), (0, 1, 0), ["S", "I", "A", "P"]),
        ((-half, half, 0), (half, half, 0), ["RP", "LA", "RA", "LP"]),
    ):
        node.SetSliceToRASByNTP(*np.cross(x, y), *x, 0, 0, 0, 0)
        assert [getattr(facts(views, "Red").edges, edge) for edge in EDGES] == letters


def test_positions_carry_the_letter_of_their_side(views, block):
    block()
    for name, offset, text in (("Red", -15, "I 15.0 mm"), ("Green", 5, "A 5.0 mm"), ("Yellow", 15, "L 15.0 mm")):
        views.layout_manager.sliceWidget(name).sliceLogic().SetSliceOffset(offset)
        assert facts(views, name).position == text


@pytest.mark.parametrize("directions", DIRECTIONS.values(), ids=DIRECTIONS)
def test_slices_are_counted_from_above_from_the_front_and_from_the_right(views, block, directions):
    block(directions)
    for name, first, last in (("Red", 29, -29), ("Green", 29, -29), ("Yellow", -29, 29)):
        logic = views.layout_manager.sliceWidget(name).sliceLogic()
        for offset, number in (
            (first, "slice 1/30"),
            (last, "slice 30/30"),
            (first + (last - first) / 29, "slice 2/30"),
        ):
            logic.SetSliceOffset(offset)
            assert facts(views, name).number == number
        logic.SetSliceOffset(40)
        assert facts(views, name).number == "", "beside the volume"


def test_a_view_that_cuts_across_the_slices_has_no_number(views, block):
    block()
    node = views.layout_manager.sliceWidget("Red").mrmlSliceNode()
    node.SetSliceToRASByNTP(0, 0.6, 0.8, 1, 0, 0, 0, 0, 0, 0)
    assert facts(views, "Red").number == ""


def test_a_level_below_zero_has_a_minus_sign(views, block):
    block()
    assert facts(views, "Red").window_level == "W 1500  L −500"


@pytest.fixture
def cube(views, block):
    """The 3D view, with a cube of 20 mm in it, seen from the front."""
    block()
    source = vtkCubeSource()
    for set_length in (source.SetXLength, source.SetYLength, source.SetZLength):
        set_length(20)
    source.Update()
    slicer.modules.models.logic().AddModel(source.GetOutput())
    views.layout_manager.resetThreeDViews()
    return views.layout_manager.threeDWidget(0)._shown


def test_in_3d_the_letters_follow_the_camera(cube):
    camera = cube.view.renderer.GetActiveCamera()
    for position, up, letters in (
        ((0, 300, 0), (0, 0, 1), ["R", "L", "S", "I"]),
        ((0, -300, 0), (0, 0, 1), ["L", "R", "S", "I"]),
        ((-300, 0, 0), (0, 0, 1), ["A", "P", "S", "I"]),
        ((0, 0, -300), (0, 1, 0), ["R", "L", "A", "P"]),
        ((0, 300, 0), (1, 0, 0), ["I", "S", "R", "L"]),
        ((200, 200, 0), (0, 0, 1), ["RP", "LA", "S", "I"]),
    ):
        camera.SetPosition(*position)
        camera.SetViewUp(*up)
        assert [getattr(cube.edges(), edge) for edge in EDGES] == letters


def test_in_3d_there_are_no_letters_where_there_is_nothing_to_see(views, cube):
    assert cube.edges() is not None
    for node in slicer.util.getNodesByClass("vtkMRMLModelNode"):
        node.GetDisplayNode().SetVisibility(False)
    assert cube.edges() is None


def test_in_3d_the_name_is_that_of_the_volume_in_the_slices(cube, show):
    assert cube.volume_name() == "CT"
    slicer.util.getNode("CT").SetName("P001")
    assert cube.volume_name() == "P001"
    show(np.zeros((5, 5, 5), np.int16), np.eye(4), "P002")
    assert cube.volume_name() == "P002"


@pytest.mark.parametrize(("window", "level"), [(1500, -500), (350, 40), (1800, 400), (1, 0)])
def test_the_picture_is_slicers_own_to_a_grey_level(views, show, window, level):
    noise = np.random.default_rng(1).integers(-1100, 1500, (20, 40, 40), dtype=np.int16)
    show(noise, np.diag([-2.0, -2.0, 3.0, 1.0]), window=window, level=level)
    for name in views.layout_manager.sliceViewNames():
        logic = views.layout_manager.sliceWidget(name).sliceLogic()
        logic.SetSliceOffset(logic.GetSliceOffset() + 0.7)
        ours = drawn(views, name)
        blend = logic.GetImageDataConnection().GetProducer()
        blend.Update()
        width, height, _ = blend.GetOutput().GetDimensions()
        pixels = vtk_to_numpy(blend.GetOutput().GetPointData().GetScalars()).astype(int)
        slicers = (pixels[:, 0] * pixels[:, 3] // 255).reshape(height, width)[::-1]
        difference = np.abs(ours - slicers)
        if window == 1:  # a threshold: a sum of interpolation weights that is rounded otherwise decides a pixel
            assert (difference > 1).mean() < 0.001
        else:
            assert difference.max() <= 1


def test_outside_the_volume_it_is_black_whatever_the_window(views, block):
    node = block()
    node.GetDisplayNode().SetWindowLevel(10, -2000)
    picture = drawn(views, "Red")
    assert picture[:, 0].max() == 0
    assert picture[picture.shape[0] // 2, picture.shape[1] // 2] == 255


def test_with_colours_or_a_second_volume_slicers_own_picture_is_shown(views, block):
    node = block()
    view = views.layout_manager.sliceWidget("Red")._shown
    assert [layer.kind for layer in view.draw()] == [Kind.GREY]
    node.GetDisplayNode().SetAndObserveColorNodeID("vtkMRMLColorTableNodeIron")
    assert view.draw()[0].kind == Kind.RGBA
    node.GetDisplayNode().SetAndObserveColorNodeID("vtkMRMLColorTableNodeGrey")
    slicer.util.setSliceViewerLayers(foreground=node, foregroundOpacity=0.5)
    assert view.draw()[0].kind == Kind.RGBA


def test_who_takes_pictures_of_the_render_window_gets_the_whole_view(views, block):
    block()
    views.layout_manager.sliceWidget("Red").sliceLogic().SetSliceOffset(INSIDE)
    painted = drawn(views, "Red")
    window = views.layout_manager.sliceWidget("Red").sliceView().renderWindow()
    window.Render()
    width, height = window.GetSize()
    pixels = vtkUnsignedCharArray()
    window.GetRGBACharPixelData(0, 0, width - 1, height - 1, 0, pixels)
    taken = vtk_to_numpy(pixels).reshape(height, width, 4)[::-1, :, 0].astype(int)
    assert np.abs(taken - painted).max() <= 1


def test_the_slab_is_what_the_reslice_really_uses(views, block):
    block()
    node = views.layout_manager.sliceWidget("Red").mrmlSliceNode()
    assert facts(views, "Red").slab == ""
    node.SetSlabReconstructionEnabled(True)
    node.SetSlabReconstructionThickness(10.0)
    assert facts(views, "Red").slab == "MIP 10.0 mm, 5 slices", "5 × 2 mm, as the spacing is 2 by chance"
    node.SetSlabReconstructionOversamplingFactor(1.0)
    node.SetSlabReconstructionType(0)
    assert facts(views, "Red").slab == "MinIP 20.0 mm, 5 slices", "not the 10 mm that were asked for"


def test_a_view_that_was_fitted_is_fitted_again_at_another_size(views, block):
    block()
    view = views.layout_manager.sliceWidget("Green")._shown
    view.logic.SetSliceOffset(INSIDE)
    for width, height in ((300, 600), (600, 300), (437, 335)):
        view.resize(width, height)
        assert min(view.node.GetFieldOfView()[:2]) == pytest.approx(60)
        assert view.node.GetDimensions()[:2] == (width, height)
    assert view.logic.GetSliceOffset() == INSIDE, "on the slice that it showed"


def test_a_view_that_was_zoomed_keeps_its_zoom(views, block):
    block()
    view = views.layout_manager.sliceWidget("Green")._shown
    x, y, z = view.node.GetFieldOfView()
    view.node.SetFieldOfView(x / 2, y / 2, z)
    before = view.node.GetFieldOfView()[1]
    view.resize(500, 600)
    assert view.node.GetFieldOfView()[1] == pytest.approx(before)
