"""A segment editor widget over Red, Green and Yellow, with a volume and masks to edit."""

from types import SimpleNamespace

import pytest

pytest.importorskip("slicer")
pytest.importorskip("PySide6")

import slicer
from EmbeddedSlicer.core import Core
from EmbeddedSlicer.segment_editor.widget import qMRMLSegmentEditorWidget
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication
from segmentation_scenes import AFFINES, edited_scene
from slice_views import ORIENTATIONS, SliceViews

OVERWRITE_NONE = slicer.vtkMRMLSegmentEditorNode.OverwriteNone


@pytest.fixture
def views(application, monkeypatch):
    core = Core()
    views = SliceViews(core)
    views.core = core
    monkeypatch.setattr(slicer, "app", SimpleNamespace(layoutManager=lambda: views), raising=False)
    yield views
    views.close()
    core.close()


@pytest.fixture
def editors(views):
    """Makes editors, and ends them before the views go."""
    made = []

    def make(world):
        editor = qMRMLSegmentEditorWidget()
        editor.setMRMLScene(world.scene)
        editor.setMRMLSegmentEditorNode(world.editor_node)
        world.editor_node.SetOverwriteMode(OVERWRITE_NONE)
        editor.setupViewObservations()
        made.append(editor)
        return editor

    yield make
    for editor in made:
        editor.removeViewObservations()
        editor.setMRMLSegmentEditorNode(None)
        editor.setMRMLScene(None)
        editor.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def world(views):
    made = edited_scene(views.core.scene, AFFINES["LAS 8 mm"])
    for name in ORIENTATIONS:
        views.sliceWidget(name).show(made.volume, made.ras(6, 28, 20))
    return made


@pytest.fixture
def editor(editors, world):
    return editors(world)


@pytest.fixture
def red(views):
    return views.sliceWidget("Red")
