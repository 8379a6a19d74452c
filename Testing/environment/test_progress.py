"""The sign of life while .venv is set up."""

import sys
from io import StringIO

import pytest
from MosMedCOVIDLib.environment.processes import run
from MosMedCOVIDLib.environment.progress import SECONDS_BETWEEN_LINES, Progress


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def now() -> list[float]:
    return [100.0]


def test_a_log_gets_a_line_for_each_step_and_one_now_and_then(now: list[float]) -> None:
    log = StringIO()
    progress = Progress(log, lambda: now[0])
    progress.tick()
    progress.show("one")
    now[0] += 1
    progress.tick()
    now[0] += SECONDS_BETWEEN_LINES
    progress.tick()
    progress.show("two")
    assert log.getvalue() == "[   0 s] one\n[  11 s] one\n[  11 s] two\n"


def test_a_terminal_gets_one_line_that_is_redrawn_with_each_tick(now: list[float]) -> None:
    terminal = Terminal()
    progress = Progress(terminal, lambda: now[0])
    progress.show("a long step")
    now[0] += 1
    progress.tick()
    progress.show("short")
    progress.close()
    drawn = terminal.getvalue()
    assert drawn.count("\n") == 1
    assert [line.rstrip() for line in drawn.split("\r")[1:]] == [
        "[   0 s] a long step",
        "[   1 s] a long step",
        "[   1 s] short",
    ]


def test_a_silent_program_is_ticked_and_its_lines_are_handed_over(tmp_path) -> None:
    go_on = tmp_path / "go on"
    script = f"import pathlib, time\nwhile not pathlib.Path({str(go_on)!r}).exists(): time.sleep(0.05)\nprint('Привет')"
    seen: list[str] = []
    with (tmp_path / "lock").open("w") as file:
        done = run([sys.executable, "-c", script], on_line=seen.append, tick=go_on.touch, keep_open=file.fileno())
    assert (done.code, done.lines, seen) == (0, ["Привет"], ["Привет"])


def test_what_would_lead_pip_astray_is_not_handed_down(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PYTHONPATH", "PIP_TARGET", "PIP_PREFIX"):
        monkeypatch.setenv(name, "/elsewhere")
    script = "import os; print([n for n in ('PYTHONPATH', 'PIP_TARGET', 'PIP_PREFIX') if n in os.environ])"
    with (tmp_path / "lock").open("w") as file:
        done = run([sys.executable, "-c", script], on_line=print, tick=print, keep_open=file.fileno())
    assert done.lines == ["[]"]
