"""A combo box whose entries have a word for the reader and a value for the parameter node."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..scene.reading import Reading


class Choices:
    """Keeps a combo box and a parameter of the reading the same; `changed` is called after the reader chose."""

    def __init__(
        self,
        box: object,
        words: Mapping[str, str],
        reading: Reading,
        parameter: str,
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        self._box, self._values, self._reading = box, list(words), reading
        self._parameter, self._changed = parameter, changed
        box.addItems(list(words.values()))
        box.connect("currentIndexChanged(int)", self._chosen)
        self.show()

    def show(self) -> None:
        """Shows what the parameter is."""
        blocked = self._box.blockSignals(True)
        self._box.setCurrentIndex(self._values.index(getattr(self._reading.parameters, self._parameter)))
        self._box.blockSignals(blocked)

    def _chosen(self, index: int) -> None:
        setattr(self._reading.parameters, self._parameter, self._values[index])
        self._changed()
