"""The file dialog as PythonQt has it: its static functions return paths alone, not a pair with the filter."""

# ruff: noqa: N802

from __future__ import annotations

from PySide6 import QtWidgets


class QFileDialog(QtWidgets.QFileDialog):
    """PySide6's own, but for the functions whose C++ has a filter to give back."""

    @staticmethod
    def getOpenFileName(*arguments: object) -> str:
        return QtWidgets.QFileDialog.getOpenFileName(*arguments)[0]

    @staticmethod
    def getOpenFileNames(*arguments: object) -> list[str]:
        return QtWidgets.QFileDialog.getOpenFileNames(*arguments)[0]

    @staticmethod
    def getSaveFileName(*arguments: object) -> str:
        return QtWidgets.QFileDialog.getSaveFileName(*arguments)[0]
