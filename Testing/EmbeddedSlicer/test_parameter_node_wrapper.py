"""slicer.parameterNodeWrapper: the texts that Slicer itself writes, and widgets that follow both ways."""

import enum
import gc
import pathlib
import weakref
from typing import Annotated, Optional, Union

import pytest

pytest.importorskip("slicer")
pytest.importorskip("PySide6")

import slicer
from EmbeddedSlicer.start import start
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QSlider,
    QSpinBox,
    QWidget,
)


class Side(enum.Enum):
    RIGHT = 1
    LEFT = 2

    def label(self):
        return self.name.title() + " lung"


@pytest.fixture(scope="module")
def wrapper():
    start(testing=True)
    import slicer.parameterNodeWrapper

    return slicer.parameterNodeWrapper


@pytest.fixture
def node():
    slicer.mrmlScene.Clear(False)
    return slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScriptedModuleNode")


@pytest.fixture
def parameters_class(wrapper):
    @wrapper.parameterNodeWrapper
    class Parameters:
        count: int
        opacity: Annotated[float, wrapper.WithinRange(0, 1)] = 0.5
        name: Annotated[str, wrapper.Default("P001")]
        visible: bool
        folder: pathlib.Path
        side: Side = Side.LEFT
        volume: slicer.vtkMRMLScalarVolumeNode
        window: Annotated[str, wrapper.Choice(["lung", "bone"])] = "lung"
        limit: Optional[int]  # noqa: UP045
        either: Union[int, str] = "none"  # noqa: UP007

    return Parameters


@pytest.fixture
def parameters(parameters_class, node):
    return parameters_class(node)


def texts(node):
    return {name: node.GetParameter(name) for name in node.GetParameterNames()}


def test_defaults_are_written_as_slicer_writes_them(parameters, node):
    assert texts(node) == {
        "count": "0",
        "opacity": "0.5",
        "name": "P001",
        "visible": "False",
        "folder": ".",
        "side": "LEFT",
        "volume": "",
        "window": "lung",
        "limit.1": "True",
        "either.1": "none",
    }
    assert node.GetNodeReferenceID("volume") is None


def test_values_are_written_as_slicer_writes_them(parameters, node):
    volume = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScalarVolumeNode")
    parameters.count = 3
    parameters.opacity = 1
    parameters.visible = True
    parameters.folder = pathlib.Path("/data/masks")
    parameters.side = Side.RIGHT
    parameters.volume = volume
    parameters.limit = 7
    parameters.either = 5
    assert texts(node) == {
        "count": "3",
        "opacity": "1",
        "name": "P001",
        "visible": "True",
        "folder": "/data/masks",
        "side": "RIGHT",
        "volume": "",
        "window": "lung",
        "limit.0": "7",
        "either.0": "5",
    }
    assert node.GetNodeReferenceID("volume") == volume.GetID()


def test_what_is_read_has_its_type(parameters, node):
    for name, text in {"count": "12", "opacity": "0.25", "visible": "True", "folder": "/x", "side": "RIGHT"}.items():
        node.SetParameter(name, text)
    node.UnsetParameter("limit.1")
    node.SetParameter("limit.0", "4")
    values = [parameters.count, parameters.opacity, parameters.visible, parameters.folder, parameters.side]
    assert values == [12, 0.25, True, pathlib.Path("/x"), Side.RIGHT]
    assert parameters.limit == 4
    assert parameters.isCached("count")


def test_values_that_are_there_are_kept_by_a_second_wrapper(parameters, parameters_class, node):
    parameters.count = 9
    assert parameters_class(node).count == 9
    assert parameters.default("count").value == 0
    assert parameters.parameterNode is node


def test_a_prefix_keeps_two_sets_apart(parameters_class, node):
    first, second = parameters_class(node, "first"), parameters_class(node, "second")
    first.count = 1
    assert (first.count, second.count) == (1, 0)
    assert node.GetParameter("firstcount") == "1"


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("count", "three", TypeError),
        ("count", None, ValueError),
        ("opacity", 1.5, ValueError),
        ("window", "brain", ValueError),
        ("side", "RIGHT", TypeError),
        ("limit", "many", TypeError),
    ],
)
def test_what_does_not_fit_is_refused_and_changes_nothing(parameters, node, name, value, error):
    before = texts(node)
    with pytest.raises(error):
        setattr(parameters, name, value)
    assert texts(node) == before


def test_a_node_of_another_class_is_refused(parameters):
    with pytest.raises(TypeError, match="vtkMRMLModelNode"):
        parameters.volume = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLModelNode")


def test_types_that_only_slicer_has_say_so(wrapper):
    with pytest.raises(TypeError, match="only in 3D Slicer"):

        @wrapper.parameterNodeWrapper
        class Parameters:
            points: list[int]


