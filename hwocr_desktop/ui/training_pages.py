"""The three pages of the training dialog: the plan, the run, the verdict."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QSpinBox,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from hwocr_desktop.app.learning import MIN_LINES, LearnResult, LearnSurvey
from hwocr_desktop.ml.training.line_run import FitPoint
from hwocr_desktop.ui.differences import ComparisonTable, dress_table
from hwocr_desktop.ui.messages import counted, wrong_in_100
from hwocr_desktop.ui.training_chart import TrainingChart

MOST_MINUTES = 600
_MOST_NEW = 40


class PlanPage(QWidget):
    """What is learned from, from which model on, and for how long."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lines, self.test, self.model = _words(self), _words(self), _words(self)
        self.warning = _words(self)
        self.pages = QComboBox(self)
        self.pages.addItem(self.tr("All pages"), "all")
        self.pages.addItem(self.tr("Only the page shown"), "page")
        self.minutes = QSpinBox(self)
        self.minutes.setRange(1, MOST_MINUTES)
        self.minutes.setValue(5)
        self.minutes.valueChanged.connect(self._name_unit)
        self._name_unit(self.minutes.value())
        self.minutes.setToolTip(
            self.tr("More lines can use more time; a few minutes are enough for fifty")
        )
        form = QFormLayout()
        form.setHorizontalSpacing(18)
        form.setVerticalSpacing(12)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        form.addRow(self.tr("&Pages:"), self.pages)
        form.addRow(self.tr("Learns from:"), self.lines)
        form.addRow(self.tr("Test:"), self.test)
        form.addRow(self.tr("Starts with:"), self.model)
        form.addRow(self.tr("&Time:"), self.minutes)
        column = _column(self)
        intro = _words(self)
        intro.setText(
            self.tr(
                "The program makes a copy of the model and teaches it the lines that "
                "you have checked. You can go on working meanwhile. At the end you see "
                "whether it reads better, and keep or discard it."
            )
        )
        column.addWidget(intro)
        column.addLayout(form)
        column.addWidget(self.warning)
        column.addStretch(1)

    @Slot(int)
    def _name_unit(self, minutes: int) -> None:
        one, many = self.tr(" minute"), self.tr(" minutes")
        self.minutes.setSuffix(counted(minutes, one, many))

    def show_survey(self, found: LearnSurvey, model_title: str) -> None:
        """Say what there is to learn from."""
        self.model.setText(model_title)
        if not found.is_enough:
            self.lines.setText(
                counted(
                    found.lines,
                    self.tr("One checked line, which is too few."),
                    self.tr("{0} checked lines, which are too few."),
                )
            )
            self.test.setText("-")
            self.warning.setText(
                self.tr(
                    "At least {0} checked lines are needed: what is learned from fewer "
                    "cannot be measured. Correct some more lines and accept each with "
                    "Enter; two full pages are a good start."
                ).format(MIN_LINES)
            )
            return
        pages = counted(found.pages, self.tr("one page"), self.tr("{0} pages"))
        self.lines.setText(
            self.tr("{0} of the {1} lines that you checked on {2}").format(
                found.train_lines, found.lines, pages
            )
        )
        kept = counted(
            found.held_out_lines,
            self.tr("One checked line is kept back"),
            self.tr("{0} checked lines are kept back"),
        )
        whole = counted(
            found.held_out_lines,
            self.tr("its page is not learned from, so that the test is honest"),
            self.tr(
                "whole pages that it does not learn from, so that the test is honest"
            ),
        )
        single = self.tr(
            "lines of the same page; with lines on two pages the test would be stricter"
        )
        self.test.setText(f"{kept}: {whole if found.split == 'page' else single}.")
        self.warning.setText(self._newcomers(found.new_characters, found.new_in))

    def _newcomers(self, new: str, lines: int) -> str:
        """Say which characters the model has never seen, and in how many lines."""
        seen = "  ".join(new.replace(" ", "")[:_MOST_NEW])
        if not seen:
            return ""
        more = " …" if len(new) > _MOST_NEW else ""
        where = counted(
            lines,
            self.tr("It learns them from one line alone"),
            self.tr("It learns them from {0} lines alone"),
        )
        return self.tr(
            "Characters that are new to the model:   {0}\n"
            "{1} and needs some ten examples of each."
        ).format(seen + more, where)


