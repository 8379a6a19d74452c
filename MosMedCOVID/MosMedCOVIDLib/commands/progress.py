"""Signs of life on standard error: a bar with the time left on a terminal, a line for each stage elsewhere."""

from __future__ import annotations

import sys
from types import TracebackType

from ..segmentation.protocol import Progress

LEAST_SHARE_TO_JUDGE = 0.05  # before that the time left is a guess


class ProgressBar:
    """How far the work on one or several studies is; a context."""

    def __init__(self, studies: int) -> None:
        from tqdm import tqdm

        self._studies, self._finished = studies, 0
        self._stage = ""
        self._name = ""
        self._bar = tqdm(
            total=100 * studies,
            file=sys.stderr,
            disable=not sys.stderr.isatty(),
            leave=False,
            bar_format="{desc} |{bar:24}| {percentage:3.0f} %{postfix}",
        )

    def __enter__(self) -> ProgressBar:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._bar.close()

    def begin(self, name: str, stage: str = "reading") -> None:
        """The next study begins, with its first stage."""
        self._name = f"{name} ({self._finished + 1} of {self._studies})" if self._studies > 1 else name
        self.show(Progress(stage, 0.0))

    def show(self, progress: Progress) -> None:
        """How far the study at hand is."""
        if progress.stage != self._stage:
            self._stage = progress.stage
            if self._bar.disable:
                print(f"{self._name}: {progress.stage}", file=sys.stderr, flush=True)
        self._bar.set_description_str(f"{self._name}: {progress.stage}", refresh=False)
        self._bar.n = round(100 * self._finished + progress.percent, 1)
        self._bar.set_postfix_str(self._time_left())

    def _time_left(self) -> str:
        """By the pace of the whole work so far, once that says anything."""
        share = self._bar.n / self._bar.total
        if share < LEAST_SHARE_TO_JUDGE:
            return ""
        return f"{self._bar.format_interval(self._bar.format_dict['elapsed'] * (1 - share) / share)} left"

    def end(self) -> None:
        """The study at hand is done, or has failed."""
        self._finished, self._stage = self._finished + 1, ""

    def write(self, text: str) -> None:
        """Prints to standard output without breaking the bar."""
        self._bar.clear()
        print(text, flush=True)
