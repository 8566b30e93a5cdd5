"""The first page of the training dialog: what is taught, from what, and how long."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QComboBox, QSpinBox, QWidget

from hwocr_desktop.app.learning import MIN_LINES, LearnSurvey
from hwocr_desktop.app.learning_request import Subject
from hwocr_desktop.app.mended_places import MIN_REGIONS, InkSurvey
from hwocr_desktop.app.teaching_forecast import Forecast
from hwocr_desktop.core.text.bootstrap import LEAST_TO_TELL
from hwocr_desktop.ml.training.line_checks import characters_named
from hwocr_desktop.ui.messages import counted
from hwocr_desktop.ui.training_parts import (
    add_words,
    page_column,
    page_form,
    plain_label,
)

MOST_MINUTES = 600
_GB = 1024**3


class PlanPage(QWidget):
    """What is taught, what is learned from, from which model on, and for how long."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._warnings: list[str] = []
        self.intro, self.lines, self.test, self.model, self.takes, self.warning = (
            plain_label(self) for _ in range(6)
        )
        self.subject = QComboBox(self)
        self.subject.addItem(self.tr("How it reads"), "lines")
        self.subject.addItem(self.tr("How it cleans"), "ink")
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
        form = page_form(12)
        form.addRow(self.tr("&Teach it:"), self.subject)
        form.addRow(self.tr("Fro&m:"), self.pages)
        add_words(form, self.tr("Learns from:"), self.lines)
        add_words(form, self.tr("Test:"), self.test)
        add_words(form, self.tr("Starts with:"), self.model)
        form.addRow(self.tr("L&earns for:"), self.minutes)
        add_words(form, self.tr("Will take:"), self.takes)
        column = page_column(self)
        column.addWidget(self.intro)
        column.addLayout(form)
        column.addWidget(self.warning)
        column.addStretch(1)
        self.subject.currentIndexChanged.connect(self._introduce)
        self._introduce()

    @property
    def taught(self) -> Subject:
        """What is to be taught."""
        chosen: Subject = self.subject.currentData()
        return chosen

    @Slot()
    def _introduce(self) -> None:
        if self.taught == "ink":
            self.intro.setText(
                self.tr(
                    "The program makes a copy of the model that cleans and teaches it "
                    "the places that you mended with the brush. You can go on working "
                    "meanwhile. At the end you see whether it cleans better, and keep "
                    "or discard it."
                )
            )
            return
        self.intro.setText(
            self.tr(
                "The program makes a copy of the model and teaches it the lines that "
                "you have checked. You can go on working meanwhile. At the end you see "
                "whether it reads better, and keep or discard it."
            )
        )

    @Slot(int)
    def _name_unit(self, minutes: int) -> None:
        one, many = self.tr(" minute"), self.tr(" minutes")
        self.minutes.setSuffix(counted(minutes, one, many))

    def show_survey(
        self, found: LearnSurvey, model_title: str, unread: int = 0
    ) -> None:
        """Say which lines there are to learn from.

        Parameters
        ----------
        found : LearnSurvey
        model_title : str
        unread : int
            Lines that nobody has checked and that are read meanwhile.
        """
        self.model.setText(model_title)
        if not found.is_enough:
            self.lines.setText(
                counted(
                    found.lines,
                    self.tr("One checked line, which is too few."),
                    self.tr("{0} checked lines, which are too few."),
                )
                if found.lines
                else self.tr("No line is checked yet.")
            )
            self._show_too_little(
                self.tr(
                    "At least {0} checked lines are needed: what is learned from fewer "
                    "cannot be measured. Correct some more lines and accept each with "
                    "Enter; two full pages are a good start."
                ).format(MIN_LINES),
                *self._doubles(found),
                self._printed(found),
            )
            return
        self.lines.setText(
            self.tr("{0} of the {1} lines that you checked on {2}").format(
                found.train_lines, found.lines, self._on_pages(found.pages)
            )
            + self._unread(unread)
        )
        kept = counted(
            found.held_out_lines,
            self.tr("One checked line is kept back"),
            self.tr("{0} checked lines are kept back"),
        )
        on_pages = self._on_pages(found.held_out_pages)
        apart = {
            "page": self._whole_pages(found.held_out_pages),
            "line": self.tr(
                "single lines of pages that are learned from; with enough lines on "
                "other pages the test would be stricter"
            ),
            "picture": self.tr(
                "pictures of single lines; if they come from pages that are learned "
                "from as well, it will do worse on others"
            ),
            "known": self.tr(
                "the model has learned from them before, so they cannot tell how well "
                "it reads others; check lines on other pages"
            ),
        }[found.split]
        self.test.setText(
            (
                self.tr("{0}: {1}.").format(kept, apart)
                if found.split == "picture"
                else self.tr("{0} on {1}: {2}.").format(kept, on_pages, apart)
            )
            + ("" if found.held_out_lines >= LEAST_TO_TELL else f" {self._too_few()}")
        )
        self._warn(
            "" if found.is_traced else self._untraced(),
            self._newcomers(found.new_characters, found.new_in),
            self._script(found),
            *self._doubles(found),
            self._printed(found),
        )

    def show_places(self, found: InkSurvey, model_title: str) -> None:
        """Say which mended places there are to learn from."""
        self.model.setText(model_title)
        if not found.is_enough:
            self.lines.setText(
                counted(
                    found.regions,
                    self.tr("One mended place, which is too few."),
                    self.tr("{0} mended places, which are too few."),
                )
                if found.regions
                else self.tr("Nothing is mended yet.")
            )
            self._show_too_little(
                self.tr(
                    "At least {0} mended places are needed, best on several pages. "
                    "Take the brush (Ctrl+B) and paint ink where the cleaning left it "
                    "out, or paper over specks and stains. What you leave as it is "
                    "around your strokes counts as right, so mend a place wholly or "
                    "not at all. Places that nearly touch count as one."
                ).format(MIN_REGIONS)
            )
            return
        self.lines.setText(
            self.tr("{0} of the {1} places that you mended on {2}").format(
                found.train_regions, found.regions, self._on_pages(found.pages)
            )
        )
        kept = counted(
            found.held_out_regions,
            self.tr("One mended place is kept back"),
            self.tr("{0} mended places are kept back"),
        )
        single = self.tr(
            "on the same page; with places on two pages the test would be stricter"
        )
        is_page = found.split == "page"
        whole = self._whole_pages(found.held_out_regions)
        self.test.setText(f"{kept}: {whole if is_page else single}.")
        self._warn()

    def show_nothing_to_start_from(self) -> None:
        """Show that no model is there."""
        for label in (self.lines, self.test, self.model, self.takes):
            label.setText("-")
        self._warn()

    def show_waiting(self, text: str) -> None:
        """Say something in the place of how long it will take."""
        self.takes.setText(text)
        self._show_short_of_memory("")

    def show_forecast(self, forecast: Forecast) -> None:
        """Say how long it will take, and whether there is memory enough."""
        minutes = max(1, round(forecast.expected_s / 60.0))
        said = counted(
            minutes,
            self.tr("about one minute until you see the result, on this computer"),
            self.tr("about {0} minutes until you see the result, on this computer"),
        )
        if forecast.is_short_of_time:
            said += self.tr(
                ". In that time it sees each line only {0} times; with more time it "
                "learns more"
            ).format(f"{forecast.passes:.1f}")
        self.takes.setText(f"{said}.")
        short = ""
        if forecast.is_short_of_memory:
            short = self.tr(
                "It needs about {0} GB of memory, and only {1} GB are free. Close "
                "other programs first: it would else become very slow, or be ended by "
                "the system. Nothing of your work would be lost."
            ).format(
                f"{(forecast.memory_needed or 0) / _GB:.1f}",
                f"{(forecast.memory_free or 0) / _GB:.1f}",
            )
        self._show_short_of_memory(short)

    # ----- sentences ----------------------------------------------------------

    def _on_pages(self, pages: int) -> str:
        return counted(pages, self.tr("one page"), self.tr("{0} pages"))

    def _unread(self, lines: int) -> str:
        """Say that it learns from lines, too, whose text is its own reading."""
        if not lines:
            return ""
        return self.tr(
            ". It also reads {0} lines that nobody has checked, and learns from those "
            "that it is surest of."
        ).format(lines)

    def _whole_pages(self, count: int) -> str:
        return counted(
            count,
            self.tr("nothing on it is learned from, so that the test is honest"),
            self.tr("nothing on them is learned from, so that the test is honest"),
        )

    def _too_few(self) -> str:
        return self.tr(
            "That is too few to tell whether it got better; it takes {0} lines, and "
            "more say more."
        ).format(LEAST_TO_TELL)

    def _untraced(self) -> str:
        return self.tr(
            "This model was taught before by a version of this program that did not "
            "keep which lines it learned from. If lines of the test were among them, "
            "it seems better than it is."
        )

    def _show_too_little(self, *sentences: str) -> None:
        self.test.setText("-")
        self.takes.setText("-")
        self._warn(*sentences)

    def _warn(self, *sentences: str) -> None:
        self._warnings = [sentence for sentence in sentences if sentence]
        self.warning.setText("\n\n".join(self._warnings))

    def _show_short_of_memory(self, sentence: str) -> None:
        self.warning.setText("\n\n".join(filter(None, (sentence, *self._warnings))))

    def _newcomers(self, new: str, lines: int) -> str:
        """Say which characters the model has never seen, and in how many lines."""
        named = characters_named(new, "  ")
        if not named:
            return ""
        where = counted(
            lines,
            self.tr("It learns them from one line alone"),
            self.tr("It learns them from {0} lines alone"),
        )
        return self.tr(
            "Characters that are new to the model:   {0}\n"
            "{1} and needs some ten examples of each."
        ).format(named, where)

    def _script(self, found: LearnSurvey) -> str:
        if not found.is_foreign:
            return ""
        return self.tr(
            "Most of it is in letters that this model has never seen. To learn a "
            "script from nothing takes thousands of lines; a model that knows the "
            "script is a better start."
        )

    def _printed(self, found: LearnSurvey) -> str:
        if not found.printed:
            return ""
        return counted(
            found.printed,
            self.tr("One checked line counts as printed, so nothing is learned of it."),
            self.tr(
                "{0} checked lines count as printed, so nothing is learned of them."
            ),
        ) + self.tr(
            " If they are written, say so: right click on them, “Printed, not written”."
        )

    def _doubles(self, found: LearnSurvey) -> tuple[str, ...]:
        return (
            self.tr(
                "{0} lines are left out: they show the same piece of a scan, with "
                "different texts. Correct or remove the wrong ones to use them."
            ).format(found.contradictory)
            if found.contradictory
            else "",
            counted(
                found.repeated,
                self.tr("One line is left out: another one shows the same."),
                self.tr("{0} lines are left out: others show the same."),
            )
            if found.repeated
            else "",
        )
