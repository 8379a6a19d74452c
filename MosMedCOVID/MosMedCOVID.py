"""3D Slicer's door to MosMedCOVID: the module, its panel, its logic, its file reader and its test; all of them thin."""

# ruff: noqa: N802

import os
import tempfile
from pathlib import Path

import slicer
import vtk
from MosMedCOVIDLib.errors import MosMedError
from MosMedCOVIDLib.panel.panel import Panel
from MosMedCOVIDLib.scene.next_studies import volumes_to_read
from MosMedCOVIDLib.scene.parameters import ReadingParameters
from MosMedCOVIDLib.scene.reading import Reading
from MosMedCOVIDLib.study.mosmeddata import is_dataset
from MosMedCOVIDLib.study.read import can_read
from slicer.i18n import tr as _
from slicer.i18n import translate
from slicer.ScriptedLoadableModule import (
    ScriptedLoadableModule,
    ScriptedLoadableModuleLogic,
    ScriptedLoadableModuleTest,
    ScriptedLoadableModuleWidget,
)
from slicer.util import VTKObservationMixin


class MosMedCOVID(ScriptedLoadableModule):
    """What Slicer's list of modules shows."""

    def __init__(self, parent):
        ScriptedLoadableModule.__init__(self, parent)
        self.parent.title = _("MosMedCOVID")
        self.parent.categories = [translate("qSlicerAbstractCoreModule", "Segmentation")]
        self.parent.dependencies = ["Segmentations", "SegmentEditor", "Volumes"]
        self.parent.contributors = ["The MosMedCOVID team"]
        self.parent.helpText = _(
            "Lungs and COVID-19 lesions of a chest CT: segmented, graded CT-0 to CT-4, corrected and saved as NIfTI. "
            "Open a study, press Segment, read, correct, save. Of several that are opened at once the first is read, "
            "and the others wait in the list “In the scene”. Research and teaching only.<br><br>"
            "G: overlay on and off. N, Shift+N: next and previous lesion. Ctrl+PgDown, Ctrl+PgUp: next and previous "
            "study of a dataset. Shift+L, Shift+M, Shift+B: lung, mediastinum and bone window. Shift+S: save."
        )
        self.parent.acknowledgementText = _(
            "The CT 0-4 grade follows S. P. Morozov et al., MosMedData: Chest CT Scans With COVID-19 Related Findings "
            "Dataset (2020). The network was trained with MONAI; its model card stands beside it."
        )


class MosMedCOVIDWidget(ScriptedLoadableModuleWidget, VTKObservationMixin):
    """The module's panel in the application."""

    def __init__(self, parent=None):
        ScriptedLoadableModuleWidget.__init__(self, parent)
        VTKObservationMixin.__init__(self)

    def setup(self):
        """Makes the panel from its .ui file."""
        ScriptedLoadableModuleWidget.setup(self)
        widget = slicer.util.loadUI(self.resourcePath("UI/MosMedCOVID.ui"))
        widget.setMRMLScene(slicer.mrmlScene)
        self.layout.addWidget(widget)
        self.logic = MosMedCOVIDLogic()
        self.panel = Panel(slicer.util.childWidgetVariables(widget), self.logic.reading)
        scene = slicer.mrmlScene
        self.addObserver(scene, scene.StartCloseEvent, lambda caller, event: self.panel.scene_will_close())
        self.addObserver(scene, scene.EndCloseEvent, lambda caller, event: self.follow_scene())
        self.addObserver(scene, scene.EndImportEvent, lambda caller, event: self.follow_scene())
        self.addObserver(scene, scene.NodeAddedEvent, lambda caller, event: self.panel.worker.look_soon())
        self.addObserver(scene, scene.NodeRemovedEvent, lambda caller, event: self.panel.follow_removal())
        if self.parent.isEntered:  # loaded again while it is in front: nobody enters it then
            self.enter()

    def follow_scene(self):
        """The scene was closed or loaded: its parameter node is another one now."""
        self.logic.follow_scene()
        self.panel.new_study()

    def enter(self):
        """The module comes to the front."""
        self.panel.enter()

    def exit(self):
        """Another module comes to the front."""
        self.panel.exit()

    def cleanup(self):
        """The application ends, or the module is loaded again."""
        self.removeObservers()
        self.panel.cleanup()

    def openStudy(self, path, tell=None, beside=False):
        """Opens a study, after asking about unsaved corrections; whether it is there now. tell: is given why not.

        beside: the one that is read stays, and this one can be chosen later.
        """
        return (self.panel.add_path if beside else self.panel.open_path)(Path(path), tell)

    def confirmClose(self):
        """Asks about unsaved corrections; whether the scene may be closed. They are given up then, or saved."""
        return self.panel.may_close()


