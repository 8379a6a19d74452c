"""What all MRML widgets have: a scene, and properties and signals whose names must be right."""

import pytest

pytest.importorskip("slicer")
pytest.importorskip("PySide6")

from EmbeddedSlicer import qt_module as qt
from EmbeddedSlicer.qmrml import qMRMLNodeComboBox, qMRMLSegmentsTableView, qMRMLWidget

pytestmark = pytest.mark.usefixtures("application")


def test_a_widget_tells_its_scene_once(scene):
    widget, heard = qMRMLWidget(), []
    widget.connect("mrmlSceneChanged(vtkMRMLScene*)", heard.append)
    widget.setMRMLScene(scene)
    widget.setMRMLScene(scene)
    assert widget.mrmlScene() is scene
    assert heard == [scene]


def test_a_mistyped_property_or_signal_is_an_error():
    selector, table = qMRMLNodeComboBox(), qMRMLSegmentsTableView()
    with pytest.raises(AttributeError, match="noneEnable"):
        selector.noneEnable = True
    with pytest.raises(ValueError, match="currentNodeChanged"):
        selector.connect("currentNodeChange(vtkMRMLNode*)", print)
    with pytest.raises(AttributeError, match="headerShown"):
        table.headerShown = True
    assert isinstance(table, qt.QWidget)
