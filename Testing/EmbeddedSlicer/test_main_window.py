"""The window: opening by menu and drop, recent files, what a module may refuse, a toolbar that tells the truth."""

import pytest

pytest.importorskip("slicer")
pytest.importorskip("PySide6")

import slicer
from EmbeddedSlicer import help_texts, recent_files
from EmbeddedSlicer.segment_editor.widget import qMRMLSegmentEditorWidget
from hosted_module import NAME, host_with_module
from PySide6.QtCore import QMimeData, QPointF, QSettings, Qt, QUrl
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog

pytestmark = pytest.mark.filterwarnings("ignore:.*QDragEnterEvent:DeprecationWarning")  # Qt 6 has no other yet


@pytest.fixture(scope="module")
def host(tmp_path_factory):
    return host_with_module(tmp_path_factory.mktemp("modules"))


@pytest.fixture
def window(host):
    slicer.mrmlScene.Clear(False)
    QSettings().remove(recent_files.KEY)
    slicer.util.selectModule(NAME)
    yield host.window
    slicer.util.selectModule("")


@pytest.fixture
def study(tmp_path):
    path = tmp_path / "P001.hosted"
    path.touch()
    return path


def volumes():
    return [node.GetName() for node in slicer.util.getNodesByClass("vtkMRMLScalarVolumeNode")]


