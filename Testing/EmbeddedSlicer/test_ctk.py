"""CTK's widgets: what a user does with them, and what a module reads and hears then."""

import pytest

pytest.importorskip("PySide6")

from EmbeddedSlicer import ctk
from EmbeddedSlicer import qt_module as qt
from PySide6.QtCore import QEvent, QPoint, QSettings, Qt
from PySide6.QtGui import QAccessible, QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDoubleSpinBox, QFileDialog, QLineEdit, QMessageBox, QPushButton, QSlider

HEADING = QPoint(60, 8)


@pytest.fixture(autouse=True, scope="module")
def application():
    return QApplication.instance() or QApplication(["tests"])


@pytest.fixture
def settings(tmp_path, monkeypatch):
    """Settings of this test's own."""
    file = str(tmp_path / "settings.ini")
    monkeypatch.setattr("EmbeddedSlicer.ctk.message_box.QSettings", lambda: QSettings(file, QSettings.Format.IniFormat))


def heard_of(widget, *signals):
    heard = []
    for signal in signals:
        name = signal.partition("(")[0]
        assert widget.connect(signal, lambda value, name=name: heard.append((name, value)))
    return heard


def wait_for(condition):
    for _ in range(500):
        if condition():
            return
        QTest.qWait(10)
    pytest.fail("waited in vain")


class Section:
    """A section with two buttons, shown."""

    def __init__(self):
        self.section = ctk.ctkCollapsibleButton()
        self.section.text = "Study"
        layout = qt.QVBoxLayout(self.section)
        self.first, self.second = qt.QPushButton("first"), qt.QPushButton("second")
        layout.addWidget(self.first)
        layout.addWidget(self.second)
        self.section.resize(300, 200)
        self.section.show()

    def visible(self):
        return self.first.visible, self.second.visible


@pytest.fixture
def shown(application):
    made = Section()
    QTest.qWaitForWindowExposed(made.section)
    yield made
    made.section.close()


def tip_at(widget, place, monkeypatch):
    """What a widget says where the mouse rests on it."""
    said = []
    monkeypatch.setattr(
        "EmbeddedSlicer.ctk.collapsible_button.QToolTip.showText", lambda where, text, owner: said.append(text)
    )
    QApplication.sendEvent(widget, QHelpEvent(QEvent.Type.ToolTip, place, widget.mapToGlobal(place)))
    return said


def test_a_heading_without_a_tooltip_says_what_a_click_does(shown, monkeypatch):
    shown.section.setText("&Study")
    assert tip_at(shown.section, HEADING, monkeypatch) == ["Fold or unfold Study"]
    assert tip_at(shown.section, QPoint(60, 150), monkeypatch) == [], "not over what is in it"
    shown.section.setToolTip("The study")
    assert "Fold or unfold Study" not in tip_at(shown.section, HEADING, monkeypatch)


def test_a_click_on_the_heading_folds_the_section(shown):
    heard = heard_of(shown.section, "contentsCollapsed(bool)")
    height = shown.section.sizeHint().height()
    QTest.mouseClick(shown.section, Qt.MouseButton.LeftButton, pos=HEADING)
    assert shown.section.collapsed is True
    assert shown.visible() == (False, False)
    assert shown.section.sizeHint().height() < height / 2
    assert shown.section.maximumHeight == shown.section.sizeHint().height()
    QTest.mouseClick(shown.section, Qt.MouseButton.LeftButton, pos=HEADING)
    assert shown.section.collapsed is False
    assert shown.visible() == (True, True)
    assert shown.section.sizeHint().height() == height
    assert heard == [("contentsCollapsed", True), ("contentsCollapsed", False)]


def test_a_click_below_the_heading_does_nothing(shown):
    QTest.mouseClick(shown.section, Qt.MouseButton.LeftButton, pos=QPoint(3, 150))
    assert shown.section.collapsed is False


