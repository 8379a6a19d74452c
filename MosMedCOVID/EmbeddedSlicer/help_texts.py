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
PACKAGES = {"slicer-core": "3D Slicer's libraries", "vtk": "VTK", "PySide6-Essentials": "Qt for Python"}
LICENCES = (
    "This program and slicer-core: Apache License 2.0. VTK: BSD 3-Clause License. Qt for Python: LGPL 3. "
    "Python: PSF License."
)


def keys_and_mouse() -> str:
    """The table as HTML."""
    parts = []
    for title, rows in KEYS_AND_MOUSE.items():
        cells = "".join(f"<tr><td><b>{keys}</b>&nbsp;&nbsp;&nbsp;</td><td>{what}</td></tr>" for keys, what in rows)
        parts.append(f"<h3>{title}</h3><table cellspacing='0' cellpadding='3'>{cells}</table>")
    return "".join(parts)


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
