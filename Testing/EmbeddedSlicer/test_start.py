"""The host set up in a process of its own: its command line, exit codes, and what happens without a display."""

import os
import signal
import subprocess
import sys

import pytest

pytest.importorskip("slicer")
pytest.importorskip("PySide6")

import slicer
from EmbeddedSlicer import __main__
from EmbeddedSlicer.start import start
from hosted_module import NAME, host_with_module
from PySide6.QtGui import QImage


@pytest.fixture
def run(root):
    """Runs `python -m EmbeddedSlicer …` without a display, as on a bare server."""

    def run(*arguments):
        return subprocess.run(
            command(*arguments), cwd=root / "MosMedCOVID", env=bare(), capture_output=True, text=True, timeout=120
        )

    return run


def command(*arguments):
    return [sys.executable, "-m", "EmbeddedSlicer", *map(str, arguments)]


def bare():
    """The environment without a display, and without what a start would set by itself."""
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "VTK_DEFAULT_OPENGL_WINDOW")
    return {name: value for name, value in os.environ.items() if name not in hidden}


@pytest.fixture
def script(tmp_path):
    def write(text):
        path = tmp_path / "script.py"
        path.write_text(text)
        return path

    return write


def test_a_second_start_returns_the_first_host():
    first = start(testing=True)
    assert start() is first
    assert first.window is slicer.util.mainWindow()
    assert slicer.app.layoutManager() is first.layout_manager
    assert slicer.app.testingEnabled()


def test_a_script_runs_with_its_arguments_and_the_module_which_cleans_up_at_the_end(run, script, tmp_path):
    host_with_module(tmp_path)
    path = script(
        "import atexit, sys, slicer\n"
        "slicer.util.selectModule('HostedModule')\n"
        "print(sys.argv[1:], slicer.util.getModuleWidget('HostedModule').ui.threshold.value)\n"
        "happened = sys.modules['HostedModule'].happened\n"
        "atexit.register(lambda: print(happened))\n"
    )
    ended = run("--additional-module-path", tmp_path, "--testing", "--python-script", path, "--first", "second")
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.splitlines() == ["['--first', 'second'] 100.0", "['setup', 'enter', 'exit', 'cleanup']"]


def test_a_script_ends_the_application_with_its_exit_code_also_without_a_window(run, script):
    text = "import slicer\nassert slicer.util.mainWindow() is slicer.app.layoutManager() is None\nslicer.util.exit(7)\n"
    ended = run("--testing", "--no-main-window", "--python-script", script(text))
    assert ended.returncode == 7, ended.stderr


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [("1 / 0", 1, "ZeroDivisionError"), ("raise SystemExit(4)", 4, ""), ("raise SystemExit", 0, ""), ("", 0, "")],
)
def test_the_exit_code_of_a_script(script, capsys, monkeypatch, text, code, said):
    monkeypatch.setattr(sys, "argv", sys.argv)
    assert __main__.run_script(str(script(text)), []) == code
    assert said in capsys.readouterr().err


def test_ctrl_c_ends_it_and_modules_clean_up(root, script, tmp_path):
    host_with_module(tmp_path)
    path = script(
        "import slicer, atexit, sys\n"
        "happened = sys.modules['HostedModule'].happened\n"
        "atexit.register(lambda: print(happened))\n"
        "print('ready', flush=True)\n"
    )
    arguments = command("--additional-module-path", tmp_path, "--python-script", path)
    with subprocess.Popen(
        arguments, cwd=root / "MosMedCOVID", env=bare(), stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 130
        assert process.stdout.read().strip() == "['setup', 'enter', 'exit', 'cleanup']"


def test_ctrl_c_while_all_is_set_up_ends_it_without_a_traceback(root, tmp_path):
    host_with_module(tmp_path)
    with (tmp_path / NAME / f"{NAME}.py").open("a") as module:
        module.write("\nimport os, signal\nos.kill(os.getpid(), signal.SIGINT)\n")
    ended = subprocess.run(
        command("--additional-module-path", tmp_path, "--python-script", "never.py"),
        cwd=root / "MosMedCOVID",
        env=bare(),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ended.returncode == 130
    assert "Traceback" not in ended.stderr
    assert "KeyboardInterrupt" not in ended.stderr


def test_a_picture_of_the_window_with_what_was_opened(run, shared_data, tmp_path):
    picture = tmp_path / "window.png"
    study = shared_data / "other" / "abdomen_ct.nii.gz"
    ended = run("--picture", picture, "--size", "1280x800", "--theme", "dark", study)
    assert ended.returncode == 0, ended.stderr
    image = QImage(str(picture))
    assert (image.width(), image.height()) == (1280, 800)
    colours = {image.pixel(x, y) for x in range(420, 1280, 7) for y in range(100, 780, 7)}
    assert len(colours) > 50, "the views show grey values"


def test_what_cannot_be_opened_is_said_and_is_exit_code_1(run, tmp_path):
    ended = run("--picture", tmp_path / "window.png", tmp_path / "gone.nii.gz")
    assert ended.returncode == 1
    assert "gone.nii.gz does not exist" in ended.stderr


@pytest.mark.parametrize(
    "arguments", [["--theme", "purple"], ["--size", "large"], ["--additional-module-path", "/none"]]
)
def test_wrong_usage_is_exit_code_2(arguments, capsys):
    with pytest.raises(SystemExit) as ended:
        __main__.main(arguments)
    assert ended.value.code == 2
    assert arguments[1] in capsys.readouterr().err
