"""Measures the list of a dataset in the panel, by the rows of its registry, beside a bare table of Qt."""

from __future__ import annotations

import json

import window_programs
from asked import Asked
from budgets import REGISTRY, verdict
from figures import Seconds
from growth import Growth, middle
from table import heading, row

SIZES = (100, 300, 1110, 3000, 10000)  # rows; the real registry has 1110
BUDGETED = 1110
Measured = dict[str, Seconds]  # by the step


def measure(asked: Asked) -> None:
    """Prints a table: until the rows are in the panel, with and without what reading the registry's file takes."""
    if not window_programs.is_possible("The registry"):
        return
    heading("Registry of MosMedData, in the panel")
    for rows, form, steps in measured(asked.rows, asked.rounds):
        after = after_the_file(steps)
        budget = verdict(middle(after), REGISTRY if rows == BUDGETED else None, "s").strip()
        row(f"{rows:,} rows, .{form}", steps["open"], f"its file {steps['file'].part_of(steps['open'])}")
        row("  after the file is read", after, f"{after.times(steps['bare'])} a bare table of Qt", budget)


def grow(asked: Asked) -> Growth:
    """Seconds by the rows."""
    growth = Growth("Registry of MosMedData", "rows")
    if window_programs.is_possible("The registry"):
        for rows, form, steps in measured(SIZES, asked.rounds):
            growth.add(f".{form}, with its file", rows, middle(steps["open"]))
            if form == "csv":
                growth.add("after the file is read", rows, middle(after_the_file(steps)))
                growth.add("bare table of Qt", rows, middle(steps["bare"]))
    return growth


def measured(sizes: tuple[int, ...], rounds: int) -> list[tuple[int, str, Measured]]:
    """Rows, form of the registry, and the seconds of each step."""
    said = window_programs.output("registry_steps.py", *sizes, "--rounds", rounds)
    lines = [json.loads(line) for line in said.splitlines() if line.startswith("[")]
    return [(rows, form, {step: Seconds(tuple(taken)) for step, taken in steps.items()}) for rows, form, steps in lines]


def after_the_file(steps: Measured) -> Seconds:
    """Of opening a dataset, what is left without reading its registry's file, round by round."""
    pairs = zip(steps["open"].rounds, steps["file"].rounds, strict=True)
    return Seconds(tuple(whole - file for whole, file in pairs))
