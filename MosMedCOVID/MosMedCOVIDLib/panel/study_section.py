"""The section Study: which CT is read, and what the audit says of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import qt
import slicer

from ..reporting.result import study_json
from ..reporting.text import MARKS, size_text
from ..scene.reading import Reading
from .audit_list import AuditList

LAST_FOLDER = "MosMedCOVID/LastFolder"  # of the application's settings
VERDICTS = {
    "ok": "Audit: fit for grading.",
    "warning": "May be graded.",
    "refused": "Audit: not fit for grading.",
}


class StudySection:
    """Asks for studies, and shows the one that is read. The functions that it is given do the work, and may decline.

    open_path: is given the first study that the reader chose at once; add_path: each of the others.
    """

    def __init__(
        self,
        ui: object,
        open_path: Callable[[Path], bool],
        add_path: Callable[[Path], bool],
        take_volume: Callable[[slicer.vtkMRMLScalarVolumeNode | None], bool],
    ) -> None:
        self.ui, self._open_path, self._add_path, self._take_volume = ui, open_path, add_path, take_volume
        self._checks = AuditList(ui.auditList)
        ui.openFileButton.connect("clicked()", self.ask_for_file)
        ui.openFolderButton.connect("clicked()", self.ask_for_folder)
        ui.volumeSelector.connect("currentNodeChanged(vtkMRMLNode*)", self._chosen)
        ui.auditButton.connect("toggled(bool)", self._show_list)

    def ask_for_file(self) -> None:
        """Lets the reader point at NIfTI files, a DICOMDIR or a zip of DICOM files."""
        kinds, title = (
            "Chest CT (*.nii *.nii.gz *.hdr *.img *.zip DICOMDIR);;All files (*)",
            "Open a chest CT, or several",
        )
        self._open(*qt.QFileDialog.getOpenFileNames(slicer.util.mainWindow(), title, last_folder(), kinds))

    def ask_for_folder(self) -> None:
        """Lets the reader point at a folder of DICOM files, or at the root of MosMedData."""
        title = "Open a folder of DICOM files, or the root of MosMedData"
        self._open(*filter(None, [qt.QFileDialog.getExistingDirectory(slicer.util.mainWindow(), title, last_folder())]))

    def show(self, reading: Reading) -> None:
        """Shows the study and its audit, or that there is none."""
        ui = self.ui
        blocked = ui.volumeSelector.blockSignals(True)
        ui.volumeSelector.setCurrentNode(reading.volume)
        ui.volumeSelector.blockSignals(blocked)
        audit = reading.audit
        ui.auditButton.setVisible(audit is not None)
        ui.auditList.setVisible(audit is not None and ui.auditButton.checked)
        if reading.volume is None or audit is None:
            ui.studyLabel.setText("Open a chest CT, or drop it on the window.")
            ui.auditLabel.setText("")
            self._checks.show(None)
            return
        ui.studyLabel.setText(size_text(study_json(reading.study)))
        remarks = [check.message for check in audit.checks if check.level == audit.verdict != "ok"]
        ui.auditLabel.setText(" ".join([f"{MARKS[audit.verdict]} {VERDICTS[audit.verdict]}", *remarks[:1]]))
        font = ui.auditLabel.font
        font.setBold(audit.verdict == "refused")
        ui.auditLabel.setFont(font)
        self._checks.show(audit)

    def _show_list(self, shown: bool) -> None:
        self.ui.auditList.setVisible(shown)
        self._checks.fit_soon()

    def _open(self, *paths: str) -> None:
        """The first is read; each of the others comes beside it, whatever has become of those before."""
        for number, path in enumerate(map(Path, paths)):
            qt.QSettings().setValue(LAST_FOLDER, str(path.parent))
            (self._add_path if number else self._open_path)(path)

    def _chosen(self, volume: slicer.vtkMRMLScalarVolumeNode | None) -> None:
        self._take_volume(volume)


def last_folder() -> str:
    """Where the reader found the study before."""
    return str(qt.QSettings().value(LAST_FOLDER) or Path.home())
