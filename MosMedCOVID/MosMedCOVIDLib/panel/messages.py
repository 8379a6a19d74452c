"""What is said to the reader, and what is asked of them; in a test nothing waits for an answer."""

from __future__ import annotations

import qt
import slicer

TITLE = "MosMedCOVID"
SAVE, DISCARD, CANCEL = "save", "discard", "cancel"


def tell(text: str) -> None:
    """One sentence that must be seen."""
    slicer.util.errorDisplay(text, windowTitle=TITLE)


def note(text: str) -> None:
    """One sentence that may be missed, in the status bar."""
    slicer.util.showStatusMessage(text, 8000)


def confirmed(question: str) -> bool:
    """Whether the reader agrees."""
    return slicer.util.confirmOkCancelDisplay(question, windowTitle=TITLE)


def trusted(question: str) -> bool:
    """Whether the reader lets something in that could do harm; No is what the Enter key says."""
    if slicer.app.testingEnabled():
        return False
    box = _box(qt.QMessageBox.Warning, question, qt.QMessageBox.Yes | qt.QMessageBox.No, qt.QMessageBox.No)
    return box.exec_() == qt.QMessageBox.Yes


def what_about_unsaved(name: str) -> str:
    """SAVE, DISCARD or CANCEL, for corrections of a study that were not saved."""
    if slicer.app.testingEnabled():
        return DISCARD
    buttons = qt.QMessageBox.Save | qt.QMessageBox.Discard | qt.QMessageBox.Cancel
    box = _box(qt.QMessageBox.Question, f"Your corrections of {name} are not saved.", buttons, qt.QMessageBox.Save)
    box.setInformativeText("Save them before going on?")
    answer = box.exec_()
    return {qt.QMessageBox.Save: SAVE, qt.QMessageBox.Discard: DISCARD}.get(answer, CANCEL)


def _box(icon: object, text: str, buttons: object, default: object) -> qt.QMessageBox:
    """A question over the window. default: the button that the Enter key presses."""
    box = qt.QMessageBox(slicer.util.mainWindow())
    box.setWindowTitle(TITLE)
    box.setIcon(icon)
    box.setText(text)
    box.setStandardButtons(buttons)
    box.setDefaultButton(default)
    return box
