"""A scripted module as Slicer's template makes it, in the host: loaded, shown, left, reloaded, saved with the scene."""

import subprocess
import sys

import pytest

pytest.importorskip("slicer")
pytest.importorskip("PySide6")

import slicer
from EmbeddedSlicer.slicer_environment.modules import module_files
from EmbeddedSlicer.start import start
from hosted_module import NAME, host_with_module


@pytest.fixture(scope="module")
def hosted(tmp_path_factory):
    return host_with_module(tmp_path_factory.mktemp("modules"))


@pytest.fixture
def panel(hosted):
    """The module's widget, shown, over an empty scene."""
    slicer.mrmlScene.Clear(False)
    slicer.util.selectModule(NAME)
    sys.modules[NAME].happened.clear()
    yield slicer.util.getModuleWidget(NAME)
    slicer.util.selectModule("")


def happened():
    return sys.modules[NAME].happened


def test_it_is_found_by_slicers_names(hosted):
    module = slicer.modules.hostedmodule
    assert (module.name, module.title, module.contributors) == (NAME, "Hosted module", ["Somebody"])
    assert module.path.endswith("HostedModule.py")
    assert slicer.util.getModule(NAME) is module
    assert NAME in slicer.util.moduleNames()
    assert slicer.modules.HostedModuleInstance.parent is module
    assert module.widgetRepresentation().self() is slicer.modules.HostedModuleWidget
    assert slicer.util.getModuleLogic(NAME) is slicer.modules.HostedModuleWidget.logic


def test_modules_of_slicer_are_there_as_far_as_their_logic(hosted):
    assert slicer.util.getModuleLogic("Volumes") is slicer.modules.volumes.logic()
    with pytest.raises(RuntimeError, match="widget representation"):
        slicer.util.getModuleWidget("Volumes")
    with pytest.raises(AttributeError, match=r"slicer\.modules\.dicom: .*only in 3D Slicer"):
        _ = slicer.modules.dicom
    assert not hasattr(slicer.modules, "dicom")


def test_a_module_sets_no_attributes_that_slicer_lacks(hosted):
    with pytest.raises(AttributeError):
        slicer.modules.hostedmodule.titel = "Hosted"


def test_entered_and_left_as_it_is_selected(panel):
    slicer.util.selectModule("")
    assert happened() == ["exit"]
    assert slicer.util.selectedModule() == ""
    slicer.util.selectModule(slicer.modules.hostedmodule)
    slicer.util.selectModule(NAME)
    assert happened() == ["exit", "enter"]
    assert slicer.util.selectedModule() == NAME
    assert panel.parent.isEntered


def test_parameters_and_widgets_follow_each_other(panel):
    volume = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScalarVolumeNode")
    parameters = panel.logic.getParameterNode()
    assert (panel.ui.threshold.minimum, panel.ui.threshold.maximum, panel.ui.threshold.value) == (-1000, 1000, 100)
    panel.ui.threshold.value = -600
    panel.ui.invert.click()
    panel.ui.volumeSelector.setCurrentNode(volume)
    assert (parameters.threshold, parameters.invert, parameters.volume) == (-600, True, volume)
    parameters.threshold = 30
    panel.ui.applyButton.click()
    assert happened()[-1] == "apply 30.0"


def test_the_parameter_node_is_one_for_the_scene_named_like_the_module(panel):
    node = panel.logic.getParameterNode().parameterNode
    assert (node.GetSingletonTag(), node.GetAttribute("ModuleName"), node.GetName()) == (NAME, NAME, NAME)
    assert panel.logic.getParameterNode().parameterNode is node
    assert panel.logic.getAllParameterNodes() == [node]


def test_closing_the_scene_brings_the_defaults_back(panel):
    panel.ui.threshold.value = -600
    slicer.mrmlScene.Clear(False)
    assert panel.ui.threshold.value == 100


