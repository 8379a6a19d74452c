"""Module code finds in `qt` what PythonQt gives it in Slicer, and code written for PySide6 goes on."""

import gc
import sys
from pathlib import Path

import pytest

pytest.importorskip("PySide6")

from EmbeddedSlicer import qt_module as qt
from EmbeddedSlicer import qt_patch
from PySide6 import QtCore, QtWidgets


@pytest.fixture(autouse=True, scope="module")
def application():
    return QtWidgets.QApplication.instance() or QtWidgets.QApplication(["tests"])


def test_properties_are_attributes():
    label = qt.QLabel("a")
    assert label.text == "a"
    label.text = "b"
    assert QtWidgets.QLabel.text(label) == "b"
    box = qt.QSpinBox()
    box.maximum = 300
    box.value = 200
    assert (box.minimum, box.value, box.maximum) == (0, 200, 300)
    assert 2 * box.value + 1 == 401
    button = qt.QPushButton("c")
    button.checkable = button.checked = True
    button.enabled = False
    assert button.checked is True
    assert button.isChecked()
    assert button.enabled is False
    timer = qt.QTimer()
    timer.singleShot = True
    timer.start(10**6)
    assert timer.singleShot is True
    assert timer.active is True


def test_objects_that_qt_makes_itself_have_them_too():
    menu = qt.QMenu()
    action = menu.addAction("Open")
    action.text = "Close"
    assert menu.actions()[0].text == "Close"
    table = qt.QTableWidget(2, 3)
    table.horizontalHeader().visible = False
    assert table.horizontalHeader().isHidden()
    assert (table.rowCount, table.columnCount) == (2, 3)


def test_methods_of_the_same_name_can_still_be_called():
    label = qt.QLabel("a")
    label.setText("b")
    label.resize(30, 20)
    assert label.text() == "b"
    assert (label.width(), label.height()) == (30, 20)
    assert label.size() == QtCore.QSize(30, 20)
    assert label.geometry.width() == 30
    assert label.alignment() == label.alignment == qt.Qt.AlignLeft | qt.Qt.AlignVCenter
    assert label.font().pointSize() == label.font.pointSize()
    assert not label.wordWrap
    assert not label.wordWrap()
    assert qt.QApplication.applicationName() == qt.QApplication.instance().applicationName


def test_a_static_method_is_no_property_of_its_class(application):
    called = []
    qt.QTimer.singleShot(0, lambda: called.append(True))
    while not called:
        application.processEvents()


def test_values_read_from_properties_pass_as_arguments():
    menu, called = qt.QMenu(), []
    first = menu.addAction("Open")
    first.shortcut = qt.QKeySequence("Ctrl+O")
    second = menu.addAction(first.icon, first.text, lambda: called.append("second"))
    third = menu.addAction(first.text, first.shortcut)
    second.trigger()
    assert called == ["second"]
    assert third.shortcut.toString() == "Ctrl+O"
    combo = qt.QComboBox()
    combo.addItem("x", 7)
    assert combo.itemText(combo.currentIndex) == combo.currentText == "x"
    assert combo.currentData == 7
    assert Path(qt.QLabel("a/b").text).name == "b"


def test_a_property_that_cannot_be_written_says_so():
    with pytest.raises(AttributeError, match="width"):
        qt.QWidget().width = 3


def test_a_mistyped_property_is_an_error_as_in_slicer():
    label = qt.QLabel()
    with pytest.raises(AttributeError, match="QLabel has no property 'txt'"):
        label.txt = "a"
    with pytest.raises(AttributeError, match="_mine"):
        label._mine = 1


def test_classes_derived_in_python_take_new_attributes():
    class Panel(qt.QWidget):
        def __init__(self):
            super().__init__()
            self.volume = 3
            self.windowTitle = "Panel"

    panel = Panel()
    panel.further = 4
    assert (panel.volume, panel.further) == (3, 4)
    assert QtWidgets.QWidget.windowTitle(panel) == "Panel"


def test_a_property_declared_in_python_is_written_through_its_setter():
    class Panel(qt.QWidget):
        def _set(self, number):
            self._number = 2 * number

        number = qt.Property(int, lambda self: self._number, _set)

    panel = Panel()
    panel.number = 4
    assert panel.number == panel.property("number") == 8


def test_signals_are_connected_by_their_signature():
    button, heard = qt.QPushButton(), []
    button.checkable = True
    assert button.connect("clicked(bool)", heard.append) is True
    assert button.connect("toggled( bool )", lambda checked: heard.append(("toggled", checked))) is True
    assert button.connect("clicked()", lambda: heard.append("no argument")) is True
    button.click()
    assert heard == [("toggled", True), True, "no argument"]


def test_a_function_may_take_fewer_arguments_than_the_signal_has():
    class Receiver:
        def hear(self):
            heard.append("heard")

    button, heard, receiver = qt.QPushButton(), [], Receiver()
    button.connect("clicked(bool)", receiver.hear)
    button.clicked.connect(receiver.hear)
    button.click()
    assert heard == ["heard", "heard"]


