"""Gives PySide6's own classes, in place, what PythonQt gives to module code in Slicer.

- A Qt property is an attribute: `label.text`, `box.value = 3`. Where PySide6 has a method of that name the value read
  is callable too, so `label.text()` of code written for PySide6 goes on.
- `button.connect("clicked(bool)", f)` and `disconnect`; a signal that is not there is a ValueError, where PythonQt says
  nothing and never calls.
- A Qt object takes no new attributes: a mistyped property is an AttributeError, as there.
- `name` and `className()`.

Differences that stay. `is True` fails on a bool property whose getter has its name (`wordWrap`): Python's bool has no
subclass. Properties that are pointers (`document`) and the virtual ones (`sizeHint`, `minimumSizeHint`, `duration`)
remain methods; `currentData` is a plain value. Keyword arguments, which PythonQt refuses, pass. A bound method of an
object that is no QObject doesn't keep that object alive.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6 import QtCore, QtGui, QtWidgets
from PySide6.QtCore import QMetaObject, QObject

# Patched at once, because Qt hands out objects of these by itself; others when module `qt` is asked for them.
CLASSES = {
    QtCore: """QAbstractItemModel QCoreApplication QEventLoop QFile QFileSystemWatcher QItemSelectionModel QMimeData
        QProcess QSettings QSortFilterProxyModel QStringListModel QThread QTimer""",
    QtGui: """QAction QActionGroup QClipboard QGuiApplication QScreen QShortcut QStandardItemModel QStyleHints
        QTextDocument QWindow""",
    QtWidgets: """QApplication QButtonGroup QCheckBox QColorDialog QComboBox QCompleter QDateTimeEdit QDialog
        QDialogButtonBox QDockWidget QDoubleSpinBox QFileDialog QFormLayout QFrame QGridLayout QGroupBox QHBoxLayout
        QHeaderView QInputDialog QLabel QLineEdit QListWidget QMainWindow QMenu QMenuBar QMessageBox QPlainTextEdit
        QProgressBar QProgressDialog QPushButton QRadioButton QScrollArea QScrollBar QSlider QSpinBox QSplitter
        QStackedLayout QStackedWidget QStatusBar QStyle QStyledItemDelegate QTabBar QTabWidget QTableWidget
        QTextBrowser QTextEdit QToolBar QToolBox QToolButton QTreeWidget QVBoxLayout QWidget QWidgetAction""",
}
# Overridden in Python and called by Qt as methods.
VIRTUAL_GETTERS = {"sizeHint", "minimumSizeHint", "duration"}
# Classes of these play Slicer's C++ classes; those that a module derives from them take new attributes.
PLAYS_CPP = ("PySide6.", "EmbeddedSlicer.ctk.", "EmbeddedSlicer.qmrml.", "EmbeddedSlicer.segment_editor.widget")

_patched: set[type] = set()
_plain_getattribute = QObject.__getattribute__


def _itself(value: Any) -> Any:
    return value


# How a value becomes one that can be called, for `label.text()`; the call gives it again.
_also_callable: dict[type, Callable[[Any], Any]] = {
    bool: type("bool", (int,), {"__call__": int.__bool__, "__repr__": lambda value: repr(value != 0)}),
    **{plain: type(plain.__name__, (plain,), {"__call__": _itself}) for plain in (str, int, float, list)},
}


def _make_callable(value: Any) -> Any:
    """The value, such that calling it gives it again; plain where that can't be (None, an item's own data)."""
    kind = type(value)
    if kind not in _also_callable:
        if kind.__module__.startswith("PySide6."):  # QSize, Qt.AlignmentFlag
            kind.__call__ = _itself
        _also_callable[kind] = _itself
    return _also_callable[kind](value)


class QtProperty:
    """A Qt property as an attribute of its class."""

    def __init__(self, owner: type, name: str, writable: bool) -> None:
        capital = name[0].upper() + name[1:]
        self.name = name
        self.writable = writable
        self.method = vars(owner).get(name)
        self.setter = getattr(owner, f"set{capital}", None)
        self.getter = getattr(owner, f"is{capital}", None) or getattr(owner, f"has{capital}", None)

    def __get__(self, instance: QObject | None, owner: type) -> Any:
        if instance is None:  # QApplication.font(), QTimer.singleShot(…)
            return self.method.__get__(None, owner) if self.method else self
        if self.getter:
            return self.getter(instance)
        if self.method:
            return _make_callable(self.method.__get__(instance, owner)())
        return instance.property(self.name)

    def __set__(self, instance: QObject, value: Any) -> None:
        if self.setter:
            self.setter(instance, value)
        elif not (self.writable and instance.setProperty(self.name, value)):
            raise AttributeError(f"{type(instance).__name__}.{self.name} can't be set to {value!r}")


def install() -> None:
    """Patches the classes of PySide6; a second call does nothing."""
    if QObject in _patched:
        return
    patch(QObject)
    for module, names in CLASSES.items():
        for name in names.split():
            patch(getattr(module, name))
    QObject.__getattribute__ = _getattribute_over(_plain_getattribute)
    QObject.name = property(lambda self: _plain_getattribute(self, "objectName"), QObject.setObjectName)
    QObject.className = lambda self: self.metaObject().className()


def patch(cls: type) -> None:
    """Turns the Qt properties of a class and of its bases into attributes."""
    for owner in reversed(cls.__mro__):
        if not issubclass(owner, QObject) or owner in _patched:
            continue
        _patched.add(owner)
        meta = owner.staticMetaObject
        for index in range(meta.propertyCount()):
            found = meta.property(index)
            name = found.name()
            own = index >= meta.propertyOffset()  # an inherited one is taken where the class has a new getter for it
            if (own or name in vars(owner)) and name not in VIRTUAL_GETTERS and not found.typeName().endswith("*"):
                setattr(owner, name, QtProperty(owner, name, found.isWritable()))
        if "__getattribute__" in vars(owner) and owner is not QObject:
            # Its own tells a static method from one of the object by the same name: QFile.exists, QProcess.
            owner.__getattribute__ = _getattribute_over(owner.__getattribute__)
        if owner is not QObject:  # its own is what the others call: Python lets no call jump over a patched class
            owner.__setattr__ = _setattr


def _setattr(self: QObject, name: str, value: Any) -> None:
    cls = type(self)
    if cls.__module__.startswith(PLAYS_CPP) and not any(name in vars(base) for base in cls.__mro__):
        private = name.startswith("_") and not cls.__module__.startswith("PySide6.")  # our own widgets' state
        child = isinstance(value, QObject) and value.objectName() == name  # QUiLoader puts them there
        if not (private or child):
            raise AttributeError(f"{cls.__name__} has no property '{name}', and takes no new attributes")
    QObject.__setattr__(self, name, value)


def _getattribute_over(plain: Callable[[QObject, str], Any]) -> Callable[[QObject, str], Any]:
    """The way to an attribute, with string signals in connect and disconnect."""

    def getattribute(self: QObject, name: str) -> Any:
        # Not as attributes of the class: PySide6 looks up these two names in C++, before the class. QObject's own way
        # gives the object's methods; that of QProcess would give the static ones.
        if name == "connect" or name == "disconnect":
            return partial(_with_written_signal, self, _plain_getattribute(self, name))
        return plain(self, name)

    return getattribute


def _with_written_signal(self: QObject, connect_or_disconnect: Callable[..., Any], *arguments: Any) -> Any:
    """PySide6's own, but for (signature, function): that is PythonQt's, and returns True or False."""
    if len(arguments) != 2 or not isinstance(arguments[0], str) or arguments[0][:1] == "2":
        return connect_or_disconnect(*arguments)
    return bool(connect_or_disconnect("2" + signature_here(self, arguments[0]), arguments[1]))


def signature_here(sender: QObject, written: str) -> str:
    """A signal's signature as this process knows it. VTK objects travel as Python objects. ValueError if not there."""
    meta = sender.metaObject()
    normalized = bytes(QMetaObject.normalizedSignature(written)).decode()
    for signature in (normalized, re.sub(r"\bvtk\w+\*", "PyObject", normalized)):
        if meta.indexOfSignal(signature) >= 0:
            return signature
    methods = (meta.method(index) for index in range(meta.methodCount()))
    signals = [bytes(m.methodSignature()).decode() for m in methods if m.methodType() == m.MethodType.Signal]
    close = difflib.get_close_matches(normalized, signals, 3, 0.4)
    raise ValueError(
        f"{meta.className()} has no signal '{written}'; in Slicer nothing would be connected, without a word. "
        f"Its signals with such a name: {', '.join(close) or 'none'}."
    )
