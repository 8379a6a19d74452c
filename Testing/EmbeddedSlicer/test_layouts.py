"""Layouts: those of the host, those that a module adds, and which views they show, through closed and loaded scenes."""

import json

import numpy as np
import pytest
import slicer
from EmbeddedSlicer.layout_manager import LayoutManager
from EmbeddedSlicer.layouts import LAYOUTS, Arrangement, ViewPlace, parse_layout
from EmbeddedSlicer.panes.slice_bar import SliceBar
from EmbeddedSlicer.panes.slice_pane import SliceBlitView, SlicePane
from EmbeddedSlicer.panes.three_d_pane import ThreeDBlitView, ThreeDPane

Node = slicer.vtkMRMLLayoutNode
RED, GREEN, YELLOW = (ViewPlace("vtkMRMLSliceNode", name) for name in ("Red", "Green", "Yellow"))
THREE_D = ViewPlace("vtkMRMLViewNode", "1")
PLAYS = {
    LayoutManager: "qSlicerLayoutManager",
    SlicePane: "qMRMLSliceWidget",
    SliceBlitView: "qMRMLSliceView",
    SliceBar: "qMRMLSliceControllerWidget",
    ThreeDPane: "qMRMLThreeDWidget",
    ThreeDBlitView: "qMRMLThreeDView",
}


def places(arrangement):
    inner = (places(place) if isinstance(place, Arrangement) else {place} for place in arrangement.places)
    return set().union(*inner)


def shown(layout_manager):
    panes = {name: layout_manager.sliceWidget(name) for name in layout_manager.sliceViewNames()}
    panes["3D"] = layout_manager.threeDWidget(0)
    return {name for name, pane in panes.items() if pane.isVisible()}


def test_the_hosts_layouts_are_slicers(views):
    node = views.core.layout_node
    described = {layout.id: places(parse_layout(node.GetLayoutDescription(layout.id))) for layout in LAYOUTS}
    assert described == {
        Node.SlicerLayoutFourUpView: {RED, GREEN, YELLOW, THREE_D},
        Node.SlicerLayoutConventionalView: {RED, GREEN, YELLOW, THREE_D},
        Node.SlicerLayoutOneUpRedSliceView: {RED},
        Node.SlicerLayoutOneUpGreenSliceView: {GREEN},
        Node.SlicerLayoutOneUpYellowSliceView: {YELLOW},
        Node.SlicerLayoutOneUp3DView: {THREE_D},
    }
    conventional = parse_layout(node.GetLayoutDescription(Node.SlicerLayoutConventionalView))
    assert (conventional.kind, conventional.is_split, conventional.shares) == ("vertical", True, (500, 500))
    assert conventional.places[0] == THREE_D
    assert conventional.places[1].kind == "horizontal"


@pytest.mark.parametrize(
    ("layout", "names"),
    [
        (Node.SlicerLayoutConventionalView, {"Red", "Green", "Yellow", "3D"}),
        (Node.SlicerLayoutOneUpRedSliceView, {"Red"}),
        (Node.SlicerLayoutOneUpGreenSliceView, {"Green"}),
        (Node.SlicerLayoutOneUpYellowSliceView, {"Yellow"}),
        (Node.SlicerLayoutOneUp3DView, {"3D"}),
    ],
)
def test_a_layout_shows_its_views_and_says_so_once(views, layout, names):
    heard = []
    views.layout_manager.layoutChanged.connect(heard.append)
    views.layout_manager.setLayout(layout)
    views.application.processEvents()
    assert shown(views.layout_manager) == names
    assert (views.layout_manager.layout, heard) == (layout, [layout])
    for name in ("Red", "Green", "Yellow"):
        node = views.layout_manager.sliceWidget(name).mrmlSliceNode()
        assert bool(node.IsMappedInLayout()) == (name in names)
    views.layout_manager.setLayout(Node.SlicerLayoutFourUpView)
    assert shown(views.layout_manager) == {"Red", "Green", "Yellow", "3D"}


def test_it_follows_the_layout_node(views):
    views.core.layout_node.SetViewArrangement(Node.SlicerLayoutOneUpGreenSliceView)
    assert views.layout_manager.layout == Node.SlicerLayoutOneUpGreenSliceView
    assert shown(views.layout_manager) == {"Green"}


def test_a_layout_that_does_not_exist_is_refused(views):
    with pytest.raises(ValueError, match="no layout 4711"):
        views.layout_manager.setLayout(4711)
    assert views.layout_manager.layout == Node.SlicerLayoutFourUpView


def test_a_module_may_add_a_layout(views):
    description = (
        '<layout type="horizontal" split="true">'
        '<item splitSize="700"><view class="vtkMRMLSliceNode" singletontag="Red"/></item>'
        '<item splitSize="300"><view class="vtkMRMLPlotViewNode" singletontag="PlotView1"/></item></layout>'
    )
    node = views.layout_manager.layoutLogic().GetLayoutNode()
    if not node.IsLayoutDescription(501):
        node.AddLayoutDescription(501, description)
    views.layout_manager.setLayout(501)
    views.application.processEvents()
    assert shown(views.layout_manager) == {"Red"}
    width = views.layout_manager.viewport().width()
    assert views.layout_manager.sliceWidget("Red").width() == pytest.approx(0.7 * width, rel=0.05)


