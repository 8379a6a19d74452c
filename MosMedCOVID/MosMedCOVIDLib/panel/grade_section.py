"""The section Grade: the CT grade, how sure it is, and the figures of each lung."""

from __future__ import annotations

import qt

from ..grading.grade import Grade
from ..reporting.text import percent_text, remarks_on_grade
from ..scene.reading import Reading

RULES = {"total": "Both lungs together", "worse_lung": "The worse lung"}
COLUMNS = ("Lung ml", "Lesion ml", "Share")
ROW_MARGIN = 6  # pixels, above and below a line of the table together
SIDES = {"right": "Right", "left": "Left", "both": "Both"}


class GradeSection:
    """Shows the grade; it computes none."""

    def __init__(self, ui: object) -> None:
        self.ui = ui
        table = ui.involvementTable
        table.setColumnCount(len(COLUMNS))
        table.setRowCount(len(SIDES))
        table.setHorizontalHeaderLabels(COLUMNS)
        table.setVerticalHeaderLabels(list(SIDES.values()))
        table.setEditTriggers(qt.QAbstractItemView.NoEditTriggers)
        table.setSelectionMode(qt.QAbstractItemView.NoSelection)
        table.setFocusPolicy(qt.Qt.NoFocus)  # nothing to choose in it, and it would keep the Tab key to itself
        table.setVerticalScrollBarPolicy(qt.Qt.ScrollBarAlwaysOff)
        table.setHorizontalScrollBarPolicy(qt.Qt.ScrollBarAlwaysOff)
        table.horizontalHeader().setSectionResizeMode(qt.QHeaderView.Stretch)
        for row in range(len(SIDES)):
            for column in range(len(COLUMNS)):
                item = qt.QTableWidgetItem("–")
                item.setTextAlignment(qt.Qt.AlignRight | qt.Qt.AlignVCenter)
                table.setItem(row, column, item)
        row_height = table.fontMetrics().height() + ROW_MARGIN
        table.verticalHeader().setDefaultSectionSize(row_height)
        table.horizontalHeader().setFixedHeight(row_height)
        table.setFixedHeight((len(SIDES) + 1) * row_height + 2 * table.frameWidth)
        font = ui.gradeLabel.font
        font.setPointSizeF(2.2 * font.pointSizeF())
        font.setBold(True)
        ui.gradeLabel.setFont(font)

    def show(self, reading: Reading) -> None:
        """Shows the grade of the reading, or that there is none yet."""
        grade = reading.grade
        self.ui.ruleBox.setEnabled(grade is not None)
        self.ui.gradeLabel.setText((grade.grade or "no grade") if grade else "–")
        self.ui.involvementLabel.setText(
            "\n".join(remarks_on_grade(grade.as_json())) if grade else "Not segmented yet."
        )
        self.ui.correctedGradeLabel.setVisible(grade is not None)
        self.ui.correctedGradeLabel.setText(headline_of(grade))
        for row, side in enumerate(SIDES):
            for column, text in enumerate(figures(grade, side)):
                self.ui.involvementTable.item(row, column).setText(text)


def headline_of(grade: Grade | None) -> str:
    """The grade in a few words, for where the eye is while the hand corrects."""
    if grade is None:
        return ""
    both = grade.lungs["both"]
    return (
        f"{grade.grade or 'No grade'} · {percent_text(grade.involvement_percent)} · {both.lesion_ml:.1f} ml of lesion"
    )


def figures(grade: Grade | None, side: str) -> tuple[str, str, str]:
    """Lung ml, lesion ml and share of one lung, or of both, as text."""
    if grade is None:
        return "–", "–", "–"
    lung = grade.lungs[side]
    return f"{lung.lung_ml:.0f}", f"{lung.lesion_ml:.1f}", percent_text(lung.percent)
