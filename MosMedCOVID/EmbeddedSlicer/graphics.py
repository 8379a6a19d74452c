"""Can windows be drawn here: is there a display, what Qt and VTK must be told before they are imported, does it work.

A display that does not answer ends the process with an abort, a missing graphics driver with a segmentation fault; so
both are tried in a child process. Run as a program, this file prints what is there as one line of JSON:
{"display": …, "lasting": …, "missing": [libraries], "variables": {…}, "reason": … or null}. Imports the standard
library only.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any

ON_LINUX = sys.platform.startswith("linux")
WITHOUT_DISPLAY = ("offscreen", "minimal", "vnc", "linuxfb", "eglfs")  # Qt's platforms that need none
PATIENCE = 60  # seconds for what takes one or two

# What the wheels of Qt and VTK leave to the system: always, and with a display on top.
LIBRARIES = (
    "libglib-2.0.so.0",
    "libEGL.so.1",
    "libGL.so.1",
    "libxkbcommon.so.0",
    "libdbus-1.so.3",
    "libfontconfig.so.1",
    "libgssapi_krb5.so.2",
)
DISPLAY_LIBRARIES = (
    "libxkbcommon-x11.so.0",
    "libxcb-cursor.so.0",
    "libxcb-icccm.so.4",
    "libxcb-keysyms.so.1",
    "libxcb-image.so.0",
    "libxcb-render-util.so.0",
    "libxcb-shape.so.0",
)
DRIVER = "libEGL_mesa.so.0"  # Mesa's, which draws without a GPU too

DRAW = """
from PySide6.QtWidgets import QApplication
application = QApplication(["probe"])
import vtkmodules.vtkRenderingOpenGL2
from vtkmodules.vtkCommonCore import vtkUnsignedCharArray
from vtkmodules.vtkRenderingCore import vtkRenderer, vtkRenderWindow
window, renderer, pixels = vtkRenderWindow(), vtkRenderer(), vtkUnsignedCharArray()
window.SetOffScreenRendering(True)
window.SetSize(16, 16)
renderer.SetBackground(0, 1, 0)
window.AddRenderer(renderer)
window.Render()
window.GetRGBACharPixelData(0, 0, 15, 15, 0, pixels)
if pixels.GetTuple(0)[:3] != (0, 255, 0):
    raise SystemExit(f"a green picture came out as {pixels.GetTuple(0)}")
"""


def has_display() -> bool:
    """Whether a window can be put somewhere; on Linux as far as the environment variables tell."""
    if os.environ.get("QT_QPA_PLATFORM", "").partition(":")[0] in WITHOUT_DISPLAY:
        return False
    return not ON_LINUX or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def variables(display: bool) -> dict[str, str]:
    """What Qt and VTK are to be told. VTK draws offscreen in any case, but by itself it tries an X server first."""
    egl = {"VTK_DEFAULT_OPENGL_WINDOW": "vtkEGLRenderWindow"} if ON_LINUX else {}
    return egl if display else {"QT_QPA_PLATFORM": "offscreen", **egl}


def prepare() -> None:
    """Sets these variables where the user has not; to be called before Qt and VTK are imported."""
    for name, value in variables(has_display()).items():
        os.environ.setdefault(name, value)


def missing_libraries(display: bool) -> list[str]:
    """The system libraries that the viewer needs and that cannot be loaded here."""
    needed = (LIBRARIES + (DISPLAY_LIBRARIES if display else ())) if ON_LINUX else ()
    return [name for name in needed if not _loads(name)]


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def probe(timeout: float = PATIENCE) -> str | None:
    """Draws one small picture with Qt and VTK in a child process: None if that works, else the reason as a sentence."""
    code, said = draw({**variables(has_display()), **os.environ}, timeout)
    return why_not(code, said)


def draw(environment: Mapping[str, str], timeout: float = PATIENCE) -> tuple[int | None, list[str]]:
    """The exit code of a child process that draws (None: it did not end in time), and what it said."""
    command = [sys.executable, "-I", "-c", DRAW]
    pipes: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
    try:
        ended = subprocess.run(command, **pipes, env=dict(environment), timeout=timeout, check=False)
    except subprocess.TimeoutExpired:
        return None, []
    return ended.returncode, ended.stderr.decode(errors="replace").splitlines()


def why_not(code: int | None, said: Sequence[str]) -> str | None:
    """Why that process could not draw, as a sentence; None if it could."""
    last = next((line.strip() for line in reversed(said) if line.strip()), "nothing was said")
    if code == 0:
        return None
    if code is None:
        return "Drawing a small picture took longer than a minute, so the graphics driver seems to be broken."
    if "ModuleNotFoundError" in last or "ImportError" in last:
        return f"The viewer's packages cannot be loaded: {last}"
    if code == -signal.SIGABRT:
        told = [line.strip() for line in said if line.startswith("qt.qpa")]
        return f"Qt cannot open a window here: {' '.join(told) or last}"
    if code < 0:
        return "The graphics driver fails at the first picture: install one with OpenGL 3.2 or newer, such as Mesa's."
    return f"The graphics driver does not draw as it should: {last}"


def what_is_there() -> dict[str, Any]:
    """Display, missing libraries, the variables with which a picture was drawn, and why none could be.

    A display that is named but does not answer counts as none, which may be over soon: that is not lasting.
    """
    display = has_display()
    missing = missing_libraries(display)
    if missing:
        reason = f"The viewer needs {', '.join(missing)} of the operating system."
        return {"display": display, "lasting": False, "missing": missing, "variables": {}, "reason": reason}
    code, said = draw({**variables(display), **os.environ})
    may_go_without = display and ON_LINUX and "QT_QPA_PLATFORM" not in os.environ
    if code != 0 and may_go_without and draw({**variables(display=False), **os.environ})[0] == 0:
        display, code = False, 0
    return {
        "display": display,
        "lasting": display == has_display(),
        "missing": [DRIVER] if ON_LINUX and code == -signal.SIGSEGV and not _loads(DRIVER) else [],
        "variables": variables(display),
        "reason": why_not(code, said),
    }


def main() -> int:
    """Prints what is there; with `libraries` only those that are missing, for a Python without the packages."""
    if "libraries" in sys.argv[1:]:
        answer: dict[str, Any] = {"missing": missing_libraries(has_display())}
    else:
        answer = what_is_there()
    print(json.dumps(answer), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