class MosMedCOVIDLogic(ScriptedLoadableModuleLogic):
    """The work without the panel: `reading` opens, grades, corrects and saves one study at a time."""

    def __init__(self):
        ScriptedLoadableModuleLogic.__init__(self)
        self.reading = Reading(self.getParameterNode())

    def getParameterNode(self):
        """The typed parameter node of the scene as it is now."""
        return ReadingParameters(super().getParameterNode())

    def follow_scene(self):
        """Takes up what a scene holds that was loaded."""
        self.reading.follow_scene(self.getParameterNode())


class MosMedCOVIDFileReader:
    """Lets the application open chest CTs with this module: by its dialogs, and dropped onto its window."""

    def __init__(self, parent):
        self.parent = parent

    def description(self):
        """What the dialog calls it."""
        return "Chest CT for MosMedCOVID"

    def fileType(self):
        """The name of this kind of file among Slicer's."""
        return "MosMedCOVIDStudy"

    def extensions(self):
        """The dialog's filters."""
        return ["Chest CT (*.nii *.nii.gz *.hdr *.img *.zip)"]

    def canLoadFile(self, path):
        """Whether a file or folder may be a chest CT, by its name or DICOM's mark, or a dataset of them."""
        return is_dataset(Path(path)) or can_read(Path(path))

    def load(self, properties):
        """Opens the study in the module's panel; False where it could not be opened, the reason in its messages.

        "clear" among the properties, if False, says that what is there stays.
        """
        slicer.util.selectModule("MosMedCOVID")
        widget = slicer.modules.mosmedcovid.widgetRepresentation().self()
        if not widget.openStudy(properties["fileName"], self.tell, properties.get("clear") is False):
            return False
        self.parent.loadedNodes = [
            volume.GetID() for volume in volumes_to_read()[-1:]
        ]  # the newest; a dataset has none
        return True

    def tell(self, reason):
        """Leaves a reason for the application to show."""
        self.parent.userMessages().AddMessage(vtk.vtkCommand.ErrorEvent, reason)


class MosMedCOVIDTest(ScriptedLoadableModuleTest):
    """The self test: a teaching phantom is opened, given its true masks, graded, saved and read back."""

    def setUp(self):
        """Begins with an empty scene."""
        slicer.mrmlScene.Clear()

    def runTest(self):
        """Runs all of it."""
        self.setUp()
        self.test_a_phantom_is_graded_saved_and_opened_again()
        self.setUp()
        self.test_what_is_no_ct_is_refused()

    def test_a_phantom_is_graded_saved_and_opened_again(self):
        """The true masks of a phantom give its true share of involved lung, before and after saving."""
        import numpy as np
        from MosMedCOVIDLib.segmentation.masks import Masks
        from MosMedCOVIDLib.study.phantom import thorax_phantom

        self.delayDisplay("A teaching phantom is drawn")
        phantom = thorax_phantom(35.0, shape=(36, 128, 128), spacing_mm=(8.0, 2.8, 2.8))
        reading = MosMedCOVIDLogic().reading
        reading.show_study(phantom.study)
        reading.show(Masks(phantom.lungs, phantom.lesions))
        true_percent = 100 * np.count_nonzero(phantom.lesions) / np.count_nonzero(phantom.lungs)
        self.assertAlmostEqual(reading.grade.involvement_percent, true_percent)
        self.assertEqual(reading.grade.grade, "CT-2")
        with tempfile.TemporaryDirectory() as folder:
            files = reading.save(Path(folder))
            self.assertTrue(os.path.getsize(files["lesions"]) > 0)  # noqa: PTH202, as Slicer's own tests do
            reading.open_mask(Path(files["lesions"]))
        self.assertAlmostEqual(reading.grade.involvement_percent, true_percent)
        self.delayDisplay("The phantom was graded and saved")

    def test_what_is_no_ct_is_refused(self):
        """A file that is no study says so, and the scene stays empty."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "text.nii.gz"
            path.write_text("no CT", encoding="utf-8")
            with self.assertRaises(MosMedError):
                MosMedCOVIDLogic().reading.open(path)
        self.assertEqual(slicer.mrmlScene.GetNumberOfNodesByClass("vtkMRMLScalarVolumeNode"), 0)