def test_parameters_come_back_with_a_scene(panel, tmp_path):
    volume = slicer.util.addVolumeFromArray(__import__("numpy").ones((3, 4, 5), "int16"), name="P001")
    panel.ui.threshold.value = -600
    panel.ui.volumeSelector.setCurrentNode(volume)
    path = tmp_path / "scene.mrb"
    assert slicer.util.saveScene(str(path))
    slicer.mrmlScene.Clear(False)
    assert panel.ui.volumeSelector.currentNode() is None
    assert slicer.app.ioManager().loadScene(str(path))
    panel.initializeParameterNode()
    assert panel.ui.threshold.value == -600
    assert panel.ui.volumeSelector.currentNode().GetName() == "P001"


def test_reload_cleans_up_and_takes_the_new_source(panel):
    first = sys.modules[NAME]
    slicer.util.reloadScriptedModule(NAME)
    assert first.happened[-1] == "cleanup"
    assert sys.modules[NAME] is not first
    again = slicer.modules.HostedModuleWidget
    assert again is not panel
    assert slicer.util.getModuleWidget(NAME) is again
    again.ui.threshold.value = 7
    assert again.logic.getParameterNode().threshold == 7
    assert happened() == ["setup"]


def test_the_self_test_runs(panel):
    slicer.selfTests[NAME](msec=0)
    assert happened()[-1] == "tested"


def test_only_files_with_a_module_class_are_modules(hosted, tmp_path):
    folder = tmp_path / "One"
    folder.mkdir()
    (folder / "One.py").write_text("class One(ScriptedLoadableModule.ScriptedLoadableModule):\n    pass\n")
    (folder / "helper.py").write_text("class Helper:\n    pass\n")
    assert module_files(folder) == [folder / "One.py"]
    assert module_files(tmp_path) == [folder / "One.py"]


def test_a_module_that_cannot_be_imported_says_why_and_leaves_nothing(hosted, tmp_path):
    path = tmp_path / "Broken.py"
    path.write_text("import a_package_that_is_nowhere\nclass Broken(ScriptedLoadableModule):\n    pass\n")
    with pytest.raises(ModuleNotFoundError, match="a_package_that_is_nowhere"):
        start([path])
    assert "Broken" not in sys.modules
    assert slicer.app.moduleManager().module("Broken") is None


def test_texts_stay_english_without_a_translation(hosted):
    from slicer.i18n import getContext, tr, translate

    assert tr("Segment") == translate("qSlicerAbstractCoreModule", "Segment") == "Segment"
    assert getContext(slicer.modules.hostedmodule.path) == NAME


def test_what_the_application_lacks_is_a_clear_error(hosted):
    with pytest.raises(AttributeError, match=r"EmbeddedSlicer has no slicer\.app\.extensionsManagerModel: .*3D Slicer"):
        slicer.app.extensionsManagerModel()
    with pytest.raises(AttributeError):
        slicer.app.applicationNmae = "Slicer"
    assert slicer.app.applicationName == "EmbeddedSlicer"
    assert slicer.util.mainWindow() is hosted.window
    assert (slicer.app.majorVersion, slicer.app.minorVersion) == (5, 12)
    assert slicer.util.startupEnvironment()["PATH"]
    assert slicer.util.tempDirectory().startswith(slicer.app.temporaryPath)


def test_vtk_is_whole_but_loads_what_nobody_asked_for_only_when_asked(root):
    code = (
        "import sys\n"
        "from EmbeddedSlicer.slicer_environment import vtk_on_demand\n"
        "import slicer\n"
        "vtk_on_demand.install()\n"
        "import vtk, vtk.util.numpy_support\n"
        "from vtk import vtkMatrix4x4, vtkCommand, VTK_UNSIGNED_CHAR\n"
        "assert vtkMatrix4x4 is vtk.vtkMatrix4x4 and isinstance(slicer.vtkMRMLScene(), vtk.vtkObject)\n"
        "assert vtk.util.numpy_support.numpy_to_vtk([1]).GetNumberOfTuples() == 1\n"
        "assert 'vtkmodules.vtkIOMovie' not in sys.modules\n"
        "assert vtk.vtkOggTheoraWriter and vtk.calldata_type and not hasattr(vtk, 'vtkNothing')\n"
    )
    subprocess.run([sys.executable, "-c", code], cwd=root / "MosMedCOVID", check=True, timeout=120)