@pytest.mark.parametrize("key", [Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_the_keyboard_folds_it_too(shown, key):
    shown.section.setFocus()
    QTest.keyClick(shown.section, key)
    assert shown.section.collapsed is True
    QTest.keyClick(shown.section, key)
    assert shown.section.collapsed is False


def test_screen_readers_hear_a_heading_that_can_be_checked(shown):
    accessible = QAccessible.queryAccessibleInterface(shown.section)
    assert accessible.text(QAccessible.Text.Name) == "Study"
    assert accessible.state().checkable
    assert accessible.state().checked


def test_what_was_hidden_before_stays_hidden(shown):
    shown.first.hide()
    shown.section.collapsed = True
    shown.section.collapsed = False
    assert shown.visible() == (False, True)


def test_what_is_hidden_or_shown_meanwhile_is_so_afterwards(shown, application):
    shown.second.hide()
    shown.section.collapsed = True
    shown.first.visible = False
    shown.second.visible = True
    application.sendPostedEvents()
    assert shown.visible() == (False, False), "nothing of a folded section is seen or reached with the keyboard"
    shown.section.collapsed = False
    assert shown.visible() == (False, True)


def test_what_is_added_to_a_folded_section_is_folded_away(shown):
    shown.section.collapsed = True
    late = qt.QLabel("late")
    shown.section.layout().addWidget(late)
    wait_for(lambda: late.testAttribute(Qt.WidgetAttribute.WA_WState_Polished))  # Qt has shown it by itself
    wait_for(lambda: not late.visible)
    shown.section.collapsed = False
    assert late.visible


def test_a_section_folded_before_it_is_shown(application):
    section = ctk.ctkCollapsibleButton("Save")
    section.collapsed = True
    button = qt.QPushButton("save")
    qt.QVBoxLayout(section).addWidget(button)
    section.show()
    assert not button.visible
    section.collapsed = False
    assert button.visible
    section.close()


def test_the_heading_grows_with_the_font(shown, application):
    height = shown.section.contentsMargins().top()
    font = shown.section.font
    font.setPointSize(2 * font.pointSize())
    shown.section.font = font
    application.sendPostedEvents(None, QEvent.Type.FontChange)
    assert shown.section.contentsMargins().top() > height


@pytest.fixture
def slider():
    widget = ctk.ctkSliderWidget()
    widget.maximum = 60
    widget.singleStep = 0.5
    widget.suffix = " mm"
    widget.show()
    yield widget
    widget.close()


def test_typing_a_number_sets_the_value_once(slider):
    heard = heard_of(slider, "valueChanged(double)")
    box = slider.findChild(QDoubleSpinBox)
    box.selectAll()
    QTest.keyClicks(box, "12.5")
    assert heard == []
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert slider.value == 12.5
    assert slider.findChild(QSlider).value == 25
    assert heard == [("valueChanged", 12.5)]


def test_the_slider_goes_in_single_steps(slider):
    heard = heard_of(slider, "valueChanged(double)")
    inner = slider.findChild(QSlider)
    QTest.keyClick(inner, Qt.Key.Key_Right)
    QTest.keyClick(inner, Qt.Key.Key_Right)
    assert slider.value == 1.0
    assert slider.findChild(QDoubleSpinBox).text == "1.00 mm"
    assert heard == [("valueChanged", 0.5), ("valueChanged", 1.0)]


def test_without_tracking_the_value_waits_until_the_slider_is_let_go(slider):
    slider.tracking = False
    heard = heard_of(slider, "valueChanged(double)", "valueIsChanging(double)")
    inner = slider.findChild(QSlider)
    inner.sliderDown = True
    inner.sliderPosition = 20
    assert (slider.value, heard) == (0.0, [("valueIsChanging", 10.0)])
    inner.sliderDown = False
    assert slider.value == 10.0
    assert ("valueChanged", 10.0) in heard


def test_values_are_kept_within_limits_and_decimals(slider):
    heard = heard_of(slider, "valueChanged(double)")
    slider.decimals = 1
    slider.value = 100
    slider.value = 1.2345
    slider.setValue(1.2)
    slider.minimum = 5
    slider.maximum = 4
    assert [value for _, value in heard] == [60.0, 1.2, 5.0, 4.0]
    assert (slider.minimum, slider.value, slider.maximum) == (4.0, 4.0, 4.0)


def test_a_value_between_two_steps_is_kept(slider):
    slider.value = 10.3
    assert slider.value == 10.3
    slider.setSpinBoxVisible(False)
    assert slider.spinBoxVisible is False


def test_what_ctk_has_not_is_an_error(slider):
    with pytest.raises(AttributeError, match="maximun"):
        slider.maximun = 3
    with pytest.raises(AttributeError):
        slider.setMaximum(3)
    with pytest.raises(AttributeError, match=r"ctk\.ctkRangeWidget"):
        ctk.ctkRangeWidget  # noqa: B018


def test_a_folder_is_chosen_with_a_click(monkeypatch, tmp_path):
    button = ctk.ctkDirectoryButton()
    heard = heard_of(button, "directoryChanged(QString)", "directorySelected(QString)")
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *arguments: str(tmp_path))
    QTest.mouseClick(button.findChild(QPushButton), Qt.MouseButton.LeftButton)
    assert button.directory == str(tmp_path)
    assert heard == [("directoryChanged", str(tmp_path)), ("directorySelected", str(tmp_path))]
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *arguments: "")
    button.browse()
    assert button.directory == str(tmp_path)
    button.directory = str(tmp_path / "other")
    assert heard[-1] == ("directoryChanged", str(tmp_path / "other"))


