"""A scripted module as Slicer's template makes it, for the tests of the host."""

from EmbeddedSlicer.start import start

NAME = "HostedModule"
SOURCE = """
import logging
from typing import Annotated

import ctk
import qt
import slicer
import vtk
from slicer import vtkMRMLScalarVolumeNode
from slicer.i18n import tr as _
from slicer.i18n import translate
from slicer.parameterNodeWrapper import WithinRange, parameterNodeWrapper
from slicer.ScriptedLoadableModule import *
from slicer.util import VTKObservationMixin

happened = []


class HostedModule(ScriptedLoadableModule):
    def __init__(self, parent):
        ScriptedLoadableModule.__init__(self, parent)
        self.parent.title = _("Hosted module")
        self.parent.categories = [translate("qSlicerAbstractCoreModule", "Segmentation")]
        self.parent.dependencies = []
        self.parent.contributors = ["Somebody"]
        self.parent.helpText = _("Helps.")
        self.parent.acknowledgementText = _("Thanks.")


@parameterNodeWrapper
class HostedModuleParameterNode:
    volume: vtkMRMLScalarVolumeNode
    threshold: Annotated[float, WithinRange(-1000, 1000)] = 100
    invert: bool = False


class HostedModuleWidget(ScriptedLoadableModuleWidget, VTKObservationMixin):
    def __init__(self, parent=None):
        ScriptedLoadableModuleWidget.__init__(self, parent)
        VTKObservationMixin.__init__(self)
        self.logic = None
        self._parameterNode = None
        self._tag = None

    def setup(self):
        ScriptedLoadableModuleWidget.setup(self)
        uiWidget = slicer.util.loadUI(self.resourcePath("UI/HostedModule.ui"))
        self.layout.addWidget(uiWidget)
        self.ui = slicer.util.childWidgetVariables(uiWidget)
        uiWidget.setMRMLScene(slicer.mrmlScene)
        self.logic = HostedModuleLogic()
        self.addObserver(slicer.mrmlScene, slicer.mrmlScene.StartCloseEvent, self.onSceneStartClose)
        self.addObserver(slicer.mrmlScene, slicer.mrmlScene.EndCloseEvent, self.onSceneEndClose)
        self.ui.applyButton.connect("clicked(bool)", self.onApply)
        self.initializeParameterNode()
        happened.append("setup")

    def cleanup(self):
        self.removeObservers()
        happened.append("cleanup")

    def enter(self):
        self.initializeParameterNode()
        happened.append("enter")

    def exit(self):
        happened.append("exit")

    def onSceneStartClose(self, caller, event):
        self.setParameterNode(None)

    def onSceneEndClose(self, caller, event):
        self.initializeParameterNode()

    def initializeParameterNode(self):
        self.setParameterNode(self.logic.getParameterNode())

    def setParameterNode(self, node):
        if self._parameterNode:
            self._parameterNode.disconnectGui(self._tag)
        self._parameterNode = node
        if self._parameterNode:
            self._tag = self._parameterNode.connectGui(self.ui)

    def onApply(self, checked):
        happened.append(f"apply {self.ui.threshold.value}")


class HostedModuleLogic(ScriptedLoadableModuleLogic):
    def __init__(self):
        ScriptedLoadableModuleLogic.__init__(self)

    def getParameterNode(self):
        return HostedModuleParameterNode(super().getParameterNode())


class HostedModuleFileReader:
    def __init__(self, parent):
        self.parent = parent

    def description(self):
        return "Hosted study"

    def fileType(self):
        return "HostedStudy"

    def extensions(self):
        return ["Hosted study (*.hosted)"]

    def canLoadFile(self, path):
        import os
        return path.endswith(".hosted") or os.path.isfile(os.path.join(path, "slices.txt"))

    def load(self, properties):
        import os
        path = properties["fileName"]
        if "damaged" in path:
            raise ValueError("The study is damaged.")
        if "empty" in path:
            self.parent.userMessages().AddMessage(vtk.vtkCommand.ErrorEvent, "The study is empty.")
            return False
        node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", os.path.basename(path))
        self.parent.loadedNodes = [node.GetID()]
        return True


class HostedModuleTest(ScriptedLoadableModuleTest):
    def setUp(self):
        slicer.mrmlScene.Clear(0)

    def test_something(self):
        self.delayDisplay("Testing")
        self.assertEqual(slicer.mrmlScene.GetNumberOfNodesByClass("vtkMRMLScalarVolumeNode"), 0)
        happened.append("tested")
"""
UI = """<?xml version="1.0" encoding="UTF-8"?>
<ui version="4.0">
 <class>HostedModule</class>
 <widget class="qMRMLWidget" name="HostedModule">
  <layout class="QVBoxLayout" name="column">
   <item>
    <widget class="qMRMLNodeComboBox" name="volumeSelector">
     <property name="nodeTypes"><stringlist><string>vtkMRMLScalarVolumeNode</string></stringlist></property>
     <property name="noneEnabled"><bool>true</bool></property>
     <property name="SlicerParameterName" stdset="0"><string>volume</string></property>
    </widget>
   </item>
   <item>
    <widget class="ctkSliderWidget" name="threshold">
     <property name="SlicerParameterName" stdset="0"><string>threshold</string></property>
    </widget>
   </item>
   <item>
    <widget class="QCheckBox" name="invert">
     <property name="text"><string>Invert</string></property>
     <property name="SlicerParameterName" stdset="0"><string>invert</string></property>
    </widget>
   </item>
   <item>
    <widget class="QPushButton" name="applyButton"><property name="text"><string>Apply</string></property></widget>
   </item>
  </layout>
 </widget>
 <customwidgets>
  <customwidget><class>qMRMLWidget</class><extends>QWidget</extends><header>qMRMLWidget.h</header><container>1</container></customwidget>
  <customwidget><class>qMRMLNodeComboBox</class><extends>QWidget</extends><header>qMRMLNodeComboBox.h</header></customwidget>
  <customwidget><class>ctkSliderWidget</class><extends>QWidget</extends><header>ctkSliderWidget.h</header></customwidget>
 </customwidgets>
 <connections>
  <connection>
   <sender>HostedModule</sender><signal>mrmlSceneChanged(vtkMRMLScene*)</signal>
   <receiver>volumeSelector</receiver><slot>setMRMLScene(vtkMRMLScene*)</slot>
  </connection>
 </connections>
</ui>
"""


def host_with_module(folder):
    """The host with the module, which is written into the folder; once loaded, it stays for the whole process."""
    module = folder / NAME
    (module / "Resources" / "UI").mkdir(parents=True)
    (module / f"{NAME}.py").write_text(SOURCE)
    (module / "helper.py").write_text("answer = 42\n")
    (module / "Resources" / "UI" / f"{NAME}.ui").write_text(UI)
    return start([module], testing=True)
