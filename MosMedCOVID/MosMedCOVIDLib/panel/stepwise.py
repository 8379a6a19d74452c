"""A longer piece of work in small steps, between which the window paints and hears the reader."""

from __future__ import annotations

from collections.abc import Callable, Generator

import qt


class Stepwise:
    """Begins as soon as it is made. done: is called at the end; failed: is told an OSError that ends the work."""

    def __init__(
        self, steps: Generator[None, None, None], done: Callable[[], None], failed: Callable[[OSError], None]
    ) -> None:
        self._steps, self._done, self._failed = steps, done, failed
        self._timer = qt.QTimer()
        self._timer.setInterval(0)  # whenever the window has nothing else to do
        self._timer.connect("timeout()", self._step)
        self._timer.start()

    def stop(self) -> None:
        """Does no more steps, and lets go of the files; nobody is told."""
        self._timer.stop()
        self._steps.close()

    def _step(self) -> None:
        try:
            next(self._steps)
        except StopIteration:
            self._timer.stop()
            self._done()
        except OSError as error:
            self._timer.stop()
            self._failed(error)
        except BaseException:  # a defect: or the next step would take what is half done for whole
            self._timer.stop()
            raise