def test_a_long_folder_is_shortened_on_the_button_and_whole_in_its_tooltip():
    button = ctk.ctkDirectoryButton()
    button.resize(200, 30)
    button.show()
    button.directory = "/a/rather/long/folder/in/which/nobody/would/look/for/anything/at/all"
    shown = button.findChild(QPushButton)
    assert "…" in shown.text
    assert shown.toolTip == button.directory == shown.accessibleName
    button.text = "Results"
    assert shown.text == "Results"
    button.close()


def test_a_path_is_typed():
    edit = ctk.ctkPathLineEdit()
    heard = heard_of(edit, "currentPathChanged(QString)")
    QTest.keyClicks(edit.findChild(QLineEdit), "/ab")
    assert edit.currentPath == "/ab"
    assert heard[-1] == ("currentPathChanged", "/ab")
    edit.currentPath = "/c"
    assert edit.findChild(QLineEdit).text == "/c"


@pytest.mark.parametrize(
    ("filters", "dialog"),
    [
        (ctk.ctkPathLineEdit.Dirs, "getExistingDirectory"),
        (ctk.ctkPathLineEdit.Files | ctk.ctkPathLineEdit.Readable, "getOpenFileName"),
        (ctk.ctkPathLineEdit.Files | ctk.ctkPathLineEdit.Writable, "getSaveFileName"),
    ],
)
def test_the_filters_say_what_is_asked_for(monkeypatch, filters, dialog):
    edit = ctk.ctkPathLineEdit()
    edit.filters = filters
    edit.nameFilters = ["NIfTI (*.nii *.nii.gz)", "All files (*)"]
    asked = []

    def answer(*arguments):
        asked.append(arguments[3:])
        return "/chosen" if dialog == "getExistingDirectory" else ("/chosen", "")

    monkeypatch.setattr(QFileDialog, dialog, answer)
    edit.browse()
    assert edit.currentPath == "/chosen"
    assert asked == [() if dialog == "getExistingDirectory" else ("NIfTI (*.nii *.nii.gz);;All files (*)",)]


def test_a_combo_box_has_a_text_for_no_choice():
    combo = ctk.ctkComboBox()
    combo.defaultText = "Choose a device"
    combo.addItem("Automatic", "auto")
    combo.addItem("CPU", "cpu")
    combo.currentUserDataAsString = "cpu"
    assert combo.currentText == "CPU"
    combo.setCurrentUserDataAsString("gpu")
    assert combo.currentIndex == -1
    assert combo.placeholderText == "Choose a device"


def answer_with(button, tick=False):
    """A click on a button of the message box that is shown next."""

    def click():
        box = QApplication.activeModalWidget()
        if tick:
            QTest.mouseClick(box.checkBox(), Qt.MouseButton.LeftButton)
        box.button(button).click()

    qt.QTimer.singleShot(0, click)


def test_a_message_is_not_shown_again_once_the_user_said_so(settings):
    def ask():
        box = ctk.ctkMessageBox()
        box.standardButtons = qt.QMessageBox.Ok | qt.QMessageBox.Cancel
        box.dontShowAgainSettingsKey = "tests/message"
        return box

    answer_with(QMessageBox.StandardButton.Cancel)
    assert ask().exec_() == qt.QMessageBox.Cancel
    answer_with(QMessageBox.StandardButton.Ok, tick=True)
    assert ask().exec_() == qt.QMessageBox.Ok
    assert ask().exec_() == qt.QMessageBox.Ok, "answered without being shown"
    assert ctk.ctkMessageBox().dontShowAgainVisible is False
