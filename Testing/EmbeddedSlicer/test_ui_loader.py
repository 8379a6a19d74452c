"""slicer.util.loadUI, the real one, reads a module's .ui file with Slicer's widgets."""

import gc
import sys

import pytest

pytest.importorskip("slicer")
pytest.importorskip("PySide6")

import slicer.util
from EmbeddedSlicer import ctk
from EmbeddedSlicer import qt_module as qt
from EmbeddedSlicer.qmrml import qMRMLNodeComboBox, qMRMLSegmentsTableView
from PySide6.QtWidgets import QApplication

PANEL = """<?xml version="1.0" encoding="UTF-8"?>
<ui version="4.0"><class>Panel</class>
 <widget class="qMRMLWidget" name="Panel"><layout class="QVBoxLayout" name="sections">
  <item><widget class="ctkCollapsibleButton" name="studySection">
   <property name="text"><string>Study</string></property>
   <property name="collapsed"><bool>true</bool></property>
   <layout class="QFormLayout" name="form">
    <item row="0" column="0"><widget class="QLabel" name="label"/></item>
    <item row="0" column="1"><widget class="qMRMLNodeComboBox" name="volumeSelector">
     <property name="nodeTypes"><stringlist>
      <string>vtkMRMLScalarVolumeNode</string><string>vtkMRMLLabelMapVolumeNode</string></stringlist></property>
     <property name="noneEnabled"><bool>true</bool></property>
     <property name="addEnabled"><bool>false</bool></property>
     <property name="SlicerParameterName" stdset="0"><string>inputVolume</string></property></widget></item>
    <item row="1" column="1"><widget class="ctkSliderWidget" name="slab">
     <property name="maximum"><double>60.5</double></property>
     <property name="suffix"><string> mm</string></property>
     <property name="decimals"><number>1</number></property></widget></item>
    <item row="2" column="1"><widget class="Line" name="line"/></item>
   </layout></widget></item>
  <item><widget class="QGroupBox" name="group"><layout class="QVBoxLayout" name="inner">
   <item><widget class="qMRMLSegmentsTableView" name="table">
    <property name="opacityColumnVisible"><bool>false</bool></property></widget></item>
   <item><widget class="QCheckBox" name="overlay"/></item></layout></widget></item>
  <item><widget class="qMRMLNodeComboBox" name="unconnected"/></item>
 </layout></widget>
 <customwidgets>
  <customwidget><class>qMRMLWidget</class><extends>QWidget</extends><header>qMRMLWidget.h</header>
   <container>1</container></customwidget>
  <customwidget><class>ctkCollapsibleButton</class><extends>QWidget</extends><header>ctkCollapsibleButton.h</header>
   <container>1</container></customwidget>
 </customwidgets>
 <connections>
  <connection><sender>Panel</sender><signal>mrmlSceneChanged(vtkMRMLScene*)</signal>
   <receiver>volumeSelector</receiver><slot>setMRMLScene(vtkMRMLScene*)</slot></connection>
  <connection><sender>Panel</sender><signal>mrmlSceneChanged(vtkMRMLScene*)</signal>
   <receiver>table</receiver><slot>setMRMLScene(vtkMRMLScene*)</slot></connection>
  <connection><sender>overlay</sender><signal>toggled(bool)</signal>
   <receiver>table</receiver><slot>setReadOnly(bool)</slot></connection>
  <connection><sender>slab</sender><signal>valueChanged(double)</signal>
   <receiver>Panel</receiver><slot>update()</slot></connection>
 </connections></ui>
"""


@pytest.fixture(autouse=True, scope="module")
def application():
    return QApplication.instance() or QApplication(["tests"])


@pytest.fixture
def load(tmp_path, monkeypatch):
    """slicer.util.loadUI of a text."""
    monkeypatch.setitem(sys.modules, "qt", qt)

    def load(text):
        path = tmp_path / "panel.ui"
        path.write_text(text, encoding="utf-8")
        return slicer.util.loadUI(str(path))

    return load


@pytest.fixture
def panel(load):
    return load(PANEL)


@pytest.fixture
def ui(panel):
    return slicer.util.childWidgetVariables(panel)


def test_the_widgets_are_of_our_classes_and_found_by_name(panel, ui):
    gc.collect()
    assert panel.className() == "qMRMLWidget"
    assert isinstance(ui.studySection, ctk.ctkCollapsibleButton)
    assert isinstance(ui.volumeSelector, qMRMLNodeComboBox)
    assert isinstance(ui.slab, ctk.ctkSliderWidget)
    assert isinstance(ui.table, qMRMLSegmentsTableView)
    assert ui.overlay.className() == "QCheckBox"
    assert ui.volumeSelector.parent() is ui.studySection


def test_properties_come_from_the_file(ui):
    assert ui.studySection.text == "Study"
    assert ui.studySection.collapsed is True
    assert list(ui.volumeSelector.nodeTypes) == ["vtkMRMLScalarVolumeNode", "vtkMRMLLabelMapVolumeNode"]
    assert (ui.volumeSelector.noneEnabled, ui.volumeSelector.addEnabled) == (True, False)
    assert ui.volumeSelector.property("SlicerParameterName") == "inputVolume"
    assert (ui.slab.maximum, ui.slab.suffix, ui.slab.decimals) == (60.5, " mm", 1)
    assert ui.table.opacityColumnVisible is False


def test_a_section_folded_in_the_file_hides_its_contents_until_it_unfolds(panel, ui):
    panel.show()
    assert not ui.slab.visible
    ui.studySection.collapsed = False
    assert ui.slab.visible
    panel.close()


def test_the_scene_goes_where_the_file_connects_it_and_nowhere_else(panel, ui):
    scene = slicer.vtkMRMLScene()
    panel.setMRMLScene(scene)
    assert ui.volumeSelector.mrmlScene() is scene
    assert ui.table.mrmlScene() is scene
    assert ui.unconnected.mrmlScene() is None, "as in Slicer"
    panel.setMRMLScene(None)
    assert ui.volumeSelector.mrmlScene() is None


def test_other_connections_of_the_file_are_qts_own(ui):
    ui.overlay.checked = True
    assert ui.table.readOnly is True


def test_nothing_is_said_while_a_good_file_is_read(load, capfd):
    load(PANEL)
    assert capfd.readouterr().err == ""


def test_the_panel_outlives_the_loader_and_goes_with_its_parent(load, application):
    parent = qt.QWidget()
    layout = qt.QVBoxLayout(parent)
    panel = load(PANEL)
    layout.addWidget(panel)
    selector = slicer.util.childWidgetVariables(panel).volumeSelector
    del panel
    gc.collect()
    assert selector.noneEnabled is True
    parent.deleteLater()
    application.sendPostedEvents(None, qt.QEvent.DeferredDelete)
    with pytest.raises(RuntimeError, match="deleted"):
        selector.objectName  # noqa: B018


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (PANEL.replace("ctkSliderWidget", "ctkRangeWidget"), "no widget ctkRangeWidget"),
        (PANEL.replace('name="suffix"', 'name="sufix"'), "ctkSliderWidget has no property sufix"),
        (PANEL.replace("<receiver>table</receiver><slot>setMRML", "<receiver>tabel</receiver><slot>setMRML"), "tabel"),
        ("no file of Designer's", "no .ui file"),
    ],
)
def test_a_file_that_cannot_be_shown_as_in_slicer_is_refused(load, text, message):
    with pytest.raises(RuntimeError, match=message):
        load(text)
