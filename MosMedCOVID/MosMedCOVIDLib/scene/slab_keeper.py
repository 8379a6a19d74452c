"""Keeps the slabs of slice views true while a reader changes volume, orientation, zoom and slice."""

# ruff: noqa: N802

from __future__ import annotations

from collections.abc import Iterable

import slicer
import vtk

from ..errors import MosMedError
from . import slabs
from .slabs import Slab


class SlabKeeper:
    """Shows one slab in some slice views, whatever becomes of them, until `removeObservers`.

    problem: the sentence to show where this Slicer cannot show the slab, else None.
    """

    def __init__(self, logics: Iterable[slicer.vtkMRMLSliceLogic], slab: Slab | None = None) -> None:
        self.problem: str | None = None
        self._slab = slab or Slab()
        self._logics = list(logics)
        self._at_work = False
        self._observed: list[tuple[vtk.vtkObject, int]] = []
        for logic in self._logics:
            for node in (logic.GetSliceNode(), logic.GetSliceCompositeNode()):
                self._observed.append((node, node.AddObserver(vtk.vtkCommand.ModifiedEvent, self._on_modified)))
        self._apply()

    @property
    def slab(self) -> Slab:
        """What a reader asks for; what is shown of it stands in `slabs.really_used`."""
        return self._slab

    def show(self, slab: Slab) -> None:
        """Shows another slab."""
        self._slab = slab
        self._apply()

    def removeObservers(self) -> None:
        """Lets go of the views; they stay as they are."""
        for node, tag in self._observed:
            node.RemoveObserver(tag)
        self._observed.clear()

    def _on_modified(self, caller: vtk.vtkObject, event: str) -> None:
        self._apply()

    def _apply(self) -> None:
        if self._at_work:  # what is set here modifies the nodes too
            return
        self._at_work = True
        try:
            self.problem = None
            for logic in self._logics:
                if logic.GetSliceNode() is None:  # its view was removed
                    continue
                try:
                    slabs.apply(self._slab, logic)
                except MosMedError as error:
                    self.problem = str(error)
        finally:
            self._at_work = False