def test_classes_with_a_static_method_named_like_another_connect_too(tmp_path):
    process, menu, heard = qt.QProcess(), qt.QMenu(), []
    assert process.connect("finished(int,QProcess::ExitStatus)", lambda code, status: heard.append((code, status)))
    process.start(sys.executable, ["-c", "raise SystemExit(3)"])
    assert process.waitForFinished(30000)
    assert heard == [(3, qt.QProcess.NormalExit)]
    assert menu.connect("aboutToShow()", lambda: None)
    (tmp_path / "there").touch()
    assert qt.QFile(str(tmp_path / "there")).exists()
    assert not qt.QFile(str(tmp_path / "gone")).exists()
    assert qt.QFile.exists(str(tmp_path / "there"))
    for sender in (process, menu):
        with pytest.raises(ValueError, match="has no signal"):
            sender.connect("finishd(int)", print)


def test_signals_are_disconnected_by_their_signature():
    box, heard = qt.QSpinBox(), []
    box.connect("valueChanged(int)", heard.append)
    box.value = 1
    assert box.disconnect("valueChanged(int)", heard.append) is True
    box.value = 2
    assert heard == [1]
    assert box.disconnect("valueChanged(int)", heard.append) is False


@pytest.mark.parametrize("written", ["clickd(bool)", "clicked", "clicked(int)", "text()"])
def test_a_wrong_signal_is_an_error_where_slicer_says_nothing(written):
    button = qt.QPushButton()
    for method in (button.connect, button.disconnect):
        with pytest.raises(ValueError, match="QPushButton has no signal"):
            method(written, print)
    with pytest.raises(ValueError, match=r"clicked\(bool\)"):
        button.connect("clicked", print)


def test_vtk_arguments_of_signals_are_python_objects_here():
    class Selector(qt.QObject):
        nodeChanged = qt.Signal(object)  # noqa: N815

    selector, heard, node = Selector(), [], object()
    assert selector.connect("nodeChanged(vtkMRMLNode*)", heard.append) is True
    selector.nodeChanged.emit(node)
    assert heard == [node]


def test_pysides_own_ways_to_connect_go_on():
    button, heard = QtWidgets.QPushButton(), []
    button.connect(QtCore.SIGNAL("clicked()"), lambda: heard.append(1))
    QtCore.QObject.connect(button, QtCore.SIGNAL("clicked()"), lambda: heard.append(2))
    button.clicked.connect(lambda: heard.append(3))
    button.click()
    assert heard == [1, 2, 3]


def test_name_and_class_name_are_those_of_pythonqt():
    widget = qt.QDoubleSpinBox()
    widget.name = "threshold"
    assert widget.objectName == widget.name == "threshold"
    assert widget.className() == "QDoubleSpinBox"


def test_a_dialog_answers_with_numbers_that_compare(application):
    box = qt.QMessageBox()
    box.standardButtons = qt.QMessageBox.Yes | qt.QMessageBox.No
    qt.QTimer.singleShot(0, box.button(qt.QMessageBox.Yes).click)
    assert box.exec() == qt.QMessageBox.Yes
    assert qt.QDialog.Accepted == 1


@pytest.mark.filterwarnings("ignore:'exec_' will be removed")
def test_exec_may_be_written_with_an_underscore():
    loop = qt.QEventLoop()
    qt.QTimer.singleShot(0, lambda: loop.exit(3))
    assert loop.exec_() == 3


def test_the_names_of_all_qt_modules_are_in_one_namespace():
    assert qt.QWidget is QtWidgets.QWidget
    assert qt.QFile is QtCore.QFile
    assert qt.QAction.__module__ == "PySide6.QtGui"
    assert qt.QTcpSocket.__module__ == "PySide6.QtNetwork"
    socket = qt.QTcpSocket()
    assert socket.objectName == ""
    for lacking in ("QtWidgets", "QDesktopWidget", "sys", "Shiboken"):
        with pytest.raises(AttributeError, match=f"qt.{lacking}"):
            getattr(qt, lacking)


def test_a_second_installation_changes_nothing():
    before = dict(vars(QtWidgets.QLabel))
    qt_patch.install()
    assert dict(vars(QtWidgets.QLabel)) == before


def test_widgets_that_are_gone_leave_no_trace(application):
    parent = qt.QWidget()
    label = qt.QLabel("a", parent)
    label.connect("linkActivated(QString)", lambda link: None)
    parent.deleteLater()
    application.sendPostedEvents(None, QtCore.QEvent.Type.DeferredDelete)
    gc.collect()
    with pytest.raises(RuntimeError, match="deleted"):
        label.text  # noqa: B018


@pytest.mark.filterwarnings("ignore:Enum value:DeprecationWarning")
def test_matplotlibs_qt_window_works(application):
    pyplot = pytest.importorskip("matplotlib.pyplot")
    pytest.importorskip("matplotlib.backends.backend_qtagg")
    before = pyplot.get_backend()
    pyplot.switch_backend("QtAgg")
    try:
        figure, axes = pyplot.subplots()
        axes.plot([1, 3, 2])
        figure.show()
        figure.canvas.manager.toolbar.home()
        figure.canvas.resize(300, 200)
        application.processEvents()
        assert figure.canvas.grab().toImage().width() == 300
    finally:
        pyplot.close("all")
        pyplot.switch_backend(before)


def test_the_file_dialog_gives_the_path_alone(monkeypatch):
    from PySide6.QtWidgets import QFileDialog

    monkeypatch.setattr(QFileDialog, "getOpenFileName", staticmethod(lambda *arguments: ("/a/study.nii", "NIfTI")))
    assert qt.QFileDialog.getOpenFileName(None, "Open") == "/a/study.nii"
