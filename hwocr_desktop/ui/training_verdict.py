"""The last page of the training dialog: whether it got better, and by how much."""

from __future__ import annotations

from PySide6.QtWidgets import QLineEdit, QStackedWidget, QWidget

from hwocr_desktop.app.ink_learning import CLEARLY, LearnInkResult
from hwocr_desktop.app.learning import LearnResult, LeftOutLines
from hwocr_desktop.app.learning_request import Taught
from hwocr_desktop.core.text.bootstrap import LEAST_TO_TELL
from hwocr_desktop.ui.differences import ComparisonTable
from hwocr_desktop.ui.messages import counted, wrong_in_100
from hwocr_desktop.ui.region_pictures import RegionPictures
from hwocr_desktop.ui.training_parts import (
    add_words,
    page_column,
    page_form,
    plain_label,
)

_FEW_PLACES = 3


class ResultPage(QWidget):
    """The verdict in plain words, before and after, and the name of the new model."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.verdict = plain_label(self)
        font = self.verdict.font()
        font.setBold(True)
        font.setPointSizeF(font.pointSizeF() * 1.15)
        self.verdict.setFont(font)
        self.before, self.after, self.advice, self.left_out, self.legend = (
            plain_label(self) for _ in range(5)
        )
        self.name = QLineEdit(self)
        self.name.setMaxLength(80)
        self.examples = ComparisonTable(self)
        self.examples.setAccessibleName(self.tr("Lines kept back, before and after"))
        self.places = RegionPictures(self)
        self.shown = QStackedWidget(self)
        self.shown.addWidget(self.examples)
        self.shown.addWidget(self.places)
        self.legend.setText(
            self.tr("Red: ink that should not be there. Blue: ink that is missing.")
        )
        form = page_form(8)
        add_words(form, self.tr("Before:"), self.before)
        add_words(form, self.tr("After:"), self.after)
        form.addRow(self.tr("&Name to keep it under:"), self.name)
        column = page_column(self)
        column.addWidget(self.verdict)
        column.addWidget(self.advice)
        column.addLayout(form)
        column.addWidget(self.left_out)
        column.addWidget(self.shown, 1)
        column.addWidget(self.legend)

    def show_result(self, result: Taught, name: str) -> None:
        """Show the verdict."""
        self.name.setText(name)
        is_ink = isinstance(result, LearnInkResult)
        self.shown.setCurrentWidget(self.places if is_ink else self.examples)
        self.legend.setVisible(is_ink)
        if isinstance(result, LearnInkResult):
            self._show_ink(result)
        elif isinstance(result, LearnResult):
            self._show_lines(result)
        self.left_out.setVisible(bool(self.left_out.text()))

    # ----- lines --------------------------------------------------------------

    def _show_lines(self, result: LearnResult) -> None:
        before, after = result.aided or (result.before, result.after)
        fewer = after.percent < before.percent
        if result.split == "known":
            self.verdict.setText(self.tr("Whether it got better cannot be judged."))
            self.advice.setText(
                self.tr(
                    "All these lines were learned from before, so the figures are too "
                    "good. Check lines on other pages and train again."
                )
            )
        elif not result.is_enough_to_tell:
            self.verdict.setText(self.tr("Too few lines to tell."))
            self.advice.setText(
                self.tr(
                    "Whether it reads better takes {0} lines to tell, and more say "
                    "more. Discard it, check more lines and train again."
                ).format(LEAST_TO_TELL)
            )
        elif result.is_better:
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
                    "With so few lines the difference may be chance. Discard it, check "
                    "more lines and train again."
                )
            )
        else:
            self.verdict.setText(self.tr("It does not read better."))
            self.advice.setText(
                self.tr("Discard it. With more checked lines it may succeed.")
            )
        bare = (
            self._rate(result.before.percent, result.interval_before),
            self._rate(result.after.percent, result.interval_after),
        )
        for label, text, rate in zip(
            (self.before, self.after), bare, (before, after), strict=True
        ):
            if result.aided is not None:
                text = self.tr("{0} with its language; letter by letter {1}").format(
                    wrong_in_100(rate.percent), text
                )
            label.setText(text)
        said = (
            self._tested(result),
            self._left_out(result.left_out),
            self._mixed_in(result.mixed_in),
            self._unchecked(result.unchecked),
        )
        self.left_out.setText(" ".join(filter(None, said)))
        self.examples.show_lines(result.comparisons)

    def _rate(self, percent: float, interval: tuple[float, float]) -> str:
        low, high = (f"{value:.0f}" for value in interval)
        if low == high:
            low, high = (f"{value:.1f}" for value in interval)
        return self.tr("{0} (most likely between {1} and {2})").format(
            wrong_in_100(percent), low, high
        )

    def _tested(self, result: LearnResult) -> str:
        """Say on what it was measured, and how far that can be believed."""
        on_pages = counted(result.pages, self.tr("one page"), self.tr("{0} pages"))
        said = counted(
            len(result.comparisons),
            self.tr("Tested on one line on {1}"),
            self.tr("Tested on {0} lines on {1}"),
            on_pages,
        )
        if result.split == "picture":
            said = counted(
                len(result.comparisons),
                self.tr("Tested on one line"),
                self.tr("Tested on {0} lines"),
            )
        of = {
            "page": self.tr("of which it has learned nothing"),
            "line": self.tr(
                "not learned from, but from pages that are; on others it will do worse"
            ),
            "picture": self.tr(
                "pictures of single lines; if they come from pages that it has learned "
                "from, it will do worse on others"
            ),
            "known": self.tr("which it had learned from before"),
        }[result.split]
        said = f"{said}, {of}."
        if result.is_traced:
            return said
        return self.tr(
            "{0} Which lines it had learned from before is not known: if these were "
            "among them, it seems better than it is."
        ).format(said)

    def _left_out(self, left_out: LeftOutLines) -> str:
        if not left_out.total:
            return ""
        reasons = (
            (left_out.unreadable, self.tr("their scan could not be opened ({0})")),
            (left_out.blank, self.tr("there is no writing where they are ({0})")),
            (left_out.too_long, self.tr("the text is too long for the line ({0})")),
            (
                left_out.doubles - left_out.contradictory,
                self.tr("others show the same ({0})"),
            ),
            (
                left_out.contradictory,
                self.tr("others show the same with another text ({0})"),
            ),
        )
        told = [text.format(number) for number, text in reasons if number]
        said = counted(
            left_out.total,
            self.tr("One checked line was left out"),
            self.tr("{0} checked lines were left out"),
        )
        return f"{said}: {'; '.join(told)}."

    def _mixed_in(self, lines: int) -> str:
        if not lines:
            return ""
        return self.tr("Lines of other hands were mixed in ({0} to draw from).").format(
            lines
        )

    def _unchecked(self, lines: int) -> str:
        if not lines:
            return ""
        return self.tr(
            "It also read {0} lines that nobody has checked, and learned from those "
            "that it was surest of."
        ).format(lines)

    # ----- ink ----------------------------------------------------------------

    def _show_ink(self, result: LearnInkResult) -> None:
        gain = result.after - result.before
        if result.is_better:
            self.verdict.setText(self.tr("It cleans better now."))
            self.advice.setText(
                self.tr("Keep the new model; the old one stays too. {0}").format(
                    self._how_sure(result)
                )
            )
        elif gain >= CLEARLY:
            self.verdict.setText(self.tr("It may clean a little better."))
            self.advice.setText(
                self.tr(
                    "Some places are better and others are not, so the difference may "
                    "be chance. Discard it, mend more places and train again."
                )
            )
        else:
            self.verdict.setText(self.tr("It does not clean better."))
            self.advice.setText(
                self.tr("Discard it. With more mended places it may succeed.")
            )
        self.before.setText(
            self._points(result.before, [r.before for r in result.regions])
        )
        self.after.setText(
            self._points(result.after, [r.after for r in result.regions])
        )
        self.left_out.setText(
            counted(
                result.lost_pages,
                self.tr("One mended page was left out: its scan could not be opened."),
                self.tr(
                    "{0} mended pages were left out: their scans could not be opened."
                ),
            )
            if result.lost_pages
            else ""
        )
        self.places.show_regions(result.regions)

    def _how_sure(self, result: LearnInkResult) -> str:
        count = len(result.regions)
        if count < _FEW_PLACES:
            return counted(
                count,
                self.tr("It was tested on one place only, so look at it below."),
                self.tr("It was tested on {0} places only, so look at them below."),
            )
        low, high = (f"{value:.1f}" for value in result.gain_interval)
        return self.tr(
            "The gain, most likely between {0} and {1} points, is more than chance."
        ).format(low, high)

    def _points(self, mean: float, each: list[float]) -> str:
        said = self.tr("{0} of 100 points for finding the ink").format(f"{mean:.1f}")
        if len(each) < 2:
            return said
        return self.tr("{0} ({1} to {2} in the {3} places kept back)").format(
            said, f"{min(each):.1f}", f"{max(each):.1f}", len(each)
        )
