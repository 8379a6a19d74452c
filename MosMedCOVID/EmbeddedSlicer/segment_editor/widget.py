# ruff: noqa: N801, N802, N815
"""qMRMLSegmentEditorWidget: edits the segments of a segmentation with the mouse in the slice views."""

from __future__ import annotations

from collections.abc import Sequence

import shiboken6
import slicer
from PySide6.QtCore import Property, Qt, Slot
from PySide6.QtWidgets import QApplication, QWidget
from slicer import vtkMRMLScene, vtkMRMLSegmentEditorNode

from ..qmrml.observations import Observations
from .controls import Controls
from .edited_nodes import EditedNodes
from .editing_views import EditingViews
from .effects import Effect, EffectsOffered, all_effects
from .engine import SegmentEditing
from .properties import lacks, shows
from .shortcuts import Shortcuts, editor_keys
from .surfaces import SurfaceUpdates
from .voxels import CannotEdit


class qMRMLSegmentEditorWidget(EditedNodes):
    """Shows and changes a segment editor node, which the panel gives it; all of its state lives there."""

    segmentationNodeSelectorVisible, setSegmentationNodeSelectorVisible = shows("segmentation")
    sourceVolumeNodeSelectorVisible, setSourceVolumeNodeSelectorVisible = shows("source_volume")
    addRemoveSegmentButtonsVisible, setAddRemoveSegmentButtonsVisible = shows("add_remove")
    maskingSectionVisible, setMaskingSectionVisible = shows("masking")
    switchToSegmentationsButtonVisible, setSwitchToSegmentationsButtonVisible = lacks("button to another module")
    specifyGeometryButtonVisible, setSpecifyGeometryButtonVisible = lacks("button for the geometry")
    show3DButtonVisible, setShow3DButtonVisible = lacks("3D button")
    autoShowSourceVolumeNode, setAutoShowSourceVolumeNode = lacks("way to choose what the slice views show")

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._node_events, self._segmentation_events, self._scene_events = (Observations() for _ in range(3))
        self._read_only, self._undo_enabled, self._updating = False, True, False
        self._editing = SegmentEditing(self._update_buttons)
        self._offered = EffectsOffered(all_effects(self._editing))
        self._effect: Effect | None = None
        self._last_effect: Effect | None = None
        self._shortcuts: Shortcuts | None = None
        self._surfaces = SurfaceUpdates(self._editing, self)
        self._views = EditingViews(self._surfaces.stop, self._stroke_ended, self._show_problem)
        self.destroyed.connect(self._views.let_go)
        self._controls = Controls(self)
        self._controls.effects.effectChosen.connect(self.setActiveEffectByName)
        self._controls.effects.undoChosen.connect(self.undo)
        self._controls.effects.redoChosen.connect(self.redo)
        self._controls.threshold.applied.connect(self._apply_threshold)
        self._controls.segmentation.nodeActivated.connect(self.setSegmentationNode)
        self._controls.source_volume.nodeActivated.connect(self.setSourceVolumeNode)
        self._controls.table.selectionChanged.connect(self._segment_chosen)
        self._controls.add.clicked.connect(self._add_segment)
        self._controls.remove.clicked.connect(self._remove_segment)
        self._show_effects()
        self.updateWidgetFromMRML()

    # What is edited

    @Slot(object)
    def setMRMLScene(self, scene: vtkMRMLScene | None) -> None:
        self._scene_events.clear()
        if scene:
            for event in (scene.EndCloseEvent, scene.NodeRemovedEvent):
                self._scene_events.add(scene, event, self._let_go_of_removed)
        self._controls.segmentation.setMRMLScene(scene)
        self._controls.source_volume.setMRMLScene(scene)
        self._controls.table.setMRMLScene(scene)
        super().setMRMLScene(scene)
        self.updateWidgetFromMRML()

    @Slot(object)
    def setMRMLSegmentEditorNode(self, node: vtkMRMLSegmentEditorNode | None) -> None:
        self._editing.end()
        self._node_events.clear()
        self._node = self._views.node = node
        for effect in self._offered.effects:
            effect.setParameterSetNode(node)
        if node:
            self._node_events.add(node, "ModifiedEvent", self.updateWidgetFromMRML)
            self._node_events.add(node, node.EffectParameterModified, self._show_options)
        self._editing.use(node)
        self.updateWidgetFromMRML()

    # What the mouse does

    def availableEffectNames(self) -> list[str]:
        return [effect.name for effect in self._offered.effects]

    def effectByName(self, name: str) -> Effect | None:
        return self._offered.named(name)

    def activeEffect(self) -> Effect | None:
        """None while reading."""
        return self._effect

    def setActiveEffect(self, effect: Effect | None) -> None:
        if self._node and not (self._read_only and effect):
            self._node.SetActiveEffectName(effect.name if effect else "")

    @Slot(str)
    def setActiveEffectByName(self, name: str) -> None:
        """ "None", or a name that there is not, ends editing."""
        self.setActiveEffect(self.effectByName(name))

    def effectNameOrder(self) -> list[str]:
        return list(self._offered.order)

    @Slot("QStringList")
    def setEffectNameOrder(self, names: Sequence[str]) -> None:
        """Those effects come first, in this order."""
        self._offered.order = list(names)
        self._show_effects()

    def _set_unordered_visible(self, visible: bool) -> None:
        self._offered.with_others = visible
        self._show_effects()

    unorderedEffectsVisible = Property(bool, lambda self: self._offered.with_others, _set_unordered_visible)

    @Slot()
    def setupViewObservations(self) -> None:
        """The mouse edits from now on: to be called when the panel is entered."""
        self._views.observe(slicer.app.layoutManager())

    @Slot()
    def removeViewObservations(self) -> None:
        """The mouse edits no more: to be called when the panel is left."""
        self._views.let_go()

    def installKeyboardShortcuts(self, parent: QWidget | None = None) -> None:
        """Slicer's keys: 1, 2… effects, Esc and Space, Z and Y, Q and W segments, I intensities."""
        self.uninstallKeyboardShortcuts()
        actions = editor_keys(self, self._toggle_effect, self._toggle_last_effect)
        self._shortcuts = Shortcuts(parent or slicer.util.mainWindow(), actions)

    def uninstallKeyboardShortcuts(self) -> None:
        if self._shortcuts:
            self._shortcuts.remove()
        self._shortcuts = None

    @Slot()
    def toggleSourceVolumeIntensityMaskEnabled(self) -> None:
        if self._node:
            self._node.SetSourceVolumeIntensityMask(not self._node.GetSourceVolumeIntensityMask())

    # Undo, and whether editing is allowed

    @Slot()
    def undo(self) -> None:
        self._restore(self._editing.undo)

    @Slot()
    def redo(self) -> None:
        self._restore(self._editing.redo)

    @Slot(int)
    def setMaximumNumberOfUndoStates(self, number: int) -> None:
        self._editing.history.maximum = number
        self._update_buttons()

    @Slot(bool)
    def setUndoEnabled(self, enabled: bool) -> None:
        self._undo_enabled = enabled
        self._update_buttons()

    @Slot(bool)
    def setReadOnly(self, read_only: bool) -> None:
        self._read_only = read_only
        if read_only:
            self.setActiveEffect(None)
        self._controls.set_read_only(read_only)
        self._update_buttons()

    maximumNumberOfUndoStates = Property(int, lambda self: self._editing.history.maximum, setMaximumNumberOfUndoStates)
    undoEnabled = Property(bool, lambda self: self._undo_enabled, setUndoEnabled)
    readOnly = Property(bool, lambda self: self._read_only, setReadOnly)

    # How the node is shown

    @Slot()
    def updateWidgetFromMRML(self) -> None:
        """All controls as the segment editor node says."""
        if self._updating:
            return
        self._updating = True
        try:
            self._follow_segmentation()
            self._choose_first_segment()
            editable = self._node is not None and not self._read_only
            self._effect = self.effectByName(self._node.GetActiveEffectName() or "") if editable else None
            self._last_effect = self._effect or self._last_effect
            self._views.effect = self._effect
            self._controls.show_node(self._node)
            self._controls.show_effect(self._effect)
            self._views.update()
            self._update_buttons()
        finally:
            self._updating = False
        self._tell_changes()

    def _follow_segmentation(self) -> None:
        node = self.segmentationNode()
        if node is self._shown["segmentation"]:
            return
        self._editing.use(self._node)
        self._segmentation_events.clear()
        if node:
            events = slicer.vtkSegmentation
            for event in (events.SegmentAdded, events.SegmentRemoved, events.SegmentModified):
                self._segmentation_events.add(node, event, self.updateWidgetFromMRML)
            self._segmentation_events.add(node, node.DisplayModifiedEvent, self._show_options)

    def _show_options(self) -> None:
        self._controls.show_effect(self._effect)
        self._views.update()

    def _show_effects(self) -> None:
        self._controls.effects.show_effects(self._offered.shown())
        self._controls.set_tab_order()
        self._controls.show_effect(self._effect)
        self._update_buttons()

    def _update_buttons(self) -> None:
        if not shiboken6.isValid(self):
            return
        history, allowed = self._editing.history, not self._read_only
        self._controls.effects.enable(
            allowed and bool(self._segment_ids()),
            allowed and self._undo_enabled and history.can_undo,
            allowed and self._undo_enabled and history.can_redo,
        )

    def _let_go_of_removed(self) -> None:
        if self._node and self._node.GetScene() is None:
            self.setMRMLSegmentEditorNode(None)
        elif self.segmentationNode() is not self._shown["segmentation"]:
            self.updateWidgetFromMRML()

    # What the controls do

    def _toggle_effect(self, index: int) -> None:
        shown = self._offered.shown()
        if index < len(shown) and self._controls.effects.isEnabled():
            self.setActiveEffect(None if shown[index] is self._effect else shown[index])

    def _toggle_last_effect(self) -> None:
        self.setActiveEffect(None if self._effect else self._last_effect)

    def _restore(self, action: object) -> None:
        if self._undo_enabled and not self._read_only:
            self._attempt(action)
            self._surfaces.start()

    def _apply_threshold(self) -> None:
        QApplication.setOverrideCursor(Qt.CursorShape.WaitCursor)
        try:
            self._attempt(self.effectByName("Threshold").onApply)
        finally:
            QApplication.restoreOverrideCursor()
        self._surfaces.start()

    def _attempt(self, action: object) -> None:
        try:
            action()
            self._show_problem("")
        except CannotEdit as problem:
            self._show_problem(str(problem))

    def _stroke_ended(self) -> None:
        self._editing.end()
        self._show_problem("")
        self._surfaces.start()

    def _show_problem(self, sentence: str) -> None:
        self._controls.show_problem(sentence)

    def _segment_chosen(self) -> None:
        chosen = self._controls.table.selectedSegmentIDs()
        if chosen and not self._updating:
            self.setCurrentSegmentID(chosen[0])

    def _add_segment(self) -> None:
        if self.segmentationNode():
            self.setCurrentSegmentID(self.segmentationNode().GetSegmentation().AddEmptySegment())

    def _remove_segment(self) -> None:
        if self.currentSegmentID() and self._controls.confirm_removal(self.segmentationNode(), self.currentSegmentID()):
            self.segmentationNode().GetSegmentation().RemoveSegment(self.currentSegmentID())