def drop(window, *paths):
    """Drops files on the window as a file manager would; whether the window takes them."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    here = window.rect().center()
    button, modifiers = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    entered = QDragEnterEvent(here, Qt.DropAction.CopyAction, data, button, modifiers)
    QApplication.sendEvent(window, entered)
    if entered.isAccepted():
        dropped = QDropEvent(QPointF(here), Qt.DropAction.CopyAction, data, button, modifiers)
        QApplication.sendEvent(window, dropped)
    return entered.isAccepted()


def action(menu_title, text):
    """The action of the menu bar with that text."""
    menus = [entry.menu() for entry in slicer.util.mainWindow().menuBar().actions()]
    menu = next(menu for menu in menus if menu.title().replace("&", "") == menu_title)
    return next(entry for entry in menu.actions() if entry.text().replace("&", "") == text)


def test_a_dropped_file_and_a_dropped_folder_are_opened_by_the_modules_reader(window, study, tmp_path):
    folder = tmp_path / "series"
    folder.mkdir()
    (folder / "slices.txt").touch()
    assert drop(window, study)
    assert drop(window, folder)
    assert volumes() == ["P001.hosted", "series"]
    assert recent_files.recent_files() == [folder, study]


def test_of_several_dropped_files_the_others_are_opened_beside_the_first(window, study, monkeypatch, caplog):
    manager, asked = slicer.app.ioManager(), []
    open_path = manager.open_path
    monkeypatch.setattr(
        manager, "open_path", lambda path, clear: (asked.append(clear), open_path(path, clear))[1], raising=False
    )
    others = [study.with_name(name) for name in ("damaged.hosted", "P002.hosted")]
    for other in others:
        other.touch()
    drop(window, study, *others)
    assert volumes() == ["P001.hosted", "P002.hosted"]
    assert asked == [True, False, False]
    assert "The study is damaged" in caplog.text


def test_a_scene_among_several_takes_the_place_of_nothing(window, study, tmp_path):
    window.open_path(study)
    scene = tmp_path / "other.mrb"
    window.save_scene_as(scene)
    window.close_scene()
    assert window.open_paths([study, scene])
    assert volumes().count("P001.hosted") == 1 + 1


def test_several_files_are_chosen_at_once(window, study, monkeypatch):
    other = study.with_name("P002.hosted")
    other.touch()
    chosen = [str(study), str(other)]
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *arguments: (chosen, ""))
    action("File", "Open file…").trigger()
    assert volumes() == ["P001.hosted", "P002.hosted"]


def test_what_cannot_be_opened_is_said_and_not_remembered(window, tmp_path, caplog):
    damaged = tmp_path / "damaged.hosted"
    damaged.touch()
    assert not window.open_path(damaged)
    assert "The study is damaged" in caplog.text
    assert recent_files.recent_files() == []
    assert QApplication.overrideCursor() is None


def test_a_wait_cursor_and_a_message_while_a_file_is_read(window, study, monkeypatch):
    seen = []

    def read(path, clear):
        seen.append((QApplication.overrideCursor().shape(), window.statusBar().currentMessage()))
        return []

    monkeypatch.setattr(slicer.app.ioManager(), "open_path", read, raising=False)
    assert window.open_path(study)
    assert seen == [(Qt.CursorShape.WaitCursor, "Opening P001.hosted …")]
    assert window.statusBar().currentMessage() == ""


def test_while_something_is_read_nothing_else_is_opened_or_closed(window, study, monkeypatch):
    answers = []

    def read(path, clear):
        closing = QCloseEvent()
        window.closeEvent(closing)
        answers.extend([window.open_path(study), window.close_scene(), closing.isAccepted()])
        return []

    monkeypatch.setattr(slicer.app.ioManager(), "open_path", read, raising=False)
    assert window.open_path(study)
    assert answers == [False, False, False]


def test_a_module_may_refuse_to_leave_what_is_open(window, study, tmp_path, monkeypatch):
    panel = slicer.util.getModuleWidget(NAME)
    assert window.open_path(study)
    scene = tmp_path / "other.mrb"
    assert window.save_scene_as(scene)
    monkeypatch.setattr(panel, "confirmClose", lambda: False, raising=False)
    assert not window.open_path(scene)
    drop(window, scene)
    assert volumes() == ["P001.hosted"]
    assert not window.close_scene()
    closing = QCloseEvent()
    window.closeEvent(closing)
    assert not closing.isAccepted()
    assert volumes() == ["P001.hosted"]
    monkeypatch.setattr(panel, "confirmClose", lambda: True, raising=False)
    assert window.close_scene()
    assert volumes() == []


def test_a_module_that_fails_when_it_is_asked_keeps_the_window_open(window, study, monkeypatch):
    panel = slicer.util.getModuleWidget(NAME)

    def fail():
        raise MemoryError

    monkeypatch.setattr(panel, "confirmClose", fail, raising=False)
    closing = QCloseEvent()
    window.closeEvent(closing)
    assert not closing.isAccepted()


def test_ten_recent_files_newest_first_and_greyed_when_gone(window, tmp_path):
    paths = [tmp_path / f"{number}.hosted" for number in range(12)]
    for path in [*paths, paths[5]]:
        path.touch()
        recent_files.add_recent_file(path)
    assert recent_files.recent_files()[:3] == [paths[5], paths[11], paths[10]]
    assert len(recent_files.recent_files()) == 10
    paths[11].unlink()
    menu = action("File", "Open recent").menu()
    menu.aboutToShow.emit()
    entries = menu.actions()
    assert [entry.isEnabled() for entry in entries[:3]] == [True, False, True]
    entries[2].trigger()
    assert volumes() == ["10.hosted"]
    menu.aboutToShow.emit()
    menu.actions()[-1].trigger()
    assert recent_files.recent_files() == []


def test_the_scene_is_saved_with_its_ending_and_opened_again(window, study, tmp_path):
    window.open_path(study)
    path = tmp_path / "scene.mrb"
    assert window.save_scene_as(path)
    window.close_scene()
    assert window.open_path(path)
    assert volumes() == ["P001.hosted"]
    assert recent_files.recent_files() == [path, study]


def test_a_scene_that_cannot_be_saved_is_said(window, tmp_path, caplog):
    assert not window.save_scene_as(tmp_path / "nowhere" / "scene.mrb")
    assert "could not be written" in caplog.text


def test_the_title_says_which_volume_and_which_module(window):
    assert window.windowTitle() == "Hosted module"
    volume = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "P001")
    slicer.app.applicationLogic().GetSelectionNode().SetActiveVolumeID(volume.GetID())
    assert window.windowTitle() == "P001 — Hosted module"
    slicer.mrmlScene.Clear(False)
    assert window.windowTitle() == "Hosted module"


def test_the_toolbar_sets_and_shows_what_a_left_drag_does(window, host):
    bar, node = window.tool_bar, host.core.interaction_node
    bar.pointer.trigger()
    assert node.GetCurrentInteractionMode() == node.ViewTransform
    node.SetCurrentInteractionMode(node.AdjustWindowLevel)
    assert (bar.window_level.isChecked(), bar.pointer.isChecked()) == (True, False)


def test_the_toolbar_sets_and_shows_the_crosshair_of_each_new_scene(window, host, tmp_path):
    bar = window.tool_bar
    bar.crosshair.trigger()
    assert host.core.crosshair_node.GetCrosshairMode() == slicer.vtkMRMLCrosshairNode.ShowBasic
    window.save_scene_as(tmp_path / "scene.mrb")
    bar.crosshair.trigger()
    window.close_scene()
    window.open_path(tmp_path / "scene.mrb")
    assert bar.crosshair.isChecked() == (host.core.crosshair_node.GetCrosshairMode() != 0)
    host.core.crosshair_node.SetCrosshairMode(slicer.vtkMRMLCrosshairNode.NoCrosshair)
    assert not bar.crosshair.isChecked()


def test_the_layout_menu_follows_the_layout(window, host):
    four_up = slicer.vtkMRMLLayoutNode.SlicerLayoutFourUpView
    red = slicer.vtkMRMLLayoutNode.SlicerLayoutOneUpRedSliceView
    layouts = {entry.data(): entry for entry in action("View", "Layout").menu().actions()}
    layouts[red].trigger()
    assert host.layout_manager.layout == red
    slicer.app.layoutManager().setLayout(four_up)
    assert (layouts[red].isChecked(), layouts[four_up].isChecked()) == (False, True)


def test_status_messages_of_modules_are_shown(window):
    assert slicer.util.showStatusMessage("Segmenting …")
    assert window.statusBar().currentMessage() == "Segmenting …"
    window.statusBar().clearMessage()


def test_the_panel_scrolls_down_and_never_sideways(window):
    panel = slicer.util.getModuleWidget(NAME).parent
    window.resize(1280, 800)
    window.grab()
    area = panel.parent().parent()
    assert area.horizontalScrollBarPolicy == Qt.ScrollBarPolicy.ScrollBarAlwaysOff
    assert panel.width <= area.viewport().width
    assert 360 <= window.module_panel.width <= 440


def test_the_panel_can_be_hidden_for_reading(window):
    hide = action("View", "Panel")
    hide.trigger()
    assert window.module_panel.isHidden()
    hide.trigger()
    assert not window.module_panel.isHidden()


@pytest.mark.parametrize("name", ["light", "dark", "system"])
def test_the_theme_is_kept_for_the_next_start(window, name):
    themes = action("View", "Theme").menu().actions()
    next(entry for entry in themes if entry.text() == name.capitalize()).trigger()
    assert QSettings().value("MainWindow/theme") == name


def test_help_names_every_key_of_the_menus(window):
    page = help_texts.keys_and_mouse().replace(" ", "")
    menus = [entry.menu() for entry in window.menuBar().actions()]
    keys = [entry.shortcut().toString() for menu in menus for entry in menu.actions() if entry.shortcut().toString()]
    assert len(keys) >= 7
    assert [key for key in keys if key not in page] == []


def test_help_names_the_keys_of_the_segment_editor_and_what_the_selected_module_says(window):
    editor = qMRMLSegmentEditorWidget()
    editor.installKeyboardShortcuts(window)
    keys = [each.key().toString() for each in editor._shortcuts._shortcuts]
    editor.uninstallKeyboardShortcuts()
    action("Help", "Keys and mouse").trigger()
    dialog = next(each for each in window.findChildren(help_texts.TextDialog) if each.windowTitle == "Keys and mouse")
    text = dialog.findChild(help_texts.QTextBrowser).toPlainText()
    dialog.close()
    words = text.replace(",", " ").split()
    assert {"1", "Esc", "Z", "W"} <= set(keys)
    assert [key for key in keys if "+" not in key and key not in (*"456789", *words)] == []
    assert "Helps." in text


def test_about_says_research_only_the_versions_and_what_the_module_says(window):
    action("Help", "About").trigger()
    dialog = next(each for each in window.findChildren(help_texts.TextDialog) if each.windowTitle == "About")
    text = dialog.findChild(help_texts.QTextBrowser).toPlainText()
    dialog.close()
    for part in ("research", "Not a medical device", "5.12.4", "VTK", "Apache", "Helps.", "Thanks."):
        assert part in text


def test_what_a_slot_or_an_observer_raises_is_printed_and_noted(window, capsys):
    def fail(*arguments):
        raise ValueError("of a slot")

    def fail_too(*arguments):
        raise ValueError("of an observer")

    slicer.util.getModuleWidget(NAME).ui.invert.connect("toggled(bool)", fail)
    slicer.util.getModuleWidget(NAME).ui.invert.click()
    assert "ValueError: of a slot" in capsys.readouterr().err
    assert window.error_note.text == "Error: of a slot"
    assert not window.error_note.isHidden()
    slicer.util.getModuleWidget(NAME).ui.invert.disconnect("toggled(bool)", fail)

    tag = slicer.mrmlScene.AddObserver(slicer.vtkMRMLScene.NodeAddedEvent, fail_too)
    slicer.mrmlScene.AddNewNodeByClass("vtkMRMLTextNode")
    slicer.mrmlScene.RemoveObserver(tag)
    assert "ValueError: of an observer" in capsys.readouterr().err
    assert window.error_note.text == "Error: of an observer"
    window.error_note.hide()
