"""`python -m EmbeddedSlicer [options] [FILE_OR_FOLDER…]`: the host by itself, with a command line like Slicer's."""

from __future__ import annotations

import argparse
import contextlib
import runpy
import signal
import socket
import sys
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path

from .start import Host, start

FAILED, INTERRUPTED = 1, 130
SCRIPT = "--python-script"


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs until the window is closed, the script has ended, or the picture is written; returns the exit code."""
    wanted = _parse(list(sys.argv[1:] if arguments is None else arguments))
    interrupts = _interrupts()
    host = start(
        wanted.additional_module_path,
        theme=wanted.theme,
        testing=wanted.testing or bool(wanted.picture),
        main_window=not wanted.no_main_window,
    )
    if host.window:
        if wanted.size:
            host.window.resize(*wanted.size)
        host.window.show()
    from PySide6.QtCore import QTimer

    with _ended_by_signals(host):
        QTimer.singleShot(0, lambda: _begin(host, wanted))
        code = INTERRUPTED if interrupts else host.application.exec()
    host.close()
    return code


def _parse(arguments: list[str]) -> argparse.Namespace:
    script = arguments.index(SCRIPT) + 2 if SCRIPT in arguments else len(arguments)
    parser = argparse.ArgumentParser("EmbeddedSlicer", description=__doc__)
    parser.add_argument("--additional-module-path", action="append", default=[], type=_existing, metavar="DIR")
    parser.add_argument("--testing", action="store_true", help="no dialogs; ends after the script")
    parser.add_argument("--no-main-window", action="store_true")
    parser.add_argument("--theme", choices=("system", "light", "dark"))
    parser.add_argument("--size", type=_size, metavar="WxH", help="of the window in pixels")
    parser.add_argument("--picture", metavar="FILE", help="writes a picture of the window, then ends")
    parser.add_argument(SCRIPT, metavar="FILE", help="runs it; what follows are its arguments")
    parser.add_argument("paths", nargs="*", type=Path, metavar="FILE_OR_FOLDER")
    wanted = parser.parse_args(arguments[:script])
    wanted.script_arguments = arguments[script:]
    return wanted


def _existing(text: str) -> Path:
    path = Path(text)
    if not path.exists():
        raise argparse.ArgumentTypeError(f"{text} does not exist")
    return path


def _size(text: str) -> tuple[int, int]:
    width, height = text.lower().split("x")
    return int(width), int(height)


def _begin(host: Host, wanted: argparse.Namespace) -> None:
    """All that happens once the window is there; in the event loop, so that slicer.util.exit works."""
    import slicer

    options = slicer.app.commandOptions()
    options.runPythonAndExit = wanted.testing or wanted.no_main_window or bool(wanted.picture)
    slicer.app.startupCompleted.emit()
    try:
        code = _open_and_run(host, wanted)
    except Exception:
        sys.excepthook(*sys.exc_info())
        code = FAILED
    if options.runPythonAndExit or (wanted.python_script and code):  # slicer.util.exit, if it was called, unset it
        host.application.exit(code)


def _open_and_run(host: Host, wanted: argparse.Namespace) -> int:
    code = 0 if _open(host, wanted.paths) else FAILED
    if wanted.python_script:
        code = run_script(wanted.python_script, wanted.script_arguments) or code
    if wanted.picture and not _write_picture(host, wanted.picture):
        code = FAILED
    return code


def _open(host: Host, paths: Sequence[Path]) -> bool:
    if host.window:
        return host.window.open_paths(paths)
    import slicer

    return slicer.app.loadFiles([str(path) for path in paths])


def run_script(script: str, arguments: Sequence[str]) -> int:
    """The exit code of the script: 0 at its end, that of sys.exit, or FAILED after a traceback."""
    sys.argv = [script, *arguments]
    try:
        runpy.run_path(script, run_name="__main__")
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else FAILED if ended.code else 0
    except BaseException:
        traceback.print_exc()
        return FAILED
    return 0


def _write_picture(host: Host, path: str) -> bool:
    for _ in range(3):  # laid out, rendered, painted
        host.application.processEvents()
    return host.window is not None and host.window.grab().save(path)


def _interrupts() -> list[int]:
    """Ctrl-C from now on: it is noted, since what is half set up cannot be taken down; the second one kills."""
    heard: list[int] = []

    def note(number: int, frame: object) -> None:
        heard.append(number)
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    signal.signal(signal.SIGINT, note)
    return heard


@contextlib.contextmanager
def _ended_by_signals(host: Host) -> Iterator[None]:
    """Ctrl-C ends the event loop, and modules clean up. While Qt waits, Python hears of it only through a socket."""
    from PySide6.QtCore import QSocketNotifier

    heard, wake_up = socket.socketpair()
    with heard, wake_up:
        wake_up.setblocking(False)
        notifier = QSocketNotifier(heard.fileno(), QSocketNotifier.Type.Read)
        notifier.activated.connect(lambda *arguments: heard.recv(1))
        before = signal.set_wakeup_fd(wake_up.fileno())
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *arguments: host.application.exit(INTERRUPTED))
        try:
            yield
        finally:
            notifier.setEnabled(False)
            signal.set_wakeup_fd(before)


if __name__ == "__main__":
    sys.exit(main())