def test_views_have_slicers_names_colours_and_directions(views):
    manager = views.layout_manager
    assert manager.sliceViewNames() == ["Red", "Green", "Yellow"]
    nodes = [manager.sliceWidget(name).mrmlSliceNode() for name in manager.sliceViewNames()]
    assert [node.GetID() for node in nodes] == [f"vtkMRMLSliceNode{name}" for name in manager.sliceViewNames()]
    assert [node.GetLayoutLabel() for node in nodes] == ["R", "G", "Y"]
    assert [node.GetOrientation() for node in nodes] == ["Axial", "Coronal", "Sagittal"]
    colors = [tuple(round(255 * part) for part in node.GetLayoutColor()) for node in nodes]
    assert colors == [(0xF3, 0x4A, 0x33), (0x6E, 0xB0, 0x4B), (0xED, 0xD5, 0x4C)]
    assert manager.threeDWidget(0).mrmlViewNode().GetBackgroundColor() == (0, 0, 0)
    assert manager.threeDWidget("View1") is manager.threeDWidget(0)
    assert manager.sliceWidget("Purple") is None
    assert manager.threeDWidget(manager.threeDViewCount) is None


def test_a_volume_that_is_made_the_active_one_is_shown_as_a_whole(views):
    node = slicer.util.addVolumeFromArray(np.ones((10, 20, 30), np.int16), np.diag([2.0, 2.0, 2.0, 1.0]), "CT")
    views.core.selection_node.SetReferenceActiveVolumeID(node.GetID())
    views.core.application_logic.PropagateVolumeSelection()
    for name, size in (("Red", (60, 40)), ("Green", (60, 20)), ("Yellow", (40, 20))):
        pane = views.layout_manager.sliceWidget(name)
        assert pane.sliceLogic().GetBackgroundLayer().GetVolumeNode() is node
        width, height, _ = pane.mrmlSliceNode().GetFieldOfView()
        pixel = max(size[0] / pane.sliceView().width(), size[1] / pane.sliceView().height())
        assert width == pytest.approx(pixel * pane.sliceView().width())
        assert height == pytest.approx(pixel * pane.sliceView().height())


def test_after_twenty_closed_scenes_nothing_of_the_older_study_is_left(views, show):
    manager = views.layout_manager
    panes = [manager.sliceWidget(name) for name in manager.sliceViewNames()]
    for number in range(20):
        show(np.full((4, 5, 6), number, np.int16), np.eye(4), f"Study {number}")
        assert all(pane._shown.draw() for pane in panes)
        views.core.scene.Clear(False)
        views.application.processEvents()
        assert all(pane._shown.draw() == [] for pane in panes)
        assert manager.layout == Node.SlicerLayoutFourUpView
        assert [node.GetOrientation() for node in map(SlicePane.mrmlSliceNode, panes)] == [
            "Axial",
            "Coronal",
            "Sagittal",
        ]
    assert panes == [manager.sliceWidget(name) for name in manager.sliceViewNames()]


def test_a_view_whose_node_is_removed_goes_with_it(views):
    manager, scene = views.layout_manager, views.core.scene
    number = views.core.application_logic.GetSliceLogics().GetNumberOfItems()
    node = scene.CreateNodeByClass("vtkMRMLSliceNode")
    node.UnRegister(None)
    node.SetLayoutName("Purple")
    scene.AddNode(node)
    views.core.layout_node.Modified()
    assert manager.sliceWidget("Purple").mrmlSliceNode() is node
    scene.RemoveNode(node)
    assert manager.sliceViewNames() == ["Red", "Green", "Yellow"]
    assert views.core.application_logic.GetSliceLogics().GetNumberOfItems() == number
    views.application.processEvents()


def test_a_loaded_scene_brings_its_layout_and_its_slices(views, block, tmp_path):
    block()
    manager = views.layout_manager
    red = manager.sliceWidget("Red")
    red.sliceLogic().SetSliceOffset(7.0)
    manager.setLayout(Node.SlicerLayoutOneUpRedSliceView)
    views.application.processEvents()
    bundle = str(tmp_path / "scene.mrb")
    assert views.core.scene.WriteToMRB(bundle)
    views.core.scene.Clear(False)
    manager.setLayout(Node.SlicerLayoutFourUpView)
    views.application.processEvents()
    assert views.core.application_logic.OpenSlicerDataBundle(bundle, str(tmp_path))
    views.application.processEvents()
    assert shown(manager) == {"Red"}
    assert red.sliceLogic().GetSliceOffset() == 7.0
    assert red.mrmlSliceNode().GetDimensions()[:2] == red.sliceView().renderWindow().GetSize()
    assert red._shown.draw(), "the loaded volume is shown"


def test_what_it_plays_has_these_names_in_slicer(root):
    file = root.parent / "shared" / "slicer_api" / "slicer_api.json"
    if not file.exists():
        pytest.skip("the names of Slicer (../shared/slicer_api) are not there")
    classes = json.loads(file.read_text(encoding="utf-8"))["classes"]

    def names(name):
        known = classes.get(name, {})
        own = {word.partition("(")[0] for key in "mps" for word in known.get(key, "").split()}
        return own | (names(known["b"]) if known.get("b") else set())

    for ours, theirs in PLAYS.items():
        camel = {name for name in vars(ours) if name[0] != "_" and name != name.lower() and not name.endswith("Event")}
        assert camel - {"staticMetaObject"} <= names(theirs), theirs
