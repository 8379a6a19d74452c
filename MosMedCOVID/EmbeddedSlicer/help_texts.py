"""Help ▸ Keys and mouse, Help ▸ About: what stands in them."""

from __future__ import annotations

import platform

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QTextBrowser, QVBoxLayout, QWidget

KEYS_AND_MOUSE = {
    "In a slice": [
        ("Wheel, or ↑ ↓", "scroll through the slices"),
        ("Left drag", "window (sideways) and level (up and down), in the mode Window/level"),
        ("Right drag, or Ctrl + wheel", "zoom"),
        ("Middle drag, or Shift + left drag", "move the picture"),
        ("Shift + move", "crosshair here; the other views jump to this point"),
        ("Double click", "this view alone, and back"),
    ],
    "In 3D": [
        ("Left drag", "turn"),
        ("Right drag, or wheel", "zoom"),
        ("Middle drag, or Shift + left drag", "move"),
    ],
    "In the Segment Editor": [
        ("1, 2, 3", "the effects in the order of their buttons (Paint, Erase, Threshold); again: read"),
        ("Esc", "read: the mouse edits no more"),
        ("Space", "back to the last effect, and to reading again"),
        ("Z, or Ctrl + Z", "undo"),
        ("Y, or Ctrl + Shift + Z", "redo"),
        ("Q, W", "the segment above, the segment below"),
        ("I", "edit only a range of intensities, on and off"),
        ("Shift + wheel", "size of the brush, in a slice"),
    ],
    "Everywhere": [
        ("Ctrl + O", "open a file"),
        ("Ctrl + Shift + O", "open a folder (DICOM)"),
        ("Drop a file or folder on the window", "opens it"),
        ("Ctrl + Shift + S", "save the scene"),
        ("Ctrl + W", "close the scene"),
        ("Ctrl + Q", "quit"),
        ("Ctrl + 5", "panel on the left on and off"),
        ("F11", "full screen"),
        ("F1", "this table"),
    ],
}
KEYS_WIDTH = 210  # pixels of the first column
PACKAGES = {"slicer-core": "3D Slicer's libraries", "vtk": "VTK", "PySide6-Essentials": "Qt for Python"}
LICENCES = (
    "This program and slicer-core: Apache License 2.0. VTK: BSD 3-Clause License. Qt for Python: LGPL 3. "
    "Python: PSF License."
)


def keys_and_mouse(module_text: str = "") -> str:
    """One table, and what the module says about itself below it, as HTML."""
    parts = []
    for title, rows in KEYS_AND_MOUSE.items():
        parts.append(f"<tr><td colspan='2'><h3>{title}</h3></td></tr>")
        parts += [f"<tr><td width='{KEYS_WIDTH}'><b>{keys}</b></td><td>{what}</td></tr>" for keys, what in rows]
    table = f"<table width='100%' cellspacing='0' cellpadding='3'>{''.join(parts)}</table>"
    return table + (f"<h3>In this module</h3><p>{module_text}</p>" if module_text else "")


def about(title: str, module_text: str) -> str:
    """Versions, licences, and what the module says about itself, as HTML."""
    from importlib.metadata import version  # a moment's work, which the start need not wait for

    rows = [(name, version(package)) for package, name in PACKAGES.items()]
    rows.append(("Python", platform.python_version()))
    cells = "".join(f"<tr><td>{name}&nbsp;&nbsp;&nbsp;</td><td>{number}</td></tr>" for name, number in rows)
    return (
        f"<h2>{title}</h2><p><b>For research and teaching only. Not a medical device: never the ground of a clinical "
        f"decision.</b></p>{module_text}<h3>Built on</h3><table cellspacing='0' cellpadding='3'>{cells}</table>"
        f"<p>{LICENCES}</p>"
    )


class TextDialog(QDialog):
    """A page of text with a Close button."""

    def __init__(self, title: str, html: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.resize(560, 560)
        page = QTextBrowser()
        page.setOpenExternalLinks(True)
        page.setHtml(html)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(page)
        column.addWidget(buttons)
