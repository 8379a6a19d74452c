"""The section Grade: the CT grade, how sure it is, and the figures of each lung."""

from __future__ import annotations

import qt

from ..grading.grade import KINDS, NO_LUNGS, Grade, kinds_of_lesion
from ..reporting.text import percent_text, remarks_on_grade
from ..scene.reading import Reading

RULES = {"total": "Both lungs together", "worse_lung": "The worse lung"}
FIGURES = (  # a line of the table each
    "Lung ml",
    "Lesion ml",
    "Lesion share",
    "Ground glass ml",
    "Ground glass share",
    "Consolidation ml",
    "Consolidation share",
)
UNKNOWN = "–"
ROW_MARGIN = 2  # pixels, above and below a line of the table together; more would push Save out of 800 of them
SIDES = {"right": "Right", "left": "Left", "both": "Both"}


class GradeSection:
    """Shows the grade; it computes none."""

    def __init__(self, ui: object) -> None:
        self.ui = ui
        table = ui.involvementTable
        table.setColumnCount(len(SIDES))
        table.setRowCount(len(FIGURES))
        table.setHorizontalHeaderLabels(list(SIDES.values()))
        table.setVerticalHeaderLabels(FIGURES)
        table.setEditTriggers(qt.QAbstractItemView.NoEditTriggers)
        table.setSelectionMode(qt.QAbstractItemView.NoSelection)
        table.setFocusPolicy(qt.Qt.NoFocus)  # nothing to choose in it, and it would keep the Tab key to itself
        table.setVerticalScrollBarPolicy(qt.Qt.ScrollBarAlwaysOff)
        table.setHorizontalScrollBarPolicy(qt.Qt.ScrollBarAlwaysOff)
        table.horizontalHeader().setSectionResizeMode(qt.QHeaderView.Stretch)
        for row in range(len(FIGURES)):
            for column in range(len(SIDES)):
                item = qt.QTableWidgetItem(UNKNOWN)
                item.setTextAlignment(qt.Qt.AlignRight | qt.Qt.AlignVCenter)
                table.setItem(row, column, item)
        row_height = table.fontMetrics().height() + ROW_MARGIN
        table.verticalHeader().setMinimumSectionSize(row_height)
        table.verticalHeader().setDefaultSectionSize(row_height)
        table.horizontalHeader().setFixedHeight(row_height)
        table.setFixedHeight((len(FIGURES) + 1) * row_height + 2 * table.frameWidth)
        font = ui.gradeLabel.font
        font.setPointSizeF(2.2 * font.pointSizeF())
        font.setBold(True)
        ui.gradeLabel.setFont(font)

    def show(self, reading: Reading) -> None:
        """Shows the grade of the reading, or that there is none yet."""
        grade = reading.grade
        self.ui.ruleBox.setEnabled(grade is not None)
        self.ui.gradeLabel.setText((grade.grade or "no grade") if grade else "–")
        none = f"No grade: {NO_LUNGS}" if reading.segmentation is not None else "Not segmented yet."
        self.ui.involvementLabel.setText("\n".join(remarks_on_grade(grade.as_json())) if grade else none)
        self.ui.correctedGradeLabel.setVisible(grade is not None)
        self.ui.correctedGradeLabel.setText(headline_of(grade))
        for column, side in enumerate(SIDES):
            for row, text in enumerate(figures(grade, side)):
                self.ui.involvementTable.item(row, column).setText(text)


def headline_of(grade: Grade | None) -> str:
    """The grade in a few words, for where the eye is while the hand corrects."""
    if grade is None:
        return ""
    both = grade.lungs["both"]
    return (
        f"{grade.grade or 'No grade'} · {percent_text(grade.involvement_percent)} · {both.lesion_ml:.1f} ml of lesion"
    )


def figures(grade: Grade | None, side: str) -> list[str]:
    """The figures of one lung, or of both, as text, line by line."""
    if grade is None:
        return [UNKNOWN] * len(FIGURES)
    lung = grade.lungs[side]
    kinds = kinds_of_lesion(lung)
    texts = [f"{lung.lung_ml:.0f}", f"{lung.lesion_ml:.1f}", percent_text(lung.percent)]
    for kind in KINDS:
        ml, percent = kinds[f"{kind}_ml"], kinds[f"{kind}_percent"]
        texts += [UNKNOWN, UNKNOWN] if ml is None or percent is None else [f"{ml:.1f}", percent_text(percent)]
    return texts