def test_names_of_the_wrapper_itself_are_reserved(wrapper):
    with pytest.raises(ValueError, match="reserved name 'connectGui'"):

        @wrapper.parameterNodeWrapper
        class Parameters:
            connectGui: int  # noqa: N815


def test_observers_hear_a_batch_once(parameters):
    heard = []
    parameters.AddObserver("ModifiedEvent", lambda caller, event: heard.append(parameters.count))
    with slicer.util.NodeModify(parameters):
        parameters.count = 1
        parameters.count = 2
        assert parameters.count == 2
    assert heard == [2]


def test_the_node_does_not_keep_the_wrapper(parameters_class, node):
    wrapper = parameters_class(node)
    gone = weakref.ref(wrapper)
    del wrapper
    gc.collect()
    assert gone() is None
    node.SetParameter("count", "5")  # and nothing that was left behind complains


@pytest.fixture
def panel(wrapper):
    """A widget with one child for each parameter that can be tied, as a .ui file would make it."""
    from EmbeddedSlicer import ctk, qmrml

    children = {
        "count": QSpinBox,
        "opacity": ctk.ctkSliderWidget,
        "name": QLineEdit,
        "visible": QCheckBox,
        "folder": ctk.ctkDirectoryButton,
        "side": QComboBox,
        "window": QComboBox,
        "volume": qmrml.qMRMLNodeComboBox,
    }
    parent = QWidget()
    for name, kind in children.items():
        child = kind(parent)
        child.setObjectName(name)
        child.setProperty(wrapper.SlicerParameterNamePropertyName, name)
    parent.findChild(qmrml.qMRMLNodeComboBox).setMRMLScene(slicer.mrmlScene)
    yield slicer.util.childWidgetVariables(parent)
    parent.deleteLater()


def test_widgets_show_the_parameters_and_change_them(parameters, panel, tmp_path):
    volumes = [slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScalarVolumeNode") for _ in range(2)]
    parameters.volume = volumes[1]
    tag = parameters.connectGui(panel)
    shown = [panel.count.value, panel.opacity.value, panel.name.text, panel.visible.checked]
    assert shown == [0, 0.5, "P001", False]
    assert panel.side.currentText == "Left lung"
    assert panel.volume.currentNode() is volumes[1]

    parameters.count, parameters.visible, parameters.side = 4, True, Side.RIGHT
    assert (panel.count.value, panel.visible.checked, panel.side.currentText) == (4, True, "Right lung")

    panel.count.value = 8
    panel.opacity.value = 0.75
    panel.name.text = "normal001"
    panel.visible.checked = False
    panel.folder.directory = str(tmp_path)
    panel.side.currentIndex = 1
    panel.window.setCurrentText("bone")
    panel.volume.setCurrentNode(volumes[0])
    assert (parameters.count, parameters.opacity, parameters.name) == (8, 0.75, "normal001")
    assert (parameters.visible, parameters.folder, parameters.side) == (False, tmp_path, Side.LEFT)
    assert (parameters.window, parameters.volume) == ("bone", volumes[0])

    parameters.disconnectGui(tag)
    panel.count.value = 1
    parameters.visible = True
    assert (parameters.count, panel.visible.checked) == (8, False)


def test_a_widget_tied_by_hand(parameters):
    button, label = QPushButton(), QLabel()
    parameters.connectParametersToGui({"visible": button, "name": label})
    assert label.text == "P001"
    button.click()
    assert parameters.visible


def test_limits_become_the_widgets(wrapper, node):
    @wrapper.parameterNodeWrapper
    class Parameters:
        slices: Annotated[int, wrapper.WithinRange(1, 9), wrapper.Default(2)]
        thickness: Annotated[float, wrapper.Minimum(0.5), wrapper.Decimals(1), wrapper.SingleStep(0.5)] = 5.0

    slider, box = QSlider(), QDoubleSpinBox()
    parameters = Parameters(node)
    parameters.connectParametersToGui({"slices": slider, "thickness": box})
    assert (slider.minimum, slider.maximum, slider.value) == (1, 9, 2)
    assert (box.minimum, box.decimals, box.singleStep, box.value) == (0.5, 1, 0.5, 5.0)


def test_as_in_slicer_a_slider_needs_limits_and_a_group_box_cannot_be_tied(parameters):
    with pytest.raises(RuntimeError, match="needs a parameter with limits"):
        parameters.connectParametersToGui({"count": QSlider()})
    with pytest.raises(RuntimeError, match="in Slicer neither"):
        parameters.connectParametersToGui({"visible": QWidget()})
    with pytest.raises(ValueError, match="no parameter 'colour'"):
        parameters.connectParametersToGui({"colour": QLineEdit()})
