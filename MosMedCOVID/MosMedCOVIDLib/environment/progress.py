"""A sign of life on standard error: what is going on and for how long, redrawn in place or, in a log, line by line."""

import shutil
import time
from collections.abc import Callable
from typing import TextIO

SECONDS_BETWEEN_LINES = 10


class Progress:
    """Says what is going on. Nothing is written before the first `show`."""

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        self.stream = stream
        self.clock = clock
        self.started = self.written = clock()
        self.text = ""
        self.redraws = stream.isatty()

    def show(self, text: str) -> None:
        """Something new goes on."""
        if text != self.text:
            self.text = text
            self._write()

    def tick(self) -> None:
        """The same still goes on; to be called about twice a second."""
        pause = 0 if self.redraws else SECONDS_BETWEEN_LINES
        if self.text and self.clock() - self.written >= pause:
            self._write()

    def say(self, text: str) -> None:
        """A line that stays."""
        self.show(text)
        if self.redraws:
            self.stream.write("\n")

    def close(self) -> None:
        """Leaves the line, so that what follows starts on its own."""
        if self.redraws and self.text:
            self.stream.write("\n")
            self.stream.flush()

    def _write(self) -> None:
        self.written = self.clock()
        line = f"[{self.written - self.started:4.0f} s] {self.text}"
        if self.redraws:
            width = shutil.get_terminal_size().columns - 1
            self.stream.write(f"\r{line[:width]:<{width}}")
        else:
            self.stream.write(line + "\n")
        self.stream.flush()