class RunPage(QWidget):
    """How far the training is, what it can do by now, some lines as it reads them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._before: float | None = None
        self._is_learning = False
        self.state = _words(self)
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self.tr("Time used"))
        self.chart = TrainingChart(self)
        self.examples = _table(self, [self.tr("Right"), self.tr("As it reads now")])
        self.examples.setAccessibleName(self.tr("Lines kept back"))
        self.examples.setMinimumHeight(110)
        column = _column(self)
        column.addWidget(self.state)
        column.addWidget(self.bar)
        column.addWidget(self.chart, 3)
        column.addWidget(self.examples, 2)

    def start(self, minutes: float, before: float | None) -> None:
        """Begin anew; ``before`` is what the model makes now, if that is known."""
        self._before, self._is_learning = before, False
        self.chart.start(minutes, before)
        self.examples.setRowCount(0)
        # A bar without a range looks full, and this one says how much time is used.
        self.bar.setRange(0, 1)
        self.bar.setValue(0)
        self.state.setText(self.tr("Collecting the lines…"))

    def show_time(self, elapsed_s: float, minutes: float) -> None:
        """Show how much of the time is used; it is a little longer with the test."""
        if not self._is_learning:
            self._is_learning = True
            self.state.setText(self.tr("Learning; the first test follows soon…"))
        total = max(1, round(minutes * 60))
        self.bar.setRange(0, total)
        self.bar.setValue(min(total, round(elapsed_s)))

    def show_point(self, point: FitPoint) -> None:
        """Show a measurement."""
        wrong = point.cer.get("all", 0.0)
        self.chart.add_point(point.minutes, wrong)
        said = self.tr("The copy now makes {0} on the lines kept back.").format(
            wrong_in_100(wrong)
        )
        if self._before is not None:
            said += " " + self.tr("Before, it was {0} (the dashed line).").format(
                wrong_in_100(self._before)
            )
        self.state.setText(said)
        _fill(self.examples, [(truth, read) for read, truth in point.examples])


class ResultPage(QWidget):
    """The verdict in plain words, before and after, and the name of the new model."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.verdict = _words(self)
        font = self.verdict.font()
        font.setBold(True)
        font.setPointSizeF(font.pointSizeF() * 1.15)
        self.verdict.setFont(font)
        self.before, self.after, self.advice = (_words(self) for _ in range(3))
        self.name = QLineEdit(self)
        self.name.setMaxLength(80)
        self.examples = ComparisonTable(self)
        self.examples.setAccessibleName(self.tr("Lines kept back, before and after"))
        form = QFormLayout()
        form.setHorizontalSpacing(18)
        form.setVerticalSpacing(8)
        form.addRow(self.tr("Before:"), self.before)
        form.addRow(self.tr("After:"), self.after)
        form.addRow(self.tr("&Name to keep it under:"), self.name)
        column = _column(self)
        column.addWidget(self.verdict)
        column.addWidget(self.advice)
        column.addLayout(form)
        column.addWidget(self.examples, 1)

    def show_result(self, result: LearnResult, name: str) -> None:
        """Show the verdict."""
        fewer = result.after.percent < result.before.percent
        if result.is_better:
            self.verdict.setText(self.tr("It reads better now."))
            self.advice.setText(
                self.tr(
                    "The difference is larger than chance would make it. Keep the new "
                    "model; the old one stays too."
                )
            )
        elif fewer:
            self.verdict.setText(self.tr("It may read a little better."))
            self.advice.setText(
                self.tr(
                    "With so few lines the difference may be chance. Check more lines "
                    "and train again, or keep it if the lines below look right to you."
                )
            )
        else:
            self.verdict.setText(self.tr("It does not read better."))
            self.advice.setText(
                self.tr("Discard it. With more checked lines it may succeed.")
            )
        self.before.setText(self._rate(result.before.percent, result.interval_before))
        self.after.setText(self._rate(result.after.percent, result.interval_after))
        self.name.setText(name)
        self.examples.show_lines(result.comparisons)

    def _rate(self, percent: float, interval: tuple[float, float]) -> str:
        low, high = (f"{value:.0f}" for value in interval)
        if low == high:
            low, high = (f"{value:.1f}" for value in interval)
        return self.tr("{0} (most likely between {1} and {2})").format(
            wrong_in_100(percent), low, high
        )


def _words(parent: QWidget) -> QLabel:
    label = QLabel(parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label


def _column(parent: QWidget) -> QVBoxLayout:
    column = QVBoxLayout(parent)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(12)
    return column


def _table(parent: QWidget, titles: list[str]) -> QTableWidget:
    table = QTableWidget(0, len(titles), parent)
    table.setHorizontalHeaderLabels(titles)
    dress_table(table)
    return table


def _fill(table: QTableWidget, rows: list[tuple[str, ...]]) -> None:
    table.setRowCount(len(rows))
    for number, texts in enumerate(rows):
        for column, text in enumerate(texts):
            item = QTableWidgetItem(text)
            item.setToolTip(text)
            table.setItem(number, column, item)
