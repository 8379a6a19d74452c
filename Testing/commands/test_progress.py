"""Signs of life: a bar with the time left on a terminal, a line for each stage elsewhere."""

import io

import pytest
from MosMedCOVIDLib.commands.progress import ProgressBar
from MosMedCOVIDLib.segmentation.protocol import Progress


class Terminal(io.StringIO):
    def isatty(self):
        return True


def work(studies=2):
    with ProgressBar(studies) as bar:
        for name in "ab"[:studies]:
            bar.begin(name)
            for percent in (10.0, 60.0, 99.0):
                bar.show(Progress("lungs and lesions", percent))
            bar.write(f"result of {name}")
            bar.end()


def test_without_a_terminal_each_stage_is_one_line(capsys):
    work()
    said = capsys.readouterr()
    assert said.err.splitlines() == [
        "a (1 of 2): reading",
        "a (1 of 2): lungs and lesions",
        "b (2 of 2): reading",
        "b (2 of 2): lungs and lesions",
    ]
    assert said.out.splitlines() == ["result of a", "result of b"]


@pytest.mark.parametrize("studies", [1, 2])
def test_on_a_terminal_there_is_a_bar_with_the_time_left(studies, capsys, monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setenv("COLUMNS", "100")
    work(studies)
    drawn = terminal.getvalue().split("\r")
    assert any("lungs and lesions" in line and "left" in line and "|" in line for line in drawn)
    assert not any("reading" in line and "left" in line for line in drawn[:2])
    assert "result" not in terminal.getvalue()
    assert capsys.readouterr().out.startswith("result of a")
