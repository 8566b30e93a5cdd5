"""The second page of the training dialog: how far it is, and what it can do by now."""

from __future__ import annotations

from PySide6.QtWidgets import QProgressBar, QWidget

from hwocr_desktop.app.learning_request import Subject
from hwocr_desktop.app.teaching_past import TeachingPast
from hwocr_desktop.ml.training.line_run import FitPoint
from hwocr_desktop.ml.training.step_fit import Measurement
from hwocr_desktop.ui.messages import wrong_in_100
from hwocr_desktop.ui.training_chart import TrainingChart
from hwocr_desktop.ui.training_parts import (
    fill_table,
    name_columns,
    page_column,
    plain_label,
    shown_table,
)


class RunPage(QWidget):
    """How far the training is, what it can do by now, some lines as it reads them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._before: float | None = None
        self._first: dict[str, float] = {}
        self._read_first: dict[str, str] = {}
        self._is_learning = False
        self._is_ink = False
        self.state = plain_label(self)
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self.tr("Time used"))
        self.chart = TrainingChart(self)
        self.key = plain_label(self)
        self.examples = shown_table(self)
        self.examples.setMinimumHeight(110)
        column = page_column(self)
        column.addWidget(self.state)
        column.addWidget(self.bar)
        column.addWidget(self.chart, 3)
        column.addWidget(self.key)
        column.addWidget(self.examples, 2)

    def start(
        self, minutes: float, before: float | None, subject: Subject = "lines"
    ) -> None:
        """Begin anew; ``before`` is what the model makes now, if that is known."""
        self._before, self._is_learning = before, False
        self._is_ink, self._first, self._read_first = subject == "ink", {}, {}
        self.chart.start(minutes, before, subject)
        if self._is_ink:
            titles = [self.tr("Place"), self.tr("Before"), self.tr("Now")]
            name = self.tr("Places kept back")
            self.key.setText(
                self.tr(
                    "The thick line counts: it is about places that the copy does not "
                    "learn from. The thin line, without numbers, falls as the copy "
                    "comes to clean those that it learns from as you did."
                )
            )
        else:
            titles = [self.tr("Right"), self.tr("Before"), self.tr("As it reads now")]
            name = self.tr("Lines kept back")
            self.key.setText(
                self.tr(
                    "The thick line counts: it is about lines that the copy does not "
                    "learn from. The thin line, without numbers, falls as the copy "
                    "comes to know those that it learns from."
                )
            )
        name_columns(self.examples, titles)
        self.examples.setAccessibleName(name)
        # A bar without a range looks full, and this one says how much time is used.
        self.bar.setRange(0, 1)
        self.bar.setValue(0)
        self.state.setText(
            self.tr("Collecting the mended places…")
            if self._is_ink
            else self.tr("Collecting the lines…")
        )

    def show_time(self, elapsed_s: float, minutes: float) -> None:
        """Show how much of the time is used; it is a little longer with the test."""
        if not self._is_learning:
            self._is_learning = True
            self.state.setText(self.tr("Learning; the first test follows soon…"))
        total = max(1, round(minutes * 60))
        self.bar.setRange(0, total)
        self.bar.setValue(min(total, round(elapsed_s)))

    def show_past(self, past: TeachingPast) -> None:
        """Show what is known before it learns: of now, and of before it was paused."""
        if past.wrong_now is not None:
            self._before = past.wrong_now
            self.chart.set_before(past.wrong_now)
        self.chart.add_points(_drawn(point) for point in past.points if point.step)

    def show_point(self, point: FitPoint | Measurement) -> None:
        """Show a measurement."""
        if isinstance(point, Measurement):
            self._show_ink(point)
        else:
            self._show_lines(point)

    def _show_lines(self, point: FitPoint) -> None:
        wrong = point.cer.get("all", 0.0)
        if not point.step:
            # Before anything was learned, which is what all else is compared with.
            self._before = wrong
            self._read_first = {truth: read for read, truth in point.examples}
            self.chart.set_before(wrong)
            return
        self.chart.add_point(*_drawn(point))
        said = self.tr("The copy now makes {0} on the lines kept back.").format(
            wrong_in_100(wrong)
        )
        if self._before is not None:
            said += " " + self.tr("Before, it was {0} (the dashed line).").format(
                wrong_in_100(self._before)
            )
        self.state.setText(said)
        rows = [
            (truth, self._read_first.get(truth, ""), read)
            for read, truth in point.examples
        ]
        fill_table(self.examples, rows)

    def _show_ink(self, point: Measurement) -> None:
        if not point.step:
            # Before anything was learned, which is what all else is compared with.
            self._before, self._first = point.f_measure, point.pages
            self.chart.set_before(point.f_measure)
        else:
            self.chart.add_point(*_drawn(point))
            said = self.tr(
                "The copy now gets {0} of 100 points on the places kept back."
            ).format(f"{point.f_measure:.1f}")
            if self._before is not None:
                said += " " + self.tr("Before, it was {0} (the dashed line).").format(
                    f"{self._before:.1f}"
                )
            self.state.setText(said)
        now = point.pages if point.step else {}
        rows = [
            (
                self.tr("Place {0}").format(number + 1),
                _points(self._first.get(name)),
                _points(now.get(name)),
            )
            for number, name in enumerate(point.pages)
        ]
        fill_table(self.examples, rows)


def _drawn(point: FitPoint | Measurement) -> tuple[float, float, float]:
    """Return minutes, what counts, and what is left to learn."""
    if isinstance(point, Measurement):
        return point.seconds / 60.0, point.f_measure, point.loss
    return point.minutes, point.cer.get("all", 0.0), point.loss


def _points(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}"
