"""Tables of figures in Markdown, so that they can be read here and stand in the documentation as they are."""

from __future__ import annotations

from figures import Seconds, load


def heading(title: str) -> None:
    """Begins a table; its last column says how busy the machine was."""
    print(f"\n| {title:<38} | seconds                    | beside; load of the machine {load()} |")
    print(f"|{'-' * 40}|{'-' * 28}|---|", flush=True)


def row(name: str, taken: Seconds, *beside: str) -> None:
    """One line: what took so long, and what that is beside other things."""
    print(f"| {name:<38} | {str(taken).strip():<26} | {', '.join(filter(None, beside))} |", flush=True)
